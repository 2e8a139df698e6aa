"""How well desks are read that nobody wrote a layout for: the structural reader alone, beside all layouts.

``python scripts/unseen_desks.py`` reads each folder of real digests twice, once with all layouts and once with the
structural ones only, and prints for each folder how many items the second reading gives with the same title, day and
first link. ``--show FOLDER`` prints what differs there.
"""

import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from indexer.model import Digest, NewsItem, Problem
from indexer.readers import LAYOUTS, Layout, read_digests
from indexer.sources import SourceFile, find_files

CORPORA = Path(__file__).parents[1].parent / "shared" / "corpora" / "digests"
STRUCTURAL = tuple(layout for layout in LAYOUTS if layout.name == "structural")

Facts = tuple[str, date | None, str]
"""Title, day and first link of an item."""


@dataclass(slots=True, kw_only=True)
class Agreement:
    """The items of one folder by all layouts, and which of them structure alone gives as well."""

    folder: str
    known: int = 0
    same: int = 0
    more: int = 0
    missed: list[tuple[str, Facts]] = field(default_factory=list)
    added: list[tuple[str, Facts]] = field(default_factory=list)

    @property
    def share(self) -> float:
        """The part of the known items that structure alone gives with equal title, day and first link."""
        return self.same / self.known if self.known else 1.0

    def take(self, path: str, known: Counter[Facts], found: Counter[Facts]) -> None:
        """Counts one file."""
        self.known += known.total()
        self.same += (known & found).total()
        self.more += max(0, found.total() - known.total())
        self.missed += [(path, facts) for facts in (known - found).elements()]
        self.added += [(path, facts) for facts in (found - known).elements()]


def agreement_in(folder: Path) -> Agreement:
    """Reads the files of a folder both ways. Files that no layout reads have nothing to compare."""
    agreement = Agreement(folder=folder.name)
    for file in find_files([folder]):
        if isinstance(file, SourceFile) and (known := _facts_of(file, LAYOUTS)):
            agreement.take(file.path, known, _facts_of(file, STRUCTURAL))
    return agreement


def folders() -> list[Path]:
    """The folders of real digests; none where they are not here."""
    return sorted(path for path in CORPORA.iterdir() if path.is_dir()) if CORPORA.is_dir() else []


def _facts_of(file: SourceFile, layouts: tuple[Layout, ...]) -> Counter[Facts]:
    return Counter(map(_facts, _items(read_digests(file, layouts=layouts))))


def _items(entries: Iterator[Digest | Problem]) -> Iterator[NewsItem]:
    return (item for entry in entries if isinstance(entry, Digest) for item in entry.items)


def _facts(item: NewsItem) -> Facts:
    return item.title, item.day, next((source.url for source in item.sources if source.url), "")


def main(arguments: list[str]) -> int:
    """Prints the table; 1 where there are no digests to read."""
    if not CORPORA.is_dir():
        print("The real digests of ../shared are not here.", file=sys.stderr)
        return 1
    chosen = [name for name in arguments if not name.startswith("-")]
    for folder in folders():
        if chosen and folder.name not in chosen:
            continue
        found = agreement_in(folder)
        print(f"{found.folder:34} {found.known:6} items  {found.share:7.1%} the same  {found.more:5} more")
        if "--show" in arguments:
            for sign, entries in (("-", found.missed), ("+", found.added)):
                for path, facts in entries:
                    print(f"  {sign} {path}: {facts[0]} | {facts[1]} | {facts[2]}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
