"""Writing the record: one transaction for each batch, in which a digest takes the place of its former version."""

import sqlite3
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial

import orjson

from indexer.archive import ArchiveUnavailable, Changes, Selection
from indexer.model import AnnotatedDigest, AnnotatedItem, Digest
from indexer.quarantine import Quarantined
from indexer.subscriptions import Subscription
from search_service.engines.batches import in_batches
from search_service.engines.days import number_of
from search_service.engines.embedded import quarantine
from search_service.engines.embedded.digest_reading import digest_ids_of
from search_service.engines.embedded.numbering import (
    next_number,
    numbers_of_entities,
    stored_numbers,
)
from search_service.engines.embedded.payloads import pack, pack_text
from search_service.engines.embedded.relation_rows import RelationRows
from search_service.engines.embedded.stored_sightings import stored_sightings, titles_in
from search_service.engines.embedded.tallies import Tallies
from search_service.engines.facts import ItemFacts, facts_of_changes
from search_service.engines.gists import gist_of
from search_service.engines.merging import (
    Merge,
    PlacedSighting,
    StoredSighting,
    in_sequence,
    merge,
)

DIGESTS_AT_ONCE = 10
"""Digests taken down in one step; a desk can hold more items than memory."""


class RecordWriter:
    """The one writer of a record."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._stored = partial(stored_sightings, connection)

    def close(self) -> None:
        """Lets go of the record."""
        self._connection.close()

    def replace(self, digests: Sequence[AnnotatedDigest]) -> Changes:
        """Stores the digests."""
        latest = {digest.digest.id: digest for digest in digests}
        with self._transaction():
            affected = titles_in(self._connection, "digest = ?", list(latest))
            merged = merge(self._stored, latest.values(), affected=affected, leaves=_stands_in(latest))
            self._store_digests(latest.values())
            self._write(merged)
        return merged.changes()

    def remove(self, selection: Selection) -> Changes:
        """Takes down an item, a digest or a desk."""
        with self._transaction():
            if selection.item_id is not None:
                return self._remove_item(selection.item_id)
            if selection.digest_id is not None:
                return self._remove_digests([selection.digest_id])
            if selection.desk is not None:
                return self._remove_desk(selection.desk)
        raise ValueError("a selection names an item, a digest or a desk")

    def quarantine(self, entries: Collection[Quarantined]) -> None:
        """Lets entries wait."""
        with self._transaction():
            quarantine.put(self._connection, entries)

    def release(self, ids: Collection[str]) -> int:
        """Takes entries out of quarantine; how many of them waited."""
        with self._transaction():
            return quarantine.release(self._connection, ids)

    def subscribe(self, subscription: Subscription) -> None:
        """Keeps how a feed was read."""
        with self._transaction():
            quarantine.put_subscription(self._connection, subscription)

    def _remove_item(self, item_id: str) -> Changes:
        key = stored_numbers(self._connection, "items", [item_id]).get(item_id)
        if key is None:
            return Changes()
        # an unknown fingerprint makes the next run read the digest anew, which brings the item back
        self._connection.execute(
            "UPDATE digests SET fingerprint = '' WHERE id IN (SELECT digest FROM sightings WHERE item = ?)", (key,)
        )
        titles = titles_in(self._connection, "item = ?", [key])
        merged = merge(self._stored, (), affected=titles, leaves=lambda s: s.item_id == item_id)
        self._write(merged)
        return merged.changes()

    def _remove_digests(self, digest_ids: Collection[str]) -> Changes:
        parts = []
        for some in in_batches(digest_ids, DIGESTS_AT_ONCE):
            titles = titles_in(self._connection, "digest = ?", some)
            merged = merge(self._stored, (), affected=titles, leaves=_stands_in(some))
            self._connection.executemany("DELETE FROM digests WHERE id = ?", [(digest,) for digest in some])
            self._write(merged)
            parts.append(merged.changes())
        return in_sequence(parts)

    def _remove_desk(self, desk: str) -> Changes:
        of_digests = self._remove_digests(digest_ids_of(self._connection, desk))
        # a digest of another desk can quote items of this one
        titles = titles_in(self._connection, "desk = ?", [desk])
        merged = merge(self._stored, (), affected=titles, leaves=lambda _sighting: True)
        self._write(merged)
        return in_sequence([of_digests, merged.changes()])

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")
        except sqlite3.Error as error:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            raise ArchiveUnavailable(f"the record could not be written: {error}") from error

    def _store_digests(self, digests: Collection[AnnotatedDigest]) -> None:
        self._connection.executemany(
            "INSERT OR REPLACE INTO digests VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [_digest_row(annotated.digest) for annotated in digests],
        )

    def _write(self, merged: Merge) -> None:
        connection = self._connection
        numbers = self._write_items(merged)
        connection.executemany("DELETE FROM sightings WHERE key = ?", [(key,) for key in merged.leaving])
        self._write_sightings(merged.sightings, numbers)
        self._write_facts(merged, numbers)
        connection.executemany(
            "INSERT INTO outbox (item_id) VALUES (?)", [(rewriting.id,) for rewriting in merged.rewritings]
        )

    def _write_items(self, merged: Merge) -> dict[str, int]:
        """Writes rows of items; gives the numbers of all that the merge speaks of."""
        connection = self._connection
        known = {r.id for r in merged.rewritings if r.before} | merged.unchanged
        numbers = stored_numbers(connection, "items", known)
        new = sorted(r.id for r in merged.rewritings if r.before is None)
        first = next_number(connection, "items")
        numbers.update((item, first + at) for at, item in enumerate(new))
        connection.executemany(
            "INSERT OR REPLACE INTO items VALUES (?, ?, ?, ?, ?, ?)",
            [_item_row(numbers[r.id], r.annotated, r.after) for r in merged.rewritings if r.annotated and r.after],
        )
        connection.executemany(
            "DELETE FROM items WHERE key = ?", [(numbers[r.id],) for r in merged.rewritings if r.after is None]
        )
        return numbers

    def _write_sightings(self, sightings: Sequence[PlacedSighting], numbers: Mapping[str, int]) -> None:
        self._connection.executemany(
            "UPDATE sightings SET item = ?, payload = ? WHERE key = ?",
            [(numbers[s.item_id], _packed(s), s.key) for s in sightings if s.key is not None],
        )
        self._connection.executemany(
            "INSERT INTO sightings VALUES (NULL, ?, ?, ?, ?, ?, ?)",
            [(s.digest_id, s.position, *s.title, numbers[s.item_id], _packed(s)) for s in sightings if s.key is None],
        )

    def _write_facts(self, merged: Merge, numbers: Mapping[str, int]) -> None:
        taken, added = facts_of_changes(merged.rewritings)
        entities = {entity for facts in (*taken.values(), *added.values()) for entity in facts.entities}
        entity_numbers = numbers_of_entities(self._connection, entities)
        tallies, relations = Tallies(), RelationRows(entity_numbers)
        for item, facts in taken.items():
            tallies.take(facts)
            relations.take(numbers[item], facts)
        for item, facts in added.items():
            tallies.add(facts)
            relations.add(numbers[item], facts)
        connection = self._connection
        connection.executemany(
            "DELETE FROM entity_items WHERE entity = ? AND day = ? AND item = ?",
            _entity_item_rows(taken, entity_numbers, numbers),
        )
        connection.executemany(
            "INSERT INTO entity_items VALUES (?, ?, ?)", _entity_item_rows(added, entity_numbers, numbers)
        )
        relations.write(connection)
        tallies.write(connection)


def _stands_in(digest_ids: Collection[str]) -> Callable[[StoredSighting], bool]:
    known = frozenset(digest_ids)
    return lambda sighting: sighting.digest_id in known


def _entity_item_rows(
    facts: Mapping[str, ItemFacts], entity_numbers: Mapping[str, int], numbers: Mapping[str, int]
) -> list[tuple[int, int, int]]:
    return sorted(
        (entity_numbers[entity], one.day, numbers[item]) for item, one in facts.items() for entity in one.entities
    )


def _digest_row(digest: Digest) -> tuple[object, ...]:
    return (
        digest.id,
        digest.desk,
        digest.path,
        number_of(digest.day),
        digest.layout,
        digest.fingerprint,
        orjson.dumps(digest.problems).decode(),
        orjson.dumps(digest.unparsed).decode(),
        len(digest.unparsed),
    )


def _item_row(key: int, annotated: AnnotatedItem, json: bytes) -> tuple[object, ...]:
    item = annotated.item
    url = next((source.url for source in item.sources if source.url), "")
    return key, item.id, number_of(item.day), url, pack_text(gist_of(annotated)), pack(json)


def _packed(sighting: PlacedSighting) -> bytes | None:
    return None if sighting.shared else pack(sighting.json)
