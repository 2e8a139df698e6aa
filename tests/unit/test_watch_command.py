"""``zhimai watch`` as a person runs it: what it takes, what it survives, how it ends."""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from search_service.cli import main as zhimai
from search_service.engines import open_engine

DIGEST = """# AI 行业动态 (2026-02-12)

**模型与技术进展**

**松涛智能发布山风模型**
说明：松涛智能发布山风模型。
来源出处：[某报](https://example.com/1)
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    there = tmp_path / "早报"
    there.mkdir()
    (there / "2026-02-12.md").write_text(DIGEST, encoding="utf-8")
    return there


@pytest.fixture
def engine(tmp_path: Path) -> str:
    return f"embedded:{tmp_path / 'archive'}"


def once(engine: str, *words: object) -> Any:
    call = ["--engine", engine, "watch", "--once", "--settle", "0", "--extraction", "none", *map(str, words)]
    outcome = CliRunner().invoke(zhimai, call)
    assert "Traceback" not in outcome.output
    return outcome


def titles(engine: str) -> set[str]:
    found = CliRunner().invoke(zhimai, ["--engine", engine, "search", "", "--json"])
    return {item["title"] for item in json.loads(found.stdout)["items"]} if found.exit_code == 0 else set()


def another(number: int) -> str:
    return DIGEST.replace("山风", f"山风{number}")


@contextmanager
def watching(engine: str, *words: object) -> Iterator["subprocess.Popen[str]"]:
    options = ("--settle", "0.3", "--interval", "0.3", "--extraction", "none", "--workers", "1")
    command = [sys.executable, "-m", "search_service", "--engine", engine, "watch", *options, *map(str, words)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def eventually(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 90
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def test_once_takes_what_is_there_and_says_what_cannot_be_read(engine: str, folder: Path) -> None:
    outcome = once(engine, folder)
    assert outcome.exit_code == 0, outcome.output
    assert "1 added" in outcome.stderr
    assert titles(engine) == {"松涛智能发布山风模型"}
    (folder / "坏.json").write_text('{"news": [', encoding="utf-8")
    outcome = once(engine, folder)
    assert outcome.exit_code == 1
    assert "坏.json:1: broken JSON" in outcome.stderr
    with open_engine(engine) as archive:
        assert [(entry.desk, entry.path) for entry in archive.quarantined()] == [("早报", "坏.json")]


def test_an_archive_that_is_none_ends_it_with_a_sentence(engine: str, folder: Path, tmp_path: Path) -> None:
    (tmp_path / "archive").mkdir()
    (tmp_path / "archive" / "record.sqlite").write_bytes(b"not an archive at all" * 100)
    outcome = once(engine, folder)
    assert outcome.exit_code == 2
    assert "not the record of an archive" in outcome.output


@pytest.mark.parametrize("source", ["不存在", "https://user:secret@a.example/"])
def test_a_wrong_source_ends_it_at_once(engine: str, source: str) -> None:
    assert once(engine, source).exit_code == 2


def test_a_single_file_is_for_index(engine: str, folder: Path) -> None:
    outcome = once(engine, folder / "2026-02-12.md")
    assert outcome.exit_code == 2
    assert "zhimai index" in outcome.output


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 0), (signal.SIGINT, 130)])
def test_new_changed_and_deleted_files_are_followed_until_a_clean_stop(
    engine: str, folder: Path, tmp_path: Path, number: signal.Signals, code: int
) -> None:
    beat = tmp_path / "beat"
    with watching(engine, folder, "--prune", "--heartbeat", beat) as process:
        eventually(lambda: titles(engine) == {"松涛智能发布山风模型"})
        (folder / "2026-02-13.md").write_text(another(2), encoding="utf-8")
        eventually(lambda: len(titles(engine)) == 2)
        (folder / "new.part").write_text(another(3), encoding="utf-8")
        (folder / "new.part").rename(folder / "2026-02-13.md")
        eventually(lambda: titles(engine) == {"松涛智能发布山风模型", "松涛智能发布山风3模型"})
        (folder / "2026-02-12.md").unlink()
        eventually(lambda: titles(engine) == {"松涛智能发布山风3模型"})
        assert beat.exists()
        process.send_signal(number)
        _, told = process.communicate(timeout=60)
    assert process.returncode == code, told
    assert "Traceback" not in told
    assert "stopped" in told


def test_an_archive_that_is_away_is_waited_for(engine: str, folder: Path, tmp_path: Path) -> None:
    """Otherwise a restart of the engine stops the news."""
    (tmp_path / "blocked").write_text("")
    away = f"embedded:{tmp_path / 'blocked' / 'archive'}"
    with watching(away, folder) as process:
        assert process.stderr
        lines = [process.stderr.readline(), process.stderr.readline()]
        assert "trying again" in lines[1], lines
        (tmp_path / "blocked").unlink()
        (tmp_path / "blocked").mkdir()
        told = process.stderr.readline()
        while told and "it works again" not in told:
            told = process.stderr.readline()
        assert titles(away) == {"松涛智能发布山风模型"}


def test_another_run_gets_in_beside_a_watch(engine: str, folder: Path, tmp_path: Path) -> None:
    """The archive is locked only while something is written."""
    other = tmp_path / "晚报.md"
    other.write_text(another(9), encoding="utf-8")
    with watching(engine, folder):
        eventually(lambda: len(titles(engine)) == 1)
        outcome = CliRunner().invoke(zhimai, ["--engine", engine, "index", str(other), "--extraction", "none"])
        assert outcome.exit_code == 0, outcome.output
    assert len(titles(engine)) == 2
