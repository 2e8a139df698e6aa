"""What can be wrong with catalogue files, said with file and entry so that a curator can mend it."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from graph.catalogue.entries import surface_key
from graph.catalogue.files import FAMILIES_FILE, USES_FILE, load_documents
from graph.kinds import ENTITY_KINDS

ALIAS_KINDS = frozenset({"short", "full", "legal", "brand", "former", "code", "latin"})
LEVELS = frozenset({"国家", "省", "市", "区", "国外", "国际"})
LINK_FACTS = frozenset({"maker", "family", "parent", "issuer"})
SOURCES = frozenset({"common", "labels", "models.dev", "awesome-llms", "vla-handbook"})
LONGEST_ID = 200

_SHAPES: Mapping[str, type | tuple[type, ...]] = {
    "id": str,
    "name": str,
    "aliases": dict,
    "description": str,
    "facts": dict,
    "ambiguous": list,
    "formerly": list,
    "source": list,
}

Record = dict[str, Any]


def check_catalogue() -> list[str]:
    """Problems of the shipped files, one sentence each; empty when all is well."""
    return check_documents(load_documents())


def check_documents(documents: Mapping[str, Any]) -> list[str]:
    """Problems of parsed files. References are looked at only when every entry has its right shape."""
    tables = {name: document for name, document in documents.items() if name in (FAMILIES_FILE, USES_FILE)}
    records = [
        (name, record) for name, document in documents.items() if name not in tables for record in _records(document)
    ]
    problems = [
        f"{name}: a file is a mapping with 'entities' (a list) and perhaps 'source' (a list)"
        for name, document in documents.items()
        if name not in tables and not _is_entity_file(document)
    ]
    problems += [f"{name}: {_label(record)}: {said}" for name, record in records for said in _shape_problems(record)]
    if problems:
        return problems
    ids = {record["id"] for _, record in records}
    problems += _identity_problems(records)
    problems += _surface_problems(records)
    problems += [
        f"{name}: {record['id']}: {said}" for name, record in records for said in _fact_problems(record, ids)
    ]
    problems += _family_problems(tables.get(FAMILIES_FILE) or {"families": []}, ids)
    problems += _use_problems(tables.get(USES_FILE) or {"uses": []}, ids)
    return problems


def _is_entity_file(document: object) -> bool:
    return (
        isinstance(document, dict)
        and set(document) <= {"source", "entities"}
        and isinstance(document.get("entities"), list)
        and isinstance(document.get("source", []), list)
    )


def _records(document: object) -> list[Any]:
    return list(document["entities"]) if isinstance(document, dict) and _is_entity_file(document) else []


def _label(record: object) -> str:
    return str(record.get("id", "an entry without id")) if isinstance(record, dict) else repr(record)


def _shape_problems(record: object) -> Iterator[str]:
    if not isinstance(record, dict) or not isinstance(record.get("id"), str):
        yield "an entry is a mapping with a text 'id'"
        return
    for key, value in record.items():
        if key not in _SHAPES:
            yield f"unknown key {key!r}"
        elif not isinstance(value, _SHAPES[key]):
            yield f"{key!r} has the wrong shape: {value!r}"
    yield from _id_problems(record["id"])
    yield from _text_problems(record)


def _id_problems(entity_id: str) -> Iterator[str]:
    kind, _, name = entity_id.partition(":")
    if kind not in ENTITY_KINDS:
        yield f"unknown kind {kind!r}"
    if not name or name != name.strip():
        yield "an id needs a name after its kind"
    if "/" in entity_id:
        yield "an id has no slash"
    if len(entity_id.encode()) > LONGEST_ID:
        yield f"an id has at most {LONGEST_ID} bytes"


def _text_problems(record: Record) -> Iterator[str]:
    for kind, texts in _mapping(record, "aliases").items():
        if kind not in ALIAS_KINDS:
            yield f"unknown kind of alias {kind!r}"
        if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
            yield f"aliases of kind {kind!r} are a list of texts: {texts!r}"
    for key in ("ambiguous", "formerly", "source"):
        values = record.get(key, [])
        if isinstance(values, list) and not all(isinstance(value, str) for value in values):
            yield f"{key!r} is a list of texts: {values!r}"
    for name, value in _mapping(record, "facts").items():
        values = value if isinstance(value, list) else [value]
        if not all(isinstance(one, str) for one in values):
            yield f"fact {name!r} is a text or a list of texts: {value!r}"


def _mapping(record: Record, key: str) -> Record:
    value = record.get(key, {})
    return value if isinstance(value, dict) else {}


def _identity_problems(records: list[tuple[str, Record]]) -> Iterator[str]:
    first: dict[str, str] = {}
    for name, record in records:
        for entity_id in (record["id"], *record.get("formerly", ())):
            if entity_id in first:
                yield f"{name}: {record['id']}: id {entity_id} is already taken in {first[entity_id]}"
            first.setdefault(entity_id, name)


def _surfaces(record: Record) -> list[str]:
    name = record.get("name", record["id"].split(":", 1)[1])
    return [name, *(text for texts in record.get("aliases", {}).values() for text in texts)]


def _surface_problems(records: list[tuple[str, Record]]) -> Iterator[str]:
    owners: dict[tuple[str, str], list[tuple[str, str, str]]] = defaultdict(list)
    for name, record in records:
        kind = record["id"].split(":", 1)[0]
        for surface in _surfaces(record):
            owners[kind, surface_key(surface)].append((name, record["id"], surface))
        for surface in set(record.get("ambiguous", ())) - set(_surfaces(record)):
            yield f"{name}: {record['id']}: ambiguous {surface!r} is neither its name nor an alias"
    for (_, key), claims in owners.items():
        if not key:
            yield f"{claims[0][0]}: {claims[0][1]}: alias {claims[0][2]!r} is empty"
        for name, entity_id, surface in claims[1:]:
            yield f"{name}: {entity_id}: alias {surface!r} already belongs to {claims[0][1]} ({claims[0][0]})"


def _fact_problems(record: Record, ids: set[str]) -> Iterator[str]:
    for name, value in record.get("facts", {}).items():
        for one in value if isinstance(value, list) else [value]:
            if name == "level" and one not in LEVELS:
                yield f"unknown level {one!r}"
            elif name in LINK_FACTS and (one not in ids or one == record["id"]):
                yield f"fact {name!r} names an unknown entity {one!r}"
            elif name != "level" and name not in LINK_FACTS:
                yield f"unknown fact {name!r}"
    for source in record.get("source", ()):
        if source not in SOURCES:
            yield f"unknown source {source!r}"


def _family_problems(document: Record, ids: set[str]) -> Iterator[str]:
    seen: dict[str, str] = {}
    for record in document["families"]:
        entity_id = record if isinstance(record, str) else record.get("entity", "")
        if entity_id not in ids:
            yield f"{FAMILIES_FILE}: {entity_id!r} is no entity of the catalogue"
        if not isinstance(record, str) and set(record) != {"entity", "forms"}:
            yield f"{FAMILIES_FILE}: {entity_id}: a family is an id, or a mapping with 'entity' and 'forms'"
        if entity_id in seen:
            yield f"{FAMILIES_FILE}: {entity_id}: listed twice"
        seen[entity_id] = entity_id


def _use_problems(document: Record, ids: set[str]) -> Iterator[str]:
    seen: set[str] = set()
    for record in document["uses"]:
        name, entities = record.get("name", ""), record.get("entities", [])
        place = f"{USES_FILE}: {name}"
        if set(record) != {"name", "default", "entities"}:
            yield f"{place}: a use is a mapping with 'name', 'default' and 'entities'"
        kinds = [entity_id.split(":", 1)[0] for entity_id in entities]
        if record.get("default") not in kinds or len(set(kinds)) != len(kinds):
            yield f"{place}: 'default' is one of the kinds of 'entities', each kind once"
        yield from (f"{place}: {one!r} is no entity of the catalogue" for one in entities if one not in ids)
        if surface_key(name) in seen:
            yield f"{place}: listed twice"
        seen.add(surface_key(name))
