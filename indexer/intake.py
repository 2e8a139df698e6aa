"""What one run takes in: files read one after the other, and at the end each of them accounted for.

Whatever could not be read, understood or stored waits in quarantine under the file that it was in. What waited and
was read well now is released.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path, PurePosixPath

from indexer.archive import Archive
from indexer.extraction_pool import ExtractionPool
from indexer.ingest import IngestReport, Progress, ingest
from indexer.model import Digest, ItemProblem, Problem
from indexer.quarantine import KEPT_OF_STANDARD_INPUT, Quarantined
from indexer.readers import read_digests
from indexer.rolling import rolled
from indexer.source_files import STANDARD_INPUT, Meter, SourceFile, Unchanged, Unread

_NOT_KEPT = f"give it again: of standard input more than {KEPT_OF_STANDARD_INPUT // 1024**2} MiB is not kept"


class Intake:
    """The files of one run. ``since`` is the time of the run in UTC as ISO 8601."""

    def __init__(self, found: Iterable[SourceFile | Unread | Unchanged], archive: Archive, *, since: str) -> None:
        self._found = found
        self._archive = archive
        self._since = since
        self.files: dict[str, SourceFile] = {}
        """The files by the ids of the digests that they gave."""
        self._unchanged: list[str] = []
        self._read: set[tuple[str, str]] = set()
        self._waiting: dict[str, Quarantined] = {}
        self._kept: set[Path] = set()
        self._measure = _Measure()

    def entries(self) -> Iterator[Digest | Problem]:
        """What the files give, file by file; files that vanished meanwhile give nothing."""
        for found in self._found:
            self._read.add((found.desk, found.path))
            if isinstance(found, Unchanged):
                self._unchanged += found.digest_ids
            elif isinstance(found, Unread):
                self._wait(found, found)
                self._measure.mark(found.meter)
                yield found
            else:
                yield from self._entries_of(found)

    def _entries_of(self, file: SourceFile) -> Iterator[Digest | Problem]:
        for entry in read_digests(file):
            self._measure.mark(file.meter)
            if isinstance(entry, Problem):
                if not file.location.exists():
                    self._read.discard((file.desk, file.path))
                    return
                self._wait(file, entry)
                yield entry
                continue
            for digest in rolled(entry, self._archive) if file.rolling else (entry,):
                self.files[digest.id] = file if file.root == STANDARD_INPUT else replace(file, kept_by=None)
                for problem in digest.problems:
                    self._wait(file, problem)
                yield digest

    def bytes_read(self, progress: Progress) -> int:
        """Bytes on disk of what is dealt with."""
        return self._measure.at(progress.entries)

    @property
    def waiting(self) -> tuple[Quarantined, ...]:
        """What waits because of this run; whole after ``settle``."""
        return tuple(self._waiting.values())

    def settle(self, report: IngestReport, *, dry_run: bool = False) -> None:
        """Lets wait what has to, releases what was read well, and notes in the report how much waits."""
        for problem in report.problems:
            if isinstance(problem, ItemProblem) and (file := self.files.get(problem.digest_id)):
                self._wait(file, problem, item_id=problem.item_id)
        report.quarantined = len(self._waiting)
        report.unchanged |= self._archive.items_in(self._unchanged)
        if dry_run:
            return
        if self._waiting:
            self._archive.quarantine(list(self._waiting.values()))
        if stored := self._archive.quarantined():
            met = self.met()
            in_order = [one.id for one in stored if one.id not in self._waiting and (one.desk, one.path) in met]
            if in_order:
                self._archive.release(in_order)

    def met(self) -> set[tuple[str, str]]:
        """Desks and paths of what was read, the folders and archives on the way to it included."""
        above = {(desk, parent.as_posix()) for desk, path in self._read for parent in PurePosixPath(path).parents}
        return self._read | above

    def _wait(self, place: SourceFile | Unread, problem: Problem, *, item_id: str = "") -> None:
        content = self._content_of(place)
        lost = place.root == STANDARD_INPUT and content is None
        entry = Quarantined(
            desk=place.desk,
            root=place.root,
            path=place.path,
            reason=f"{problem.reason}; {_NOT_KEPT}" if lost else problem.reason,
            line=problem.line,
            pointer=problem.pointer,
            item_id=item_id,
            desk_given=place.desk_given,
            since=self._since,
            content=content,
        )
        self._waiting[entry.id] = entry

    def _content_of(self, place: SourceFile | Unread) -> bytes | None:
        """Standard input as it was given, where it is small enough: kept once, empty for what else waits of it."""
        if place.root != STANDARD_INPUT or place.kept_by is None:
            return None
        whole = place.kept_by.outermost
        if whole in self._kept:
            return b""
        if whole.stat().st_size > KEPT_OF_STANDARD_INPUT:
            return None
        self._kept.add(whole)
        return whole.read_bytes()


def take_in(
    found: Iterable[SourceFile | Unread | Unchanged],
    archive: Archive,
    pool: ExtractionPool,
    *,
    since: str,
    dry_run: bool = False,
    show: Callable[[int, int], None] | None = None,
) -> tuple[IngestReport, Intake]:
    """One run, from files to the archive. ``show`` is told how many bytes and items are dealt with."""
    intake = Intake(found, archive, since=since)

    def tell(progress: Progress) -> None:
        if show:
            show(intake.bytes_read(progress), progress.items)

    report = ingest(intake.entries(), archive, pool, dry_run=dry_run, on_progress=tell)
    intake.settle(report, dry_run=dry_run)
    return report, intake


class _Measure:
    """How many bytes of files on disk were read when so many entries had been given."""

    def __init__(self) -> None:
        self._bytes: list[int] = []
        self._meter = Meter()
        self._before = 0

    def mark(self, meter: Meter) -> None:
        if meter is not self._meter:
            self._before += self._meter.size
            self._meter = meter
        self._bytes.append(self._before + meter.read)

    def at(self, entries: int) -> int:
        return self._bytes[min(entries, len(self._bytes)) - 1] if entries and self._bytes else 0
