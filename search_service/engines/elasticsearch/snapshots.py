"""Backups of an archive of a cluster: snapshots of its indices, which know what they hold.

A snapshot is made in the turn of the writer, because the cluster saves one shard after the other. It is restored into
new indices beside whatever is there, verified, and put in use as a new edition is: nothing of other archives is
closed or touched, and what was in use before is kept as the former edition.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from indexer.archive import ArchiveUnavailable
from search_service.engines.elasticsearch.cluster import Cluster, Kind, NotThere, Object
from search_service.engines.elasticsearch.digest_reading import written_digests
from search_service.engines.elasticsearch.editions import (
    free_stamp,
    name_next,
    note_leftovers,
    put_in_use,
    remove_leftovers,
)
from search_service.engines.elasticsearch.indices import (
    FORMAT,
    KINDS,
    OLDEST_UPGRADED,
    STAMP,
    index_name,
    named_indices,
)
from search_service.engines.elasticsearch.item_reading import archive_state
from search_service.engines.elasticsearch.lease import Lease
from search_service.engines.lifecycle import Backup, BackupPlace, Refused
from search_service.engines.manifests import backup_from, backup_of, counts_that_differ, record_of
from search_service.engines.verification import content_of, require_none

POLL_S = 0.5
STUCK_S = 60.0
_MANIFEST = "zhimai"

Sleep = Callable[[float], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """A snapshot in a repository. ``epoch`` is the highest turn of a writer that documents in it were written in."""

    repository: str
    name: str
    prefix: str
    epoch: int
    indices: tuple[str, ...]
    backup: Backup


def take_snapshot(
    cluster: Cluster, lease: Lease, place: BackupPlace, *, now: datetime, sleep: Sleep = time.sleep
) -> Backup:
    """Saves the indices in use. Raises Refused, NotTheSame, ArchiveUnavailable."""
    _register(cluster, place)
    name = place.snapshot or f"{cluster.address.prefix}-{now:{STAMP}}"
    state, content = archive_state(cluster), content_of(written_digests(cluster))
    backup = backup_of(f"{place.repository}/{name}", made_at=now, format_=str(FORMAT), state=state, content=content)
    indices = sorted(named_indices(cluster).values())
    manifest = {"prefix": cluster.address.prefix, "epoch": lease.epoch, "backup": record_of(backup)}
    body = {"indices": ",".join(indices), "include_global_state": False, "metadata": {_MANIFEST: manifest}}
    try:
        cluster.manage("PUT", "_snapshot", place.repository, name, body=body, wait_for_completion="false")
        saved = _finished(cluster, place.repository, name, sleep)
    except NotThere as error:
        raise _no_repository(place) from error
    missing = sorted({*indices} - {*saved["indices"]})
    differences = [f"it lacks {index}" for index in missing]
    if saved["state"] != "SUCCESS":
        differences.append(f"its state is {saved['state']}")
    require_none(differences, f"the snapshot {backup.name} is not whole")
    return backup


def find_snapshot(cluster: Cluster, place: BackupPlace) -> Snapshot:
    """The snapshot that is named, else the latest of this archive. Raises Refused, ArchiveUnavailable."""
    _register(cluster, place)
    try:
        found = cluster.manage("GET", "_snapshot", place.repository, place.snapshot or "*")["snapshots"]
    except NotThere as error:
        if place.snapshot:
            raise Refused(f"there is no snapshot {place.snapshot} in the repository {place.repository}") from error
        raise _no_repository(place) from error
    whole = [one for one in found if one["state"] == "SUCCESS" and _MANIFEST in (one.get("metadata") or {})]
    snapshots = [_snapshot_from(place.repository, one) for one in whole]
    if not place.snapshot:
        snapshots = [one for one in snapshots if one.prefix == cluster.address.prefix]
    if not snapshots:
        name = place.snapshot or f"a snapshot of {cluster.address.prefix}"
        raise Refused(f"{place.repository} holds no whole backup {name} that zhimai made; name one with --snapshot")
    return max(snapshots, key=lambda one: one.backup.made_at)


def restore_snapshot(cluster: Cluster, snapshot: Snapshot, *, now: datetime, sleep: Sleep = time.sleep) -> None:
    """Brings the indices back and puts them in use, in the turn of the caller.

    Raises NotTheSame, ArchiveUnavailable.
    """
    remove_leftovers(cluster)
    stamp, format_ = free_stamp(cluster, now), snapshot.backup.format
    restored = {kind: index_name(cluster, kind, stamp, format_=format_) for kind in _kinds(snapshot)}
    note_leftovers(cluster, restored.values())
    body = {
        "indices": ",".join(snapshot.indices),
        "include_global_state": False,
        "include_aliases": False,
        "rename_pattern": f"^{snapshot.prefix}-([a-z]+)-v([0-9]+)-[0-9]+$",
        "rename_replacement": f"{cluster.address.prefix}-$1-v$2-{stamp}",
    }
    cluster.manage(
        "POST", "_snapshot", snapshot.repository, snapshot.name, "_restore", body=body, wait_for_completion="false"
    )
    _wait_for_shards(cluster, sorted(restored.values()), sleep)
    filled = name_next(cluster, restored)
    require_none(_differences(filled, snapshot), f"the snapshot {snapshot.backup.name} is not put in use")
    put_in_use(cluster)


def check_format(snapshot: Snapshot) -> None:
    """Raises Refused where this version cannot read what was saved."""
    backup = snapshot.backup
    if not backup.format.isdigit() or not OLDEST_UPGRADED <= int(backup.format) <= FORMAT:
        raise Refused(
            f"the snapshot {backup.name} has format {backup.format} and this version reads format {FORMAT}; "
            f"restore it with zhimai {backup.program}"
        )


def _register(cluster: Cluster, place: BackupPlace) -> None:
    if not place.repository:
        raise Refused("a backup of an archive in a cluster lies in a snapshot repository; name it with --repository")
    if not place.location:
        return
    wanted = {"type": "fs", "settings": {"location": place.location}}
    try:
        known = cluster.manage("GET", "_snapshot", place.repository)[place.repository]
    except NotThere:
        cluster.manage("PUT", "_snapshot", place.repository, body=wanted)
        return
    if (known["type"], known["settings"].get("location")) != ("fs", place.location):
        raise Refused(f"the repository {place.repository} is registered for another place; leave --location out")


def _no_repository(place: BackupPlace) -> Refused:
    return Refused(
        f"the cluster knows no snapshot repository {place.repository}; register it, or name a folder below path.repo "
        "with --location"
    )


def _finished(cluster: Cluster, repository: str, name: str, sleep: Sleep) -> Object:
    """The snapshot when it is no longer being made."""
    while True:
        (found,) = cluster.manage("GET", "_snapshot", repository, name)["snapshots"]
        if found["state"] != "IN_PROGRESS":
            return dict(found)
        sleep(POLL_S)


def _snapshot_from(repository: str, found: Object) -> Snapshot:
    manifest: Any = found["metadata"][_MANIFEST]
    backup = backup_from(manifest["backup"], where=found["snapshot"])
    return Snapshot(
        repository=repository,
        name=found["snapshot"],
        prefix=manifest["prefix"],
        epoch=manifest["epoch"],
        indices=tuple(sorted(found["indices"])),
        backup=backup,
    )


def _kinds(snapshot: Snapshot) -> list[Kind]:
    begins = f"{snapshot.prefix}-{{}}-v"
    return [kind for kind in KINDS if any(index.startswith(begins.format(kind)) for index in snapshot.indices)]


def _wait_for_shards(cluster: Cluster, indices: list[str], sleep: Sleep) -> None:
    """Until each shard has its data; the colour alone does not tell, it is yellow from the beginning."""
    stuck_s = 0.0
    while True:
        health = cluster.manage("GET", "_cluster", "health", ",".join(indices), level="shards")
        shards = [shard for index in health["indices"].values() for shard in index["shards"].values()]
        if len(health["indices"]) == len(indices) and all(shard["primary_active"] for shard in shards):
            return
        stuck_s = 0.0 if health["initializing_shards"] else stuck_s + POLL_S
        if stuck_s >= STUCK_S:
            raise ArchiveUnavailable("the cluster does not restore the indices; _cluster/allocation/explain says why")
        sleep(POLL_S)


def _differences(restored: Cluster, snapshot: Snapshot) -> list[str]:
    differences = []
    if content_of(written_digests(restored)) != snapshot.backup.content:
        differences.append("its digests have another checksum")
    if snapshot.backup.format == str(FORMAT):
        differences += counts_that_differ(snapshot.backup, archive_state(restored))
    return differences
