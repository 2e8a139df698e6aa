"""An archive that is made beside another and then takes its place.

The record of the new one is written over the old within one transaction, which also names the new search index: a
process that dies leaves the one or the other, and readers go on.
"""

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager

from indexer.archive import ArchiveUnavailable
from search_service.engines.embedded.digest_reading import written_digests
from search_service.engines.embedded.folder import ArchiveFolder
from search_service.engines.embedded.index_place import index_in_use, name_index
from search_service.engines.embedded.quarantine import quarantined
from search_service.engines.embedded.schema import FORMAT, UPGRADED, open_for_reading
from search_service.engines.embedded.writing import ArchiveWriting
from search_service.engines.lifecycle import Show
from search_service.engines.migration import Copying


@contextmanager
def made_beside(folder: ArchiveFolder) -> Iterator[ArchiveFolder]:
    """An empty place to make an archive in, which is gone afterwards."""
    made = ArchiveFolder(folder.making)
    shutil.rmtree(made.path, ignore_errors=True)
    made.path.mkdir()
    try:
        yield made
    finally:
        shutil.rmtree(made.path, ignore_errors=True)


def fill(made: ArchiveFolder, record: sqlite3.Connection, show: Show) -> None:
    """Makes an archive from the digests and the quarantine of a record, which may be of an older format."""
    waiting = record.execute("SELECT 1 FROM sqlite_schema WHERE name = 'quarantine'").fetchone()
    with closing(ArchiveWriting.open(made, wait_s=0)) as writing:
        Copying(writing, show).copy((digest.read(), None) for digest in written_digests(record))
        writing.quarantine(quarantined(record) if waiting else ())


def install(made: ArchiveFolder, folder: ArchiveFolder) -> None:
    """Lets an archive take the place of the one in the folder, whose lock the caller holds. Nobody has it open."""
    index = folder.free_index()
    try:
        with closing(sqlite3.connect(made.record, isolation_level=None)) as record:
            index_in_use(made, record).rename(index)
            name_index(record, index)
            replaced = holds_archive(folder)
            if replaced:
                _write_over(record, folder)
            record.execute("PRAGMA journal_mode = DELETE")
        if not replaced:
            _put(made, folder)
    except sqlite3.Error as error:
        raise ArchiveUnavailable(f"the record could not be written: {error}") from error
    for path in folder.indices():
        if path != index:
            shutil.rmtree(path, ignore_errors=True)


def holds_archive(folder: ArchiveFolder) -> bool:
    """Whether there is an archive that this version can read."""
    if not folder.record.exists():
        return False
    try:
        open_for_reading(folder.record, formats=(FORMAT, *UPGRADED)).close()
    except ArchiveUnavailable:
        return False  # a first writer was stopped before it began
    return True


def _write_over(record: sqlite3.Connection, folder: ArchiveFolder) -> None:
    with closing(sqlite3.connect(folder.record, timeout=10, isolation_level=None)) as replaced:
        replaced.execute("PRAGMA journal_mode = WAL")
        replaced.execute("PRAGMA synchronous = FULL")
        record.backup(replaced)


def _put(made: ArchiveFolder, folder: ArchiveFolder) -> None:
    for left in folder.path.glob(f"{folder.record.name}*"):
        left.unlink()
    made.record.rename(folder.record)
    descriptor = os.open(folder.path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
