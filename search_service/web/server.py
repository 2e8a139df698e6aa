"""Serving with waitress, on the given address only."""

import re
from typing import Any

import orjson
from flask import Flask
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser, ParsingError
from waitress.server import create_server
from waitress.task import ErrorTask

from search_service.web.app import MAX_BODY

MAX_HEADER = 256 * 1024
"""Bytes of a request line with headers: request lines of 64 KiB reach the application, whose errors are clearer."""

IDENT = "zhimai"


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


def open_server(app: Flask, *, host: str, port: int, threads: int = 8) -> Any:
    """A server that listens already: ``run()`` serves, ``close()`` ends it, ``effective_port`` tells its port."""
    channels: dict[int, Any] = {}
    server = create_server(
        app,
        map=channels,
        host=host,
        port=port,
        threads=threads,
        ident=IDENT,
        max_request_header_size=MAX_HEADER,
        max_request_body_size=2 * MAX_BODY,  # so that the application itself tells what is too long
    )
    for listening in channels.values():
        if hasattr(listening, "channel_class"):
            listening.channel_class = _Channel
    return server


def serve(app: Flask, *, host: str, port: int, threads: int = 8) -> None:
    """Serves in the foreground until interrupted."""
    server = open_server(app, host=host, port=port, threads=threads)
    try:
        server.run()
    finally:
        server.close()
