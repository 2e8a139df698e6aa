"""Counts over items, kept up by what a batch adds and takes away: writings, pairs, months, entities.

A batch is summed up in memory first, so that a pair met a hundred times is one write.
"""

import sqlite3
from collections import Counter
from collections.abc import Iterable
from itertools import chain
from typing import TypeVar

from indexer.folding import fold_key
from search_service.engines.days import month_of
from search_service.engines.embedded.numbering import numbers_of_entities
from search_service.engines.facts import ItemFacts, Writing

Pair = tuple[str, str]
Key = TypeVar("Key")

_UPSERT_PAIR = """INSERT INTO pairs VALUES (?1, ?2, ?3, ?4) ON CONFLICT (a, b)
    DO UPDATE SET count = count + excluded.count, last = max(last, excluded.last)"""
_UPSERT_WRITING = """INSERT INTO writings VALUES (?, ?, ?, ?, ?) ON CONFLICT (entity, role, text)
    DO UPDATE SET items = items + excluded.items"""
_UPSERT_MONTH = (
    """INSERT INTO months VALUES (?, ?) ON CONFLICT (month) DO UPDATE SET items = items + excluded.items"""
)
_RECOUNT_LAST = """UPDATE pairs SET last = coalesce((
        SELECT x.day FROM entity_items x WHERE x.entity = ?1 AND EXISTS (
            SELECT 1 FROM entity_items y WHERE y.entity = ?2 AND y.day = x.day AND y.item = x.item)
        ORDER BY x.day DESC LIMIT 1), 0)
    WHERE a IN (?1, ?2) AND b IN (?1, ?2)"""
_REFRESH_ENTITY = """UPDATE entities SET
        items = items + ?2,
        kind = (SELECT text FROM writings WHERE entity = ?1 AND role = 'kind' ORDER BY items DESC, text LIMIT 1),
        name = (SELECT text FROM writings WHERE entity = ?1 AND role = 'name' ORDER BY items DESC, text LIMIT 1),
        first = coalesce((SELECT min(day) FROM entity_items WHERE entity = ?1 AND day > 0), 0),
        last = (SELECT max(day) FROM entity_items WHERE entity = ?1),
        folded = (SELECT group_concat(folded, char(10)) FROM (
            SELECT DISTINCT folded FROM writings WHERE entity = ?1 AND role <> 'kind' ORDER BY folded))
    WHERE key = ?1"""


class Tallies:
    """Sums of one batch; ``write`` adds them to the record."""

    def __init__(self) -> None:
        self._entities: Counter[str] = Counter()
        self._writings: Counter[Writing] = Counter()
        self._months: Counter[int] = Counter()
        self._pairs: Counter[Pair] = Counter()
        self._last_added: dict[Pair, int] = {}
        self._last_taken: dict[Pair, int] = {}

    def add(self, facts: ItemFacts) -> None:
        """Counts an item in."""
        self._count(facts, 1)
        for pair in facts.pairs:
            self._last_added[pair] = max(facts.day, self._last_added.get(pair, 0))

    def take(self, facts: ItemFacts) -> None:
        """Counts an item out."""
        self._count(facts, -1)
        for pair in facts.pairs:
            self._last_taken[pair] = max(facts.day, self._last_taken.get(pair, 0))

    def _count(self, facts: ItemFacts, sign: int) -> None:
        self._months[month_of(facts.day)] += sign
        for entity in facts.entities:
            self._entities[entity] += sign
        for writing in facts.writings:
            self._writings[writing] += sign
        for pair in facts.pairs:
            self._pairs[pair] += sign

    def write(self, connection: sqlite3.Connection) -> None:
        """Adds the sums to the record, whose rows of items are as they shall be."""
        numbers = numbers_of_entities(connection, self._entities)
        self._write_months(connection)
        self._write_writings(connection, numbers)
        self._write_pairs(connection, numbers)
        self._write_entities(connection, numbers)

    def _write_months(self, connection: sqlite3.Connection) -> None:
        connection.executemany(_UPSERT_MONTH, sorted(_nonzero(self._months)))
        connection.execute("DELETE FROM months WHERE items = 0")

    def _write_writings(self, connection: sqlite3.Connection, numbers: dict[str, int]) -> None:
        rows = sorted(
            (numbers[entity], role, text, count, fold_key(text))
            for (entity, role, text), count in _nonzero(self._writings)
        )
        connection.executemany(_UPSERT_WRITING, rows)
        connection.executemany(
            "DELETE FROM writings WHERE entity = ? AND role = ? AND text = ? AND items = 0",
            [row[:3] for row in rows if row[3] < 0],
        )

    def _write_pairs(self, connection: sqlite3.Connection, numbers: dict[str, int]) -> None:
        changed = {pair for pair, count in self._pairs.items() if count} | self._last_added.keys()
        connection.executemany(_UPSERT_PAIR, sorted(chain.from_iterable(self._pair_rows(changed, numbers))))
        taken = sorted((numbers[a], numbers[b]) for a, b in self._last_taken)
        if not taken:
            return
        both_ways = [*taken, *((b, a) for a, b in taken)]
        connection.executemany("DELETE FROM pairs WHERE a = ? AND b = ? AND count = 0", both_ways)
        late = [
            (numbers[pair[0]], numbers[pair[1]])
            for pair, day in self._last_taken.items()
            if day > self._last_added.get(pair, -1)
        ]
        connection.executemany(_RECOUNT_LAST, sorted(late))

    def _pair_rows(
        self, pairs: Iterable[Pair], numbers: dict[str, int]
    ) -> Iterable[tuple[tuple[int, int, int, int], tuple[int, int, int, int]]]:
        for pair in pairs:
            a, b = numbers[pair[0]], numbers[pair[1]]
            count, last = self._pairs[pair], self._last_added.get(pair, 0)
            yield (a, b, count, last), (b, a, count, last)

    def _write_entities(self, connection: sqlite3.Connection, numbers: dict[str, int]) -> None:
        rows = sorted((numbers[entity], count) for entity, count in self._entities.items())
        gone = [
            (key,)
            for key, _ in rows
            if not connection.execute("SELECT 1 FROM entity_items WHERE entity = ? LIMIT 1", (key,)).fetchone()
        ]
        connection.executemany("DELETE FROM entities WHERE key = ?", gone)
        left = {key for (key,) in gone}
        connection.executemany(_REFRESH_ENTITY, [row for row in rows if row[0] not in left])


def _nonzero(counter: Counter[Key]) -> Iterable[tuple[Key, int]]:
    return ((key, count) for key, count in counter.items() if count)
