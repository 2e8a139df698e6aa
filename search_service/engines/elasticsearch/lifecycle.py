"""The life cycle of an archive of a cluster: new indices, the former ones, snapshots."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Self

from search_service.engines.elasticsearch.access import ClusterAccess, ClusterAddress
from search_service.engines.elasticsearch.cluster import Cluster, open_cluster
from search_service.engines.elasticsearch.editions import exchange_with_former
from search_service.engines.elasticsearch.indices import (
    OLDEST_UPGRADED,
    check_readable,
    create_writer_index,
    named_indices,
)
from search_service.engines.elasticsearch.lease import Lease
from search_service.engines.elasticsearch.reindexing import format_in_use, reindex
from search_service.engines.elasticsearch.snapshots import (
    check_format,
    find_snapshot,
    restore_snapshot,
    take_snapshot,
)
from search_service.engines.elasticsearch.writer import ArchiveWriter
from search_service.engines.lifecycle import Backup, BackupPlace, Content, Refused, Show


class ElasticsearchLifeCycle:
    """As ``LifeCycle`` says. Everything takes the writer's turn, for which it waits ``wait_s`` seconds."""

    def __init__(self, cluster: Cluster, *, now: datetime, wait_s: float) -> None:
        self._cluster = cluster
        self._now = now
        self._wait_s = wait_s

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self._cluster.close()

    def reindex(self, *, shards: int | None, force: bool, show: Show) -> Content:
        """Fills new indices and puts them in use; those in use before are kept for ``roll_back``."""
        format_in_use(self._cluster)
        with self._turn() as lease:
            return reindex(self._cluster, lease, shards=shards, force=force, now=self._now, show=show)

    def roll_back(self) -> None:
        """Exchanges the indices in use with those that were in use before."""
        format_in_use(self._cluster)
        with self._turn():
            exchange_with_former(self._cluster)

    def back_up(self, place: BackupPlace) -> Backup:
        """Takes a snapshot."""
        if place.folder is not None:
            raise Refused(
                "a backup of an archive in a cluster lies in a snapshot repository: name it with --repository; "
                "zhimai migrate copies an archive into a folder"
            )
        check_readable(self._cluster)
        with self._turn() as lease:
            ArchiveWriter(self._cluster, lease).finish()
            return take_snapshot(self._cluster, lease, place, now=self._now)

    def restore(self, place: BackupPlace, *, force: bool) -> Backup:
        """Brings a snapshot back, under whatever prefix it was taken."""
        if place.folder is not None:
            raise Refused(
                "a backup in a folder is one of an embedded archive: restore it with --engine embedded:FOLDER, "
                "then copy it with zhimai migrate"
            )
        snapshot = find_snapshot(self._cluster, place)
        check_format(snapshot)
        if named_indices(self._cluster, oldest=OLDEST_UPGRADED) and not force:
            raise Refused(f"there is an archive at {self._cluster.address}; --force lets the backup take its place")
        with self._turn(above=snapshot.epoch):
            restore_snapshot(self._cluster, snapshot, now=self._now)
        return snapshot.backup

    @contextmanager
    def _turn(self, *, above: int = 0) -> Iterator[Lease]:
        create_writer_index(self._cluster)
        lease = Lease.acquire(self._cluster, wait_s=self._wait_s, above=max(above, int(self._now.timestamp())))
        try:
            yield lease
        finally:
            lease.close()


def open_elasticsearch_lifecycle(
    address: ClusterAddress, access: ClusterAccess, *, now: datetime, wait_s: float
) -> ElasticsearchLifeCycle:
    """The life cycle of an archive of a cluster. Raises ArchiveUnavailable where the CA file cannot be read."""
    return ElasticsearchLifeCycle(open_cluster(address, access).patient(), now=now, wait_s=wait_s)
