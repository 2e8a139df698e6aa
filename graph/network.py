"""Bounded networks around entities: paths with the sentence of every hop, and neighbourhoods.

Engines answer edges from disk; networkx only ever holds the part that is searched or shown. Hubs are penalised in
paths because "both are in the news with OpenAI" explains little.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice, pairwise
from math import log2

import networkx as nx

from graph.model import EntityRef
from graph.source import Edge, RelationGroup, RelationSource

MAX_HOPS = 6
MAX_ENTITIES = 2000
EDGES_PER_ENTITY = 80
CANDIDATE_PATHS = 24
HUB_PENALTY = 0.25


@dataclass(frozen=True, slots=True, kw_only=True)
class Hop:
    """One step of a path: the relation that ties ``start`` to ``end``, whichever way it points."""

    start: EntityRef
    end: EntityRef
    relation: RelationGroup


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbourhood:
    """An entity, those related to it, and every relation among them."""

    centre: EntityRef
    entities: tuple[EntityRef, ...]
    edges: tuple[Edge, ...]


def paths_between(
    source: RelationSource, start: str, end: str, *, max_hops: int = 4, max_paths: int = 3
) -> tuple[tuple[Hop, ...], ...]:
    """The best paths between two entity ids, best first; none where the bounded search finds none.

    A hop costs 1 and more where it touches hubs. The search grows from both ends until they meet or ``max_hops`` or
    ``MAX_ENTITIES`` is reached, so that an answer never depends on the size of the archive.
    """
    if start == end:
        return ()
    max_hops = min(max_hops, MAX_HOPS)
    network = _within(_weighted(_grow(source, start, end, max_hops=max_hops), source), start, end, max_hops)
    if start not in network or end not in network:
        return ()
    ranked = islice(nx.shortest_simple_paths(network, start, end, weight="cost"), CANDIDATE_PATHS)
    short = (_hops(source, path) for path in ranked if len(path) <= max_hops + 1)
    return tuple(islice(filter(None, short), max_paths))


def neighbourhood(source: RelationSource, entity_id: str, *, limit: int = 40) -> Neighbourhood | None:
    """The entity with at most ``limit`` related entities and the edges among them; None for an unknown id."""
    centre = source.refs([entity_id]).get(entity_id)
    if centre is None:
        return None
    own = source.edges([entity_id], limit=limit)
    ids = list(dict.fromkeys([entity_id, *(_other(edge, entity_id) for edge in own)]))[: limit + 1]
    among = source.edges(ids, limit=EDGES_PER_ENTITY)
    inside = sorted(
        {edge for edge in (*own, *among) if edge.subject in ids and edge.object in ids},
        key=lambda edge: (edge.subject, edge.object, edge.kind),
    )
    refs = source.refs(ids)
    return Neighbourhood(
        centre=centre, entities=tuple(refs[known] for known in ids if known in refs), edges=tuple(inside)
    )


def _other(edge: Edge, entity_id: str) -> str:
    return edge.object if edge.subject == entity_id else edge.subject


def _grow(source: RelationSource, start: str, end: str, *, max_hops: int) -> set[Edge]:
    """Edges found by growing from both ends in turn."""
    edges: set[Edge] = set()
    reached = {start: {start}, end: {end}}
    frontiers = {start: [start], end: [end]}
    for step in range(max_hops):
        side = start if step % 2 == 0 else end
        found = source.edges(frontiers[side], limit=EDGES_PER_ENTITY) if frontiers[side] else ()
        edges.update(found)
        new = {entity for edge in found for entity in (edge.subject, edge.object)} - reached[side]
        room = MAX_ENTITIES - len(reached[start]) - len(reached[end])
        frontiers[side] = sorted(new)[: max(room, 0)]
        reached[side].update(frontiers[side])
    return edges


def _weighted(edges: Iterable[Edge], source: RelationSource) -> "nx.Graph[str]":
    ordered = sorted(edges, key=lambda edge: (edge.subject, edge.object, edge.kind))
    degrees = source.degrees({entity for edge in ordered for entity in (edge.subject, edge.object)})
    network: nx.Graph[str] = nx.Graph()
    for edge in ordered:
        hubs = sum(log2(1 + degrees.get(entity, 0)) for entity in (edge.subject, edge.object))
        network.add_edge(edge.subject, edge.object, cost=1 + HUB_PENALTY * hubs)
    return network


def _within(network: "nx.Graph[str]", start: str, end: str, max_hops: int) -> "nx.Graph[str]":
    """The part of the network that lies on paths of at most ``max_hops``."""
    if start not in network or end not in network:
        return network
    from_start = nx.single_source_shortest_path_length(network, start, cutoff=max_hops)
    from_end = nx.single_source_shortest_path_length(network, end, cutoff=max_hops)
    near = [entity for entity, hops in from_start.items() if hops + from_end.get(entity, max_hops + 1) <= max_hops]
    return network.subgraph(near)


def _hops(source: RelationSource, path: list[str]) -> tuple[Hop, ...]:
    """The hops of a path; nothing where a relation went away while we looked."""
    refs = source.refs(path)
    hops = []
    for one, other in pairwise(path):
        relations = source.relations_between(one, other)
        if not relations or one not in refs or other not in refs:
            return ()
        best = max(relations, key=lambda relation: (len(relation.evidence), relation.confidence))
        hops.append(Hop(start=refs[one], end=refs[other], relation=best))
    return tuple(hops)
