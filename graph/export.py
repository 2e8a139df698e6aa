"""Neighbourhoods for other programs: GraphML (Gephi, yEd, igraph) and node-link JSON (networkx, d3)."""

import re
from typing import Any

import networkx as nx

from graph.kinds import RELATION_LABELS
from graph.network import Neighbourhood

_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def to_graphml(neighbourhood: Neighbourhood) -> str:
    """The neighbourhood as GraphML; nodes have ``name`` and ``kind``, edges ``kind``, ``label`` and ``count``."""
    return "\n".join(nx.generate_graphml(_network(neighbourhood)))


def to_node_link(neighbourhood: Neighbourhood) -> dict[str, Any]:
    """The neighbourhood as the node-link object that networkx and d3 read."""
    data: dict[str, Any] = nx.node_link_data(_network(neighbourhood), edges="links")
    return data


def _network(neighbourhood: Neighbourhood) -> "nx.MultiDiGraph[str]":
    network: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    for entity in neighbourhood.entities:
        network.add_node(entity.id, name=_clean(entity.name), kind=entity.kind)
    for edge in neighbourhood.edges:
        label = RELATION_LABELS[edge.kind].zh
        network.add_edge(edge.subject, edge.object, key=edge.kind, kind=edge.kind, label=label, count=edge.count)
    return network


def _clean(name: str) -> str:
    """Without the characters that XML 1.0 forbids."""
    return _NOT_XML.sub("", name)
