"""One writer at a time: a document names the process that writes, which renews it as long as it lives.

No clocks of two machines are compared: who waits watches the document, and takes over when it has not changed for
``EXPIRES_S`` seconds of its own clock, or at once when the named process was of this machine and is gone. Each turn
has a higher epoch, which is the version of all documents written in it, so a writer that slept through the end of its
turn cannot undo what the next one wrote. A writer that could not renew its turn in time, because it or the cluster
stood still, goes on where nobody has taken over.
"""

import os
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from threading import Event, Lock, Thread
from typing import Self

from indexer.archive import ArchiveLocked, ArchiveUnavailable
from search_service.engines.elasticsearch.cluster import ChangedMeanwhile, Cluster, Object
from search_service.engines.elasticsearch.failures import Overloaded

EXPIRES_S = 30.0
RENEWED_EVERY_S = 5.0
POLL_S = 0.25
_DOCUMENT = "lease"

ReadAt = tuple[int, int]
_Found = tuple[Object, ReadAt]


@dataclass(slots=True)
class _Watched:
    """The holder's document as last seen, and since when it has looked so."""

    at: ReadAt | None = None
    since: float = 0.0
    looked: float = 0.0

    def unchanged_s(self, at: ReadAt, now: float) -> float:
        """Seconds that it has looked so, as far as one has looked: a cluster that stood still let nobody renew."""
        if at != self.at or now - self.looked >= RENEWED_EVERY_S:
            self.at, self.since = at, now
        self.looked = now
        return now - self.since


class Lease:
    """The turn of a writer, until closed."""

    def __init__(self, cluster: Cluster, document: Object, at: ReadAt, *, clock: Callable[[], float]) -> None:
        self.epoch: int = document["epoch"]
        self._cluster = cluster
        self._document = document
        self._at = at
        self._clock = clock
        self._renewed_at = clock()
        self._lost = False
        self._renewing = Lock()
        self._closing = Event()
        self._thread = Thread(target=self._keep, name="writer-lease", daemon=True)
        self._thread.start()

    @classmethod
    def acquire(
        cls,
        cluster: Cluster,
        *,
        wait_s: float,
        above: int = 0,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> Self:
        """Waits at most ``wait_s`` seconds; the epoch is larger than ``above``.

        Raises ArchiveLocked, ArchiveUnavailable.
        """
        deadline, watched = clock() + wait_s, _Watched()
        while True:
            found, trouble = None, None
            try:
                found = cluster.stored("writer", _DOCUMENT)
                if found is None or _is_free(found[0]) or watched.unchanged_s(found[1], clock()) >= EXPIRES_S:
                    taken = _take(cluster, found, above=above)
                    if taken:
                        return cls(cluster, *taken, clock=clock)
            except Overloaded as error:  # a turn that was taken unnoticed ends by itself
                trouble = error
            if clock() >= deadline:
                raise trouble or _locked(cluster, found, wait_s)
            sleep(POLL_S)

    def check(self) -> None:
        """Raises ArchiveLocked where the turn has ended, ArchiveUnavailable where nobody can tell."""
        if not self._lost and self._clock() - self._renewed_at >= EXPIRES_S - RENEWED_EVERY_S:
            self._renew()
        if self._lost:
            raise ArchiveLocked(
                f"this process did not renew its turn to write to {self._cluster.address} in time, and another has "
                "taken over; nothing is lost: run it again"
            )

    def close(self) -> None:
        """Lets the next writer in."""
        self._closing.set()
        self._thread.join()
        if self._lost:
            return
        try:
            self._cluster.store("writer", _DOCUMENT, {**self._document, "process": ""}, read_at=self._at)
        except (ChangedMeanwhile, ArchiveUnavailable):
            return  # it ends by itself

    def _keep(self) -> None:
        while not self._lost and not self._closing.wait(RENEWED_EVERY_S):
            with suppress(ArchiveUnavailable):  # ``check`` notices where this goes on for long
                self._renew()

    def _renew(self) -> None:
        """Raises ArchiveUnavailable."""
        with self._renewing:
            while not self._lost:
                renewed = {**self._document, "renewed": self._document["renewed"] + 1}
                asked_at = self._clock()
                try:
                    self._at = self._cluster.store("writer", _DOCUMENT, renewed, read_at=self._at)
                except ChangedMeanwhile:
                    self._look_again()
                else:
                    self._document, self._renewed_at = renewed, asked_at
                    return

    def _look_again(self) -> None:
        """Whether it was an own renewal that came late: one whose answer nobody waited for any more."""
        found = self._cluster.stored("writer", _DOCUMENT)
        if found is None or any(found[0][part] != self._document[part] for part in ("process", "host", "epoch")):
            self._lost = True
        else:
            self._document, self._at = found


def _take(cluster: Cluster, found: _Found | None, *, above: int) -> _Found | None:
    """The new turn; None where somebody else was faster."""
    former, read_at = found or ({"epoch": 0}, None)
    epoch = max(former["epoch"], above) + 1
    document: Object = {"process": str(os.getpid()), "host": socket.gethostname(), "epoch": epoch, "renewed": 0}
    try:
        return document, cluster.store("writer", _DOCUMENT, document, read_at=read_at)
    except ChangedMeanwhile:
        return None


def _locked(cluster: Cluster, found: _Found | None, wait_s: float) -> ArchiveLocked:
    """That somebody else writes."""
    holder = found[0] if found else {"process": "unknown", "host": "unknown"}
    return ArchiveLocked(
        f"process {holder['process']} on {holder['host']} is writing to the archive {cluster.address}; "
        f"waited {wait_s:g} s, try again when it is done"
    )


def _is_free(document: Object) -> bool:
    """Whether nobody holds the turn, or a process of this machine that is gone."""
    if not document["process"]:
        return True
    if document["host"] != socket.gethostname():
        return False
    try:
        os.kill(int(document["process"]), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False
