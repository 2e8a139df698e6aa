"""Ranking on the judged queries: a change that makes it worse is seen before readers see it."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.corpora
def test_no_kind_of_query_falls_below_what_was_accepted() -> None:
    if not (ROOT.parent / "shared" / "evaluation" / "retrieval").is_dir():
        pytest.skip("the judged queries of ../shared are not there")
    command = [sys.executable, str(ROOT / "scripts" / "retrieval.py"), "--check"]
    run = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
