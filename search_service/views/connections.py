"""What hangs on an entity: its items, relations, rounds, neighbours, months and network."""

from graph.export import to_graphml, to_node_link
from graph.model import EntityKind, RelationKind
from graph.network import neighbourhood
from graph.rounds import group_rounds
from search_service.engines.contract import SearchEngine, SearchRequest, Sort
from search_service.query.tree import Keyword
from search_service.views.cursors import next_after, positions_of
from search_service.views.items import first_url
from search_service.views.parameters import DEFAULT_LIMIT
from search_service.views.records import (
    Record,
    entities_in,
    item_record,
    month_record,
    neighbour_record,
    page_record,
    refs_for,
    relation_record,
    round_group_record,
)


def items_of(
    engine: SearchEngine,
    entity_id: str,
    *,
    sort: Sort = "newest",
    limit: int = DEFAULT_LIMIT,
    cursor: str | None = None,
) -> Record:
    """Items that name the entity, by day. Raises BadCursor."""
    tree = Keyword(field="entity", value=entity_id)
    page = engine.search(SearchRequest(tree=tree, sort=sort, limit=limit, cursor=cursor))
    return page_record([item_record(hit.item) for hit in page.hits], page.next)


def relations_of(
    engine: SearchEngine,
    entity_id: str,
    *,
    kind: RelationKind | None = None,
    limit: int = DEFAULT_LIMIT,
    cursor: str | None = None,
) -> Record:
    """Relations with the entity on either side, latest first; ``total`` counts them all. Raises BadCursor."""
    (offset,) = positions_of(cursor)
    groups, total = engine.relations(entity_id, kind=kind, offset=offset, limit=limit)
    records = [relation_record(group) for group in groups]
    return {**page_record(records, next_after(offset, len(groups), total)), "total": total}


def rounds_of(
    engine: SearchEngine, entity_id: str, *, limit: int = DEFAULT_LIMIT, cursor: str | None = None
) -> Record:
    """Rounds that the entity raised or invested in, each with all its tellings, the last told first.

    ``total`` counts rounds. Raises BadCursor.
    """
    (offset,) = positions_of(cursor)
    groups = group_rounds(engine.rounds(entity_id))
    shown = groups[offset : offset + limit]
    refs = refs_for(engine, sorted(entities_in(group.told for group in shown)), {})
    items = engine.items({telling.evidence.item_id for group in shown for telling in group.tellings})
    urls = {item_id: first_url(annotated.item) for item_id, annotated in items.items()}
    records = [round_group_record(group, refs, urls) for group in shown]
    return {**page_record(records, next_after(offset, len(shown), len(groups))), "total": len(groups)}


def neighbours_of(
    engine: SearchEngine,
    entity_id: str,
    *,
    kind: EntityKind | None = None,
    limit: int = DEFAULT_LIMIT,
    cursor: str | None = None,
) -> Record:
    """Entities named beside the entity, most items first; ``total`` counts them all. Raises BadCursor."""
    (offset,) = positions_of(cursor)
    neighbours, total = engine.neighbours(entity_id, kind=kind, offset=offset, limit=limit)
    records = [neighbour_record(neighbour) for neighbour in neighbours]
    return {**page_record(records, next_after(offset, len(neighbours), total)), "total": total}


def timeline_of(engine: SearchEngine, entity_id: str) -> Record:
    """Months from the first to the last that names the entity."""
    return page_record([month_record(month) for month in engine.timeline(entity_id)], None)


def graphml_of(engine: SearchEngine, entity_id: str) -> str | None:
    """The neighbourhood as GraphML; None where the archive has none."""
    around = neighbourhood(engine, entity_id)
    return to_graphml(around) if around else None


def node_link_of(engine: SearchEngine, entity_id: str) -> Record | None:
    """The neighbourhood as a node-link object; None where the archive has none."""
    around = neighbourhood(engine, entity_id)
    return to_node_link(around) if around else None
