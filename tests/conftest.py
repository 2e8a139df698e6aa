"""What tests of several kinds share: one Elasticsearch server a session, and one with security on."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

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


@contextmanager
def started_elasticsearch(*options: str) -> Iterator[dict[str, Any]]:
    """A server for the length of a block, as scripts/elasticsearch.py tells of it.

    A machine that cannot run one leaves these tests out, save where ``ZHIMAI_TEST_EVERYTHING`` is set, as in CI.
    """
    script = str(ROOT / "scripts" / "elasticsearch.py")
    command = [sys.executable, script, "--port", "0", "--until-input-ends", *options]
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
        yield json.loads(line)
        server.communicate(timeout=60)  # closes its input, which ends it


@pytest.fixture(scope="session")
def start_elasticsearch() -> Callable[..., AbstractContextManager[dict[str, Any]]]:
    """``started_elasticsearch``, for tests that need a server of their own."""
    return started_elasticsearch


@pytest.fixture(scope="session")
def elasticsearch_address() -> Iterator[str]:
    """Where a server listens: ``ZHIMAI_TEST_ELASTICSEARCH`` names a running one, else one is started."""
    if running := os.environ.get("ZHIMAI_TEST_ELASTICSEARCH"):
        yield running.rstrip("/")
        return
    with started_elasticsearch() as server:
        yield server["address"]


@pytest.fixture(scope="session")
def secured_elasticsearch() -> Iterator[dict[str, Any]]:
    """A server with TLS, an own authority and a user for each role of deploy/.

    ``ZHIMAI_TEST_SECURED_ELASTICSEARCH`` may hold what a running one printed.
    """
    if running := os.environ.get("ZHIMAI_TEST_SECURED_ELASTICSEARCH"):
        yield json.loads(running)
        return
    with started_elasticsearch("--secure") as server:
        yield server
