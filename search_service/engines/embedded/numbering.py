"""Numbers that stand in for ids inside the record."""

import sqlite3
from collections.abc import Collection

from search_service.engines.batches import in_batches

BOUND = 500
"""Values bound in one statement; SQLite allows more, but a few lengths of statement keep its cache useful."""


def numbers_of_entities(connection: sqlite3.Connection, entity_ids: Collection[str]) -> dict[str, int]:
    """Numbers of the entities; those new to the record get a row, which ``tallies`` fills."""
    numbers = stored_numbers(connection, "entities", entity_ids)
    first = next_number(connection, "entities")
    new = {entity: first + at for at, entity in enumerate(sorted(set(entity_ids) - numbers.keys()))}
    connection.executemany(
        "INSERT INTO entities VALUES (?, ?, '', '', 0, 0, 0, '')", [(key, entity) for entity, key in new.items()]
    )
    return numbers | new


def stored_numbers(connection: sqlite3.Connection, table: str, ids: Collection[str]) -> dict[str, int]:
    """Numbers of those ids that ``table`` (items, entities) has."""
    numbers: dict[str, int] = {}
    for some in in_batches(sorted(ids), BOUND):
        marks = placeholders(len(some))
        numbers.update(connection.execute(f"SELECT id, key FROM {table} WHERE id IN ({marks})", some))
    return numbers


def next_number(connection: sqlite3.Connection, table: str) -> int:
    """A number that no row of ``table`` has, nor any above it."""
    (highest,) = connection.execute(f"SELECT coalesce(max(key), 0) FROM {table}").fetchone()
    return int(highest) + 1


def placeholders(count: int) -> str:
    """Marks for ``count`` bound values."""
    return ",".join("?" * count)
