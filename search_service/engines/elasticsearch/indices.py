"""Indices of an archive: their names, mappings and settings, and whether they are there.

Each kind of document has an index ``PREFIX-KIND-vFORMAT-TIME`` behind the alias ``PREFIX-KIND`` (``editions`` has
more aliases); only the index of the writer has one fixed name, because it decides who may create the others.
"""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from indexer.archive import ArchiveFormatUnknown, ArchiveMissing, ArchiveUnavailable
from search_service.engines.elasticsearch.cluster import ChangedMeanwhile, Cluster, Kind, Object
from search_service.engines.item_fields import TEXT_FIELDS

FORMAT = 2
"""Goes up when a mapping or what documents hold changes; ``zhimai reindex`` then makes the indices anew."""

OLDEST_UPGRADED = 1
"""The oldest format whose digests and sightings, from which all else follows, this version can read."""

KINDS: tuple[Kind, ...] = ("items", "sightings", "digests", "assertions", "entities", "relations", "quarantine")
COUNTED: tuple[Kind, ...] = KINDS[:-1]
"""What follows from the digests; without what waits in quarantine."""

_KEYWORD = {"type": "keyword"}  # longer than 32,766 bytes, Lucene's longest term, none is taken
_WHOLE = {"type": "integer"}
_FOUND_BY = {"type": "keyword", "doc_values": False}
_KEPT = {"type": "keyword", "index": False, "doc_values": False}
_STORED = {**_KEPT, "store": True}  # read by itself, without the rest of a document
_TOKENS = {"type": "text", "analyzer": "whitespace"}
_TEXT = {"type": "text", "analyzer": "standard"}

_FIELDS: dict[Kind, Object] = {
    "items": {
        "id": _KEYWORD,
        **{field: _TOKENS for field in TEXT_FIELDS},
        **{f"{field}_ends": _KEYWORD for field in TEXT_FIELDS},
        **{f"{field}_text": _TEXT for field in TEXT_FIELDS},
        **{field: _KEYWORD for field in ("section", "source", "category", "entity", "month", "desk")},
        "day": _WHOLE,
        "newest": _WHOLE,
        "oldest": _WHOLE,
        "writing": _KEYWORD,
        "party": _KEYWORD,
        "same_title": _KEYWORD,
        "bands": _FOUND_BY,
        "signature": _KEPT,
        "gist": _STORED,
        "payload": _KEPT,
    },
    "sightings": {
        "digest": _KEYWORD,
        "position": _WHOLE,
        "desk": _KEYWORD,
        "title_key": _KEPT,
        "same_title": _KEYWORD,
        "item": _KEYWORD,
        "payload": _KEPT,
    },
    "digests": {
        "id": _KEYWORD,
        "desk": _KEYWORD,
        "path": _KEYWORD,
        "day": _WHOLE,
        "layout": _KEYWORD,
        "fingerprint": _KEPT,
        "problems": _KEPT,
        "unparsed": _KEPT,
        "unparsed_lines": _WHOLE,
    },
    "assertions": {
        "item": _KEYWORD,
        "position": _WHOLE,
        "group": _KEYWORD,
        "day": _WHOLE,
        "url": _KEPT,
        "payload": _KEPT,
    },
    "entities": {
        "id": _KEYWORD,
        "kind": _KEYWORD,
        "name": _KEPT,
        "items": _WHOLE,
        "first": _WHOLE,
        "last": _WHOLE,
        "folded": {**_KEYWORD, "ignore_above": 8191},  # names: longer ones stand in no item
        "writings": _KEPT,
    },
    "relations": {
        "group": _KEYWORD,
        "kind": _KEYWORD,
        "subject": _KEYWORD,
        "object": _KEYWORD,
        "ends": _KEYWORD,
        "count": _WHOLE,
        "last": _WHOLE,
    },
    "quarantine": {"id": _KEYWORD, "payload": _KEPT},
    "writer": {
        "process": _KEPT,
        "host": _KEPT,
        "epoch": {"type": "long"},
        "renewed": {"type": "long"},
        "payload": _KEPT,
    },
}
DEEPEST_LISTED = 1_000_000
STAMP = "%Y%m%d%H%M%S"


def create_writer_index(cluster: Cluster) -> None:
    """The index that tells who writes; whoever comes first makes it. It stays when the others are made anew."""
    if any(cluster.name("writer") in aliases for aliases in cluster.aliases().values()):
        return
    try:
        cluster.create_index(writer_index(cluster), _definition(cluster, "writer", shards=1))
    except ChangedMeanwhile:
        return


def writer_index(cluster: Cluster) -> str:
    """The name of the index that tells who writes."""
    return f"{cluster.name('writer')}-v{FORMAT}"


def create_missing_indices(cluster: Cluster, now: datetime, *, shards: int = 1) -> None:
    """Makes what is not there. Raises ArchiveFormatUnknown where something else has the names."""
    there = named_indices(cluster)
    _check_whole(cluster, there)
    _check_mappings(cluster, there)
    missing = [kind for kind in KINDS if kind not in there]
    create_indices(cluster, missing, f"{now:{STAMP}}", shards=shards)


def check_fields(cluster: Cluster) -> None:
    """Raises ArchiveFormatUnknown where an index under our name has other fields."""
    _check_mappings(cluster, named_indices(cluster))


def check_complete(cluster: Cluster) -> None:
    """Raises ArchiveUnavailable where an index is missing."""
    there = named_indices(cluster)
    if missing := [cluster.name(kind) for kind in KINDS if kind not in there]:
        raise _torn(cluster, missing)


def _check_whole(cluster: Cluster, there: Collection[Kind]) -> None:
    """Raises ArchiveUnavailable where some indices are missing while others hold documents: making them anew, empty,
    would pass for an archive."""
    missing = [cluster.name(kind) for kind in COUNTED if kind not in there]
    if missing and any(cluster.count(kind) for kind in COUNTED if kind in there):
        raise _torn(cluster, missing)


def _torn(cluster: Cluster, missing: Sequence[str]) -> ArchiveUnavailable:
    return ArchiveUnavailable(
        f"the archive {cluster.address} has no {', '.join(missing)} any more: give the alias back to its index, "
        f"restore a backup, or {_begin_anew(cluster)}"
    )


def _begin_anew(cluster: Cluster) -> str:
    return f"delete the indices {cluster.address.prefix}-* and index the digests again"


def create_indices(cluster: Cluster, kinds: Iterable[Kind], stamp: str, *, shards: int) -> None:
    """Makes an index of each kind under the aliases of the cluster's edition."""
    for kind in kinds:
        name = index_name(cluster, kind, stamp)
        cluster.create_index(name, _definition(cluster, kind, shards=shards))


def index_name(cluster: Cluster, kind: Kind, stamp: str, *, format_: int | str = FORMAT) -> str:
    """The name of an index of this archive."""
    return f"{cluster.address.prefix}-{kind}-v{format_}-{stamp}"


def check_readable(cluster: Cluster) -> None:
    """Raises ArchiveMissing where there is no archive yet, ArchiveFormatUnknown where it is another one's."""
    there = named_indices(cluster)
    if not there:
        raise nothing_there(cluster)
    if missing := [cluster.name(kind) for kind in KINDS if kind not in there]:
        raise _torn(cluster, missing)
    _check_mappings(cluster, there)


def nothing_there(cluster: Cluster) -> ArchiveUnavailable:
    """That there is no archive."""
    return ArchiveMissing(f"there is no archive at {cluster.address} yet; run: zhimai index FOLDER")


def named_indices(cluster: Cluster, *, oldest: int = FORMAT) -> dict[Kind, str]:
    """The index of each kind that is there. Raises ArchiveFormatUnknown where something else has the names, so that
    nothing is made beside it, or an archive of a format before ``oldest``."""
    found: dict[Kind, str] = {}
    for index, aliases in cluster.aliases().items():
        for kind in KINDS:
            alias = cluster.name(kind)
            if index == alias:
                raise _not_ours(index)
            if alias in aliases:
                _check_format(cluster, index, oldest)
                found[kind] = index
    return found


def _not_ours(index: str) -> ArchiveFormatUnknown:
    return ArchiveFormatUnknown(f"{index} is an index that zhimai did not make; name another prefix")


def _check_format(cluster: Cluster, index: str, oldest: int) -> None:
    found = format_of(cluster, index)
    if found is None:
        raise _not_ours(index)
    if not oldest <= found <= FORMAT:
        readable = OLDEST_UPGRADED <= found <= FORMAT
        advice = "run: zhimai reindex" if readable else "index the digests under another prefix"
        raise ArchiveFormatUnknown(
            f"the archive {cluster.address} has format {found} and this version reads format {FORMAT}; {advice}"
        )


def _check_mappings(cluster: Cluster, there: Mapping[Kind, str]) -> None:
    found = cluster.mappings(there)
    for kind, index in there.items():
        fields = found[index].get("properties", {})
        for name, expected in _FIELDS[kind].items():
            if fields.get(name, {}).get("type") != expected["type"]:
                raise ArchiveFormatUnknown(
                    f"{index} has another field {name!r} than zhimai gives it; name another prefix, "
                    f"or {_begin_anew(cluster)}"
                )


def format_of(cluster: Cluster, index: str) -> int | None:
    """The format in the name of an index of this archive; None for other indices."""
    prefix, kinds = re.escape(cluster.address.prefix), "|".join(KINDS)
    named = re.fullmatch(rf"{prefix}-(?:{kinds})-v(\d+)-\d+", index)
    return int(named[1]) if named else None


def _definition(cluster: Cluster, kind: Kind, *, shards: int) -> Object:
    settings: dict[str, Any] = {
        "number_of_shards": shards,
        "auto_expand_replicas": "0-1",
        # the writer says when readers see what it wrote: all kinds at once
        "refresh_interval": "-1",
        "max_result_window": DEEPEST_LISTED,
        # how long it is remembered in which turn a document was deleted
        "gc_deletes": "1h",
    }
    return {
        "settings": {"index": settings},
        "mappings": {"dynamic": "strict", "_meta": {"format": FORMAT}, "properties": _FIELDS[kind]},
        "aliases": {cluster.name(kind): {}},
    }
