"""Whatever a file holds, reading it raises nothing, accounts for every line, and is no more work than it is long."""

import random
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from indexer.model import Digest, Problem
from indexer.readers import read_digests, read_document
from indexer.readers.decoding import NotText, text_from
from indexer.readers.documents import TextDocument, document_from
from indexer.readers.malformed import Malformed
from indexer.sources import SourceFile

GOLDEN = Path(__file__).parents[1] / "golden"
SAMPLES = sorted(
    path
    for folder in ("layouts", "desks")
    for path in (GOLDEN / folder).iterdir()
    if not path.name.endswith((".expected.json", ".items.tsv"))
)
CORPORA = Path(__file__).parents[2].parent / "shared" / "corpora" / "digests"
QUIET = settings(
    max_examples=80,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)

PIECES = (
    *("# 2026-04-08", "## 模型", "### ", "- ", "* ", "1. ", "一、", "> ", "| 标题 | 链接 |", "|---|---|", "| ", " |"),
    *(
        "**",
        "【",
        "】",
        "[",
        "](",
        "](https://a.example/1)",
        ")",
        "https://a.example/2",
        "<a href='https://a.example/3'>",
    ),
    *(
        "</a>",
        "<details>",
        "<summary>",
        "</summary>",
        "```",
        "<!--",
        "-->",
        "---",
        "+++",
        "来源：",
        "链接：",
        "标题：",
    ),
    *(
        "说明：",
        "2026年4月8日",
        "09:12",
        "松涛智能发布新模型",
        "，速度提高一倍。",
        "（云上早报）",
        " — ",
        "\n",
        "\n\n",
        "  ",
    ),
    *("\t", "\\", "&amp;", "`", "~~", "[^1]", "[^1]: https://a.example/4", "🔗", "\u200b", "\r", "\x0c", "\u2028"),
)
TAGS_OF_FEEDS = (
    *("<item>", "</item>", "<title>", "</title>", "<link>", "a&b", "<![CDATA[", "]]>", "<a/>", "&#0;", "&nbsp;"),
)
TAGS_OF_PAGES = (
    *("<li>", "</li>", "<ul>", "<a href='https://a.example'>", "</a>", "<h2>", "<table><tr><td>", "<script>", "</p>"),
    *("松涛发布", "<", "\n", "<!--", "&lt;", "</script>", "<br>"),
)
texts = st.lists(st.sampled_from(PIECES), max_size=60).map("".join)
values = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**13), 10**13) | st.floats(allow_nan=False) | st.sampled_from(PIECES),
    lambda inner: (
        st.lists(inner, max_size=5)
        | st.dictionaries(
            st.sampled_from(["title", "url", "date", "news", "t", "u", "2026-04-08", "name", "a.b", ""]), inner
        )
    ),
    max_leaves=40,
)


def read(folder: Path, content: bytes, name: str = "2026-04-08") -> list[Digest | Problem]:
    path = folder / name
    path.write_bytes(content)
    entries = list(read_digests(SourceFile(desk="d", path=name, location=path)))
    for entry in entries:
        if isinstance(entry, Digest):
            assert all(item.id and item.title.strip() and item.places for item in entry.items)
    return entries


def account(text: str) -> None:
    """Each line with words is an item's, the frame's, or reported; no line is two of these."""
    try:
        document = document_from("2026-04-08.md", text)
    except Malformed:
        return
    if not isinstance(document, TextDocument) or (found := read_document(document)) is None:
        return
    _, draft = found
    written = {number for number, line in enumerate(document.lines, 1) if line.strip()}
    items = {number for item in draft.items if item.lines for number in range(item.lines[0], item.lines[1] + 1)}
    reported = {problem.line for problem in draft.unparsed}
    assert written <= items | draft.frame | reported
    assert not reported & (items | draft.frame)
    assert all(problem.reason for problem in draft.unparsed)


@QUIET
@given(texts)
def test_texts_of_all_that_means_something(tmp_path: Path, text: str) -> None:
    account(text)
    assert read(tmp_path, text.encode())


@QUIET
@given(values)
def test_json_of_any_shape(tmp_path: Path, value: Any) -> None:
    assert read(tmp_path, orjson.dumps(value))
    assert read(tmp_path, b"\n".join(orjson.dumps({"title": "a", "x": value}) for _ in range(4)))


@QUIET
@given(
    st.lists(st.lists(st.sampled_from([*PIECES, '"', ",", ";", "标题", "url"]), max_size=5).map(",".join), max_size=8)
)
def test_rows_of_any_values(tmp_path: Path, rows: list[str]) -> None:
    assert read(tmp_path, "\n".join(("标题,链接,日期", *rows)).encode())


@QUIET
@given(st.lists(st.sampled_from(TAGS_OF_FEEDS)))
def test_feeds_of_any_tags(tmp_path: Path, tags: list[str]) -> None:
    assert read(tmp_path, f"<rss><channel>{''.join(tags)}</channel></rss>".encode())


@QUIET
@given(st.lists(st.sampled_from(TAGS_OF_PAGES)))
def test_pages_of_any_tags(tmp_path: Path, tags: list[str]) -> None:
    text = f"<!doctype html><html>{''.join(tags)}"
    account(text)
    assert read(tmp_path, text.encode())


def damaged(content: bytes, chance: random.Random) -> bytes:
    """Content with lines cut out, doubled, moved and cut through, and pieces put in."""
    lines = content.split(b"\n")
    for _ in range(chance.randint(1, 8)):
        at = chance.randrange(len(lines))
        match chance.randrange(6):
            case 0:
                del lines[at : at + chance.randint(1, 5)]
            case 1:
                lines[at:at] = lines[at : at + 3]
            case 2:
                lines.insert(chance.randrange(len(lines) + 1), lines[at])
            case 3:
                lines[at] = lines[at][: chance.randint(0, len(lines[at]))]
            case 4:
                cut = chance.randint(0, len(lines[at]))
                lines[at] = lines[at][:cut] + chance.choice(PIECES).encode() + lines[at][cut:]
            case _:
                lines[at] = bytes(chance.randrange(256) for _ in range(6)) + lines[at]
        lines = lines or [b""]
    return b"\n".join(lines)


def check_damaged(folder: Path, path: Path, seed: int) -> None:
    content = damaged(path.read_bytes(), random.Random(seed))
    assert read(folder, content, path.name)
    try:
        account(text_from(content))
    except NotText:
        return


@QUIET
@given(st.sampled_from(SAMPLES), st.integers(0, 2**32))
def test_damaged_samples(tmp_path: Path, path: Path, seed: int) -> None:
    check_damaged(tmp_path, path, seed)


def real_files() -> Iterator[Path]:
    """Some files of each folder, the same ones each time."""
    for folder in sorted(CORPORA.iterdir()) if CORPORA.is_dir() else ():
        files = sorted(path for path in folder.rglob("*") if path.is_file() and path.stat().st_size < 60_000)
        yield from files[:: max(1, len(files) // 3)][:3]


@pytest.mark.corpora
@pytest.mark.skipif(not CORPORA.is_dir(), reason="the real digests of ../shared are not here")
@settings(QUIET, max_examples=100)
@given(st.sampled_from([*real_files()] or [Path()]), st.integers(0, 2**32))
def test_damaged_real_files(tmp_path: Path, path: Path, seed: int) -> None:
    check_damaged(tmp_path, path, seed)


@pytest.mark.parametrize(
    "content",
    [
        '{"a":' * 900 + "1" + "}" * 900,
        '{"news": ' + "[" * 900 + "]" * 900 + "}",
        "# 2026-04-08\n" + ">" * 50_000,
        "# 2026-04-08\n" + "".join(f"{' ' * n}- [松涛发布]({n})\n" for n in range(400)),
        "<html>" + "<div>" * 50_000,
        "<html>" + "<ul><li>" * 20_000,
        "<!doctype html>" + "<" * 100_000,
        "<!doctype html>" + "<!--" * 50_000,
        "# 2026-04-08\n- " + "[" * 100_000,
        "# 2026-04-08\n- " + "[a](" * 50_000,
        "# 2026-04-08\n- " + "**" * 50_001,
        "# 2026-04-08\n### " + "【" * 100_000,
        "---\n" + "a: b\n" * 100_000,
        "\n" * 200_000,
        "| 标题 | 链接 |\n|---|---|\n" + "|" * 100_000,
        "标题,链接\n" + '"' * 100_001,
    ],
    ids=lambda content: f"{content[:24]!r}…",
)
def test_depth_and_length_without_end(tmp_path: Path, content: str) -> None:
    assert read(tmp_path, content.encode())
    account(content)


def calls(action: Callable[[], object]) -> int:
    """How many functions were called, those of the libraries included."""
    count = 0

    def note(_frame: object, event: str, _argument: object) -> None:
        nonlocal count
        count += event in {"call", "c_call"}

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        action()
    finally:
        sys.setprofile(before)
    return count


TITLE, LINK = "松涛发布第%d号模型", "https://a.example/%d"


@pytest.mark.parametrize(
    ("before", "piece", "after"),
    [
        ("# 2026-04-08\n", f"### {TITLE}\n一句话。\n\n", ""),
        ("2026-04-08\n\n", f"**{TITLE}**\n\n一句话。\n\n", ""),
        ("2026-04-08\n\n", f"{TITLE}\n{LINK}\n\n", ""),
        ("# 2026-04-08\n", f"- [{TITLE}]({LINK}) — 某报\n", ""),
        ("# 2026-04-08\n", "- [松涛发布模型](https://a.example) — 某报\n", ""),
        ("# 2026\n", f"## 2026-04-08\n- [{TITLE}]({LINK})\n## 2026-04-09\n- [{TITLE}]({LINK})\n", ""),
        ("# 2026-04-08\n\n| 标题 | 链接 |\n|---|---|\n", f"| {TITLE} | [原文]({LINK}) |\n", ""),
        ("日期,标题\n", f"2026-04-08,{TITLE}\n", ""),
        ("<rss><channel>", f"<item><title>{TITLE}</title></item>\n", "</channel></rss>"),
        ("<html><h1>2026-04-08</h1>", f"<li><a href='{LINK}'>{TITLE}</a></li>\n", "</html>"),
        ("[", f'{{"t": "{TITLE}", "u": "{LINK}"}},\n', '{"t": "松涛发布最后一号模型", "u": "https://a.example"}]'),
    ],
)
def test_twice_the_length_is_twice_the_work(tmp_path: Path, before: str, piece: str, after: str) -> None:
    """Otherwise one large file stops a whole run."""

    def content(count: int) -> bytes:
        pieces = (piece.replace("%d", str(number)) for number in range(count))
        return "".join((before, *pieces, after)).encode()

    once, twice = (calls(lambda count=count: read(tmp_path, content(count), "file")) for count in (300, 600))
    assert twice < 2.2 * once, (once, twice)
