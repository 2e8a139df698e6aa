"""An archive copied into another, digest by digest: between any two engines, and on with the rest after a stop."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from indexer.archive import Changes, Refusal
from indexer.ingest import batches_of
from indexer.model import AnnotatedDigest
from search_service.engines import Engine
from search_service.engines.lifecycle import Content, Refused, Show
from search_service.engines.verification import (
    Pair,
    answers_that_differ,
    compare_digests,
    paired,
    require_none,
)

WRITTEN_MEANWHILE = "the copy differs from the archive; if that was written to meanwhile, run it again"


@dataclass(frozen=True, slots=True, kw_only=True)
class Migration:
    """What the archive holds, what of it was copied and what was there already, in digests, and the entries of
    quarantine that travelled along. ``refused`` are items that the target would not take."""

    content: Content
    copied: int
    there: int
    waiting: int
    refused: tuple[Refusal, ...]


def migrate(source: Engine, target: Engine, *, add: bool, show: Show) -> Migration:
    """Copies everything, and verifies that it is there and is found alike.

    ``source`` may be open for reading; where it was written to meanwhile, NotTheSame is raised and running it again
    copies the rest. A target with digests that the source has not is Refused, save with ``add``: then the digests are
    compared and the searches are not.
    """
    alone = not _holds_others(source, target)
    if not alone and not add:
        raise Refused("the target holds other digests as well; name an empty one, or copy beside them with --add")
    copying = Copying(target, show)
    copying.copy(paired(source.stored_digests(), target.stored_digests()))
    waiting = source.quarantined()
    target.quarantine(waiting)
    target.flush()
    content, differences = compare_digests(source.stored_digests(), target.stored_digests())
    if not copying.refused:
        require_none(differences, WRITTEN_MEANWHILE)
        require_none(answers_that_differ(source, target) if alone else [], WRITTEN_MEANWHILE)
    return Migration(
        content=content,
        copied=copying.copied,
        there=copying.there,
        waiting=len(waiting),
        refused=tuple(copying.refused),
    )


def _holds_others(source: Engine, target: Engine) -> bool:
    if not target.state().digests:
        return False
    return any(mine is None for mine, _ in paired(source.stored_digests(), target.stored_digests()))


class Storing(Protocol):
    """What digests are stored in."""

    def replace(self, digests: Sequence[AnnotatedDigest]) -> Changes:
        """As ``Archive.replace``."""


class Copying:
    """Stores digests, and counts."""

    def __init__(self, target: Storing, show: Show) -> None:
        self._target = target
        self._show = show
        self._items = 0
        self.copied = self.there = 0
        self.refused: list[Refusal] = []

    def copy(self, pairs: Iterable[Pair]) -> None:
        """Stores the first of each pair where the second is none or another."""
        for batch in batches_of(self._missing(pairs)):
            self.refused += self._target.replace(batch).refused
            self.copied += len(batch)
            self._tell(batch)

    def _missing(self, pairs: Iterable[Pair]) -> Iterator[AnnotatedDigest]:
        for mine, theirs in pairs:
            if mine is not None and mine == theirs:
                self.there += 1
                self._tell([mine])
            elif mine is not None:
                yield mine

    def _tell(self, done: Sequence[AnnotatedDigest]) -> None:
        self._items += sum(len(digest.items) for digest in done)
        self._show(self.copied + self.there, self._items)
