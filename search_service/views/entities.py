"""Entities: the list of them, and one entity with aliases, facts and counts."""

from collections.abc import Iterable, Iterator
from itertools import islice

from graph.model import Alias, Entity, EntityKind, EntityRef
from graph.source import EntityRecord
from indexer.folding import fold_key
from search_service.engines.contract import SearchEngine
from search_service.views.cursors import cursor_at, positions_of
from search_service.views.names import SHIPPED_NAMES, EntityNames
from search_service.views.parameters import DEFAULT_LIMIT
from search_service.views.records import Record, day_text, page_record, ref_from_id, ref_record

MAX_SURFACES = 12
"""Writings of a name that are listed as aliases beside those of the catalogue."""

MAX_ALIASED = 100
"""Entities that only an alias of the catalogue finds; a text that fits more of them is too short to mean one."""

FACT_LABELS = {"maker": "开发者", "family": "系列", "parent": "上级机构", "issuer": "发文机关", "level": "级别"}

Merged = tuple[EntityRecord, int, int]


def entities(
    engine: SearchEngine,
    *,
    text: str = "",
    kind: EntityKind | None = None,
    limit: int = DEFAULT_LIMIT,
    cursor: str | None = None,
    names: EntityNames = SHIPPED_NAMES,
) -> Record:
    """Entities of the archive whose name or alias contains ``text``, most items first. Raises BadCursor."""
    at, offset = positions_of(cursor, lists=2)
    merged = list(islice(_merged(engine, names, text=text, kind=kind, at=at, offset=offset), limit + 1))
    shown = merged[:limit]
    following = cursor_at(*shown[-1][1:]) if len(merged) > limit else None
    records = [record for record, _at, _offset in shown]
    facts = _fact_refs([record.entity.id for record in records], names)
    return page_record([_record(record.entity, record, names, facts) for record in records], following)


def _merged(
    engine: SearchEngine, names: EntityNames, *, text: str, kind: EntityKind | None, at: int, offset: int
) -> Iterator[Merged]:
    """Entities found by an alias of the catalogue and by the engine, in one order, with the positions after each."""
    curated = _stored(engine, names.aliased(text, kind))
    known = {record.entity.id for record in curated}
    for record in _found(engine, text, kind, offset):
        while at < len(curated) and _rank(curated[at]) <= _rank(record):
            at += 1
            yield curated[at - 1], at, offset
        offset += 1
        if record.entity.id not in known:
            yield record, at, offset
    for after, record in enumerate(curated[at:], start=at + 1):
        yield record, after, offset


def _stored(engine: SearchEngine, ids: tuple[str, ...]) -> list[EntityRecord]:
    """Records of those ids that the archive names, most items first; at most ``MAX_ALIASED``."""
    known = engine.refs(ids) if ids else {}
    named = [entity_id for entity_id in ids if entity_id in known]
    return sorted(filter(None, map(engine.entity, named[:MAX_ALIASED])), key=_rank)


def _rank(record: EntityRecord) -> tuple[int, str]:
    return -record.items, record.entity.id


def _found(engine: SearchEngine, text: str, kind: EntityKind | None, offset: int) -> Iterator[EntityRecord]:
    while True:
        records, total = engine.find_entities(text=text, kind=kind, offset=offset, limit=100)
        yield from records
        offset += len(records)
        if not records or offset >= total:
            return


def entity(engine: SearchEngine, entity_id: str, *, names: EntityNames = SHIPPED_NAMES) -> Record | None:
    """The entity, also a curated one that no item names yet; None for an unknown id."""
    record = engine.entity(entity_id)
    curated = names.entry(entity_id)
    if record is None and curated is None:
        return None
    ref = EntityRef(id=curated.id, name=curated.name, kind=curated.kind) if curated else record and record.entity
    return _record(ref or ref_from_id(entity_id), record, names, _fact_refs([entity_id], names))


def known_ref(engine: SearchEngine, entity_id: str, *, names: EntityNames = SHIPPED_NAMES) -> EntityRef | None:
    """Name and kind of an entity of the catalogue or the archive; None for an unknown id."""
    curated = names.entry(entity_id)
    if curated:
        return EntityRef(id=curated.id, name=curated.name, kind=curated.kind)
    return engine.refs([entity_id]).get(entity_id)


def _fact_refs(entity_ids: Iterable[str], names: EntityNames) -> dict[str, EntityRef]:
    """Entities that facts of the catalogue's entries name."""
    entries = filter(None, map(names.entry, entity_ids))
    values = {value for entry in entries for _name, value in entry.facts}
    named = filter(None, map(names.entry, values))
    return {found.id: EntityRef(id=found.id, name=found.name, kind=found.kind) for found in named}


def _record(ref: EntityRef, stored: EntityRecord | None, names: EntityNames, facts: dict[str, EntityRef]) -> Record:
    curated = names.entry(ref.id)
    return {
        "id": ref.id,
        "kind": ref.kind,
        "name": curated.name if curated else ref.name,
        "aliases": [
            {"text": alias.text, "language": alias.language, "kind": alias.kind}
            for alias in _aliases(ref.name, curated, stored)
        ],
        "description": curated.description if curated else "",
        "first_seen": day_text(stored.first_seen) if stored else None,
        "last_seen": day_text(stored.last_seen) if stored else None,
        "items": stored.items if stored else 0,
        "facts": _facts(curated, facts),
        "curated": curated is not None,
    }


def _aliases(name: str, curated: Entity | None, stored: EntityRecord | None) -> list[Alias]:
    """The catalogue's aliases, then what texts write; one of a kind after folding, never the name itself."""
    written = [surface for surface, _count in stored.surfaces[:MAX_SURFACES]] if stored else []
    aliases = list(curated.aliases) if curated else []
    aliases += [Alias(text=text, language=language_of(text), kind="written") for text in written]
    known = {fold_key(curated.name if curated else name)}
    distinct = []
    for alias in aliases:
        if (key := fold_key(alias.text)) not in known:
            known.add(key)
            distinct.append(alias)
    return distinct


def language_of(text: str) -> str:
    """The language that a name is written in, as far as its letters tell."""
    return "en" if text.isascii() else "zh"


def _facts(curated: Entity | None, refs: dict[str, EntityRef]) -> list[Record]:
    if curated is None:
        return []
    return [
        {
            "name": name,
            "label": FACT_LABELS.get(name, name),
            "value": refs[value].name if value in refs else value,
            "entity": ref_record(refs[value]) if value in refs else None,
        }
        for name, value in curated.facts
    ]
