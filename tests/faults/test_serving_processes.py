"""Several processes serve one port: readers notice nothing when one dies, and signals end all of them."""

import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DIGEST = ROOT / "samples" / "2026-07-28.md"
LIMIT_S = 60
ENVIRONMENT = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)}

pytestmark = pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="child processes are listed below /proc")


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> str:
    url = f"embedded:{tmp_path_factory.mktemp('served') / 'data'}"
    words = ["--engine", url, "index", str(DIGEST), "--extraction", "none"]
    subprocess.run([sys.executable, "-m", "search_service", *words], env=ENVIRONMENT, check=True, timeout=LIMIT_S)
    return url


@contextmanager
def serving(engine: str) -> Iterator[tuple["subprocess.Popen[str]", str]]:
    """A service of two processes with its address."""
    words = ["--engine", engine, "serve", "--port", "0", "--processes", "2"]
    command = [sys.executable, "-m", "search_service", *words]
    with subprocess.Popen(command, env=ENVIRONMENT, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr
        found = re.search(r"http://\S+/", process.stderr.readline())
        assert found, process.stderr.read()
        try:
            yield process, found[0]
        finally:
            process.kill()


def children(process: "subprocess.Popen[str]") -> set[int]:
    return {int(pid) for pid in Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()}


def wait_until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + LIMIT_S
    while not true():
        assert time.monotonic() < deadline, "it did not come about in time"
        time.sleep(0.05)


def runs(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text()
    except FileNotFoundError:
        return False
    return state.rpartition(")")[2].split()[0] != "Z"


def ask(address: str) -> str:
    with urllib.request.urlopen(address, timeout=LIMIT_S) as answer:
        return str(answer.read().decode())


def test_a_killed_process_is_replaced_while_readers_are_answered(engine: str) -> None:
    with serving(engine) as (process, address):
        wait_until(lambda: len(children(process)) == 2)
        before = children(process)
        os.kill(min(before), signal.SIGKILL)
        for _ in range(20):
            assert "知脉" in ask(address)
        wait_until(lambda: len(children(process) - {min(before)}) == 2)
        assert 'route="/",status="200"} 20' in ask(f"{address}metrics"), "counts of all processes are told together"


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 0), (signal.SIGINT, 130)])
def test_a_signal_ends_all_processes(engine: str, number: int, code: int) -> None:
    with serving(engine) as (process, _address):
        wait_until(lambda: len(children(process)) == 2)
        known = children(process)
        process.send_signal(number)
        assert process.wait(LIMIT_S) == code
        assert not any(map(runs, known))


def test_no_process_outlives_the_one_that_started_it(engine: str) -> None:
    with serving(engine) as (process, _address):
        wait_until(lambda: len(children(process)) == 2)
        known = children(process)
        process.kill()
        wait_until(lambda: not any(map(runs, known)))


@pytest.mark.parametrize("processes", ["1", "3"])
def test_an_archive_that_is_not_there_is_told_once(tmp_path: Path, processes: str) -> None:
    words = ["--engine", "http://127.0.0.1:9/x", "serve", "--port", "0", "--processes", processes]
    command = [sys.executable, "-m", "search_service", *words]
    done = subprocess.run(
        command, env=ENVIRONMENT, capture_output=True, text=True, timeout=LIMIT_S, check=False, cwd=tmp_path
    )
    assert done.returncode == 3
    assert done.stderr.count("127.0.0.1:9") >= 1
    assert "Traceback" not in done.stderr
    assert done.stderr.count("zhimai: ") == 1
