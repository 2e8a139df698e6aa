"""Entities and who stands beside them, read from the record."""

import sqlite3
from collections.abc import Collection, Iterable, Iterator
from typing import Any

from graph.model import EntityKind, EntityRef
from graph.source import EntityRecord, Month, Neighbour
from indexer.folding import fold_key
from search_service.engines.batches import in_batches
from search_service.engines.days import day_of
from search_service.engines.embedded.numbering import BOUND, placeholders, stored_numbers
from search_service.engines.timelines import timeline_from

_COLUMNS = "key, id, kind, name, items, first, last"


def entity_number(connection: sqlite3.Connection, entity_id: str) -> int | None:
    """The number of an entity; None for an unknown one."""
    return stored_numbers(connection, "entities", [entity_id]).get(entity_id)


def entity_record(connection: sqlite3.Connection, entity_id: str) -> EntityRecord | None:
    """The entity as the archive knows it."""
    rows = connection.execute(f"SELECT {_COLUMNS} FROM entities WHERE id = ?", (entity_id,))
    return next(_records(connection, rows), None)


def entity_refs(connection: sqlite3.Connection, entity_ids: Collection[str]) -> dict[str, EntityRef]:
    """Names and kinds of the known ones, by id."""
    refs: dict[str, EntityRef] = {}
    for some in in_batches(dict.fromkeys(entity_ids), BOUND):
        rows = connection.execute(
            f"SELECT id, name, kind FROM entities WHERE id IN ({placeholders(len(some))})", some
        )
        refs.update((entity, EntityRef(id=entity, name=name, kind=kind)) for entity, name, kind in rows)
    return refs


def find_entities(
    connection: sqlite3.Connection, *, text: str, kind: EntityKind | None, offset: int, limit: int
) -> tuple[tuple[EntityRecord, ...], int]:
    """Entities with ``text`` in a name or surface, most items first, and how many there are."""
    of_kind, values = (" AND kind = ?", [kind]) if kind else ("", [])
    if text.strip():
        # folded names hold no blanks, so a text of nothing but dashes and blanks finds none of them
        condition, bound = (
            f"FROM entities NOT INDEXED WHERE instr(folded, ?) > 0{of_kind}",
            [fold_key(text) or "\n\n"],
        )
    else:
        condition, bound = f"FROM entities WHERE true{of_kind}", []
    (total,) = connection.execute(f"SELECT count(*) {condition}", [*bound, *values]).fetchone()
    rows = connection.execute(
        f"SELECT {_COLUMNS} {condition} ORDER BY items DESC, id LIMIT ? OFFSET ?", [*bound, *values, limit, offset]
    ).fetchall()
    return tuple(_records(connection, rows)), total


def _records(connection: sqlite3.Connection, rows: Iterable[tuple[Any, ...]]) -> Iterator[EntityRecord]:
    for key, entity, kind, name, items, first, last in rows:
        surfaces = connection.execute(
            "SELECT text, items FROM writings WHERE entity = ? AND role = 'surface' ORDER BY items DESC, text", (key,)
        )
        yield EntityRecord(
            entity=EntityRef(id=entity, name=name, kind=kind),
            items=items,
            first_seen=day_of(first),
            last_seen=day_of(last),
            surfaces=tuple(surfaces),
        )


def neighbours_of(
    connection: sqlite3.Connection, entity_id: str, *, kind: EntityKind | None, offset: int, limit: int
) -> tuple[tuple[Neighbour, ...], int]:
    """Entities in the same items, most items first, and how many there are."""
    number = entity_number(connection, entity_id)
    if number is None:
        return (), 0
    of_kind, values = ("AND e.kind = ?", [number, kind]) if kind else ("", [number])
    source = f"FROM pairs p CROSS JOIN entities e ON e.key = p.b WHERE p.a = ? {of_kind}"
    counted = f"SELECT count(*) {source}" if kind else "SELECT count(*) FROM pairs WHERE a = ?"
    (total,) = connection.execute(counted, values).fetchone()
    rows = connection.execute(
        f"SELECT p.b, e.id, e.name, e.kind, p.count, p.last {source} ORDER BY p.count DESC, e.id LIMIT ? OFFSET ?",
        [*values, limit, offset],
    ).fetchall()
    neighbours = tuple(
        Neighbour(
            entity=EntityRef(id=other, name=name, kind=other_kind),
            count=count,
            kinds=_kinds_between(connection, number, key),
            last=day_of(last),
        )
        for key, other, name, other_kind, count, last in rows
    )
    return neighbours, total


def _kinds_between(connection: sqlite3.Connection, one: int, other: int) -> tuple[Any, ...]:
    rows = connection.execute(
        "SELECT DISTINCT kind FROM edges WHERE entity = ? AND other = ? ORDER BY kind", (one, other)
    )
    return tuple(kind for (kind,) in rows)


def timeline_of(connection: sqlite3.Connection, entity_id: str) -> tuple[Month, ...]:
    """Months from the first to the last that names the entity."""
    number = entity_number(connection, entity_id)
    if number is None:
        return ()
    counts = dict(
        connection.execute(
            "SELECT day / 100 AS month, count(*) FROM entity_items WHERE entity = ? AND day > 0 GROUP BY month",
            (number,),
        )
    )
    return timeline_from(counts, dict(connection.execute("SELECT month, items FROM months")))
