"""The writing side: lock, record and search index opened together, and batches that reach both."""

from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import Self

from indexer.archive import Changes, Selection
from indexer.model import AnnotatedDigest
from indexer.quarantine import Quarantined
from indexer.subscriptions import Subscription
from search_service.engines.embedded.folder import ArchiveFolder
from search_service.engines.embedded.index_writing import IndexUpkeep
from search_service.engines.embedded.library_errors import writing_errors_told
from search_service.engines.embedded.lock import WriterLock
from search_service.engines.embedded.schema import open_for_writing
from search_service.engines.embedded.writer import RecordWriter


class ArchiveWriting:
    """The one writer of an archive, until closed."""

    def __init__(self, lock: WriterLock, record: RecordWriter, index: IndexUpkeep) -> None:
        self._lock = lock
        self._record = record
        self._index = index

    @classmethod
    def open(cls, folder: ArchiveFolder, *, wait_s: float) -> Self:
        """Locks the folder and finishes what a stopped writer left. Raises as ``open_embedded`` says."""
        folder.prepare()
        lock = WriterLock.acquire(folder.lock, wait_s=wait_s)
        try:
            connection = open_for_writing(folder.record)
            writing = cls(lock, RecordWriter(connection), IndexUpkeep(folder, connection))
            try:
                with writing_errors_told():
                    writing._index.open()
            except BaseException:
                connection.close()
                raise
        except BaseException:
            lock.close()
            raise
        return writing

    def replace(self, digests: Sequence[AnnotatedDigest]) -> Changes:
        """Stores digests in the record, then in the search index."""
        changes = self._record.replace(digests)
        self.flush()
        return changes

    def remove(self, selection: Selection) -> Changes:
        """Takes down from the record, then from the search index."""
        changes = self._record.remove(selection)
        self.flush()
        return changes

    def quarantine(self, entries: Collection[Quarantined]) -> None:
        """Lets entries wait."""
        self._record.quarantine(entries)

    def release(self, ids: Collection[str]) -> int:
        """Takes entries out of quarantine."""
        return self._record.release(ids)

    def subscribe(self, subscription: Subscription) -> None:
        """Keeps how a feed was read."""
        self._record.subscribe(subscription)

    def flush(self) -> None:
        """Brings the search index up to date."""
        with writing_errors_told():
            self._index.catch_up()

    def rebuild_index(self, check: Callable[[Path], None]) -> None:
        """Builds the search index anew; ``check`` may look at the new one before it is put in use, and raise."""
        with writing_errors_told():
            self._index.rebuild(check)

    def close(self) -> None:
        """Lets go of everything, the lock last."""
        try:
            self._index.close()
            self._record.close()
        finally:
            self._lock.close()
