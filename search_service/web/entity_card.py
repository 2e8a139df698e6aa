"""The card of the entity that a query names, above the hits."""

from typing import Any

from search_service.views.connections import relations_of
from search_service.views.entities import entity
from search_service.views.search import SearchParameters
from search_service.views.service import Service

LATEST = 3

Record = dict[str, Any]


def entity_card(service: Service, parameters: SearchParameters) -> Record | None:
    """The entity that the whole query names, with its latest relations; of several the one that most items name."""
    if not parameters.q.strip() or parameters.cursor:
        return None
    named = (name for name in service.known_names.table().entities_called(parameters.q) if name.items)
    best = max(named, key=lambda name: name.items, default=None)
    record = entity(service.engine, best.entity_id, names=service.names) if best and best.entity_id else None
    if record is None:
        return None
    return {"entity": record, "relations": relations_of(service.engine, record["id"], limit=LATEST)["items"]}
