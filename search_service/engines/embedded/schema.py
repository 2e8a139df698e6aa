"""The record: its tables, its format, and opening it.

Numbers stand in for ids of items and entities inside the record; they mean nothing outside one file. Days are numbers
too (``days``). Whatever is counted here is kept up by ``tallies`` within the transaction that changes what it counts.
"""

import os
import sqlite3
from collections.abc import Collection
from pathlib import Path

from indexer.archive import ArchiveError, ArchiveFormatUnknown, ArchiveMissing, ArchiveUnavailable

FORMAT = "2"

UPGRADED = ("1",)
"""Older formats whose digests this version can read, so that ``zhimai reindex`` makes archives of them anew."""

TABLES = (
    "CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID",
    # What files said. A sighting without payload is word for word the item that it became.
    """CREATE TABLE digests (
        id TEXT PRIMARY KEY, desk TEXT NOT NULL, path TEXT NOT NULL, day INTEGER NOT NULL, layout TEXT NOT NULL,
        fingerprint TEXT NOT NULL, problems TEXT NOT NULL, unparsed TEXT NOT NULL, unparsed_lines INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID""",
    "CREATE INDEX digests_by_day ON digests (day, desk, path)",
    "CREATE INDEX digests_by_desk ON digests (desk, id)",
    """CREATE TABLE sightings (
        key INTEGER PRIMARY KEY, digest TEXT NOT NULL, position INTEGER NOT NULL, desk TEXT NOT NULL,
        title_key TEXT NOT NULL, item INTEGER NOT NULL, payload BLOB
    ) STRICT""",
    "CREATE UNIQUE INDEX sightings_by_digest ON sightings (digest, position, item)",
    "CREATE INDEX sightings_by_title ON sightings (desk, title_key)",
    "CREATE INDEX sightings_by_item ON sightings (item)",
    # What they mean together.
    """CREATE TABLE items (
        key INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, day INTEGER NOT NULL, url TEXT NOT NULL,
        gist BLOB NOT NULL, payload BLOB NOT NULL
    ) STRICT""",
    "CREATE INDEX items_by_day ON items (day)",
    "CREATE TABLE months (month INTEGER PRIMARY KEY, items INTEGER NOT NULL) STRICT",
    """CREATE TABLE entities (
        key INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, name TEXT NOT NULL,
        items INTEGER NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL, folded TEXT NOT NULL
    ) STRICT""",
    "CREATE INDEX entities_by_items ON entities (items DESC, id)",
    "CREATE INDEX entities_by_kind ON entities (kind, items DESC, id)",
    """CREATE TABLE entity_items (
        entity INTEGER NOT NULL, day INTEGER NOT NULL, item INTEGER NOT NULL, PRIMARY KEY (entity, day, item)
    ) STRICT, WITHOUT ROWID""",
    # How items call an entity: role is kind, name or surface; items counts those that do.
    """CREATE TABLE writings (
        entity INTEGER NOT NULL, role TEXT NOT NULL, text TEXT NOT NULL, items INTEGER NOT NULL,
        folded TEXT NOT NULL, PRIMARY KEY (entity, role, text)
    ) STRICT, WITHOUT ROWID""",
    # Each pair of entities in one item, in both directions.
    """CREATE TABLE pairs (
        a INTEGER NOT NULL, b INTEGER NOT NULL, count INTEGER NOT NULL, last INTEGER NOT NULL, PRIMARY KEY (a, b)
    ) STRICT, WITHOUT ROWID""",
    "CREATE INDEX pairs_by_count ON pairs (a, count DESC, b, last)",
    """CREATE TABLE relations (
        item INTEGER NOT NULL, position INTEGER NOT NULL, subject INTEGER NOT NULL, object INTEGER NOT NULL,
        kind TEXT NOT NULL, day INTEGER NOT NULL, payload BLOB NOT NULL, PRIMARY KEY (item, position)
    ) STRICT, WITHOUT ROWID""",
    "CREATE INDEX relations_by_ends ON relations (subject, object, kind, day)",
    # Relations grouped, from both ends; outgoing is 1 where entity is the subject.
    """CREATE TABLE edges (
        entity INTEGER NOT NULL, other INTEGER NOT NULL, kind TEXT NOT NULL, outgoing INTEGER NOT NULL,
        count INTEGER NOT NULL, last INTEGER NOT NULL, PRIMARY KEY (entity, other, kind, outgoing)
    ) STRICT, WITHOUT ROWID""",
    """CREATE TABLE rounds (
        item INTEGER NOT NULL, position INTEGER NOT NULL, payload BLOB NOT NULL, PRIMARY KEY (item, position)
    ) STRICT, WITHOUT ROWID""",
    """CREATE TABLE round_entities (
        entity INTEGER NOT NULL, day INTEGER NOT NULL, item INTEGER NOT NULL, position INTEGER NOT NULL,
        PRIMARY KEY (entity, day, item, position)
    ) STRICT, WITHOUT ROWID""",
    # What could not be read or stored, and feeds as they were last read, by address.
    "CREATE TABLE quarantine (id TEXT PRIMARY KEY, payload TEXT NOT NULL) STRICT",
    "CREATE TABLE subscriptions (url TEXT PRIMARY KEY, payload TEXT NOT NULL) STRICT",
    # Items that the search index has not taken up yet.
    "CREATE TABLE outbox (seq INTEGER PRIMARY KEY, item_id TEXT NOT NULL) STRICT",
)


def open_for_writing(path: Path) -> sqlite3.Connection:
    """The record at ``path``, made where it is missing. Raises ArchiveFormatUnknown, ArchiveUnavailable."""
    try:
        connection = sqlite3.connect(path, isolation_level=None, cached_statements=512, check_same_thread=False)
    except sqlite3.Error as error:
        raise ArchiveUnavailable(f"cannot open {path}: {error}") from error
    try:
        _configure_writer(connection)
        _create_tables(connection)
        check_format(connection, path)
    except sqlite3.Error as error:
        connection.close()
        raise _refusal(path, error) from error
    except ArchiveError:
        connection.close()
        raise
    return connection


def is_at_rest(path: Path) -> bool:
    """Whether nobody writes the record and its folder is not ours to write to.

    SQLite reads such a record only when told that it does not change: it cannot lay down the index of a log there.
    """
    return not path.with_name(f"{path.name}-wal").exists() and not os.access(path.parent, os.W_OK)


def open_for_reading(path: Path, *, formats: Collection[str] = (FORMAT,)) -> sqlite3.Connection:
    """A connection that cannot write. Raises ArchiveFormatUnknown, ArchiveUnavailable."""
    try:
        mode = "mode=ro&immutable=1" if is_at_rest(path) else "mode=ro"
        connection = sqlite3.connect(
            f"{path.resolve().as_uri()}?{mode}", uri=True, isolation_level=None, check_same_thread=False
        )
    except sqlite3.Error as error:
        raise ArchiveUnavailable(f"cannot open {path}: {error}") from error
    try:
        connection.execute("PRAGMA busy_timeout = 5000")
        connection.execute("PRAGMA cache_size = -16384")
        connection.execute("PRAGMA mmap_size = 268435456")
        check_format(connection, path, formats=formats)
    except sqlite3.Error as error:
        connection.close()
        raise _refusal(path, error) from error
    except ArchiveError:
        connection.close()
        raise
    return connection


def check_format(connection: sqlite3.Connection, path: Path, *, formats: Collection[str] = (FORMAT,)) -> None:
    """Raises ArchiveFormatUnknown unless the record has one of the formats, ArchiveUnavailable where it is empty: the
    first writer was stopped before it began."""
    if not connection.execute("SELECT 1 FROM sqlite_schema LIMIT 1").fetchone():
        raise ArchiveMissing(f"there is no archive at {path.parent} yet; run: zhimai index FOLDER")
    found = format_of(connection)
    if found is None:
        raise ArchiveFormatUnknown(f"{path} is not the record of an archive; name another folder")
    if found not in formats:
        advice = "run: zhimai reindex" if found in UPGRADED else "index the digests into a new folder"
        raise ArchiveFormatUnknown(
            f"the archive {path.parent} has format {found} and this version reads format {FORMAT}; {advice}"
        )


def format_of(connection: sqlite3.Connection) -> str | None:
    """The format of a record; None where it is none of ours."""
    if not connection.execute("SELECT 1 FROM sqlite_schema WHERE name = 'meta'").fetchone():
        return None
    found = connection.execute("SELECT value FROM meta WHERE key = 'format'").fetchone()
    return str(found[0]) if found else None


def _configure_writer(connection: sqlite3.Connection) -> None:
    connection.execute("PRAGMA busy_timeout = 10000")
    connection.execute("PRAGMA page_size = 8192")  # items of 1-2 kB leave less of it empty
    connection.execute("PRAGMA journal_mode = WAL")
    # FULL, because the search index is durable at each commit and must never be ahead of the record
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA cache_size = -131072")
    connection.execute("PRAGMA temp_store = MEMORY")
    connection.execute("PRAGMA wal_autocheckpoint = 8000")


def _create_tables(connection: sqlite3.Connection) -> None:
    connection.execute("BEGIN IMMEDIATE")
    if not connection.execute("SELECT 1 FROM sqlite_schema").fetchone():
        for statement in TABLES:
            connection.execute(statement)
        connection.execute("INSERT INTO meta VALUES ('format', ?)", (FORMAT,))
    connection.execute("COMMIT")


def _refusal(path: Path, error: sqlite3.Error) -> ArchiveFormatUnknown | ArchiveUnavailable:
    if error.sqlite_errorcode == sqlite3.SQLITE_NOTADB:
        return ArchiveFormatUnknown(f"{path} is not the record of an archive; name another folder")
    return ArchiveUnavailable(f"cannot use {path}: {error}")
