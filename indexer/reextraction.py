"""Extraction anew over everything that is stored, without the files it came from.

Digests are taken in order of id and written with the fingerprint of the new extraction, so a stopped run goes on
where it was: what carries the new fingerprint already is passed over. Items keep their ids.
"""

from collections import Counter, deque
from collections.abc import Callable, Hashable, Iterable, Iterator
from dataclasses import dataclass, field, replace

from indexer.archive import Archive
from indexer.extraction_pool import ExtractionPool, Understood
from indexer.ingest import batches_of
from indexer.model import AnnotatedDigest, Annotations, Digest, Problem

ReextractionListener = Callable[[int, int], None]
"""Is told how many digests and items are dealt with."""


@dataclass(slots=True, kw_only=True)
class FactsChanged:
    """Facts of one kind that a new extraction finds and the old one did not, and the reverse."""

    gained: int = 0
    lost: int = 0

    def add(self, before: Iterable[Hashable], after: Iterable[Hashable]) -> None:
        """Takes up one item's facts; the same fact twice is two."""
        old, new = Counter(before), Counter(after)
        self.gained += (new - old).total()
        self.lost += (old - new).total()


@dataclass(slots=True, kw_only=True)
class ReextractionReport:
    """What one run did. ``passed_over``: digests that the same extraction had read already."""

    digests: int = 0
    passed_over: int = 0
    items: int = 0
    changed_items: int = 0
    mentions: FactsChanged = field(default_factory=FactsChanged)
    relations: FactsChanged = field(default_factory=FactsChanged)
    funding: FactsChanged = field(default_factory=FactsChanged)
    problems: list[Problem] = field(default_factory=list)

    def compare(self, before: AnnotatedDigest, after: AnnotatedDigest) -> None:
        """Counts what a digest gains and loses."""
        self.digests += 1
        for old, new in zip(before.items, after.items, strict=True):
            self.items += 1
            self.changed_items += old.annotations != new.annotations
            self.mentions.add(_mentioned(old.annotations), _mentioned(new.annotations))
            self.relations.add(_related(old.annotations), _related(new.annotations))
            self.funding.add(_raised(old.annotations), _raised(new.annotations))


def reextract(
    archive: Archive,
    pool: ExtractionPool,
    *,
    dry_run: bool = False,
    on_progress: ReextractionListener | None = None,
) -> ReextractionReport:
    """Reads all stored items anew with the extraction of the pool. With ``dry_run`` only tells what would change.

    Raises WorkerLost, and what the archive raises; what was written before stays.
    """
    report = ReextractionReport()
    waiting: deque[AnnotatedDigest] = deque()
    understood = pool.annotate(_outdated(archive, pool.version, waiting, report))
    for batch in batches_of(_read_anew(understood, waiting, report, on_progress)):
        if not dry_run:
            archive.replace(batch)
    if not dry_run:
        archive.flush()
    return report


def _outdated(
    archive: Archive, version: str, waiting: deque[AnnotatedDigest], report: ReextractionReport
) -> Iterator[Digest]:
    """The digests to read, each put in ``waiting`` as it was."""
    for stored in archive.stored_digests():
        content, _, read_by = stored.digest.fingerprint.partition(":")
        if content and read_by == version:
            report.passed_over += 1
            continue
        waiting.append(stored)
        # a digest without a fingerprint is to be read from its file again, whatever its items say now
        yield replace(stored.digest, fingerprint=f"{content}:{version}" if content else "")


def _read_anew(
    understood: Iterable[Understood],
    waiting: deque[AnnotatedDigest],
    report: ReextractionReport,
    on_progress: ReextractionListener | None,
) -> Iterator[AnnotatedDigest]:
    for one in understood:
        before, after = waiting.popleft(), one.annotated()
        report.problems.extend(one.problems)
        report.compare(before, after)
        if on_progress:
            on_progress(report.digests + report.passed_over, report.items)
        yield after


def _mentioned(annotations: Annotations) -> Iterator[Hashable]:
    return ((one.entity_id, one.field, one.start, one.end) for one in annotations.mentions)


def _related(annotations: Annotations) -> Iterator[Hashable]:
    return ((one.kind, one.subject, one.object) for one in annotations.relations)


def _raised(annotations: Annotations) -> Iterator[Hashable]:
    return ((one.company, one.round, one.amount) for one in annotations.funding)
