"""Real digests of many desks: what the readers promise must hold on files that nobody wrote for a test."""

from collections import Counter
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import pytest

from indexer.model import Digest, Problem
from indexer.readers import read_digests
from indexer.sources import SourceFile, find_files

CORPORA = Path(__file__).parents[2].parent / "shared" / "corpora"

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


def test_twins_give_the_same_titles_each_day() -> None:
    for markdown in sorted((CORPORA / "digests" / "headings-json-twin-redleafluan").rglob("*.md")):
        assert titles(markdown) == titles(markdown.with_suffix(".json")), markdown.name


def test_what_a_page_shows_is_in_its_data() -> None:
    """This desk's pages leave out some articles of their JSON twins, and never the other way round."""
    for markdown in sorted((CORPORA / "digests" / "headings-json-twin-mbabby" / "daily").glob("*.md")):
        assert titles(markdown) <= titles(markdown.with_suffix(".json")), markdown.name


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
