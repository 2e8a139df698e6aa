"""The real server: raw addresses, long request lines, what it refuses itself."""

import json
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Event, Thread
from typing import Any

import pytest
from flask import Flask

from search_service.web.server import Server, bind_sockets


@pytest.fixture(scope="module")
def address(app: Flask) -> Iterator[tuple[str, int]]:
    server, stop = Server(app, bind_sockets("127.0.0.1", 0)), Event()
    thread = Thread(target=server.run, args=[stop.is_set])
    thread.start()
    yield "127.0.0.1", server.port
    stop.set()
    thread.join(20)


def read(address: tuple[str, int], request: bytes) -> bytes:
    with socket.create_connection(address, timeout=20) as connection:
        connection.sendall(request)
        answer = b""
        while chunk := connection.recv(65536):
            answer += chunk
    return answer


def ask(address: tuple[str, int], request: bytes) -> tuple[int, bytes, Any]:
    answer = read(address, request)
    head, _, body = answer.partition(b"\r\n\r\n")
    return int(head.split(b" ", 2)[1]), head, body


def get(path: str) -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode()


def test_shells_may_send_names_as_they_are(address: tuple[str, int]) -> None:
    status, _head, body = ask(address, get("/api/v1/entities/org:智谱"))
    assert status == 200
    assert json.loads(body)["id"] == "org:智谱"
    status, _head, body = ask(address, get("/api/v1/search?q=智谱&limit=1&facets=none"))
    assert json.loads(body)["total"] == 27


def test_long_request_lines_reach_the_application(address: tuple[str, int]) -> None:
    status, head, body = ask(address, get("/api/v1/search?q=" + "x" * 64_000))
    assert status == 400
    assert b"application/problem+json" in head
    assert "2,000" in json.loads(body)["detail"]


@pytest.mark.parametrize(
    ("request_bytes", "status"),
    [
        (b"NONSENSE\r\n\r\n", 400),
        (b"GET http://[::1 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", 400),
        (b"POST /api/v1/annotate HTTP/1.1\r\nHost: x\r\nContent-Length: 99000000\r\n\r\n", 413),
    ],
)
def test_what_the_server_refuses_is_a_problem_too(
    address: tuple[str, int], request_bytes: bytes, status: int
) -> None:
    answered, head, body = ask(address, request_bytes)
    assert answered == status
    assert b"application/problem+json" in head
    assert json.loads(body)["status"] == status


def test_the_server_does_not_tell_its_version(address: tuple[str, int]) -> None:
    _status, head, _body = ask(address, get("/livez"))
    assert b"waitress" not in head.lower()


def test_what_has_begun_is_answered_when_the_server_is_told_to_stop() -> None:
    slow, begun, go_on, stop = Flask("slow"), Event(), Event(), Event()

    @slow.get("/")
    def answer() -> str:
        begun.set()
        go_on.wait(20)
        return "x" * 2_000_000  # more than the socket takes at once

    server = Server(slow, bind_sockets("127.0.0.1", 0))
    serving = Thread(target=server.run, args=[stop.is_set])
    serving.start()
    with ThreadPoolExecutor(1) as reader:
        answered = reader.submit(read, ("127.0.0.1", server.port), get("/"))
        assert begun.wait(20)
        stop.set()
        wait_until_refused(("127.0.0.1", server.port))
        go_on.set()
        assert answered.result(20).endswith(b"x" * 2_000_000)
    serving.join(20)
    assert not serving.is_alive()


def wait_until_refused(address: tuple[str, int]) -> None:
    for _ in range(400):
        try:
            socket.create_connection(address, timeout=20).close()
        except ConnectionRefusedError:
            return
        time.sleep(0.05)
    pytest.fail("the server still accepts connections")


def test_a_port_that_is_taken_is_told() -> None:
    (taken,) = bind_sockets("127.0.0.1", 0)
    with taken, pytest.raises(OSError, match="in use"):
        bind_sockets("127.0.0.1", taken.getsockname()[1])
