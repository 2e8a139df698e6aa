"""What ingest needs of an engine: ``Archive``.

One method writes digests; there is no add, update or delete to get out of step with.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, Self

from indexer.model import AnnotatedDigest, IndexerError
from indexer.quarantine import Quarantined
from indexer.subscriptions import Subscription


class ArchiveError(IndexerError):
    """The archive cannot do what was asked; the message says what a person can do."""


class ArchiveLocked(ArchiveError):
    """Another process writes to the archive."""


class ArchiveFormatUnknown(ArchiveError):
    """The archive was written by another version of the program or is not an archive."""


class ArchiveUnavailable(ArchiveError):
    """The archive cannot be reached or read just now."""


class ArchiveMissing(ArchiveUnavailable):
    """There is no archive yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """An item that the engine would not take, in one of the digests that it stands in, and the engine's reason."""

    item_id: str
    digest_id: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """How a write changed the items of the archive, as item ids.

    ``refused``: items that were not stored; they are in none of the sets. Their digests are stored without them and
    with an empty fingerprint, so that the next run tries them again.
    """

    added: frozenset[str] = frozenset()
    changed: frozenset[str] = frozenset()
    removed: frozenset[str] = frozenset()
    unchanged: frozenset[str] = frozenset()
    refused: tuple[Refusal, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """What to take down: exactly one of the three is given."""

    item_id: str | None = None
    digest_id: str | None = None
    desk: str | None = None


class Archive(Protocol):
    """The writing side of an engine. Closing it is leaving its ``with`` block.

    What writes nothing works on an archive opened for reading too.
    """

    def __enter__(self) -> Self: ...

    def __exit__(self, *exc: object) -> None: ...

    def fingerprints(self, digest_ids: Collection[str]) -> Mapping[str, str]:
        """Fingerprints of those digests that are stored."""

    def items_in(self, digest_ids: Collection[str]) -> frozenset[str]:
        """Ids of the items that stand in those digests, after merging."""

    def replace(self, digests: Sequence[AnnotatedDigest]) -> Changes:
        """Stores the digests in one transaction, each in place of its former version; idempotent.

        The items of all stored sightings are merged by ``indexer.identity``. Readers see the whole batch at once
        within two seconds.
        """

    def preview(self, digests: Sequence[AnnotatedDigest]) -> Changes:
        """What ``replace`` would do after all that was previewed since the last write. Writes nothing."""

    def remove(self, selection: Selection) -> Changes:
        """Takes down items with their facts; their digests are read anew when they are indexed again."""

    def digest_ids(self, desk: str) -> Iterable[str]:
        """Ids of all stored digests of a desk, in order."""

    def stored_digests(self, *, after: str = "") -> Iterator[AnnotatedDigest]:
        """Everything stored, digest by digest in order of id, those after the id ``after``.

        A digest comes as it was written, with its annotations and its fingerprint, but for items that were taken
        down. Stored in an empty archive, of whichever engine, they make the same archive. Needs the memory of one
        digest; what is written meanwhile may or may not be seen.
        """

    def flush(self) -> None:
        """Makes everything written so far visible to readers."""

    def quarantine(self, entries: Collection[Quarantined]) -> None:
        """Lets entries wait; those that wait already take the new reason and keep since when."""

    def quarantined(self) -> tuple[Quarantined, ...]:
        """All that waits, by desk and place."""

    def release(self, ids: Collection[str]) -> int:
        """Takes entries out of quarantine; how many of them waited."""

    def subscribe(self, subscription: Subscription) -> None:
        """Keeps how a feed was read."""

    def subscription(self, url: str) -> Subscription | None:
        """How a feed was last read; None where one of its digests is no longer stored whole, so that it has to be
        read again."""


def stored_digest(archive: Archive, digest_id: str) -> AnnotatedDigest | None:
    """One digest as it was written; None where it is not stored."""
    before = f"{max(int(digest_id, 16) - 1, 0):016x}"  # ids are whole numbers: the next after this one
    found = next(archive.stored_digests(after=before), None)
    return found if found and found.digest.id == digest_id else None
