"""Relations, rounds and edges, read from the cluster."""

from collections import defaultdict
from collections.abc import Collection, Sequence

import orjson

from graph.model import FundingRound, Relation, RelationKind
from graph.source import Edge, RelationGroup
from indexer.codec import relation_from
from search_service.engines.elasticsearch.cluster import Cluster, Object
from search_service.engines.elasticsearch.documents import item_in
from search_service.engines.elasticsearch.entity_reading import entity_refs
from search_service.engines.elasticsearch.indices import DEEPEST_LISTED
from search_service.engines.relation_groups import group_of

_LATEST_FIRST: list[Object] = [{"last": "desc"}, {"kind": "asc"}, {"subject": "asc"}, {"object": "asc"}]
_MOST_FIRST: list[Object] = [{"count": "desc"}, {"group": "asc"}]


def relations_of(
    cluster: Cluster, entity_id: str, *, kind: RelationKind | None, offset: int, limit: int
) -> tuple[tuple[RelationGroup, ...], int]:
    """Relations with the entity on either side, latest assertion first, and how many there are."""
    conditions: list[Object] = [{"term": {"ends": entity_id}}]
    if kind is not None:
        conditions.append({"term": {"kind": kind}})
    query = {"bool": {"filter": conditions}}
    if offset + limit > DEEPEST_LISTED:
        return (), cluster.count("relations", query)
    body = {"query": query, "sort": _LATEST_FIRST, "from": offset, "size": limit, "track_total_hits": True}
    found = cluster.search("relations", body)["hits"]
    return _groups(cluster, [hit["_source"] for hit in found["hits"]]), found["total"]["value"]


def relations_between(cluster: Cluster, one: str, other: str) -> tuple[RelationGroup, ...]:
    """Relations between two entities, in either direction, latest assertion first."""
    sides = [{"subject": one, "object": other}, {"subject": other, "object": one}]
    either: list[Object] = [{"bool": {"filter": [{"term": {end: side[end]}} for end in side]}} for side in sides]
    query = {"bool": {"filter": [{"bool": {"should": either, "minimum_should_match": 1}}]}}
    hits = cluster.all_hits("relations", query, sort=_LATEST_FIRST)
    return _groups(cluster, [hit["_source"] for hit in hits])


def _groups(cluster: Cluster, relations: Sequence[Object]) -> tuple[RelationGroup, ...]:
    refs = entity_refs(cluster, {end for relation in relations for end in relation["ends"]})
    said = _assertions(cluster, [relation["group"] for relation in relations])
    return tuple(
        group_of(relation["kind"], refs[relation["subject"]], refs[relation["object"]], said[relation["group"]])
        for relation in relations
        # between two states, the sentences or the names can be gone already
        if said[relation["group"]] and refs.keys() >= set(relation["ends"])
    )


def _assertions(cluster: Cluster, groups: Sequence[str]) -> defaultdict[str, list[tuple[Relation, str]]]:
    """Assertions of each group with the link of their item, by item and place."""
    found: defaultdict[str, list[tuple[Relation, str]]] = defaultdict(list)
    if not groups:
        return found
    sort: list[Object] = [{"item": "asc"}, {"position": "asc"}]
    for hit in cluster.all_hits("assertions", {"terms": {"group": sorted(groups)}}, sort=sort):
        source = hit["_source"]
        found[source["group"]].append((relation_from(orjson.loads(source["payload"])), source["url"]))
    return found


def rounds_of(cluster: Cluster, entity_id: str) -> tuple[FundingRound, ...]:
    """Rounds that the entity raised or invested in, newest first."""
    sort: list[Object] = [{"newest": "desc"}, {"id": "asc"}]
    hits = cluster.all_hits("items", {"term": {"party": entity_id}}, sort=sort, source=["payload"])
    return tuple(
        funding
        for hit in hits
        for funding in item_in(hit["_source"]).annotations.funding
        if entity_id in (funding.company, *(investor.entity for investor in funding.investors))
    )


def edges_at(cluster: Cluster, entity_ids: Sequence[str], *, limit: int) -> tuple[Edge, ...]:
    """Edges that touch the entities: per entity at most ``limit``, most assertions first; each edge once."""
    found: dict[Edge, None] = {}
    for entity_id in dict.fromkeys(entity_ids):
        found.update(dict.fromkeys(_edges_of(cluster, entity_id, limit)))
    return tuple(found)


def _edges_of(cluster: Cluster, entity_id: str, limit: int) -> list[Edge]:
    edges: list[Edge] = []
    for hit in cluster.all_hits("relations", {"term": {"ends": entity_id}}, sort=_MOST_FIRST):
        relation = hit["_source"]
        if len(edges) >= limit and relation["count"] < edges[limit - 1].count:
            break  # none that follows can tie with one that is taken
        edges.append(
            Edge(
                subject=relation["subject"],
                object=relation["object"],
                kind=relation["kind"],
                count=relation["count"],
            )
        )

    def rank(edge: Edge) -> tuple[int, str, str, bool]:
        outgoing = edge.subject == entity_id
        return -edge.count, edge.object if outgoing else edge.subject, edge.kind, outgoing

    return sorted(edges, key=rank)[:limit]


def degrees_of(cluster: Cluster, entity_ids: Collection[str]) -> dict[str, int]:
    """Number of distinct related entities of each known one."""
    others: dict[str, set[str]] = {entity: set() for entity in sorted(entity_refs(cluster, entity_ids))}
    if not others:
        return {}
    query = {"terms": {"ends": list(others)}}
    for hit in cluster.all_hits("relations", query, sort=[{"group": "asc"}], source=["subject", "object"]):
        subject, object_ = hit["_source"]["subject"], hit["_source"]["object"]
        for one, other in ((subject, object_), (object_, subject)):
            if one in others:
                others[one].add(other)
    return {entity: len(related) for entity, related in others.items()}
