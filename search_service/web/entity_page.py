"""What the page of an entity shows, put together from the same records as the API."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from graph.kinds import RELATION_KINDS, RELATION_LABELS
from graph.model import RelationKind
from search_service.engines.contract import SearchEngine
from search_service.views.connections import items_of, neighbours_of, relations_of, rounds_of, timeline_of
from search_service.views.entities import entity
from search_service.views.service import Service
from search_service.web.timelines import Chart, chart_of

Record = dict[str, Any]

RELATIONS_SHOWN = 6
ROUNDS_SHOWN = 20
ITEMS_SHOWN = 10
NEIGHBOURS_SHOWN = 20
PAGE = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class RelationSection:
    """Relations of one kind, seen from the entity; ``total`` counts both directions of the kind."""

    label: str
    kind: RelationKind
    relations: tuple[Record, ...]
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class EntityPage:
    """Records for the template."""

    entity: Record
    sections: tuple[RelationSection, ...]
    unshown: tuple[tuple[RelationKind, str, int], ...]
    rounds: Record
    items: Record
    neighbours: Record
    chart: Chart | None

    @property
    def relation_count(self) -> int:
        """All relations, shown or not."""
        return sum({section.kind: section.total for section in self.sections}.values())


def entity_page(service: Service, entity_id: str) -> EntityPage | None:
    """The page of an entity; None for an unknown id."""
    record = entity(service.engine, entity_id, names=service.names)
    if record is None:
        return None
    engine = service.engine
    sections = tuple(section for kind in RELATION_KINDS for section in _sections(engine, entity_id, kind))
    return EntityPage(
        entity=record,
        sections=sections,
        unshown=tuple(_unshown(sections)),
        rounds=rounds_of(engine, entity_id, limit=ROUNDS_SHOWN),
        items=items_of(engine, entity_id, limit=ITEMS_SHOWN),
        neighbours=neighbours_of(engine, entity_id, limit=NEIGHBOURS_SHOWN),
        chart=chart_of(timeline_of(engine, entity_id)["items"]),
    )


def relation_page(service: Service, entity_id: str, kind: RelationKind, cursor: str | None) -> Record | None:
    """All relations of one kind of an entity, page by page; None for an unknown id. Raises BadCursor."""
    record = entity(service.engine, entity_id, names=service.names)
    if record is None:
        return None
    page = relations_of(service.engine, entity_id, kind=kind, limit=PAGE, cursor=cursor)
    return {"entity": record, "kind": kind, "label": RELATION_LABELS[kind].zh, **page}


def _sections(engine: SearchEngine, entity_id: str, kind: RelationKind) -> Iterator[RelationSection]:
    """The relations of a kind, those from the entity before those to it."""
    page = relations_of(engine, entity_id, kind=kind, limit=RELATIONS_SHOWN)
    label = RELATION_LABELS[kind]
    if label.symmetric:
        directions = {label.zh: page["items"]}
    else:
        directions = {
            label.zh: [relation for relation in page["items"] if relation["subject"]["id"] == entity_id],
            label.reverse_zh: [relation for relation in page["items"] if relation["subject"]["id"] != entity_id],
        }
    for title, relations in directions.items():
        if relations:
            yield RelationSection(label=title, kind=kind, relations=tuple(relations), total=page["total"])


def _unshown(sections: tuple[RelationSection, ...]) -> Iterator[tuple[RelationKind, str, int]]:
    """Kinds with more relations than are shown: kind, label, how many in all."""
    for kind in dict.fromkeys(section.kind for section in sections):
        of_kind = [section for section in sections if section.kind == kind]
        if of_kind[0].total > sum(len(section.relations) for section in of_kind):
            yield kind, RELATION_LABELS[kind].zh, of_kind[0].total


def other_end(relation: Record, entity_id: str) -> Record:
    """The entity at the other end of a relation."""
    other: Record = relation["object"] if relation["subject"]["id"] == entity_id else relation["subject"]
    return other
