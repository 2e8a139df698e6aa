"""Relations, rounds and edges, read from the record."""

import sqlite3
from collections.abc import Collection, Iterable, Sequence
from typing import Any

import orjson

from graph.model import EntityRef, FundingRound, Relation, RelationKind
from graph.source import Edge, RelationGroup
from indexer.codec import relation_from, round_from
from search_service.engines.embedded.entity_reading import entity_number
from search_service.engines.embedded.numbering import stored_numbers
from search_service.engines.relation_groups import group_of

_GROUPS = """
    SELECT x.kind, s.key, s.id, s.name, s.kind, o.key, o.id, o.name, o.kind
    FROM edges x
    JOIN entities s ON s.key = CASE x.outgoing WHEN 1 THEN x.entity ELSE x.other END
    JOIN entities o ON o.key = CASE x.outgoing WHEN 1 THEN x.other ELSE x.entity END
"""
_LATEST_FIRST = "ORDER BY x.last DESC, x.kind, s.id, o.id"


def relations_of(
    connection: sqlite3.Connection, entity_id: str, *, kind: RelationKind | None, offset: int, limit: int
) -> tuple[tuple[RelationGroup, ...], int]:
    """Relations with the entity on either side, latest assertion first, and how many there are."""
    number = entity_number(connection, entity_id)
    if number is None:
        return (), 0
    where = "WHERE x.entity = ?"
    values: tuple[int | str, ...] = (number,)
    if kind is not None:
        where, values = f"{where} AND x.kind = ?", (number, kind)
    (total,) = connection.execute(f"SELECT count(*) FROM edges x {where}", values).fetchone()
    rows = connection.execute(f"{_GROUPS} {where} {_LATEST_FIRST} LIMIT ? OFFSET ?", [*values, limit, offset])
    return _groups(connection, rows.fetchall()), total


def relations_between(connection: sqlite3.Connection, one: str, other: str) -> tuple[RelationGroup, ...]:
    """Relations between two entities, in either direction, latest assertion first."""
    numbers = stored_numbers(connection, "entities", {one, other})
    if one not in numbers or other not in numbers:
        return ()
    rows = connection.execute(
        f"{_GROUPS} WHERE x.entity = ? AND x.other = ? {_LATEST_FIRST}", (numbers[one], numbers[other])
    )
    return _groups(connection, rows.fetchall())


def _groups(connection: sqlite3.Connection, rows: Iterable[tuple[Any, ...]]) -> tuple[RelationGroup, ...]:
    return tuple(
        group_of(
            kind,
            EntityRef(id=row[1], name=row[2], kind=row[3]),
            EntityRef(id=row[5], name=row[6], kind=row[7]),
            _assertions(connection, row[0], row[4], kind),
        )
        for kind, *row in rows
    )


def _assertions(
    connection: sqlite3.Connection, subject: int, object_: int, kind: RelationKind
) -> list[tuple[Relation, str]]:
    """Assertions with the link of their item."""
    rows = connection.execute(
        "SELECT r.payload, i.url FROM relations r JOIN items i ON i.key = r.item"
        " WHERE r.subject = ? AND r.object = ? AND r.kind = ? ORDER BY i.id, r.position",
        (subject, object_, kind),
    )
    return [(relation_from(orjson.loads(payload)), url) for payload, url in rows]


def rounds_of(connection: sqlite3.Connection, entity_id: str) -> tuple[FundingRound, ...]:
    """Rounds that the entity raised or invested in, newest first."""
    rows = connection.execute(
        "SELECT r.payload FROM entities e JOIN round_entities x ON x.entity = e.key"
        " JOIN rounds r ON r.item = x.item AND r.position = x.position JOIN items i ON i.key = x.item"
        " WHERE e.id = ? ORDER BY x.day DESC, i.id, x.position",
        (entity_id,),
    )
    return tuple(round_from(orjson.loads(payload)) for (payload,) in rows)


def edges_at(connection: sqlite3.Connection, entity_ids: Sequence[str], *, limit: int) -> tuple[Edge, ...]:
    """Edges that touch the entities: per entity at most ``limit``, most assertions first; each edge once."""
    numbers = stored_numbers(connection, "entities", set(entity_ids))
    found: dict[Edge, None] = {}
    for entity_id in dict.fromkeys(entity_ids):
        rows = connection.execute(
            "SELECT o.id, x.kind, x.outgoing, x.count FROM edges x JOIN entities o ON o.key = x.other"
            " WHERE x.entity = ? ORDER BY x.count DESC, o.id, x.kind, x.outgoing LIMIT ?",
            (numbers.get(entity_id), limit),
        )
        for other, kind, outgoing, count in rows:
            subject, object_ = (entity_id, other) if outgoing else (other, entity_id)
            found[Edge(subject=subject, object=object_, kind=kind, count=count)] = None
    return tuple(found)


def degrees_of(connection: sqlite3.Connection, entity_ids: Collection[str]) -> dict[str, int]:
    """Number of distinct related entities of each known one."""
    numbers = stored_numbers(connection, "entities", set(entity_ids))
    counted = "SELECT count(DISTINCT other) FROM edges WHERE entity = ?"
    return {entity: connection.execute(counted, (number,)).fetchone()[0] for entity, number in numbers.items()}
