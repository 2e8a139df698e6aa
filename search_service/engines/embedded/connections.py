"""Read-only connections to the record, shared by the threads of a server."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock

from search_service.engines.contract import EngineUnavailable
from search_service.engines.embedded.schema import is_at_rest, open_for_reading


class ReadConnections:
    """A pool: each reading has a connection of its own, and sees one state of the record from start to end.

    A record at rest is read through a new connection each time, since one that was told so would not see it change.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = Lock()
        self._idle = [open_for_reading(path)]
        self._closed = False

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """A connection inside a read transaction. Raises EngineUnavailable where SQLite cannot answer."""
        connection = self._take()
        try:
            connection.execute("BEGIN")
            try:
                yield connection
            finally:
                connection.execute("COMMIT")
        except sqlite3.Error as error:
            raise EngineUnavailable(f"the record {self._path} cannot be read just now: {error}") from error
        finally:
            self._give_back(connection)

    def _take(self) -> sqlite3.Connection:
        with self._lock:
            if self._closed:
                raise EngineUnavailable("the archive is closed")
            if self._idle and not is_at_rest(self._path):
                return self._idle.pop()
        return open_for_reading(self._path)

    def _give_back(self, connection: sqlite3.Connection) -> None:
        with self._lock:
            if not self._closed and not is_at_rest(self._path):
                self._idle.append(connection)
                return
        connection.close()

    def close(self) -> None:
        """Closes idle connections now and those in use when they come back."""
        with self._lock:
            self._closed = True
            idle, self._idle = self._idle, []
        for connection in idle:
            connection.close()
