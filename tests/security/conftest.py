"""A secured cluster with an archive in it, a relay that records what reaches a cluster, and the program."""

import json
import os
import subprocess
import sys
import urllib.error
import urllib.request
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
DIGESTS = sorted((ROOT / "samples").glob("2026-07-*.md"))
FORWARDED = ("content-type", "x-elastic-product")

Answer = tuple[int, Mapping[str, str], bytes]


@dataclass(frozen=True)
class SecuredArchive:
    """An archive of a secured cluster, and who may open it."""

    address: str
    prefix: str
    ca_file: str
    users: Mapping[str, Mapping[str, str]]

    @property
    def url(self) -> str:
        return f"{self.address}/{self.prefix}"

    def environment(self, role: str, **more: str) -> dict[str, str]:
        """The settings of a process with a role."""
        user = self.users[role]
        return {
            "ZHIMAI_ENGINE": self.url,
            "ZHIMAI_ELASTICSEARCH_USER": user["name"],
            "ZHIMAI_ELASTICSEARCH_PASSWORD": user["password"],
            "ZHIMAI_ELASTICSEARCH_CA_FILE": self.ca_file,
            **more,
        }


def run_zhimai(environment: Mapping[str, str], *words: str) -> "subprocess.CompletedProcess[str]":
    """``zhimai`` with only these settings."""
    return subprocess.run(
        [sys.executable, "-m", "search_service", *words],
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), **environment},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


@pytest.fixture(scope="session")
def zhimai() -> Callable[..., "subprocess.CompletedProcess[str]"]:
    return run_zhimai


@pytest.fixture(scope="session")
def secured(secured_elasticsearch: dict[str, Any]) -> SecuredArchive:
    """An archive that the indexer's role made and filled."""
    server = secured_elasticsearch
    archive = SecuredArchive(
        address=server["address"],
        prefix=f"zhimai-{uuid.uuid4().hex[:8]}",
        ca_file=server["ca_file"],
        users=server["users"],
    )
    done = run_zhimai(archive.environment("zhimai-indexer"), "index", *map(str, DIGESTS), "--extraction", "none")
    assert done.returncode == 0, done.stderr
    return archive


@dataclass(frozen=True)
class Received:
    """A request that reached the relay; names of headers are in small letters."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes

    def objects(self) -> list[Any]:
        """The JSON of the body, or of each of its lines."""
        if not self.body:
            return []
        try:
            return [json.loads(self.body)]
        except ValueError:
            return [json.loads(line) for line in self.body.splitlines() if line]


@dataclass
class Relay:
    """Stands where a cluster is expected; ``answer`` says what it does with a request."""

    answer: Callable[[Received], Answer | None]
    port: int = 0
    received: list[Received] = field(default_factory=list)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@contextmanager
def run_relay(answer: Callable[[Received], Answer | None]) -> Iterator[Relay]:
    """A relay that listens; None for an answer closes the connection."""
    relay = Relay(answer)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def serve(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            received = Received(
                self.command, self.path, {name.lower(): value for name, value in self.headers.items()}, body
            )
            relay.received.append(received)
            answered = relay.answer(received)
            if answered is None:
                self.close_connection = True
                return
            status, headers, content = answered
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(content))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_words: object) -> None:
            return

    for method in ("GET", "POST", "PUT", "HEAD", "DELETE"):
        setattr(Handler, f"do_{method}", Handler.serve)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    relay.port = server.server_address[1]
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield relay
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)


def forward_to(address: str) -> Callable[[Received], Answer]:
    """What a server at the address answers."""

    def forward(received: Received) -> Answer:
        headers = {name: value for name, value in received.headers.items() if name in ("content-type", "accept")}
        request = urllib.request.Request(
            address + received.path, method=received.method, data=received.body or None, headers=headers
        )
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return answer.status, _kept(answer.headers), answer.read()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, _kept(error.headers), error.read()

    return forward


def _kept(headers: Any) -> dict[str, str]:
    return {name: value for name, value in headers.items() if name.lower() in FORWARDED}


def elasticsearch_error(status: int, kind: str, reason: str) -> Answer:
    """An error as Elasticsearch tells it."""
    body = {
        "error": {"type": kind, "reason": reason, "root_cause": [{"type": kind, "reason": reason}]},
        "status": status,
    }
    headers = {
        "X-Elastic-Product": "Elasticsearch",
        "Content-Type": "application/vnd.elasticsearch+json;compatible-with=8",
    }
    return status, headers, json.dumps(body).encode()


@pytest.fixture(scope="session")
def relay() -> Callable[[Callable[[Received], Answer | None]], AbstractContextManager[Relay]]:
    return run_relay


@pytest.fixture(scope="session")
def forward() -> Callable[[str], Callable[[Received], Answer]]:
    return forward_to


@pytest.fixture(scope="session")
def error_answer() -> Callable[[int, str, str], Answer]:
    return elasticsearch_error
