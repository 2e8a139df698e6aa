"""Backups of an embedded archive: the record as it was at one moment, and a manifest.

The search index follows from the record and is built anew when a backup is restored. A folder without manifest is a
backup that was stopped; nothing is ever restored from it.
"""

import hashlib
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson

from indexer.archive import ArchiveUnavailable
from search_service.engines.embedded.digest_reading import written_digests
from search_service.engines.embedded.folder import ArchiveFolder
from search_service.engines.embedded.item_reading import archive_state
from search_service.engines.embedded.schema import FORMAT, UPGRADED, format_of, open_for_reading
from search_service.engines.lifecycle import Backup, NotTheSame, Refused
from search_service.engines.manifests import backup_from, backup_of, counts_that_differ, record_of
from search_service.engines.verification import content_of, require_none

MANIFEST = "manifest.json"
READABLE = (FORMAT, *UPGRADED)
_CHUNK = 1 << 20


def back_up(folder: ArchiveFolder, place: Path, *, now: datetime) -> Backup:
    """Saves the record into a new or empty folder, and verifies what lies there. Readers and a writer go on.

    Raises Refused, NotTheSame, ArchiveUnavailable.
    """
    folder.check_readable()
    _make_room(place)
    copy = ArchiveFolder(place).record
    try:
        with closing(open_for_reading(folder.record, formats=READABLE)) as record:
            record.execute("BEGIN")  # one state of the record from here on
            expected, found = archive_state(record), format_of(record)
            _copy(record, copy)
        with closing(open_for_reading(copy, formats=READABLE)) as saved:
            _check_pages(saved, copy)
            content = content_of(written_digests(saved))
            backup = backup_of(
                str(place), made_at=now, format_=found or FORMAT, state=archive_state(saved), content=content
            )
    except sqlite3.Error as error:
        raise ArchiveUnavailable(f"the backup could not be made: {error}") from error
    require_none(counts_that_differ(backup, expected), "the backup differs from the archive")
    _write_manifest(place, backup, copy)
    return backup


def load_manifest(place: Path) -> Backup:
    """The manifest of a backup. Raises Refused."""
    return backup_from(_manifest(place)["backup"], where=str(place))


def copy_record(place: Path, record: Path) -> None:
    """Copies the record of a backup. Raises NotTheSame where it is not what the manifest says."""
    manifest, checksum = _manifest(place), hashlib.sha256()
    with ArchiveFolder(place).record.open("rb") as source, record.open("wb") as copy:
        for chunk in _chunks(source):
            checksum.update(chunk)
            copy.write(chunk)
        copy.flush()
        os.fsync(copy.fileno())
    if checksum.hexdigest() != manifest["record"]["sha256"]:
        raise NotTheSame(f"the backup {place} is damaged: its record is not what the manifest says")


def _make_room(place: Path) -> None:
    """Raises Refused where something lies there; what a stopped backup left is removed."""
    if place.exists() and not place.is_dir():
        raise Refused(f"{place} is a file; a backup is a folder")
    names = {entry.name for entry in place.iterdir()} if place.exists() else set()
    if MANIFEST in names:
        raise Refused(f"{place} holds a backup already; name a new folder")
    if strange := sorted(name for name in names if not name.startswith(ArchiveFolder(place).record.name)):
        raise Refused(f"{place} holds {strange[0]}; name a new or an empty folder")
    try:
        place.mkdir(parents=True, exist_ok=True)
        for name in names:
            (place / name).unlink()
    except OSError as error:
        raise Refused(f"cannot use the folder {place}: {error.strerror}") from error


def _copy(record: sqlite3.Connection, copy: Path) -> None:
    with closing(sqlite3.connect(copy, isolation_level=None)) as saved:
        record.backup(saved)
        saved.execute("PRAGMA journal_mode = DELETE")  # one file, whole without others beside it


def _check_pages(saved: sqlite3.Connection, copy: Path) -> None:
    (told,) = saved.execute("PRAGMA integrity_check(1)").fetchone()
    if told != "ok":
        raise NotTheSame(f"the backup {copy} is damaged: {told}")


def _write_manifest(place: Path, backup: Backup, copy: Path) -> None:
    with copy.open("rb") as saved:
        checksum = hashlib.sha256()
        for chunk in _chunks(saved):
            checksum.update(chunk)
    record = {"bytes": copy.stat().st_size, "sha256": checksum.hexdigest()}
    written = place / f"{MANIFEST}.new"
    with written.open("wb") as file:
        file.write(orjson.dumps({"backup": record_of(backup), "record": record}, option=orjson.OPT_INDENT_2))
        file.flush()
        os.fsync(file.fileno())
    written.rename(place / MANIFEST)


def _manifest(place: Path) -> dict[str, Any]:
    path = place / MANIFEST
    if not path.is_file():
        raise Refused(f"{place} is no backup: it has no {MANIFEST}")
    try:
        found = orjson.loads(path.read_bytes())
        return {"backup": dict(found["backup"]), "record": dict(found["record"])}
    except (ValueError, TypeError, KeyError) as error:
        raise Refused(f"{path} cannot be read as the manifest of a backup") from error


def _chunks(file: Any) -> Iterator[bytes]:
    while chunk := file.read(_CHUNK):
        yield chunk
