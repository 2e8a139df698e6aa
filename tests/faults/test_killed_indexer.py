"""An indexer that is killed: nothing stays behind but an archive that the next run completes."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner

from search_service.cli import main as zhimai

DIGEST = """# AI 行业动态 ({day})

**模型与技术进展**

**智谱发布第{number}号模型**
说明：智谱于当天发布第{number}号模型，称速度提高一倍。
来源出处：[证券早报](https://example.com/{number})
"""


@pytest.fixture
def digests(tmp_path: Path) -> Path:
    folder = tmp_path / "早报"
    folder.mkdir()
    for number in range(400):
        day = f"2025-{number // 28 % 12 + 1:02}-{number % 28 + 1:02}"
        (folder / f"{day}-{number}.md").write_text(DIGEST.format(day=day, number=number), encoding="utf-8")
    return folder


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
def test_kill_9_leaves_no_workers_and_the_next_run_completes(tmp_path: Path, digests: Path, after: float) -> None:
    engine = f"embedded:{tmp_path / 'archive'}"
    command = (sys.executable, "-m", "search_service", "--engine", engine, "index", str(digests), "--workers", "2")
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
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
    report = json.loads(CliRunner().invoke(zhimai, ["--engine", engine, "index", str(digests), "--json"]).stdout)
    assert report["items"]["added"] + report["items"]["unchanged"] == 400
    found = json.loads(CliRunner().invoke(zhimai, ["--engine", engine, "search", "", "--json"]).stdout)
    assert found["total"] == 400
