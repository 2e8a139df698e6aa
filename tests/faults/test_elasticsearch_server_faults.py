"""A cluster that dies, stands still, is slow or full, and writers that stand still: pages say so and come back,
writers wait or stop with a sentence, and the archive ends as if nothing had happened."""

import json
import os
import shutil
import signal
import socket
import tempfile
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest

from search_service.cli.exits import DONE, LOCKED, NOT_REACHABLE

LIMIT_S = 400
STANDS_STILL_S = 30

pytestmark = pytest.mark.slow_faults


class OwnServer:
    """A server that tests may break. Its data stay."""

    def __init__(self, start: Callable[..., AbstractContextManager[dict[str, Any]]], folder: Path) -> None:
        self._start = start
        self._folder = folder
        self._running = ExitStack()
        self.pid = 0
        self.address = ""

    def start(self) -> None:
        port = self.address.rsplit(":", 1)[-1] or "0"
        told = self._running.enter_context(self._start("--folder", str(self._folder), "--port", port))
        self.address, self.pid = told["address"], told["pid"]
        # two threads that each need the first error of a server's life can wait for one another for ever (a deadlock
        # of its class initialisers, seen with 9.5.0 when it stood still right after the start)
        with suppress(urllib.error.HTTPError):
            self._ask("GET", "/no-such-index")

    def kill(self) -> None:
        os.kill(self.pid, signal.SIGKILL)
        self.end()

    def end(self) -> None:
        self._running.close()

    @contextmanager
    def standing_still(self) -> Iterator[None]:
        os.kill(self.pid, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(self.pid, signal.SIGCONT)

    def set(self, **settings: object) -> None:
        named = {name.replace("__", "."): value for name, value in settings.items()}
        self._ask("PUT", "/_cluster/settings", {"persistent": named})

    def blocked(self, url: str) -> bool:
        """Whether the disk is too full for the items of an archive."""
        settings = self._ask("GET", f"/{url.rsplit('/', 1)[1]}-items/_settings?flat_settings=true")
        return any("index.blocks.read_only_allow_delete" in one["settings"] for one in settings.values())

    def _ask(self, method: str, path: str, body: object = None) -> Any:
        data = json.dumps(body).encode() if body is not None else None
        headers = {"Content-Type": "application/json"}
        asked = urllib.request.Request(f"{self.address}{path}", method=method, data=data, headers=headers)
        with urllib.request.urlopen(asked, timeout=60) as answer:
            return json.load(answer)


@pytest.fixture(scope="module")
def server(start_elasticsearch: Callable[..., AbstractContextManager[dict[str, Any]]]) -> Iterator[OwnServer]:
    # the user of the server may not see into the folders of tests
    folder = Path(tempfile.mkdtemp(prefix="zhimai-elasticsearch-"))
    server = OwnServer(start_elasticsearch, folder)
    try:
        server.start()
        yield server
    finally:
        server.end()
        shutil.rmtree(folder)


@pytest.fixture
def url(server: OwnServer) -> str:
    return f"{server.address}/broken-{uuid.uuid4().hex[:12]}"


@pytest.fixture(scope="module")
def quiet_url(server: OwnServer, history: Any) -> str:
    """An archive that is only read."""
    url = f"{server.address}/quiet-{uuid.uuid4().hex[:12]}"
    history.write(url)
    return url


def wait_until(true: Callable[[], bool], within_s: float = 120) -> None:
    deadline = time.monotonic() + within_s
    while not true():
        assert time.monotonic() < deadline, "it did not come about in time"
        time.sleep(0.2)


def test_a_server_that_is_killed_and_started_again(
    server: OwnServer, url: str, quiet_url: str, history: Any, open_site: Any
) -> None:
    with open_site(quiet_url) as site:
        with history.start(url) as process:
            history.read_batches(process, 5)
            server.kill()
            assert site.ready() == "not ready: Elasticsearch cannot be reached"
            assert len(site.refusing()) == len(site.addresses)
            server.start()
            assert history.code_of(process) in (DONE, NOT_REACHABLE)
        site.recover()
    history.write(url)
    history.assert_stored(url)


def test_a_server_that_stands_still(
    server: OwnServer, url: str, quiet_url: str, history: Any, open_site: Any
) -> None:
    """The writer waits for it and is done without another run."""
    with open_site(quiet_url) as site:
        with history.start(url) as process:
            history.read_batches(process, 5)
            with server.standing_still():
                began = time.monotonic()
                assert site.ready() == "not ready: Elasticsearch takes too long to answer"
                time.sleep(max(0.0, STANDS_STILL_S - (time.monotonic() - began)))
            assert history.code_of(process) == DONE
        site.recover()
    history.assert_stored(url)


def test_a_disk_that_is_full_serves_and_stops_writers(
    server: OwnServer, url: str, quiet_url: str, history: Any, open_site: Any
) -> None:
    watermarks = [f"cluster__routing__allocation__disk__watermark__{one}" for one in ("low", "high", "flood_stage")]
    enabled = "cluster__routing__allocation__disk__threshold_enabled"
    with history.start(url) as process:
        history.read_batches(process, 5)
        process.kill()
    # more has to be free than any disk has
    server.set(cluster__info__update__interval="10s", **dict.fromkeys(watermarks, "9000tb"), **{enabled: True})
    wait_until(lambda: server.blocked(url))
    with open_site(quiet_url) as site:
        with history.start(url) as process:
            assert history.code_of(process, saying="flood-stage") == NOT_REACHABLE
        assert site.ready() == "ok"
        assert site.refusing() == []
    server.set(**dict.fromkeys(watermarks), **{enabled: False})
    wait_until(lambda: not server.blocked(url))
    history.write(url)
    history.assert_stored(url)


class Proxy:
    """Stands between the program and a server. Requests can be held back, and answers delayed."""

    def __init__(self, address: str) -> None:
        host, port = address.removeprefix("http://").split(":")
        self._behind = host, int(port)
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self._listening.getsockname()[1]}"
        self.delay_s = 0.0
        self.passing = Event()
        self.passing.set()
        Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self._listening.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listening.accept()
                server = socket.create_connection(self._behind)
                Thread(target=self._forward, args=(client, server, self.passing.wait), daemon=True).start()
                Thread(target=self._forward, args=(server, client, self._sleep), daemon=True).start()

    def _sleep(self) -> None:
        time.sleep(self.delay_s)

    def _forward(self, source: socket.socket, sink: socket.socket, wait: Callable[[], object]) -> None:
        with suppress(OSError), source, sink:
            while data := source.recv(1 << 16):
                wait()
                sink.sendall(data)
            sink.shutdown(socket.SHUT_RDWR)  # wakes the other direction


@pytest.fixture
def proxy(elasticsearch_address: str) -> Iterator[Proxy]:
    proxy = Proxy(elasticsearch_address)
    yield proxy
    proxy.close()


@pytest.fixture(scope="module")
def prefix(elasticsearch_address: str, history: Any) -> str:
    """The name of an archive on the server of the session, written whole."""
    prefix = f"slow-{uuid.uuid4().hex[:12]}"
    history.write(f"{elasticsearch_address}/{prefix}")
    return prefix


def test_a_slow_cluster_is_told_as_such_and_readers_do_not_queue_before_it(
    prefix: str, proxy: Proxy, open_site: Any
) -> None:
    with open_site(f"{proxy.address}/{prefix}") as site:
        proxy.delay_s = 0.1
        assert site.ready() == "ok"
        assert site.refusing() == []
        proxy.delay_s = 60
        assert site.ready() == "not ready: Elasticsearch takes too long to answer"
        waiting = Thread(target=site.client.application.test_client().get, args=("/api/v1/entities",))
        waiting.start()
        time.sleep(1)
        # while that one finds out whether the cluster answers again, nobody else waits for it
        assert len(site.refusing()) == len(site.addresses)
        assert waiting.is_alive()
        proxy.delay_s = 0
        waiting.join()
        site.recover()


@pytest.mark.parametrize("held", [False, True], ids=["stopped", "stopped-with-a-request-on-the-way"])
def test_a_writer_that_stands_still_is_followed_and_undoes_nothing_when_it_wakes(
    elasticsearch_address: str, proxy: Proxy, history: Any, *, held: bool
) -> None:
    prefix = f"asleep-{uuid.uuid4().hex[:12]}"
    url = f"{elasticsearch_address}/{prefix}"
    with history.start(f"{proxy.address}/{prefix}") as sleeper:
        history.read_batches(sleeper, 5)
        if held:
            proxy.passing.clear()
            time.sleep(2)  # so that a request stands in the proxy
        sleeper.send_signal(signal.SIGSTOP)
        history.write(url)
        history.assert_stored(url)
        proxy.passing.set()
        sleeper.send_signal(signal.SIGCONT)
        assert history.code_of(sleeper) in (LOCKED, DONE)  # done where nothing was left to write
    history.assert_stored(url)


def test_several_writers_at_once_take_turns(elasticsearch_address: str, history: Any) -> None:
    url = f"{elasticsearch_address}/turns-{uuid.uuid4().hex[:12]}"
    with history.start(url) as one, history.start(url) as another, history.start(url) as third:
        assert {history.code_of(process) for process in (one, another, third)} <= {DONE, LOCKED}
        assert DONE in (one.returncode, another.returncode, third.returncode)
    history.assert_stored(url)
