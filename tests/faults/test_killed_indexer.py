"""kill -9 on ``zhimai index`` at any moment: readers answer, nothing committed is lost, the next run completes.

Moments are drawn from seeds, which the names of the tests print, and lie all over a run: while it starts, reads,
commits to the record, and commits to the search index. ``make test`` kills 10 times, ``make faults`` 100 times more.
"""

import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from indexer.archive import ArchiveUnavailable
from search_service.cli import main as zhimai
from search_service.engines import open_engine
from search_service.engines.contract import FACET_FIELDS, SearchRequest
from search_service.query.tree import Everything, Tokens

KILLS_A_SEED = 2
FILES, ITEMS = 100, 50
"""Enough for three commits of a run."""

LIMIT_S = 900  # ends a run that hangs; a busy machine is slow
Digests = set[tuple[str, str]]


@dataclass(frozen=True)
class Reference:
    """An archive that nothing disturbed, and how long that took."""

    folder: Path
    seconds: float


def write_digests(folder: Path, files: int, items: int) -> Path:
    folder.mkdir()
    for number in range(files):
        day = f"2025-{number // 28 % 12 + 1:02}-{number % 28 + 1:02}"
        entries = (
            f"**智谱与云海第{number * items + at}次合作**\n说明：智谱于当天与云海签约，金额{at}亿元。\n"
            f"来源出处：[证券早报](https://example.com/{number}/{at})\n"
            for at in range(items)
        )
        (folder / f"{day}.md").write_text(f"# AI 行业动态 ({day})\n\n" + "\n".join(entries), encoding="utf-8")
    return folder


def start(digests: Path, archive: Path, extraction: str, workers: int = 1) -> "subprocess.Popen[bytes]":
    command = (sys.executable, "-m", "search_service", "--engine", f"embedded:{archive}", "index", str(digests))
    options = ("--extraction", extraction, "--workers", str(workers))
    return subprocess.Popen((*command, *options), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def complete(digests: Path, archive: Path, extraction: str) -> float:
    began = time.monotonic()
    assert start(digests, archive, extraction).wait(timeout=LIMIT_S) == 0
    return time.monotonic() - began


def stored(archive: Path) -> Digests:
    """The digests that are committed, each with the fingerprint of its content."""
    record = archive / "record.sqlite"
    if not record.exists():
        return set()
    try:
        with closing(sqlite3.connect(f"file:{record}?mode=ro", uri=True, timeout=10)) as connection:
            return set(connection.execute("SELECT id, fingerprint FROM digests"))
    except sqlite3.OperationalError:
        return set()  # its tables are not there yet


def answers(archive: Path) -> list[Any]:
    """What readers see: hits, totals and facets, entity pages, the state."""
    word = SearchRequest(tree=Tokens(field="any", tokens=("智谱",)), sort="newest", limit=50, facets=FACET_FIELDS)
    with open_engine(f"embedded:{archive}") as engine:
        everything = engine.search(SearchRequest(tree=Everything(), limit=100))
        return [engine.search(word), everything, engine.state(), engine.find_entities(limit=20)]


def kill_at_some_moment(
    digests: Path, archive: Path, reference: Reference, extraction: str, chance: random.Random
) -> None:
    """Waits until a part of the digests drawn at random is stored, then for a moment, and kills."""
    enough = chance.choice((0, 0, 1, FILES // 3, FILES * 2 // 3, FILES))
    process = start(digests, archive, extraction)
    while process.poll() is None and len(stored(archive)) < enough:
        time.sleep(0.01)
    time.sleep(chance.uniform(0, reference.seconds / (2 if enough == 0 else 8)))
    told = stored(archive)
    process.send_signal(signal.SIGKILL)
    process.wait(timeout=LIMIT_S)
    assert told <= stored(archive)
    try:
        total = answers(archive)[1].total
    except ArchiveUnavailable:
        assert not told  # no archive yet
    else:
        assert total >= 0


@pytest.fixture(scope="module")
def digests(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_digests(tmp_path_factory.mktemp("digests") / "早报", FILES, ITEMS)


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory, digests: Path) -> Callable[[str], Reference]:
    found: dict[str, Reference] = {}

    def reference(extraction: str) -> Reference:
        if extraction not in found:
            folder = tmp_path_factory.mktemp("undisturbed") / "data"
            found[extraction] = Reference(folder, complete(digests, folder, extraction))
        return found[extraction]

    return reference


@pytest.mark.parametrize(
    "seed",
    [*range(5), *(pytest.param(seed, marks=pytest.mark.slow_faults) for seed in range(5, 55))],
)
def test_killed_at_any_moment(
    undisturbed: Callable[[str], Reference],
    record_rows: Callable[[Path], Any],
    digests: Path,
    tmp_path: Path,
    seed: int,
) -> None:
    extraction = "fast" if seed % 10 == 9 else "none"
    reference = undisturbed(extraction)
    chance = random.Random(seed)
    for _ in range(KILLS_A_SEED):
        kill_at_some_moment(digests, tmp_path / "data", reference, extraction, chance)
    complete(digests, tmp_path / "data", extraction)
    assert record_rows(tmp_path / "data") == record_rows(reference.folder)
    assert answers(tmp_path / "data") == answers(reference.folder)


def workers_of(process: "subprocess.Popen[bytes]") -> list[int]:
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    return [int(child) for child in children.read_text().split()]


def runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return "State:\tZ" not in Path(f"/proc/{pid}/status").read_text()


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="workers are counted through /proc, which is Linux")
@pytest.mark.parametrize("after", [0.2, 1.0])
def test_kill_9_leaves_no_workers_and_the_next_run_completes(tmp_path: Path, after: float) -> None:
    digests = write_digests(tmp_path / "早报", 300, 1)
    archive = tmp_path / "archive"
    process = start(digests, archive, "fast", workers=2)
    waited_until = time.monotonic() + 60
    while len(workers := workers_of(process)) < 3 and process.poll() is None and time.monotonic() < waited_until:
        time.sleep(0.02)  # the resource tracker of multiprocessing is a child, too
    time.sleep(after)
    process.send_signal(signal.SIGKILL)
    process.wait(timeout=30)
    gone_by = time.monotonic() + 30
    while any(map(runs, workers)) and time.monotonic() < gone_by:
        time.sleep(0.05)
    assert not [pid for pid in workers if runs(pid)]
    engine = ("--engine", f"embedded:{archive}")
    report = json.loads(CliRunner().invoke(zhimai, [*engine, "index", str(digests), "--json"]).stdout)
    assert report["items"]["added"] + report["items"]["unchanged"] == 300
    found = json.loads(CliRunner().invoke(zhimai, [*engine, "search", "", "--json"]).stdout)
    assert found["total"] == 300
