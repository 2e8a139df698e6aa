"""Serving with waitress, from given sockets only."""

import re
import select
import socket
import time
from collections.abc import Callable, Sequence
from typing import Any

import orjson
from flask import Flask
from waitress import wasyncore
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser, ParsingError
from waitress.server import create_server
from waitress.task import ErrorTask

from search_service.web.app import MAX_BODY

MAX_HEADER = 256 * 1024
"""Bytes of a request line with headers: request lines of 64 KiB reach the application, whose errors are clearer."""

IDENT = "zhimai"
BACKLOG = 1024
GRACE_S = 10.0
_LOOK_EVERY_S = 0.5


class _Parser(HTTPRequestParser):  # type: ignore[misc]  # waitress has no types
    """Takes raw UTF-8 in addresses, as curl sends it, by percent-encoding it; waitress would refuse it."""

    def parse_header(self, header_plus: bytes) -> None:
        line, end, rest = header_plus.partition(b"\r\n")
        encoded = re.sub(rb"[\x80-\xff]", lambda match: b"%%%02X" % match[0][0], line)
        try:
            super().parse_header(encoded + end + rest)
        except ValueError as error:  # urlsplit refuses some addresses with more than UnicodeError
            raise ParsingError("Bad URI") from error


class _ErrorTask(ErrorTask):  # type: ignore[misc]  # waitress has no types
    """Tells what waitress itself refuses as problem details."""

    def execute(self) -> None:
        error = self.request.error
        problem = {"type": "about:blank", "title": error.reason, "status": error.code, "detail": str(error.body)}
        body = orjson.dumps(problem)
        self.status = f"{error.code} {error.reason}"
        self.response_headers.append(("Content-Type", "application/problem+json"))
        self.response_headers.append(("X-Content-Type-Options", "nosniff"))
        self.set_close_on_finish()
        self.content_length = len(body)
        self.write(body)


class _Channel(HTTPChannel):  # type: ignore[misc]  # waitress has no types
    parser_class = _Parser
    error_task_class = _ErrorTask


def bind_sockets(host: str, port: int) -> list[socket.socket]:
    """Sockets that listen already: one for each address of the host. Raises OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    bound: list[socket.socket] = []
    try:
        for family, kind, protocol, _name, address in dict.fromkeys(found):
            one = socket.socket(family, kind, protocol)
            bound.append(one)
            one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if family == socket.AF_INET6:
                one.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            one.bind(address)
            one.listen(BACKLOG)
    except OSError:
        for one in bound:
            one.close()
        raise
    return bound


class Server:
    """Serves an application from sockets. Threads answer; the thread that calls ``run`` reads and writes."""

    def __init__(self, app: Flask, sockets: Sequence[socket.socket], *, threads: int = 8) -> None:
        self._channels: dict[int, Any] = {}
        self._server = create_server(
            app,
            map=self._channels,
            sockets=list(sockets),
            threads=threads,
            ident=IDENT,
            max_request_header_size=MAX_HEADER,
            max_request_body_size=2 * MAX_BODY,  # so that the application itself tells what is too long
        )
        self._listening = [one for one in self._channels.values() if hasattr(one, "channel_class")]
        for one in self._listening:
            one.channel_class = _Channel

    @property
    def port(self) -> int:
        """Of the first socket."""
        return int(self._listening[0].effective_port)

    def run(self, stop: Callable[[], bool], *, clock: Callable[[], float] = time.monotonic) -> None:
        """Serves until ``stop`` says so, which is asked twice a second; then accepts nothing more and gives what it
        has begun ``GRACE_S`` seconds."""
        while not stop():
            self._turn(_LOOK_EVERY_S)
        for one in self._listening:
            wasyncore.dispatcher.close(one)
        deadline = clock() + GRACE_S
        while self._is_busy() and clock() < deadline:
            self._turn(0.05)
        self._server.task_dispatcher.shutdown(timeout=0.5)
        for channel in self._open():
            channel.handle_close()
        wasyncore.close_all(self._channels)

    def _turn(self, timeout: float) -> None:
        wasyncore.loop(timeout=timeout, use_poll=hasattr(select, "poll"), map=self._channels, count=1)

    def _is_busy(self) -> bool:
        return any(channel.requests or channel.total_outbufs_len for channel in self._open())

    def _open(self) -> list[Any]:
        """Connections to readers."""
        return [channel for one in self._listening for channel in one.active_channels.values()]
