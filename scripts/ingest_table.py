"""What the readers make of each folder of real digests, written into docs/ingest.md between markers.

``python scripts/ingest_table.py`` writes the table; ``--show`` prints it with the reasons of all problems instead.
"""

import sys
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from indexer.model import Digest, Problem
from indexer.readers import read_digests
from indexer.sources import SourceFile, find_files

ROOT = Path(__file__).parents[1]
CORPORA = ROOT.parent / "shared" / "corpora" / "digests"
PAGE = ROOT / "docs" / "ingest.md"
BEGIN, END = "<!-- ingest table -->", "<!-- end of ingest table -->"


@dataclass(slots=True)
class Tally:
    """What became of the files of one folder."""

    folder: str
    files: int = 0
    items: int = 0
    layouts: Counter[str] = field(default_factory=Counter)
    problems: list[Problem] = field(default_factory=list)
    unparsed: list[Problem] = field(default_factory=list)

    def take(self, entry: Digest | Problem) -> None:
        """Counts one outcome of reading a file."""
        if isinstance(entry, Problem):
            self.problems.append(entry)
            return
        self.layouts[entry.layout] += 1
        self.items += len(entry.items)
        self.problems += entry.problems
        self.unparsed += entry.unparsed

    @property
    def row(self) -> str:
        """The folder's line of the table."""
        layouts = ", ".join(f"{name} {count}" for name, count in self.layouts.most_common())
        counts = f"{self.items:,} | {len(self.problems)} | {len(self.unparsed)}"
        return f"| {self.folder} | {self.files} | {layouts} | {counts} |"


def tally_of(folder: Path) -> Tally:
    """Reads all files of a folder."""
    tally = Tally(folder.name)
    for found in find_files([folder]):
        tally.files += 1
        for entry in read_digests(found) if isinstance(found, SourceFile) else (found,):
            tally.take(entry)
    return tally


def table_of(tallies: list[Tally]) -> str:
    """The table in Markdown."""
    head = "| folder | files | read as | items | problems | unparsed |\n| --- | ---: | --- | ---: | ---: | ---: |"
    return "\n".join((head, *(tally.row for tally in tallies)))


def write(table: str) -> None:
    """Puts the table between its markers."""
    before, rest = PAGE.read_text("utf-8").split(BEGIN)
    _, after = rest.split(END)
    PAGE.write_text(f"{before}{BEGIN}\n{table}\n{END}{after}", "utf-8")


def main(arguments: list[str]) -> int:
    """Writes or shows the table; 1 where there are no digests to read."""
    if not CORPORA.is_dir():
        print("The real digests of ../shared are not here.", file=sys.stderr)
        return 1
    chosen = [name for name in arguments if not name.startswith("-")]
    folders = sorted(path for path in CORPORA.iterdir() if path.is_dir() and (not chosen or path.name in chosen))
    tallies = [tally_of(folder) for folder in folders]
    if "--show" not in arguments:
        write(table_of(tallies))
        return 0
    print(table_of(tallies))
    for tally in tallies:
        for problem in (*tally.problems, *tally.unparsed):
            print(f"{tally.folder}/{problem.path}:{problem.line or problem.pointer or ''}: {problem.reason}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
