"""The life cycle of an embedded archive: index built anew, format brought up to date, backup and restore."""

import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Self

from search_service.engines.embedded.backup import READABLE, back_up, copy_record, load_manifest
from search_service.engines.embedded.connections import ReadConnections
from search_service.engines.embedded.digest_reading import written_digests
from search_service.engines.embedded.engine import EmbeddedEngine
from search_service.engines.embedded.folder import ArchiveFolder
from search_service.engines.embedded.index_reading import IndexReader
from search_service.engines.embedded.installing import fill, holds_archive, install, made_beside
from search_service.engines.embedded.item_reading import archive_state
from search_service.engines.embedded.lock import WriterLock
from search_service.engines.embedded.schema import FORMAT, UPGRADED, format_of, open_for_reading
from search_service.engines.embedded.searching import Searching
from search_service.engines.embedded.writing import ArchiveWriting
from search_service.engines.lifecycle import Backup, BackupPlace, Content, Refused, Show
from search_service.engines.manifests import counts_that_differ
from search_service.engines.verification import (
    compare_digests,
    content_of,
    require_none,
    searches_that_differ,
    suggested_by,
)


class EmbeddedLifeCycle:
    """As ``LifeCycle`` says. A backup takes no lock; everything else waits ``wait_s`` seconds for the writer's."""

    def __init__(self, path: Path, *, now: datetime, wait_s: float) -> None:
        self._folder = ArchiveFolder(path)
        self._now = now
        self._wait_s = wait_s

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        """Nothing stays open between calls."""

    def reindex(self, *, shards: int | None, force: bool, show: Show) -> Content:
        """Builds the search index anew; an archive of an older format whole."""
        if shards is not None:
            raise Refused("an embedded archive has no shards; leave --shards out")
        self._folder.check_readable()
        with closing(open_for_reading(self._folder.record, formats=READABLE)) as record:
            upgraded = format_of(record) in UPGRADED
        return self._upgrade(show) if upgraded else self._rebuild_index(show, force=force)

    def _rebuild_index(self, show: Show, *, force: bool) -> Content:
        def check(path: Path) -> None:
            with (
                EmbeddedEngine(self._folder, None) as engine,
                closing(ReadConnections(self._folder.record)) as record,
            ):
                built = Searching(IndexReader(lambda: path), record)
                differences = searches_that_differ(engine.search, built.page, suggested_by(engine))
            require_none(
                differences if not force else [],
                "the new search index is not put in use, because it answers otherwise (--force puts it in use)",
            )

        with closing(ArchiveWriting.open(self._folder, wait_s=self._wait_s)) as writing:
            writing.rebuild_index(check)
            return self._content(show)

    def _upgrade(self, show: Show) -> Content:
        with (
            closing(WriterLock.acquire(self._folder.lock, wait_s=self._wait_s)),
            made_beside(self._folder) as made,
            closing(open_for_reading(self._folder.record, formats=READABLE)) as record,
        ):
            content = _fill_alike(made, record, show)
            install(made, self._folder)
        return content

    def roll_back(self) -> None:
        """There is nothing to roll back to."""
        raise Refused(
            "the search index of an embedded archive follows from its record, so no former one is kept; "
            "zhimai restore brings back a backup"
        )

    def back_up(self, place: BackupPlace) -> Backup:
        """Saves the record into a folder."""
        return back_up(self._folder, _folder_of(place), now=self._now)

    def restore(self, place: BackupPlace, *, force: bool) -> Backup:
        """Makes the archive of a backup beside what is there, verifies it, and puts it in its place."""
        source = _folder_of(place)
        backup = load_manifest(source)
        if backup.format not in READABLE:
            raise Refused(
                f"the backup {source} has format {backup.format} and this version reads {FORMAT}; "
                f"restore it with zhimai {backup.program}, then run zhimai reindex"
            )
        self._folder.prepare()
        with closing(WriterLock.acquire(self._folder.lock, wait_s=self._wait_s)), made_beside(self._folder) as made:
            if holds_archive(self._folder) and not force:
                raise Refused(f"there is an archive at {self._folder.path}; --force lets the backup take its place")
            _make(made, source, backup)
            install(made, self._folder)
        return backup

    def _content(self, show: Show) -> Content:
        with closing(open_for_reading(self._folder.record)) as record:
            content = content_of(written_digests(record))
        show(content.digests, content.items)
        return content


def _make(made: ArchiveFolder, source: Path, backup: Backup) -> None:
    """The archive of a backup."""
    if backup.format == FORMAT:
        copy_record(source, made.record)
        _check(made, source, backup)
        ArchiveWriting.open(made, wait_s=0).close()  # builds the search index
        return
    with made_beside(made) as old:
        copy_record(source, old.record)
        _check(old, source, backup)
        with closing(open_for_reading(old.record, formats=READABLE)) as record:
            _fill_alike(made, record, lambda _digests, _items: None)


def _check(copied: ArchiveFolder, source: Path, backup: Backup) -> None:
    """Raises NotTheSame unless the record holds what the manifest says."""
    with closing(open_for_reading(copied.record, formats=READABLE)) as record:
        differences = counts_that_differ(backup, archive_state(record))
        if content_of(written_digests(record)) != backup.content:
            differences.append("the digests have another checksum")
    require_none(differences, f"the backup {source} is not restored, because it is not what its manifest says")


def _fill_alike(made: ArchiveFolder, record: sqlite3.Connection, show: Show) -> Content:
    """An archive of this format from a record of another. Raises NotTheSame."""
    fill(made, record, show)
    with EmbeddedEngine(made, None) as engine:
        digests = (digest.read() for digest in written_digests(record))
        content, differences = compare_digests(digests, engine.stored_digests())
    require_none(differences, "the archive stays as it was, because the new one holds other digests")
    return content


def _folder_of(place: BackupPlace) -> Path:
    if place.folder is None:
        raise Refused("a backup of an embedded archive lies in a folder; name it")
    return place.folder
