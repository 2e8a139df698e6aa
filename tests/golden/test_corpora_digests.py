"""Real digests of many desks: what the readers promise must hold on files that nobody wrote for a test."""

import importlib.util
from collections import Counter
from collections.abc import Iterator
from datetime import date
from itertools import islice
from pathlib import Path

import pytest

from indexer.model import Digest, Problem
from indexer.readers import read_digests, read_document
from indexer.readers.decoding import NotText, text_from
from indexer.readers.documents import TextDocument, document_from
from indexer.readers.malformed import Malformed
from indexer.sources import SourceFile, find_files

CORPORA = Path(__file__).parents[2].parent / "shared" / "corpora"

_SPEC = importlib.util.spec_from_file_location(
    "unseen_desks", Path(__file__).parents[2] / "scripts" / "unseen_desks.py"
)
assert _SPEC and _SPEC.loader
unseen_desks = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(unseen_desks)

pytestmark = [
    pytest.mark.corpora,
    pytest.mark.skipif(not CORPORA.is_dir(), reason="the real digests of ../shared are not here"),
]


def digests_in(path: Path) -> Iterator[Digest | Problem]:
    for file in find_files([path]):
        assert isinstance(file, SourceFile)
        yield from read_digests(file)


def titles(path: Path) -> set[str]:
    return {item.title for digest in digests_in(path) if isinstance(digest, Digest) for item in digest.items}


def test_the_seed_digest_is_read_whole() -> None:
    (digest,) = digests_in(CORPORA / "digests" / "seed")
    assert isinstance(digest, Digest)
    assert len({item.section for item in digest.items}) == 4
    assert len(digest.items) == 10
    assert not digest.unparsed
    assert all(item.summary and item.background and item.points and item.sources for item in digest.items)


def test_every_file_gives_digests_or_a_reason() -> None:
    files = [file for file in find_files([CORPORA / "digests"]) if isinstance(file, SourceFile)]
    outcomes = [list(read_digests(file)) for file in files]
    assert all(outcomes)
    refused = [entry for outcome in outcomes for entry in outcome if isinstance(entry, Problem)]
    assert len(refused) <= 35, Counter(problem.path.split("/")[0] for problem in refused)


@pytest.mark.parametrize(
    "folder",
    [
        "headings-bullets-zhangjie2012",
        "headings-json-twin-redleafluan",
        "headings-json-twin-mbabby/daily",
        "headings-zhangferry",
        "json-60s",
        "json-kingcos",
        "json-readhub",
    ],
)
def test_known_layouts_leave_nothing_unread(folder: str) -> None:
    for digest in digests_in(CORPORA / "digests" / folder):
        assert isinstance(digest, Digest), digest
        assert (digest.path, digest.day is None, digest.unparsed, digest.problems) == (digest.path, False, (), ())


def facts(path: Path) -> Counter[tuple[str, date | None, str, str]]:
    """Title, day, first link and text of each item of a file."""
    items = [item for digest in digests_in(path) if isinstance(digest, Digest) for item in digest.items]
    first = [next((source.url for source in item.sources if source.url), "") for item in items]
    return Counter((item.title, item.day, link, item.body) for item, link in zip(items, first, strict=True))


def twins_in(folder: str) -> list[tuple[Path, Path]]:
    """The files that a desk publishes in both formats."""
    pages = sorted((CORPORA / "digests" / folder).rglob("*.md"))
    return [(page, page.with_suffix(".json")) for page in pages if page.with_suffix(".json").exists()]


def test_twins_give_the_same_items_each_day() -> None:
    twins = twins_in("headings-json-twin-redleafluan")
    assert len(twins) == 43
    for page, data in twins:
        assert facts(page) == facts(data), page.name


def test_what_a_page_shows_is_in_its_data() -> None:
    """On its first four days this desk's pages leave out articles of their JSON twins; never the other way round."""
    twins = twins_in("headings-json-twin-mbabby")
    assert len(twins) == 20
    for page, data in twins:
        assert facts(page) <= facts(data), page.name
    assert [page.stem[-2:] for page, data in twins if facts(page) != facts(data)] == ["01", "02", "03", "04"]


def test_every_line_of_real_digests_is_accounted_for() -> None:
    """Otherwise news vanish without anybody being told."""
    reported = 0
    for file in find_files([CORPORA / "digests"]):
        assert isinstance(file, SourceFile)
        document = document_of(file)
        if document is None or (found := read_document(document)) is None:
            continue
        _, draft = found
        written = {number for number, line in enumerate(document.lines, 1) if line.strip()}
        items = {number for item in draft.items if item.lines for number in range(item.lines[0], item.lines[1] + 1)}
        left = {problem.line for problem in draft.unparsed}
        assert written <= items | draft.frame | left, file.path
        assert not left & (items | draft.frame), file.path
        reported += len(left)
    assert reported <= 40


def document_of(file: SourceFile) -> TextDocument | None:
    """The file as lines of text; None where it is JSON, a feed, or broken."""
    try:
        document = document_from(file.path, text_from(file.location.read_bytes()))
    except (Malformed, NotText):
        return None
    return document if isinstance(document, TextDocument) else None


LEAST_BY_STRUCTURE = {"headings-json-twin-mbabby": 0.9, "numbered-untitled-hextra": 0.95}
"""The part of the known items that structure alone gives, where it is below 97 %."""


@pytest.mark.parametrize("folder", unseen_desks.folders(), ids=lambda folder: folder.name)
def test_structure_alone_reads_what_known_layouts_read(folder: Path) -> None:
    """Otherwise desks that nobody wrote a layout for lose their news: the bar is nine items of ten, the aim 97 %."""
    found = unseen_desks.agreement_in(folder)
    assert found.known
    assert found.share >= LEAST_BY_STRUCTURE.get(folder.name, 0.97), found.missed[:5]


def test_json_lines_give_an_item_for_each_line() -> None:
    (file,) = find_files([CORPORA / "news-items.jsonl.xz"])
    assert isinstance(file, SourceFile)
    places = 0
    for digest in islice(read_digests(file), 3):
        assert isinstance(digest, Digest)
        assert not digest.unparsed
        assert not digest.problems
        places += sum(len(item.places) for item in digest.items)
        assert all("/" in item.desk for item in digest.items)
    assert places == 6000
