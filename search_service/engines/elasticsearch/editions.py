"""Editions of an archive: sets of indices, one of each kind, of which one is in use.

The aliases ``PREFIX-KIND`` name those in use, ``PREFIX-KIND.next`` those being filled to take their place, and
``PREFIX-KIND.former`` those that were in use before. Aliases of all kinds move by one request, so that no reader ever
sees half of one edition and half of another.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

import orjson

from search_service.engines.elasticsearch.cluster import Cluster, Edition, Kind, NotThere, Object
from search_service.engines.elasticsearch.indices import (
    FORMAT,
    KINDS,
    STAMP,
    create_indices,
    create_writer_index,
    format_of,
    index_name,
    writer_index,
)
from search_service.engines.lifecycle import Refused

_LEFTOVERS = "leftovers"

ReadAt = tuple[int, int]


def open_next(cluster: Cluster, now: datetime, *, shards: int) -> Cluster:
    """New, empty indices to fill; those that a stopped run left are removed."""
    remove_leftovers(cluster)
    stamp = free_stamp(cluster, now)
    note_leftovers(cluster, [index_name(cluster, kind, stamp) for kind in KINDS])
    create_indices(_named_next(cluster), KINDS, stamp, shards=shards)
    return cluster.edition("next")


def free_stamp(cluster: Cluster, now: datetime) -> str:
    """The time, or the first second after it that no index of the archive is named by."""
    taken = {index.rpartition("-")[2] for index in cluster.aliases()}
    while f"{now:{STAMP}}" in taken:
        now += timedelta(seconds=1)
    return f"{now:{STAMP}}"


def shards_of(cluster: Cluster) -> int:
    """Into how many shards the indices in use are cut."""
    settings = cluster.manage("GET", ",".join(_indices(cluster)), "_settings")
    return max(int(one["settings"]["index"]["number_of_shards"]) for one in settings.values())


def put_in_use(cluster: Cluster) -> None:
    """Gives readers and writers the next edition, keeps the present one as the former, and drops what was before."""
    note_leftovers(cluster, _indices(cluster.edition("former")))
    _move(cluster, [("former", None), ("", "former"), ("next", "")])
    remove_leftovers(cluster)


def exchange_with_former(cluster: Cluster) -> None:
    """Puts the former edition in use and keeps the present one as the former. Raises Refused."""
    former = _indices(cluster.edition("former"))
    if not former:
        raise Refused(f"there are no former indices of {cluster.address} to go back to")
    if other := next((index for index in former if format_of(cluster, index) != FORMAT), None):
        raise Refused(f"the former indices ({other}) are of another format, which this version does not read")
    _move(cluster, [("", "former"), ("former", "")])


def name_next(cluster: Cluster, indices: Mapping[Kind, str]) -> Cluster:
    """Lets indices that are there be the next edition."""
    filled = _named_next(cluster)
    adding = [{"add": {"index": index, "alias": filled.name(kind)}} for kind, index in indices.items()]
    cluster.manage("POST", "_aliases", body={"actions": adding})
    return filled


def _named_next(cluster: Cluster) -> Cluster:
    """The next edition, with a place for the journal of its writer."""
    filled = cluster.edition("next")
    note_leftovers(cluster, [writer_index(filled)])
    create_writer_index(filled)
    return filled


def note_leftovers(cluster: Cluster, indices: Iterable[str]) -> None:
    """Lets whoever comes next delete these indices, unless they are in use then.

    Nothing that is not noted is ever deleted: an index without alias may be one whose alias was taken by mistake.
    """
    known, read_at = _leftovers(cluster)
    _store_leftovers(cluster, [*known, *indices], read_at)


def remove_leftovers(cluster: Cluster) -> None:
    """Deletes what was noted and is neither in use nor the former indices."""
    known, read_at = _leftovers(cluster)
    kept = {*_indices(cluster), *_indices(cluster.edition("former"))}
    for index in known:
        if index not in kept:
            _delete(cluster, index)
    if known:
        _store_leftovers(cluster, [], read_at)


def _leftovers(cluster: Cluster) -> tuple[list[str], ReadAt | None]:
    found = cluster.stored("writer", _LEFTOVERS)
    return (orjson.loads(found[0]["payload"]), found[1]) if found else ([], None)


def _store_leftovers(cluster: Cluster, indices: list[str], read_at: ReadAt | None) -> None:
    document = {"payload": orjson.dumps(sorted(set(indices))).decode()}
    cluster.store("writer", _LEFTOVERS, document, read_at=read_at)


def _delete(cluster: Cluster, index: str) -> None:
    try:
        cluster.manage("DELETE", index)
    except NotThere:
        return


def _indices(cluster: Cluster) -> dict[str, str]:
    """Index -> alias, of an edition."""
    names = {cluster.name(kind) for kind in KINDS}
    return {index: alias for index, aliases in cluster.aliases().items() for alias in aliases & names}


def _move(cluster: Cluster, moves: list[tuple[Edition, Edition | None]]) -> None:
    """Lets indices change from one edition into another, all at once; into None: they only leave."""
    actions: list[Object] = []
    for before, after in moves:
        old = cluster.edition(before)
        for index, alias in sorted(_indices(old).items()):
            actions.append({"remove": {"index": index, "alias": alias}})
            if after is not None:
                kind = next(kind for kind in KINDS if old.name(kind) == alias)
                actions.append({"add": {"index": index, "alias": cluster.edition(after).name(kind)}})
    cluster.manage("POST", "_aliases", body={"actions": actions})
