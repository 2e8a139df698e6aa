"""What tests of several kinds share: one Elasticsearch server a session."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--slow-faults", action="store_true", help="run the tests marked slow_faults too")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leaves the slow fault tests out of a plain run."""
    if config.getoption("--slow-faults"):
        return
    slow = [item for item in items if item.get_closest_marker("slow_faults")]
    config.hook.pytest_deselected(items=slow)
    items[:] = [item for item in items if not item.get_closest_marker("slow_faults")]


@pytest.fixture(scope="session")
def elasticsearch_address() -> Iterator[str]:
    """Where a server listens: ``ZHIMAI_TEST_ELASTICSEARCH`` names a running one, else one is started.

    A machine that cannot run one leaves these tests out, save where ``ZHIMAI_TEST_EVERYTHING`` is set, as in CI.
    """
    if running := os.environ.get("ZHIMAI_TEST_ELASTICSEARCH"):
        yield running.rstrip("/")
        return
    command = [sys.executable, str(ROOT / "scripts" / "elasticsearch.py"), "--port", "0", "--until-input-ends"]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as server:
        assert server.stdout and server.stderr
        line = server.stdout.readline()
        if not line:
            reason = server.stderr.read().strip()
            if os.environ.get("ZHIMAI_TEST_EVERYTHING"):
                pytest.fail(f"no Elasticsearch to test with: {reason}")
            pytest.skip(f"no Elasticsearch to test with: {reason.splitlines()[-1] if reason else 'it did not start'}")
        yield str(json.loads(line)["address"])
        server.communicate(timeout=60)  # closes its input, which ends it
