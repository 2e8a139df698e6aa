"""The journey of digests into an archive: skip what is stored, extract in worker processes, write in batches.

Reading and writing happen in this process, extraction in workers that take items and return annotations. Batches are
committed in the order of reading, so whatever moment ends a run, the archive holds whole digests and the next run
goes on from there.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain, islice

from indexer.archive import Archive, Changes, Refusal
from indexer.extraction_pool import ExtractionPool
from indexer.model import AnnotatedDigest, Digest, ItemProblem, Problem, problem_with

BATCH_ITEMS = 2000
LOOK_AHEAD = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a run is: entries (digests and problems) and items that are dealt with, written or about to be."""

    entries: int = 0
    items: int = 0


@dataclass(slots=True, kw_only=True)
class IngestReport:
    """What one run did. ``problems`` are files, elements and items that were not stored; ``unparsed`` single lines;
    ``quarantined`` is how much waits because of this run."""

    digests: int = 0
    added: set[str] = field(default_factory=set)
    changed: set[str] = field(default_factory=set)
    removed: set[str] = field(default_factory=set)
    unchanged: set[str] = field(default_factory=set)
    skipped: int = 0  # items of unchanged digests, which are not looked at; one item can stand in several
    passed_over: int = 0  # entries that needed no extraction: problems and unchanged digests
    by_structure: dict[str, float] = field(default_factory=dict)  # paths without a known layout, and how sure
    problems: list[Problem] = field(default_factory=list)
    unparsed: list[Problem] = field(default_factory=list)
    quarantined: int = 0

    def add(self, changes: Changes) -> None:
        """Takes up the changes of one batch. What one run adds and takes away again is neither."""
        passing = changes.removed & self.added
        back = changes.added & self.removed
        self.added = (self.added - passing) | (changes.added - back)
        self.removed = (self.removed - back) | (changes.removed - passing)
        self.changed = (self.changed | changes.changed | back) - self.added - self.removed
        self.unchanged |= changes.unchanged


ProgressListener = Callable[[Progress], None]
"""Is told how far the run is."""


def ingest(
    digests: Iterable[Digest | Problem],
    archive: Archive,
    pool: ExtractionPool,
    *,
    dry_run: bool = False,
    on_progress: ProgressListener | None = None,
) -> IngestReport:
    """Stores the digests that are new or changed.

    A ``Problem`` among them is a file that gave no digest. With ``dry_run`` nothing is written and the report says
    what would be.
    """
    report = IngestReport()
    write: Callable[[Sequence[AnnotatedDigest]], Changes] = archive.preview if dry_run else archive.replace
    pending = _changed_digests(digests, archive, pool.version, report)
    for batch in batches_of(_watched(_annotated(pending, pool, report), report, on_progress)):
        changes = write(batch)
        report.add(changes)
        report.problems += _refused(changes.refused, batch)
    report.unchanged -= report.added | report.changed | report.removed
    if not dry_run:
        archive.flush()
    return report


def _changed_digests(
    digests: Iterable[Digest | Problem], archive: Archive, version: str, report: IngestReport
) -> Iterator[Digest]:
    """The digests whose content or extraction differs from what is stored; counts the rest as unchanged."""
    source = iter(digests)
    while window := list(islice(source, LOOK_AHEAD)):
        known = archive.fingerprints([entry.id for entry in window if isinstance(entry, Digest)])
        same: list[str] = []
        for entry in window:
            if isinstance(entry, Problem):
                report.problems.append(entry)
                report.passed_over += 1
                continue
            report.digests += 1
            if entry.sureness is not None:
                report.by_structure[entry.path] = entry.sureness
            report.problems.extend(entry.problems)
            report.unparsed.extend(entry.unparsed)
            fingerprint = f"{entry.fingerprint}:{version}"
            if known.get(entry.id) == fingerprint:
                same.append(entry.id)
                report.skipped += len(entry.items)
                report.passed_over += 1
            else:
                yield replace(entry, fingerprint=fingerprint)
        report.unchanged |= archive.items_in(same)


def _watched(
    digests: Iterable[AnnotatedDigest], report: IngestReport, on_progress: ProgressListener | None
) -> Iterator[AnnotatedDigest]:
    """The digests as they come, with word to the listener at each and at the end."""
    entries = items = 0
    for digest in chain(digests, [None]):
        if digest:
            entries += 1
            items += len(digest.items)
        if on_progress:
            on_progress(Progress(entries=entries + report.passed_over, items=items + report.skipped))
        if digest:
            yield digest


def _annotated(digests: Iterable[Digest], pool: ExtractionPool, report: IngestReport) -> Iterator[AnnotatedDigest]:
    for understood in pool.annotate(digests):
        report.problems.extend(understood.problems)
        yield understood.annotated()


def _refused(refusals: Sequence[Refusal], batch: Sequence[AnnotatedDigest]) -> list[ItemProblem]:
    """Items that the engine would not take, each with its place where that is known."""
    digests = {annotated.digest.id: annotated.digest for annotated in batch}
    problems = []
    for one in refusals:
        digest = digests.get(one.digest_id)
        item = next((item for item in digest.items if item.id == one.item_id), None) if digest else None
        if digest and item:
            problems.append(problem_with(item, digest, f"not stored: “{item.title[:40]}”: {one.reason}"))
        else:  # merged with one of another digest
            path = digest.path if digest else one.digest_id
            reason = f"item {one.item_id} not stored: {one.reason}"
            problems.append(ItemProblem(path=path, reason=reason, item_id=one.item_id, digest_id=one.digest_id))
    return problems


def batches_of(digests: Iterable[AnnotatedDigest]) -> Iterator[list[AnnotatedDigest]]:
    """The digests in lists to write at once, of ``BATCH_ITEMS`` items or little more."""
    batch: list[AnnotatedDigest] = []
    for digest in digests:
        batch.append(digest)
        if sum(len(d.items) for d in batch) >= BATCH_ITEMS:
            yield batch
            batch = []
    if batch:
        yield batch
