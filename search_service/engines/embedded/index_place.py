"""Which folder holds the search index: the record says so, so that another one takes its place within a transaction
and no reader ever finds none."""

import sqlite3
from pathlib import Path

from search_service.engines.embedded.folder import ArchiveFolder


def index_in_use(folder: ArchiveFolder, connection: sqlite3.Connection) -> Path:
    """The search index of the record."""
    named = connection.execute("SELECT value FROM meta WHERE key = 'index'").fetchone()
    return folder.path / Path(named[0]).name if named else folder.index


def name_index(connection: sqlite3.Connection, index: Path) -> None:
    """Lets the record name another one; for use within a transaction."""
    connection.execute("INSERT OR REPLACE INTO meta VALUES ('index', ?)", (index.name,))
