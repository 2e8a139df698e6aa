"""Archives in folders, and everything a record says in terms that do not depend on how it came about."""

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

Rows = dict[str, list[tuple[object, ...]]]

# Every table, with the numbers that stand in for ids inside one file turned back into ids.
TABLES = {
    "digests": "SELECT * FROM digests",
    "sightings": """SELECT s.digest, s.position, s.desk, s.title_key, i.id, s.payload
        FROM sightings s JOIN items i ON i.key = s.item""",
    "items": "SELECT id, day, url, payload FROM items",
    "months": "SELECT * FROM months",
    "entities": "SELECT id, kind, name, items, first, last, folded FROM entities",
    "entity_items": """SELECT e.id, x.day, i.id FROM entity_items x
        JOIN entities e ON e.key = x.entity JOIN items i ON i.key = x.item""",
    "writings": """SELECT e.id, w.role, w.text, w.items, w.folded
        FROM writings w JOIN entities e ON e.key = w.entity""",
    "pairs": """SELECT a.id, b.id, p.count, p.last FROM pairs p
        JOIN entities a ON a.key = p.a JOIN entities b ON b.key = p.b""",
    "relations": """SELECT i.id, r.position, s.id, o.id, r.kind, r.day, r.payload FROM relations r
        JOIN items i ON i.key = r.item JOIN entities s ON s.key = r.subject JOIN entities o ON o.key = r.object""",
    "edges": """SELECT a.id, b.id, x.kind, x.outgoing, x.count, x.last FROM edges x
        JOIN entities a ON a.key = x.entity JOIN entities b ON b.key = x.other""",
    "rounds": "SELECT i.id, r.position, r.payload FROM rounds r JOIN items i ON i.key = r.item",
    "round_entities": """SELECT e.id, x.day, i.id, x.position FROM round_entities x
        JOIN entities e ON e.key = x.entity JOIN items i ON i.key = x.item""",
    "outbox": "SELECT item_id FROM outbox",
}


@pytest.fixture(scope="session")
def record_rows() -> Callable[[Path], Rows]:
    """All that the record in an archive's folder says. No row may hang in the air: joins lose none."""

    def read(folder: Path) -> Rows:
        connection = sqlite3.connect(folder / "record.sqlite")
        try:
            assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            rows = {table: sorted(connection.execute(statement), key=repr) for table, statement in TABLES.items()}
            for table, found in rows.items():
                assert connection.execute(f"SELECT count(*) FROM {table}").fetchone() == (len(found),), table
        finally:
            connection.close()
        return rows

    return read
