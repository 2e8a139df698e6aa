"""Whatever bytes a file has, reading it ends with digests or a plain reason, never with a traceback."""

import random
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from indexer.model import Digest, Problem
from indexer.readers import read_digests
from indexer.sources import SourceFile

LAYOUTS = Path(__file__).parents[1] / "golden" / "layouts"
TWINS = sorted(path for path in LAYOUTS.iterdir() if not path.name.endswith(".expected.json"))
QUIET = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def read(folder: Path, content: bytes) -> list[Digest | Problem]:
    path = folder / "file"
    path.write_bytes(content)
    return list(read_digests(SourceFile(desk="d", path="file", location=path)))


def reason(folder: Path, content: bytes) -> str:
    (entry,) = read(folder, content)
    assert isinstance(entry, Problem), entry
    return entry.reason


@QUIET
@given(st.binary(max_size=400))
def test_any_bytes(tmp_path: Path, content: bytes) -> None:
    assert read(tmp_path, content)


@QUIET
@given(st.sampled_from(TWINS), st.integers(min_value=0, max_value=2**32))
def test_damaged_digests(tmp_path: Path, twin: Path, seed: int) -> None:
    """A digest with pieces cut out, doubled or overwritten still reads, and its items keep titles and places."""
    chance = random.Random(seed)
    content = bytearray(twin.read_bytes())
    for _ in range(chance.randint(1, 6)):
        start = chance.randrange(len(content) + 1)
        end = min(len(content), start + chance.randint(0, 60))
        piece = chance.choice([b"", bytes(content[start:end]) * 2, b"**", b"\n", b"[", b"](", b"\xff", b'"', b"- "])
        content[start:end] = piece
    for entry in read(tmp_path, bytes(content)):
        if isinstance(entry, Digest):
            assert all(item.title and item.places and item.id for item in entry.items)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", "empty file"),
        (b"\xef\xbb\xbf \n\n", "empty file"),
        (b"text\0text", "binary data, not text"),
        (b"\x89PNG\r\n\x1a\n", "an image"),
        (b"PK\x03\x04rest", "a zip archive inside packing that is not undone"),
        (b"Just a letter to a friend.", "not a digest layout known to this version"),
        (b"<rss><channel></channel></rss>", "not a digest layout known to this version"),
        ("一二三四五六七八".encode() + b"\xff\n", "neither UTF-8 nor GB18030: byte 25 in line 1"),
        (b'{"date": "2026-03-02", "news": [{"title": "a"', "broken JSON at line 1, column 46"),
        (b'<!DOCTYPE r [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><rss>&b;</rss>', "not a digest layout known"),
        (b'<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a "aa">]><rss>&a;</rss>', "XML that declares entities"),
        (b'<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a SYSTEM "/etc/passwd">]><rss/>', "XML that declares entities"),
        (b"<rss>" + b"<a>" * 1000, "XML nested more than 64 deep"),
        (b"<rss><channel><item><title>a</title>", "broken XML: no element found"),
        (b"[" * 100_000, "broken JSON at line 1, column 1026: depth limit exceeded"),
    ],
)
def test_a_file_that_is_no_digest_says_why(tmp_path: Path, content: bytes, expected: str) -> None:
    assert reason(tmp_path, content).startswith(expected)


def test_the_place_of_broken_json_is_given(tmp_path: Path) -> None:
    (problem,) = read(tmp_path, b'{\n "news": [\n  {"title": "a" "b"}\n ]\n}')
    assert isinstance(problem, Problem)
    assert problem.line == 3


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_an_encoding_makes_no_difference(tmp_path: Path, encoding: str) -> None:
    text = "# 2026-03-02\n**甲公司发布乙模型**\r\n说明：一句话。\n来源出处：某报\n"
    (digest,) = read(tmp_path, text.encode(encoding))
    assert isinstance(digest, Digest)
    assert [(item.title, item.summary) for item in digest.items] == [("甲公司发布乙模型", "一句话。")]


def test_a_line_without_end_is_reported_and_the_rest_is_read(tmp_path: Path) -> None:
    (digest,) = read(tmp_path, b"**\xe9\xa2\x98**\n\xe8\xaf\xb4\xe6\x98\x8e\xef\xbc\x9aa\n\n" + b"x" * 3_000_000)
    assert isinstance(digest, Digest)
    assert len(digest.items) == 1
    assert [(problem.line, problem.reason) for problem in digest.unparsed] == [
        (4, "line of more than 1,000,000 characters")
    ]


def test_hostile_markup_is_kept_as_text_or_dropped(tmp_path: Path) -> None:
    """Pages escape text; still no tag of a file needs to reach them."""
    (digest,) = read(
        tmp_path,
        "**<script>alert(1)</script>标题 &lt;b&gt; a<b**\n说明：<img src=x onerror=y>文\n要点：\n- 甲".encode(),
    )
    assert isinstance(digest, Digest)
    assert digest.items[0].title == "alert(1) 标题 <b> a<b"
    assert digest.items[0].summary == "文"
