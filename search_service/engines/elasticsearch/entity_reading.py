"""Entities and who stands beside them, read from the cluster."""

from collections.abc import Collection
from typing import Any

from graph.model import EntityKind, EntityRef
from graph.source import EntityRecord, Month, Neighbour
from indexer.folding import fold_key
from search_service.engines.days import day_of
from search_service.engines.elasticsearch.cluster import Cluster, Object
from search_service.engines.elasticsearch.documents import SEPARATOR, entity_in, key_of, ref_in
from search_service.engines.elasticsearch.indices import DEEPEST_LISTED
from search_service.engines.elasticsearch.translation import EVERYTHING, NOTHING
from search_service.engines.timelines import timeline_from

_MOST_ITEMS: list[Object] = [{"items": "desc"}, {"id": "asc"}]
_REF = ["id", "name", "kind"]


def entity_record(cluster: Cluster, entity_id: str) -> EntityRecord | None:
    """The entity as the archive knows it."""
    found = cluster.sources("entities", [key_of(entity_id)])
    return next(map(entity_in, found.values()), None)


def entity_refs(cluster: Cluster, entity_ids: Collection[str]) -> dict[str, EntityRef]:
    """Names and kinds of the known ones, by id."""
    found = cluster.sources("entities", [key_of(entity) for entity in entity_ids], fields=_REF)
    return {ref.id: ref for ref in map(ref_in, found.values())}


def find_entities(
    cluster: Cluster, *, text: str, kind: EntityKind | None, offset: int, limit: int
) -> tuple[tuple[EntityRecord, ...], int]:
    """Entities with ``text`` in a name or surface, most items first, and how many there are."""
    conditions = [_named(text)] if text.strip() else [EVERYTHING]
    if kind:
        conditions.append({"term": {"kind": kind}})
    query = {"bool": {"filter": conditions}}
    if offset + limit > DEEPEST_LISTED:
        return (), cluster.count("entities", query)
    body = {"query": query, "sort": _MOST_ITEMS, "from": offset, "size": limit, "track_total_hits": True}
    found = cluster.search("entities", body)["hits"]
    return tuple(entity_in(hit["_source"]) for hit in found["hits"]), found["total"]["value"]


def _named(text: str) -> Object:
    folded = fold_key(text)
    if not folded:
        return NOTHING
    literal = "".join(f"\\{sign}" if sign in "\\*?" else sign for sign in folded)
    return {"wildcard": {"folded": {"value": f"*{literal}*"}}}


def neighbours_of(
    cluster: Cluster, entity_id: str, *, kind: EntityKind | None, offset: int, limit: int
) -> tuple[tuple[Neighbour, ...], int]:
    """Entities in the same items, most items first, and how many there are."""
    last = {"last": {"max": {"field": "day"}}}
    buckets = [
        (bucket["key"]["value"], bucket["doc_count"], int(bucket["last"]["value"] or 0))
        for bucket in cluster.groups("items", _naming(entity_id), "entity", each=last)
        if bucket["key"]["value"] != entity_id
    ]
    buckets.sort(key=lambda one: (-one[1], one[0]))
    known: dict[str, EntityRef] = {}
    if kind:
        known = entity_refs(cluster, [other for other, _, _ in buckets])
        buckets = [one for one in buckets if one[0] in known and known[one[0]].kind == kind]
    shown = buckets[offset : offset + limit]
    known = known or entity_refs(cluster, [other for other, _, _ in shown])
    kinds = _kinds_between(cluster, entity_id, [other for other, _, _ in shown])
    neighbours = tuple(
        Neighbour(entity=known[other], count=count, kinds=tuple(sorted(kinds.get(other, ()))), last=day_of(day))
        for other, count, day in shown
        if other in known  # an item that came a moment ago, whose entities are not counted yet
    )
    return neighbours, len(buckets)


def _naming(entity_id: str) -> Object:
    return {"bool": {"filter": [{"term": {"entity": entity_id}}]}}


def _kinds_between(cluster: Cluster, entity_id: str, others: Collection[str]) -> dict[str, set[Any]]:
    kinds: dict[str, set[Any]] = {}
    if not others:
        return kinds
    query = {"bool": {"filter": [{"term": {"ends": entity_id}}, {"terms": {"ends": sorted(others)}}]}}
    for hit in cluster.all_hits("relations", query, sort=[{"group": "asc"}], source=["group"]):
        kind, subject, object_ = hit["_source"]["group"].split(SEPARATOR)
        kinds.setdefault(object_ if subject == entity_id else subject, set()).add(kind)
    return kinds


def timeline_of(cluster: Cluster, entity_id: str) -> tuple[Month, ...]:
    """Months from the first to the last that names the entity."""
    counts = _months(cluster, _naming(entity_id))
    return timeline_from(counts, _months(cluster, EVERYTHING)) if counts else ()


def _months(cluster: Cluster, query: Object) -> dict[int, int]:
    """Items of each month."""
    return {
        int(month.replace("-", "")): bucket["doc_count"]
        for bucket in cluster.groups("items", query, "month")
        if (month := bucket["key"]["value"]) != "-"
    }
