"""Suggestions while a reader types: entities, sections and sources by name or sound, then titles."""

from indexer.folding import fold_key
from search_service.engines.contract import SearchEngine, SearchRequest
from search_service.query.clauses import text_node
from search_service.spelling.known_names import KnownNames
from search_service.spelling.name_table import Name
from search_service.views.parameters import DEFAULT_LIMIT
from search_service.views.records import Record, page_record

MAX_TITLES = 5
MAX_LENGTH = 60


def suggest(engine: SearchEngine, known: KnownNames, *, text: str = "", limit: int = DEFAULT_LIMIT) -> Record:
    """Names that ``text`` begins, is in or sounds like, then the newest titles that hold it."""
    text = text.strip()[:MAX_LENGTH]
    if not fold_key(text):
        return page_record([], None)
    suggested = [_name_record(name) for name in known.table().suggested(text, limit)]
    return page_record([*suggested, *_titles(engine, text, limit - len(suggested))], None)


def _name_record(name: Name) -> Record:
    return {
        "text": name.text,
        "type": name.type,
        "entity_id": name.entity_id,
        "kind": name.kind,
        "item_id": None,
        "matched": name.written if fold_key(name.written) != fold_key(name.text) else None,
    }


def _titles(engine: SearchEngine, text: str, room: int) -> list[Record]:
    tree = text_node(text, "title")
    if tree is None or room < 1:
        return []
    page = engine.search(SearchRequest(tree=tree, sort="newest", limit=min(room, MAX_TITLES)))
    return [
        {
            "text": hit.item.item.title,
            "type": "item",
            "entity_id": None,
            "kind": None,
            "item_id": hit.item.item.id,
            "matched": None,
        }
        for hit in page.hits
    ]
