"""One writer at a time: a lock that ends with the process that holds it, however it ends."""

import fcntl
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Self

from indexer.archive import ArchiveLocked, ArchiveUnavailable

POLL_S = 0.1


class WriterLock:
    """Holds ``path`` locked until closed; the file names the holder's process for those who wait."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    @classmethod
    def acquire(
        cls,
        path: Path,
        *,
        wait_s: float,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> Self:
        """Waits at most ``wait_s`` seconds. Raises ArchiveLocked, ArchiveUnavailable."""
        try:
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        except OSError as error:
            raise ArchiveUnavailable(f"cannot write to {path.parent}: {error.strerror}") from error
        deadline = clock() + wait_s
        while not _locked(descriptor):
            if clock() >= deadline:
                holder = os.pread(descriptor, 32, 0).decode("ascii", "replace").strip() or "unknown"
                os.close(descriptor)
                raise ArchiveLocked(
                    f"process {holder} is writing to the archive {path.parent}; "
                    f"waited {wait_s:g} s, try again when it is done"
                )
            sleep(POLL_S)
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
        return cls(descriptor)

    def close(self) -> None:
        """Lets the next writer in."""
        os.close(self._descriptor)


def _locked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
