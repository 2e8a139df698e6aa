"""Digests as they were written, read back from the record one after the other."""

import sqlite3
from collections.abc import Collection, Iterator

from search_service.engines.batches import in_batches
from search_service.engines.embedded.numbering import BOUND, placeholders
from search_service.engines.embedded.payloads import unpack
from search_service.engines.written_digests import WrittenDigest


def written_digests(connection: sqlite3.Connection) -> Iterator[WrittenDigest]:
    """All digests, by id."""
    after = ""
    while digest := digest_after(connection, after):
        yield digest
        after = digest.id


def digest_after(connection: sqlite3.Connection, digest_id: str) -> WrittenDigest | None:
    """The stored digest with the next larger id; None after the last."""
    row = connection.execute(
        "SELECT id, desk, path, day, layout, fingerprint, problems, unparsed FROM digests"
        " WHERE id > ? ORDER BY id LIMIT 1",
        (digest_id,),
    ).fetchone()
    if row is None:
        return None
    digest, desk, path, day, layout, fingerprint, problems, unparsed = row
    return WrittenDigest(
        id=digest,
        desk=desk,
        path=path,
        day=day,
        layout=layout,
        fingerprint=fingerprint,
        problems=problems,
        unparsed=unparsed,
        items=_sightings(connection, digest),
    )


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


def _sightings(connection: sqlite3.Connection, digest_id: str) -> tuple[bytes, ...]:
    """Sightings of a digest in their order; one without payload is word for word its item."""
    rows = connection.execute(
        "SELECT coalesce(s.payload, i.payload) FROM sightings s JOIN items i ON i.key = s.item"
        " WHERE s.digest = ? ORDER BY s.position",
        (digest_id,),
    )
    return tuple(unpack(payload) for (payload,) in rows)
