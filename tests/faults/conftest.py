"""What fault tests share: what an archive says, the web service over it, and a history of digests that is written."""

import re
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from graph.source import RelationSource
from search_service.cli.exits import DONE
from search_service.engines import Engine, open_engine
from search_service.engines.contract import FACET_FIELDS, SearchRequest
from search_service.query.tree import Everything, HanCharacter, Tokens
from search_service.web.app import create_app

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


WRITER = Path(__file__).with_name("interrupted_writer.py")
ROOT = Path(__file__).parents[2]
LIMIT_S = 400
WORD = Tokens(field="any", tokens=("松涛",))


def answers(engine: Engine) -> list[Any]:
    """All that readers see, in terms that both engines share."""
    source: RelationSource = engine
    entities, total = engine.find_entities(limit=50)
    found: list[Any] = [entities, total, engine.state(), engine.days(limit=100)]
    found += [
        engine.search(SearchRequest(tree=tree, sort="newest", limit=100, facets=FACET_FIELDS)).hits
        for tree in (WORD, Everything(), HanCharacter(field="any", character="海"))
    ]
    found.append(engine.search(SearchRequest(tree=WORD, facets=FACET_FIELDS)).facets)
    found.append([engine.digests_of(day.day) for day in engine.days(limit=5)])
    for record in entities:
        name = record.entity.id
        found += [source.entity(name), source.relations(name), source.neighbours(name), source.timeline(name)]
        found += [source.edges([name], limit=20), source.degrees([name]), source.rounds(name)]
    return found


class History:
    """The digests of ``interrupted_writer``: processes store them in archives."""

    def __init__(self, undisturbed: str) -> None:
        self._undisturbed = undisturbed
        self.write(undisturbed)

    def start(self, url: str) -> "subprocess.Popen[str]":
        """Starts a process that stores what is not stored yet, and tells each batch on its output."""
        environment = {"PYTHONPATH": str(ROOT), "PATH": ""}
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        return subprocess.Popen([sys.executable, str(WRITER), url], text=True, cwd=ROOT, env=environment, **pipes)

    def write(self, url: str) -> None:
        """A run that nobody disturbs."""
        with self.start(url) as process:
            assert self.code_of(process) == DONE

    def read_batches(self, process: "subprocess.Popen[str]", count: int) -> None:
        """Waits until some batches are stored; the first line tells that the archive is open."""
        assert process.stdout
        for _ in range(count + 1):
            assert process.stdout.readline(), process.communicate(timeout=LIMIT_S)[1]

    def code_of(self, process: "subprocess.Popen[str]", *, saying: str = "") -> int:
        """The exit code; where it is an error, there is a sentence and no traceback."""
        _, told = process.communicate(timeout=LIMIT_S)
        assert "Traceback" not in told, told
        assert process.returncode == DONE or "zhimai: " in told
        assert saying in told
        return process.returncode

    def assert_stored(self, url: str) -> None:
        """Asserts that an archive says what one says whose writer nobody disturbed: nothing lost, nothing twice."""
        with open_engine(url) as one, open_engine(self._undisturbed) as other:
            assert one.state().waiting == 0
            for left, right in zip(answers(one), answers(other), strict=True):
                assert left == right


@pytest.fixture(scope="session")
def history(tmp_path_factory: pytest.TempPathFactory) -> History:
    """A history of digests to write."""
    return History(f"embedded:{tmp_path_factory.mktemp('undisturbed') / 'data'}")


PAGES = ("/", "/?q=松涛", "/entities", "/entities/org:松涛", "/days/2026-01-02", "/path?from=松涛&to=云海")
CALLS = tuple(
    f"/api/v1/{call}"
    for call in (
        "search?q=松涛&sort=newest",
        "search?q=松涛与云海",
        "entities",
        "entities/org:松涛",
        "entities/org:松涛/relations",
        "entities/org:松涛/neighbours",
        "entities/org:松涛/timeline",
        "entities/org:松涛/items",
        "days",
        "days/2026-01-02",
        "graph/path?from=org:松涛&to=org:云海",
    )
)
FOR_ENGINEERS = ("elasticsearch", "traceback", "exception", "shard", "index", "127.0.0.1", "error:")


@dataclass
class Site:
    """The web service over an archive, asked for every kind of page."""

    client: FlaskClient
    expected: dict[str, Any]
    addresses = (*PAGES, *CALLS)

    @classmethod
    def over(cls, engine: Engine) -> "Site":
        """Over an engine that answers."""
        client = create_app(engine, today=lambda: date(2026, 4, 1)).test_client()
        site = cls(client=client, expected={})
        site.expected = {call: site.told(call) for call in CALLS}
        assert site.refusing() == []
        return site

    def told(self, call: str) -> Any:
        """What a call of the API answers, without what names the state that its pages are read from."""
        answer = self.client.get(call)
        assert answer.status_code == 200, answer.get_data(as_text=True)
        return {key: value for key, value in answer.get_json().items() if key != "next"}

    def refusing(self) -> list[str]:
        """Addresses that answer 503 now. Every answer is right or a plain 503; health is the truth about it."""
        refusing = []
        for address in self.addresses:
            answer = self.client.get(address)
            if answer.status_code == 503:
                refusing.append(address)
                self._check_plain(answer)
            elif address in self.expected:
                assert self.told(address) == self.expected[address], address
            else:
                assert answer.status_code == 200, (address, answer.status_code)
        return refusing

    def _check_plain(self, answer: Any) -> None:
        text = answer.get_data(as_text=True)
        told = answer.get_json()["detail"] if answer.is_json else re.sub(r"<[^>]*>", "", text[text.index("<main") :])
        assert "请稍后再试" in told
        assert not [word for word in FOR_ENGINEERS if word in told.lower()]
        assert int(answer.headers["Retry-After"]) > 0

    def ready(self) -> str:
        """What /readyz says, which goes with its status."""
        answer = self.client.get("/readyz")
        text = answer.get_data(as_text=True).strip()
        assert (answer.status_code == 200) == (text == "ok"), text
        assert self.client.get("/livez").status_code == 200
        return text

    def recover(self, within_s: float = 60) -> None:
        """Waits until all is as it was. Nothing is started anew for it."""
        deadline = time.monotonic() + within_s
        while self.ready() != "ok":
            assert time.monotonic() < deadline, self.ready()
            time.sleep(0.2)
        assert self.refusing() == []


@pytest.fixture(scope="session")
def open_site() -> Callable[[str], Any]:
    """Opens the web service over an archive."""

    @contextmanager
    def opened(url: str) -> Iterator[Site]:
        with open_engine(url) as engine:
            yield Site.over(engine)

    return opened
