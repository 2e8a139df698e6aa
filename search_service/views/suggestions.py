"""Suggestions while a reader types: entities first, then titles."""

from indexer.folding import fold_key
from search_service.engines.contract import SearchEngine, SearchRequest
from search_service.query.clauses import text_node
from search_service.views.entities import entities
from search_service.views.names import SHIPPED_NAMES, EntityNames
from search_service.views.parameters import DEFAULT_LIMIT
from search_service.views.records import Record, page_record

MAX_TITLES = 5
MAX_LENGTH = 60


def suggest(
    engine: SearchEngine, *, text: str = "", limit: int = DEFAULT_LIMIT, names: EntityNames = SHIPPED_NAMES
) -> Record:
    """Entities with a name or alias that contains ``text``, those that begin with it first, then newest titles."""
    text = text.strip()[:MAX_LENGTH]
    if not fold_key(text):
        return page_record([], None)
    found = entities(engine, text=text, limit=limit, names=names)["items"]
    found.sort(key=lambda record: not _begins(record, text))
    suggested = [
        {
            "text": record["name"],
            "type": "entity",
            "entity_id": record["id"],
            "kind": record["kind"],
            "item_id": None,
        }
        for record in found
    ]
    return page_record([*suggested, *_titles(engine, text, limit - len(suggested))], None)


def _begins(record: Record, text: str) -> bool:
    key = fold_key(text)
    return any(fold_key(name).startswith(key) for name in (record["name"], *(a["text"] for a in record["aliases"])))


def _titles(engine: SearchEngine, text: str, room: int) -> list[Record]:
    tree = text_node(text, "title")
    if tree is None or room < 1:
        return []
    page = engine.search(SearchRequest(tree=tree, sort="newest", limit=min(room, MAX_TITLES)))
    return [
        {"text": hit.item.item.title, "type": "item", "entity_id": None, "kind": None, "item_id": hit.item.item.id}
        for hit in page.hits
    ]
