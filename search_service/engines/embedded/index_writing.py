"""Keeps the search index in step with the record.

The record commits first, with the ids of what changed in its outbox; then the index takes these items from the record
and commits; then they leave the outbox, and the record notes the index's operation stamp. Whatever moment a process
dies at, doing it again is right; an index with another stamp is not of this record and is built anew: beside the old
one, until the record names it.
"""

import shutil
import sqlite3
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import orjson
import tantivy

from indexer.archive import ArchiveUnavailable
from search_service.engines.batches import in_batches
from search_service.engines.contract import EngineUnavailable
from search_service.engines.embedded.folder import ArchiveFolder
from search_service.engines.embedded.index_place import index_in_use, name_index
from search_service.engines.embedded.index_schema import document_of, index_schema
from search_service.engines.embedded.library_errors import search_errors_told
from search_service.engines.embedded.numbering import BOUND, placeholders
from search_service.engines.embedded.payloads import item_in

BATCH = 4000
HEAP_BYTES = 128_000_000
THREADS = 1  # one feeds as fast as Python makes documents, and gives fewer segments


class IndexUpkeep:
    """The one writer of the search index."""

    def __init__(self, folder: ArchiveFolder, connection: sqlite3.Connection) -> None:
        self._folder = folder
        self._connection = connection
        self._path = index_in_use(folder, connection)
        self._writer: Any = None

    def open(self) -> None:
        """Opens the index and brings it up to date; builds it anew where it is missing, broken or incomplete."""
        self._remove_orphans()
        if not self._of_this_record():
            self.rebuild()
        self.catch_up()
        if not self._complete():
            self.rebuild()

    def _of_this_record(self) -> bool:
        """Whether the index can be read and holds what the record noted, but for what waits in the outbox."""
        of_this_format = f"{self._path.name}-".startswith(f"{self._folder.index.name}-")
        if not of_this_format or self._documents() is None:
            return False
        noted = self._connection.execute("SELECT value FROM meta WHERE key = 'index_stamp'").fetchone()
        waiting = self._connection.execute("SELECT 1 FROM outbox LIMIT 1").fetchone()
        return waiting is not None or noted == (str(self._stamp()),)

    def _complete(self) -> bool:
        (items,) = self._connection.execute("SELECT coalesce(sum(items), 0) FROM months").fetchone()
        documents = self._documents()
        return documents is not None and documents == int(items)

    def _documents(self) -> int | None:
        """Number of documents; None where the index cannot be opened."""
        try:
            with search_errors_told():
                return int(tantivy.Index.open(str(self._path)).searcher().num_docs)
        except EngineUnavailable:
            return None

    def _stamp(self) -> int:
        return int(orjson.loads((self._path / "meta.json").read_bytes())["opstamp"])

    def catch_up(self) -> bool:
        """Takes up what waits in the outbox; whether there was anything."""
        any_waited = False
        while waiting := self._connection.execute(
            "SELECT seq, item_id FROM outbox ORDER BY seq LIMIT ?", (BATCH,)
        ).fetchall():
            any_waited = True
            stamp = self._take_up(dict.fromkeys(item for _, item in waiting))
            self._note(stamp, up_to=waiting[-1][0])
        return any_waited

    def _note(self, stamp: int, *, up_to: int) -> None:
        """Empties the outbox. This need not survive a power cut (items would be taken up twice), so no disk waits."""
        connection = self._connection
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("DELETE FROM outbox WHERE seq <= ?", (up_to,))
        connection.execute("INSERT OR REPLACE INTO meta VALUES ('index_stamp', ?)", (str(stamp),))
        connection.execute("COMMIT")
        connection.execute("PRAGMA synchronous = FULL")

    def _take_up(self, item_ids: Iterable[str]) -> int:
        writer = self._opened_writer()
        for some in in_batches(item_ids, BOUND):
            for item in some:
                writer.delete_documents_by_term("id", item)
            rows = self._connection.execute(
                f"SELECT key, payload FROM items WHERE id IN ({placeholders(len(some))})", some
            )
            for number, payload in rows:
                writer.add_document(document_of(number, item_in(payload)))
        return int(writer.commit())

    def _opened_writer(self) -> Any:
        if self._writer is None:
            index = tantivy.Index.open(str(self._path))
            self._writer = _writer_of(index, self._folder)
        return self._writer

    def rebuild(self, check: Callable[[Path], None] | None = None) -> None:
        """Builds the index anew beside the old one and puts it in use; ``check`` may look at it before and raise."""
        self.close()
        path = self._folder.free_index()
        (last,) = self._connection.execute("SELECT coalesce(max(seq), 0) FROM outbox").fetchone()
        try:
            stamp = self._build(path)
            if check:
                check(path)
        except BaseException:
            shutil.rmtree(path, ignore_errors=True)
            raise
        connection = self._connection
        connection.execute("BEGIN IMMEDIATE")
        name_index(connection, path)
        connection.execute("DELETE FROM outbox WHERE seq <= ?", (last,))
        connection.execute("INSERT OR REPLACE INTO meta VALUES ('index_stamp', ?)", (str(stamp),))
        connection.execute("COMMIT")
        self._path = path
        self._remove_orphans()

    def _build(self, path: Path) -> int:
        path.mkdir()
        writer = _writer_of(tantivy.Index(index_schema(), path=str(path)), self._folder)
        for number, payload in self._connection.execute("SELECT key, payload FROM items ORDER BY key"):
            writer.add_document(document_of(number, item_in(payload)))
        stamp = int(writer.commit())
        writer.wait_merging_threads()
        return stamp

    def _remove_orphans(self) -> None:
        """Indices that stopped processes left. Readers keep what they have open."""
        for path in self._folder.indices():
            if path != self._path:
                shutil.rmtree(path, ignore_errors=True)

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
