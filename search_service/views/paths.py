"""Paths between two entities, with the sentence of every hop."""

from graph.model import EntityRef
from graph.network import Hop, paths_between
from search_service.engines.contract import SearchEngine
from search_service.views.entities import known_ref
from search_service.views.names import SHIPPED_NAMES, EntityNames
from search_service.views.parameters import UnknownName, shortened
from search_service.views.records import Record, ref_record, relation_record


def paths(
    engine: SearchEngine, *, start: str, end: str, max_hops: int = 4, names: EntityNames = SHIPPED_NAMES
) -> Record:
    """Paths between two entities given by id or name, best first. Raises UnknownName for a name nobody has."""
    one, other = _named(engine, "from", start, names), _named(engine, "to", end, names)
    found = paths_between(engine, one[0].id, other[0].id, max_hops=max_hops)
    return {
        "from": ref_record(one[0]),
        "to": ref_record(other[0]),
        "others": {"from": [ref_record(ref) for ref in one[1:]], "to": [ref_record(ref) for ref in other[1:]]},
        "paths": [{"hops": [hop_record(hop) for hop in hops]} for hops in found],
    }


def _named(engine: SearchEngine, parameter: str, text: str, names: EntityNames) -> list[EntityRef]:
    """The entities that a text may mean, the likeliest first: the most related one of the archive."""
    ids = names.named(engine, text)
    refs = [ref for ref in (known_ref(engine, entity_id, names=names) for entity_id in ids) if ref]
    if not refs:
        raise UnknownName(parameter, f"没有叫“{shortened(text)}”的实体，可以先在实体列表里查它的名称")
    degrees = engine.degrees([ref.id for ref in refs])
    return sorted(refs, key=lambda ref: (-degrees.get(ref.id, 0), ids.index(ref.id)))


def hop_record(hop: Hop) -> Record:
    """A step from one entity to the next: the relation between them, whichever way it points."""
    return {**relation_record(hop.relation), "from": ref_record(hop.start), "to": ref_record(hop.end)}
