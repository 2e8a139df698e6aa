"""Indices of an archive: their names, mappings and settings, and whether they are there.

Each kind of document has an index ``PREFIX-KIND-vFORMAT-TIME`` behind the alias ``PREFIX-KIND``; only the document
of the writer has one fixed name, because it decides who may create the others.
"""

import re
from datetime import datetime
from typing import Any

from indexer.archive import ArchiveFormatUnknown, ArchiveUnavailable
from search_service.engines.elasticsearch.cluster import ChangedMeanwhile, Cluster, Kind, Object
from search_service.engines.item_fields import TEXT_FIELDS

FORMAT = 2
"""Goes up when a mapping or what documents hold changes; the digests are then indexed into a new archive."""

KINDS: tuple[Kind, ...] = ("items", "sightings", "digests", "assertions", "entities", "relations", "quarantine")

_KEYWORD = {"type": "keyword", "ignore_above": 8191}  # Lucene's longest term has 32,766 bytes
_WHOLE = {"type": "integer"}
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


def create_writer_index(cluster: Cluster) -> None:
    """The index that tells who writes; whoever comes first makes it."""
    try:
        cluster.create_index(f"{cluster.name('writer')}-v{FORMAT}", _definition(cluster, "writer"))
    except ChangedMeanwhile:
        return


def create_missing_indices(cluster: Cluster, now: datetime) -> None:
    """Makes what is not there. Raises ArchiveFormatUnknown where something else has the names."""
    there = _aliases(cluster)
    for kind in KINDS:
        if cluster.name(kind) not in there:
            name = f"{cluster.name(kind)}-v{FORMAT}-{now:%Y%m%d%H%M%S}"
            cluster.create_index(name, _definition(cluster, kind))


def check_names(cluster: Cluster) -> None:
    """Raises ArchiveFormatUnknown where something else has the names, so that nothing is made beside it."""
    _aliases(cluster)


def check_readable(cluster: Cluster) -> None:
    """Raises ArchiveUnavailable where there is no archive yet, ArchiveFormatUnknown where it is another one's."""
    there = _aliases(cluster)
    if not all(cluster.name(kind) in there for kind in KINDS):
        raise ArchiveUnavailable(f"there is no archive at {cluster.address} yet; run: zhimai index FOLDER")


def _aliases(cluster: Cluster) -> dict[str, str]:
    """Alias -> index, of this archive's kinds."""
    found: dict[str, str] = {}
    for index, aliases in cluster.aliases().items():
        for kind in KINDS:
            alias = cluster.name(kind)
            if index == alias:
                raise ArchiveFormatUnknown(f"{index} is an index that zhimai did not make; name another prefix")
            if alias in aliases:
                _check_format(cluster, alias, index)
                found[alias] = index
    return found


def _check_format(cluster: Cluster, alias: str, index: str) -> None:
    named = re.fullmatch(rf"{re.escape(alias)}-v(\d+)-\d+", index)
    if named is None:
        raise ArchiveFormatUnknown(f"{index} is an index that zhimai did not make; name another prefix")
    if int(named[1]) != FORMAT:
        raise ArchiveFormatUnknown(
            f"the archive {cluster.address} has format {named[1]} and this version reads format {FORMAT}; "
            "index the digests under another prefix"
        )


def _definition(cluster: Cluster, kind: Kind) -> Object:
    settings: dict[str, Any] = {
        "number_of_shards": 1,
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
