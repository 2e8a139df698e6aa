"""The reader of unknown desks must rather refuse a file than fill an archive with what is no news."""

import json
from pathlib import Path

import pytest

from indexer.model import Digest, Problem
from indexer.readers import read_digests
from indexer.sources import SourceFile

MANUAL = """# 手册 2026-03-09

## 怎样安装程序

先下载，再解压。

## 怎样改变设置

打开设置，选语言。

## 怎样更新程序

每周一次，自动进行。
"""
COMPANIES = [
    {
        "id": f"c{number}",
        "name": f"某人工智能公司{number}",
        "site": f"https://example.com/{number}",
        "since": 2020,
    }
    for number in range(9)
]


def read(folder: Path, name: str, content: str) -> Digest | Problem:
    path = folder / name
    path.write_text(content, "utf-8")
    (entry,) = read_digests(SourceFile(desk="d", path=name, location=path))
    return entry


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("manual.md", MANUAL),
        ("companies.json", json.dumps(COMPANIES)),
        ("ids.json", json.dumps({"ids": [f"n_{number:032x}" for number in range(20)]})),
        ("config.json", json.dumps({"servers": [{"host": f"h{n}.example.com", "port": n} for n in range(9)]})),
        ("links.md", "# 收藏\n\n" + "".join(f"去看 https://example.com/{n} 吧。\n\n" for n in range(9))),
    ],
)
def test_what_repeats_is_not_always_news(tmp_path: Path, name: str, content: str) -> None:
    entry = read(tmp_path, name, content)
    assert isinstance(entry, Problem), entry
    assert entry.reason.startswith("not a digest layout known to this version")


def test_a_refusal_says_how_sure_it_was(tmp_path: Path) -> None:
    entry = read(tmp_path, "manual.md", MANUAL)
    assert isinstance(entry, Problem)
    assert entry.reason.endswith("% only")


def test_two_units_are_too_few(tmp_path: Path) -> None:
    """Otherwise any letter with two links would be a digest."""
    text = "2026-03-09\n\n**甲公司发布乙模型**\n\n文 [原文](https://a.example)\n\n**丙公司融资**\n\n文 [原文](https://b.example)\n"
    assert isinstance(read(tmp_path, "day.md", text), Problem)


@pytest.mark.parametrize("name", ["quotes-2026-04-08.md", "nested-2026-04-08.json", "page-cards.html"])
def test_what_is_read_by_its_structure_says_how_sure_that_is(name: str) -> None:
    """Otherwise nobody knows which of many files deserve a look."""
    path = Path(__file__).parents[1] / "golden" / "desks" / name
    (entry,) = read_digests(SourceFile(desk="d", path=name, location=path))
    assert isinstance(entry, Digest)
    assert entry.sureness is not None
    assert entry.sureness > 0.8


def test_a_known_layout_is_not_guessed(tmp_path: Path) -> None:
    entry = read(tmp_path, "2026-04-08.md", "**题目一二三四**\n说明：一句话。\n来源：某报\n")
    assert isinstance(entry, Digest)
    assert entry.sureness is None
