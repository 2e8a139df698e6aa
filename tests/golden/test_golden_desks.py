"""Digests as other desks write them, with the items that a person finds in each: day, title and link.

No module knows these habits by name; what repeats in a text, and what keys hold, must do. A file ``NAME`` stands
beside ``NAME.items.tsv``, which says what is right; the sentences are invented.
"""

from pathlib import Path

import pytest

from indexer.model import Digest, NewsItem
from indexer.readers import read_digests
from indexer.sources import SourceFile

FOLDER = Path(__file__).parent / "desks"
ITEMS = ".items.tsv"
DESKS = sorted(path for path in FOLDER.iterdir() if not path.name.endswith(ITEMS))
REPORTED = {"lines.ndjson": 1, "issue-style-2026-04-08.md": 2}
"""Lines of a file that are neither news nor any known frame."""


def digests_of(path: Path) -> list[Digest]:
    file = SourceFile(desk="desk", path=path.name, location=path)
    return [entry for entry in read_digests(file) if isinstance(entry, Digest)]


def facts(item: NewsItem) -> tuple[str, str, str]:
    link = next((source.url for source in item.sources if source.url), "-")
    return item.day.isoformat() if item.day else "-", item.title, link


def expected(path: Path) -> list[tuple[str, ...]]:
    lines = (FOLDER / f"{path.name}{ITEMS}").read_text("utf-8").splitlines()
    return [tuple(line.split("\t")) for line in lines]


@pytest.mark.parametrize("path", DESKS, ids=lambda path: path.name)
def test_a_desk_that_nobody_knows_is_read_as_a_person_would(path: Path) -> None:
    """Otherwise a folder from elsewhere gives wrong titles, days or links, or nothing at all."""
    digests = digests_of(path)
    assert [facts(item) for digest in digests for item in digest.items] == expected(path)
    assert sum(len(digest.unparsed) for digest in digests) == REPORTED.get(path.name, 0)
