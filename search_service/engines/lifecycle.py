"""The seam for what happens to an archive as a whole: made anew, saved, brought back.

Every engine has a ``LifeCycle``; ``search_service.engines.open_lifecycle`` gives it. What changes an archive takes
the turn of the one writer, so nothing is indexed meanwhile; readers go on.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol, Self

from search_service.engines.contract import EngineError

Show = Callable[[int, int], None]
"""Is told how many digests and items are done."""


class NotTheSame(EngineError):
    """A copy differs from its original; the message names some of the differences."""


class Refused(EngineError):
    """What was asked would lose something, or this engine has no such thing; the message says what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What an archive holds, as written: digests, their items (one that two digests have counts twice), and a
    checksum over both that is the same on every engine."""

    digests: int
    items: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupPlace:
    """Where a backup lies: a folder (embedded), or a repository of a cluster and the name of a snapshot in it, empty
    for a new one or the latest. ``location`` is where a shared file system that is to be the repository begins."""

    folder: Path | None = None
    repository: str = ""
    snapshot: str = ""
    location: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Backup:
    """What a backup says of itself. ``name``: where it lies; ``made_at`` in UTC; ``items`` and the other counts are
    those of the archive, ``content`` is what the digests hold."""

    name: str
    made_at: datetime
    format: str
    program: str
    items: int
    entities: int
    relations: int
    content: Content


class LifeCycle(Protocol):
    """Raises what opening an engine raises, and as its methods say. Closing it is leaving its ``with`` block."""

    def __enter__(self) -> Self: ...

    def __exit__(self, *exc: object) -> None: ...

    def reindex(self, *, shards: int | None, force: bool, show: Show) -> Content:
        """Makes what can be made from the digests anew, and puts it in use when it holds and answers the same.

        ``force`` goes on where counts or searches differ; what would lose a digest is never put in use. Raises
        NotTheSame, and Refused for ``shards`` where there are none.
        """

    def roll_back(self) -> None:
        """Puts in use what was in use before the last reindexing. Raises Refused."""

    def back_up(self, place: BackupPlace) -> Backup:
        """Saves the archive, verified. Raises Refused, NotTheSame."""

    def restore(self, place: BackupPlace, *, force: bool) -> Backup:
        """Brings a backup back, verified before it is put in use; ``force`` lets it take the place of an archive.

        Raises Refused, NotTheSame.
        """
