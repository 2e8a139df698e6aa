"""kill -9 at any moment: what was stored stays, the archive answers, and the next run ends as if undisturbed."""

import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from search_service.engines import open_engine
from search_service.engines.contract import FACET_FIELDS, SearchRequest
from search_service.query.tree import Everything, Tokens

WRITER = Path(__file__).with_name("interrupted_writer.py")
KILLS = 7
LIMIT_S = 120


def start(folder: Path) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, str(WRITER), f"embedded:{folder}"],
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
        env={"PYTHONPATH": str(Path(__file__).parents[2]), "PATH": ""},
    )


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, float]:
    """An archive that nothing disturbed, and the seconds that took from its opening."""
    folder = tmp_path_factory.mktemp("undisturbed") / "data"
    with start(folder) as process:
        assert process.stdout
        process.stdout.readline()
        began = time.monotonic()
        process.communicate(timeout=LIMIT_S)
    assert process.returncode == 0
    return folder, time.monotonic() - began


def answers(folder: Path) -> list[Any]:
    with open_engine(f"embedded:{folder}") as engine:
        word = SearchRequest(
            tree=Tokens(field="any", tokens=("松涛",)), sort="newest", limit=100, facets=FACET_FIELDS
        )
        return [
            engine.search(word),
            engine.search(SearchRequest(tree=Everything(), limit=100)),
            engine.state(),
            engine.relations("org:松涛"),
            engine.neighbours("org:松涛"),
            engine.timeline("org:松涛"),
        ]


@pytest.mark.parametrize("seed", range(2))
def test_killed_again_and_again(
    undisturbed: tuple[Path, float], tmp_path: Path, record_rows: Callable[[Path], Any], seed: int
) -> None:
    reference, seconds = undisturbed
    chance = random.Random(seed)
    folder = tmp_path / "data"
    for _ in range(KILLS):
        with start(folder) as process:
            assert process.stdout
            stored = [process.stdout.readline()]
            time.sleep(chance.uniform(0, seconds / KILLS * 2))
            process.send_signal(signal.SIGKILL)
            stored += process.stdout.readlines()
            process.wait(timeout=LIMIT_S)
        told = {fingerprint for line in stored if line.startswith("stored") for fingerprint in line.split()[1:]}
        kept = {row[5] for row in record_rows(folder)["digests"]}
        assert told <= kept  # the last version of each digest that one run stores is told last
        assert len(answers(folder)) == 6
    with start(folder) as process:
        process.communicate(timeout=LIMIT_S)
    assert process.returncode == 0
    assert record_rows(folder) == record_rows(reference)
    assert answers(folder) == answers(reference)
