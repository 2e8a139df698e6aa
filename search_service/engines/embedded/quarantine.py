"""What waits, and feeds as they were last read: two small tables beside the digests."""

import sqlite3
from collections.abc import Iterable
from dataclasses import replace

from indexer import quarantine, subscriptions
from indexer.quarantine import Quarantined
from indexer.subscriptions import Subscription
from search_service.engines.batches import in_batches
from search_service.engines.embedded.numbering import BOUND, placeholders


def quarantined(connection: sqlite3.Connection) -> tuple[Quarantined, ...]:
    """All that waits, by desk and place."""
    rows = connection.execute("SELECT payload FROM quarantine")
    return tuple(sorted((quarantine.from_json(payload) for (payload,) in rows), key=lambda entry: entry.place))


def put(connection: sqlite3.Connection, entries: Iterable[Quarantined]) -> None:
    """Lets entries wait; those that wait already take the new reason and keep since when."""
    for entry in entries:
        row = connection.execute("SELECT payload FROM quarantine WHERE id = ?", (entry.id,)).fetchone()
        since = quarantine.from_json(row[0]).since if row else entry.since
        payload = quarantine.to_json(replace(entry, since=since))
        connection.execute("INSERT OR REPLACE INTO quarantine VALUES (?, ?)", (entry.id, payload))


def release(connection: sqlite3.Connection, ids: Iterable[str]) -> int:
    """Takes entries out; how many of them waited."""
    return sum(
        connection.execute(f"DELETE FROM quarantine WHERE id IN ({placeholders(len(some))})", some).rowcount
        for some in in_batches(sorted(set(ids)), BOUND)
    )


def subscription(connection: sqlite3.Connection, url: str) -> Subscription | None:
    """The feed as it was last read, while all its digests are stored whole."""
    row = connection.execute("SELECT payload FROM subscriptions WHERE url = ?", (url,)).fetchone()
    if row is None:
        return None
    found = subscriptions.from_json(row[0])
    fingerprints: dict[str, str] = {}
    for some in in_batches(found.digest_ids, BOUND):
        fingerprints.update(
            connection.execute(f"SELECT id, fingerprint FROM digests WHERE id IN ({placeholders(len(some))})", some)
        )
    return found if found.holds(fingerprints) else None


def put_subscription(connection: sqlite3.Connection, one: Subscription) -> None:
    """Keeps how a feed was read."""
    connection.execute("INSERT OR REPLACE INTO subscriptions VALUES (?, ?)", (one.url, subscriptions.to_json(one)))
