"""Digests as they were written, read back from the record one after the other."""

import sqlite3
from collections.abc import Collection, Iterator
from typing import Any

from indexer.codec import problems_from
from indexer.model import AnnotatedDigest, AnnotatedItem, Digest
from search_service.engines.batches import in_batches
from search_service.engines.days import day_of
from search_service.engines.embedded.numbering import BOUND, placeholders
from search_service.engines.embedded.payloads import item_in


def stored_digests(connection: sqlite3.Connection) -> Iterator[AnnotatedDigest]:
    """All digests, by id."""
    after = ""
    while digest := digest_after(connection, after):
        yield digest
        after = digest.digest.id


def digest_after(connection: sqlite3.Connection, digest_id: str) -> AnnotatedDigest | None:
    """The stored digest with the next larger id; None after the last."""
    row = connection.execute(
        "SELECT id, desk, path, day, layout, fingerprint, problems, unparsed FROM digests"
        " WHERE id > ? ORDER BY id LIMIT 1",
        (digest_id,),
    ).fetchone()
    return _digest(row, _sightings(connection, row[0])) if row else None


def fingerprints(connection: sqlite3.Connection, digest_ids: Collection[str]) -> dict[str, str]:
    """Fingerprints of the stored ones among the digests."""
    found: dict[str, str] = {}
    for some in in_batches(digest_ids, BOUND):
        statement = f"SELECT id, fingerprint FROM digests WHERE id IN ({placeholders(len(some))})"
        found.update(connection.execute(statement, some))
    return found


def items_in(connection: sqlite3.Connection, digest_ids: Collection[str]) -> frozenset[str]:
    """Ids of the items that stand in those digests."""
    found: set[str] = set()
    for some in in_batches(digest_ids, BOUND):
        statement = (
            "SELECT DISTINCT items.id FROM sightings JOIN items ON items.key = sightings.item"
            f" WHERE sightings.digest IN ({placeholders(len(some))})"
        )
        found.update(item for (item,) in connection.execute(statement, some))
    return frozenset(found)


def digest_ids_of(connection: sqlite3.Connection, desk: str) -> list[str]:
    """Ids of the digests of a desk, in order."""
    rows = connection.execute("SELECT id FROM digests WHERE desk = ? ORDER BY id", (desk,))
    return [digest for (digest,) in rows]


def _sightings(connection: sqlite3.Connection, digest_id: str) -> tuple[AnnotatedItem, ...]:
    """Sightings of a digest in their order; one without payload is word for word its item."""
    rows = connection.execute(
        "SELECT coalesce(s.payload, i.payload) FROM sightings s JOIN items i ON i.key = s.item"
        " WHERE s.digest = ? ORDER BY s.position",
        (digest_id,),
    )
    return tuple(item_in(payload) for (payload,) in rows)


def _digest(row: tuple[Any, ...], items: tuple[AnnotatedItem, ...]) -> AnnotatedDigest:
    digest, desk, path, day, layout, fingerprint, problems, unparsed = row
    return AnnotatedDigest(
        digest=Digest(
            id=digest,
            desk=desk,
            path=path,
            day=day_of(day),
            items=tuple(one.item for one in items),
            layout=layout,
            problems=problems_from(problems),
            unparsed=problems_from(unparsed),
            fingerprint=fingerprint,
        ),
        items=items,
    )
