"""Relations and funding rounds of items as rows, and relations grouped into edges."""

import sqlite3
from collections.abc import Iterable, Sequence

import orjson

from search_service.engines.facts import ItemFacts

Ends = tuple[int, int, str]
"""Subject, object and kind: what relations are grouped by."""


class RelationRows:
    """Collects the relations and rounds of a batch; ``write`` brings the record up to date with them."""

    def __init__(self, numbers: dict[str, int]) -> None:
        self._numbers = numbers
        self._relations: list[tuple[int, int, int, int, str, int, bytes]] = []
        self._rounds: list[tuple[int, int, bytes]] = []
        self._round_entities: list[tuple[int, int, int, int]] = []
        self._taken: list[tuple[int]] = []
        self._taken_round_entities: list[tuple[int, int, int, int]] = []
        self._touched: set[Ends] = set()

    def add(self, item: int, facts: ItemFacts) -> None:
        """The rows of an item."""
        for position, relation in enumerate(facts.annotations.relations):
            subject, object_ = self._numbers[relation.subject], self._numbers[relation.object]
            payload = orjson.dumps(relation)
            self._relations.append((item, position, subject, object_, relation.kind, facts.day, payload))
            self._touched.add((subject, object_, relation.kind))
        for position, funding in enumerate(facts.annotations.funding):
            self._rounds.append((item, position, orjson.dumps(funding)))
        self._round_entities.extend(self._parties(item, facts))

    def take(self, item: int, facts: ItemFacts) -> None:
        """Takes away the rows of an item that were made from these facts."""
        self._taken.append((item,))
        for relation in facts.annotations.relations:
            self._touched.add((self._numbers[relation.subject], self._numbers[relation.object], relation.kind))
        self._taken_round_entities.extend(self._parties(item, facts))

    def _parties(self, item: int, facts: ItemFacts) -> Iterable[tuple[int, int, int, int]]:
        for position, parties in enumerate(facts.parties):
            for party in sorted(parties):
                yield self._numbers[party], facts.day, item, position

    def write(self, connection: sqlite3.Connection) -> None:
        """Writes all that was collected."""
        connection.executemany("DELETE FROM relations WHERE item = ?", self._taken)
        connection.executemany("DELETE FROM rounds WHERE item = ?", self._taken)
        connection.executemany(
            "DELETE FROM round_entities WHERE entity = ? AND day = ? AND item = ? AND position = ?",
            self._taken_round_entities,
        )
        connection.executemany("INSERT INTO relations VALUES (?, ?, ?, ?, ?, ?, ?)", self._relations)
        connection.executemany("INSERT INTO rounds VALUES (?, ?, ?)", self._rounds)
        connection.executemany("INSERT INTO round_entities VALUES (?, ?, ?, ?)", sorted(self._round_entities))
        _regroup(connection, sorted(self._touched))


def _regroup(connection: sqlite3.Connection, touched: Sequence[Ends]) -> None:
    rows = []
    for subject, object_, kind in touched:
        count, last = connection.execute(
            "SELECT count(*), coalesce(max(day), 0) FROM relations WHERE subject = ? AND object = ? AND kind = ?",
            (subject, object_, kind),
        ).fetchone()
        rows.append((subject, object_, kind, 1, count, last))
        if subject != object_:
            rows.append((object_, subject, kind, 0, count, last))
    connection.executemany("INSERT OR REPLACE INTO edges VALUES (?, ?, ?, ?, ?, ?)", sorted(rows))
    connection.executemany(
        "DELETE FROM edges WHERE entity = ? AND other = ? AND kind = ? AND outgoing = ?",
        [row[:4] for row in rows if not row[4]],
    )
