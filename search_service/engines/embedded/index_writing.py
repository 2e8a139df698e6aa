"""Keeps the search index in step with the record.

The record commits first, with the ids of what changed in its outbox; then the index takes these items from the record
and commits; then they leave the outbox. Whatever moment a process dies at, doing it again is right.
"""

import shutil
import sqlite3
from collections.abc import Iterable
from typing import Any

import tantivy

from indexer.archive import ArchiveUnavailable
from indexer.codec import from_json
from search_service.engines.embedded.folder import ArchiveFolder
from search_service.engines.embedded.index_schema import document_of, index_schema
from search_service.engines.embedded.numbering import BOUND, in_batches, placeholders

BATCH = 4000
HEAP_BYTES = 128_000_000
THREADS = 1  # one feeds as fast as Python makes documents, and gives fewer segments


class IndexUpkeep:
    """The one writer of the search index."""

    def __init__(self, folder: ArchiveFolder, connection: sqlite3.Connection) -> None:
        self._folder = folder
        self._connection = connection
        self._writer: Any = None

    def open(self) -> None:
        """Opens the index and brings it up to date; builds it anew where it is missing, broken or incomplete."""
        shutil.rmtree(self._folder.index_in_making, ignore_errors=True)
        if not self._usable():
            self._rebuild()
        self.catch_up()
        if not self._complete():
            self._rebuild()

    def _usable(self) -> bool:
        try:
            tantivy.Index.open(str(self._folder.index))
        except (ValueError, OSError):
            return False
        return True

    def _complete(self) -> bool:
        (items,) = self._connection.execute("SELECT coalesce(sum(items), 0) FROM months").fetchone()
        index = tantivy.Index.open(str(self._folder.index))
        return bool(index.searcher().num_docs == items)

    def catch_up(self) -> bool:
        """Takes up what waits in the outbox; whether there was anything."""
        any_waited = False
        while waiting := self._connection.execute(
            "SELECT seq, item_id FROM outbox ORDER BY seq LIMIT ?", (BATCH,)
        ).fetchall():
            any_waited = True
            self._take_up(dict.fromkeys(item for _, item in waiting))
            self._connection.execute("DELETE FROM outbox WHERE seq <= ?", (waiting[-1][0],))
        return any_waited

    def _take_up(self, item_ids: Iterable[str]) -> None:
        writer = self._opened_writer()
        for some in in_batches(item_ids, BOUND):
            for item in some:
                writer.delete_documents_by_term("id", item)
            rows = self._connection.execute(
                f"SELECT payload FROM items WHERE id IN ({placeholders(len(some))})", some
            )
            for (payload,) in rows:
                writer.add_document(document_of(from_json(payload)))
        writer.commit()

    def _opened_writer(self) -> Any:
        if self._writer is None:
            index = tantivy.Index.open(str(self._folder.index))
            self._writer = _writer_of(index, self._folder)
        return self._writer

    def _rebuild(self) -> None:
        self.close()
        making = self._folder.index_in_making
        shutil.rmtree(making, ignore_errors=True)
        making.mkdir()
        (last,) = self._connection.execute("SELECT coalesce(max(seq), 0) FROM outbox").fetchone()
        writer = _writer_of(tantivy.Index(index_schema(), path=str(making)), self._folder)
        for (payload,) in self._connection.execute("SELECT payload FROM items ORDER BY key"):
            writer.add_document(document_of(from_json(payload)))
        writer.commit()
        writer.wait_merging_threads()
        shutil.rmtree(self._folder.index, ignore_errors=True)
        making.rename(self._folder.index)
        self._connection.execute("DELETE FROM outbox WHERE seq <= ?", (last,))

    def close(self) -> None:
        """Waits for merges and lets go of the index."""
        if self._writer is not None:
            writer, self._writer = self._writer, None
            writer.wait_merging_threads()


def _writer_of(index: tantivy.Index, folder: ArchiveFolder) -> Any:
    try:
        return index.writer(HEAP_BYTES, THREADS)
    except (ValueError, OSError) as error:
        raise ArchiveUnavailable(f"the search index in {folder.path} cannot be written: {error}") from error
