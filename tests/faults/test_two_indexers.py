"""Two indexers at once: the second waits until the first is done, or 60 s, and then says who writes."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from indexer.archive import ArchiveLocked
from search_service.engines import open_engine
from search_service.engines.contract import SearchRequest
from search_service.engines.embedded.lock import WriterLock
from search_service.query.tree import Everything

LOCKED = 4
DIGEST = "# AI 行业动态 (2026-02-12)\n\n**智谱发布第一号模型**\n说明：速度提高一倍。\n"


@pytest.fixture
def digests(tmp_path: Path) -> Path:
    folder = tmp_path / "早报"
    folder.mkdir()
    (folder / "2026-02-12.md").write_text(DIGEST, encoding="utf-8")
    return folder


def start(archive: Path, digests: Path) -> "subprocess.Popen[str]":
    command = (sys.executable, "-m", "search_service", "--engine", f"embedded:{archive}", "index", str(digests))
    options = ("--extraction", "none", "--workers", "1")
    return subprocess.Popen((*command, *options), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


class Clock:
    """Time that passes by sleeping only."""

    def __init__(self) -> None:
        self.now = 0.0

    def sleep(self, seconds: float) -> None:
        self.now += seconds


def test_the_second_writer_waits_as_long_as_it_was_told(tmp_path: Path) -> None:
    clock = Clock()
    first = WriterLock.acquire(tmp_path / "lock", wait_s=0)
    with pytest.raises(ArchiveLocked, match=rf"process {os.getpid()} is writing .* waited 60 s"):
        WriterLock.acquire(tmp_path / "lock", wait_s=60, clock=lambda: clock.now, sleep=clock.sleep)
    assert 60 <= clock.now < 61
    first.close()
    WriterLock.acquire(tmp_path / "lock", wait_s=0).close()


def test_the_second_indexer_goes_on_once_the_first_is_done(tmp_path: Path, digests: Path) -> None:
    archive = tmp_path / "data"
    with open_engine(f"embedded:{archive}", write=True):
        second = start(archive, digests)
        time.sleep(3)
        assert second.poll() is None
    _, told = second.communicate(timeout=300)
    assert second.returncode == 0, told
    with open_engine(f"embedded:{archive}") as engine:
        assert engine.search(SearchRequest(tree=Everything())).total == 1


@pytest.mark.slow_faults
def test_the_second_indexer_says_who_writes_after_a_minute(tmp_path: Path, digests: Path) -> None:
    archive = tmp_path / "data"
    with open_engine(f"embedded:{archive}", write=True):
        second = start(archive, digests)
        _, told = second.communicate(timeout=300)
    assert second.returncode == LOCKED
    assert f"process {os.getpid()} is writing to the archive {archive}; waited 60 s" in told
    assert "Traceback" not in told
    third = start(archive, digests)
    third.communicate(timeout=300)
    assert third.returncode == 0
