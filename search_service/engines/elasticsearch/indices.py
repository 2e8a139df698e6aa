"""Indices of an archive: their names, mappings and settings, and whether they are there.

Each kind of document has an index ``PREFIX-KIND-vFORMAT-TIME`` behind the alias ``PREFIX-KIND`` (``editions`` has
more aliases); only the index of the writer has one fixed name, because it decides who may create the others.
"""

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from indexer.archive import ArchiveFormatUnknown, ArchiveUnavailable
from search_service.engines.elasticsearch.cluster import ChangedMeanwhile, Cluster, Kind, Object
from search_service.engines.item_fields import TEXT_FIELDS

FORMAT = 2
"""Goes up when a mapping or what documents hold changes; ``zhimai reindex`` then makes the indices anew."""

OLDEST_UPGRADED = 1
"""The oldest format whose digests and sightings, from which all else follows, this version can read."""

KINDS: tuple[Kind, ...] = ("items", "sightings", "digests", "assertions", "entities", "relations", "quarantine")

_KEYWORD = {"type": "keyword", "ignore_above": 8191}  # Lucene's longest term has 32,766 bytes
_WHOLE = {"type": "integer"}
_FOUND_BY = {"type": "keyword", "doc_values": False}
_KEPT = {"type": "keyword", "index": False, "doc_values": False}
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
        "folded": _KEYWORD,
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
        cluster.create_index(f"{cluster.name('writer')}-v{FORMAT}", _definition(cluster, "writer", shards=1))
    except ChangedMeanwhile:
        return


def create_missing_indices(cluster: Cluster, now: datetime, *, shards: int = 1) -> None:
    """Makes what is not there. Raises ArchiveFormatUnknown where something else has the names."""
    there = named_indices(cluster)
    missing = [kind for kind in KINDS if kind not in there]
    create_indices(cluster, missing, f"{now:{STAMP}}", shards=shards)


def create_indices(cluster: Cluster, kinds: Iterable[Kind], stamp: str, *, shards: int) -> None:
    """Makes an index of each kind under the aliases of the cluster's edition."""
    for kind in kinds:
        name = f"{cluster.address.prefix}-{kind}-v{FORMAT}-{stamp}"
        cluster.create_index(name, _definition(cluster, kind, shards=shards))


def check_readable(cluster: Cluster) -> None:
    """Raises ArchiveUnavailable where there is no archive yet, ArchiveFormatUnknown where it is another one's."""
    there = named_indices(cluster)
    if not all(kind in there for kind in KINDS):
        raise nothing_there(cluster)


def nothing_there(cluster: Cluster) -> ArchiveUnavailable:
    """That there is no archive."""
    return ArchiveUnavailable(f"there is no archive at {cluster.address} yet; run: zhimai index FOLDER")


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
    }
    return {
        "settings": {"index": settings},
        "mappings": {"dynamic": "strict", "_meta": {"format": FORMAT}, "properties": _FIELDS[kind]},
        "aliases": {cluster.name(kind): {}},
    }
