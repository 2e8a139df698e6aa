"""Paths and neighbourhoods over a small network held in memory."""

from collections.abc import Collection, Sequence

import networkx as nx

from graph.export import to_graphml, to_node_link
from graph.model import EntityRef, Evidence, Qualifiers
from graph.network import neighbourhood, paths_between
from graph.source import Edge, RelationGroup, SourcedEvidence


class TableOfRelations:
    """Answers from a list of edges; only what the network asks for."""

    def __init__(self, *pairs: tuple[str, str]) -> None:
        self._edges = [Edge(subject=f"org:{a}", object=f"org:{b}", kind="invested_in", count=1) for a, b in pairs]

    def refs(self, entity_ids: Collection[str]) -> dict[str, EntityRef]:
        known = {entity for edge in self._edges for entity in (edge.subject, edge.object)}
        return {i: EntityRef(id=i, name=i.removeprefix("org:"), kind="org") for i in entity_ids if i in known}

    def edges(self, entity_ids: Sequence[str], *, limit: int) -> tuple[Edge, ...]:
        found: list[Edge] = []
        for entity in entity_ids:
            found.extend([e for e in self._edges if entity in (e.subject, e.object)][:limit])
        return tuple(found)

    def degrees(self, entity_ids: Collection[str]) -> dict[str, int]:
        return {i: sum(i in (e.subject, e.object) for e in self._edges) for i in entity_ids}

    def relations_between(self, one: str, other: str) -> tuple[RelationGroup, ...]:
        return tuple(self._group(e) for e in self._edges if {e.subject, e.object} == {one, other})

    def _group(self, edge: Edge) -> RelationGroup:
        refs = self.refs([edge.subject, edge.object])
        said = Evidence(item_id="1", field="body", start=0, end=5, text="甲投资了乙", trigger=(1, 3))
        return RelationGroup(
            kind=edge.kind,
            subject=refs[edge.subject],
            object=refs[edge.object],
            qualifiers=Qualifiers(),
            day=None,
            confidence=1.0,
            evidence=(SourcedEvidence(evidence=said, day=None, url=""),),
        )


def names(path: Sequence[object]) -> list[str]:
    return [path[0].start.name, *(hop.end.name for hop in path)]


def test_a_path_has_the_sentence_of_every_hop() -> None:
    source = TableOfRelations(("甲", "乙"), ("丙", "乙"))
    (path,) = paths_between(source, "org:甲", "org:丙")
    assert names(path) == ["甲", "乙", "丙"]
    assert [hop.relation.evidence[0].evidence.text for hop in path] == ["甲投资了乙", "甲投资了乙"]


def test_a_quiet_middle_is_preferred_to_a_hub() -> None:
    hub = [("枢纽", f"旁{n}") for n in range(30)]
    source = TableOfRelations(*hub, ("甲", "枢纽"), ("枢纽", "丙"), ("甲", "乙"), ("乙", "丙"))
    first, second = paths_between(source, "org:甲", "org:丙")[:2]
    assert names(first) == ["甲", "乙", "丙"]
    assert names(second) == ["甲", "枢纽", "丙"]


def test_max_hops_is_kept_and_strangers_have_no_path() -> None:
    source = TableOfRelations(("甲", "乙"), ("乙", "丙"), ("丙", "丁"), ("戊", "己"))
    assert paths_between(source, "org:甲", "org:丁", max_hops=2) == ()
    assert len(paths_between(source, "org:甲", "org:丁", max_hops=3)) == 1
    assert paths_between(source, "org:甲", "org:己") == ()
    assert paths_between(source, "org:甲", "org:无名") == ()
    assert paths_between(source, "org:甲", "org:甲") == ()


def test_a_neighbourhood_exports_as_graphml_and_json() -> None:
    source = TableOfRelations(("甲", "乙"), ("乙", "丙"), ("甲", "丙"), ("丙", "远处"))
    around = neighbourhood(source, "org:甲")
    assert around is not None
    assert [entity.name for entity in around.entities] == ["甲", "乙", "丙"]
    read_back = nx.parse_graphml(to_graphml(around), force_multigraph=True)
    assert sorted(read_back.nodes) == ["org:丙", "org:乙", "org:甲"]
    assert {link["kind"] for link in to_node_link(around)["links"]} == {"invested_in"}
    assert len(read_back.edges) == 3
    assert neighbourhood(source, "org:无名") is None
