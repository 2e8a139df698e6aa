"""Items, digests and days, read from the record."""

import sqlite3
from collections.abc import Collection
from datetime import date

from indexer.model import AnnotatedItem
from search_service.engines.batches import in_batches
from search_service.engines.contract import ArchiveState, Day, StoredDigest
from search_service.engines.days import day_of, number_of
from search_service.engines.embedded.numbering import BOUND, placeholders
from search_service.engines.embedded.payloads import item_in

_ALL_DAYS = 99999999


def stored_items(connection: sqlite3.Connection, item_ids: Collection[str]) -> dict[str, AnnotatedItem]:
    """Those items that are stored, by id."""
    found: dict[str, AnnotatedItem] = {}
    for some in in_batches(dict.fromkeys(item_ids), BOUND):
        rows = connection.execute(f"SELECT id, payload FROM items WHERE id IN ({placeholders(len(some))})", some)
        found.update((item, item_in(payload)) for item, payload in rows)
    return found


def days_with_items(connection: sqlite3.Connection, *, before: date | None, limit: int) -> tuple[Day, ...]:
    """Days, newest first, strictly before ``before``."""
    rows = connection.execute(
        "SELECT day, (SELECT count(*) FROM digests WHERE digests.day = items.day), count(*)"
        " FROM items WHERE day > 0 AND day < ? GROUP BY day ORDER BY day DESC LIMIT ?",
        (number_of(before) if before else _ALL_DAYS, limit),
    )
    return tuple(
        Day(day=day, digests=digests, items=items)
        for number, digests, items in rows
        if (day := day_of(number)) is not None
    )


def digests_of_day(connection: sqlite3.Connection, day: date) -> tuple[StoredDigest, ...]:
    """The digests of a day with their items in order, by desk and path."""
    digests = connection.execute(
        "SELECT id, desk, path FROM digests WHERE day = ? ORDER BY desk, path, id", (number_of(day),)
    ).fetchall()
    return tuple(
        StoredDigest(id=digest, desk=desk, path=path, day=day, items=_items_of_digest(connection, digest))
        for digest, desk, path in digests
    )


def _items_of_digest(connection: sqlite3.Connection, digest_id: str) -> tuple[AnnotatedItem, ...]:
    rows = connection.execute(
        "SELECT i.id, i.payload FROM sightings s JOIN items i ON i.key = s.item"
        " WHERE s.digest = ? ORDER BY s.position",
        (digest_id,),
    )
    payloads: dict[str, bytes] = {}
    for item, payload in rows:
        payloads.setdefault(item, payload)  # a digest that repeats itself shows an item once
    return tuple(item_in(payload) for payload in payloads.values())


def archive_state(connection: sqlite3.Connection) -> ArchiveState:
    """Counts and freshness."""

    def number(statement: str) -> int:
        (found,) = connection.execute(statement).fetchone()
        return int(found or 0)

    return ArchiveState(
        items=number("SELECT sum(items) FROM months"),
        digests=number("SELECT count(*) FROM digests"),
        entities=number("SELECT count(*) FROM entities"),
        relations=number("SELECT count(*) FROM edges WHERE outgoing = 1"),
        last_day=day_of(number("SELECT max(day) FROM items")),
        unparsed_lines=number("SELECT sum(unparsed_lines) FROM digests"),
        waiting=number("SELECT count(DISTINCT item_id) FROM outbox"),
    )
