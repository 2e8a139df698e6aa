"""Feeds by their addresses, fetched within bounds of time and size, and only if they changed.

The standard library does it: it follows proxies of the environment and the system's certificates, and none of the
libraries at hand bounds the whole time of an answer that comes a byte at a time. What is packed (gzip) is unpacked by
whoever reads it, within the bounds of ``source_files``.
"""

import http.client
import socket
import ssl
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version
from threading import Timer
from typing import IO, Any
from urllib.parse import quote, urlsplit

from indexer.model import IndexerError
from indexer.source_files import SCHEMES, Laid

MAX_REDIRECTS = 5

_ACCEPT = "application/atom+xml, application/rss+xml, application/feed+json, application/json, */*;q=0.5"
_PACKING = ("", "identity", "gzip", "x-gzip")
_SAFE = "/%:@!$&'()*+,;=~-._?"
_OK = 200
_NOT_MODIFIED = 304
_GONE = 410


class BadAddress(IndexerError):
    """An address that is not one of a feed; the message says why."""


class FetchFailed(IndexerError):
    """A feed could not be had; the message says why and never shows the address, which may hold a secret."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """``seconds`` for all of an answer, ``silence_s`` between two parts of it, ``size`` in bytes as they are sent."""

    seconds: float = 60
    silence_s: float = 20
    size: int = 64 * 1024**2


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """What an address gave: the bytes as they were sent, and how the server calls this version."""

    laid: Laid
    etag: str
    last_modified: str


def checked_address(url: str) -> str:
    """The address as it is asked for: international names and paths in ASCII. Raises BadAddress."""
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").encode("idna").decode()
        port = f":{parts.port}" if parts.port else ""
    except (ValueError, UnicodeError) as error:
        raise BadAddress("this is no address of a feed; write https://HOST/PATH") from error
    if parts.scheme not in SCHEMES or not host:
        raise BadAddress("this is no address of a feed; write https://HOST/PATH")
    if parts.username is not None or parts.password is not None:
        raise BadAddress("credentials in the address of a feed are not sent; leave them out")
    where = f"[{host}]" if ":" in host else host
    query = f"?{quote(parts.query, safe=_SAFE)}" if parts.query else ""
    return f"{parts.scheme}://{where}{port}{quote(parts.path, safe=_SAFE) or '/'}{query}"


def fetch(url: str, *, etag: str = "", last_modified: str = "", limits: Limits = Limits()) -> Fetched | None:
    """What an address gives now; None where it is as it was under ``etag`` and ``last_modified``.

    Redirects are followed to http and https only, five at most. Raises BadAddress, FetchFailed.
    """
    headers = {"User-Agent": f"zhimai/{version('zhimai')}", "Accept": _ACCEPT, "Accept-Encoding": "gzip"}
    if etag:
        headers["If-None-Match"] = etag
    if last_modified:
        headers["If-Modified-Since"] = last_modified
    request = urllib.request.Request(checked_address(url), headers=headers)  # noqa: S310 - http and https only
    with (
        _Deadline(limits.seconds) as deadline,
        _failures_told(deadline),
        _opener(deadline).open(request, timeout=limits.silence_s) as answer,
    ):
        return None if answer.status == _NOT_MODIFIED else _laid_down(answer, limits)


def _laid_down(answer: Any, limits: Limits) -> Fetched:
    if answer.status != _OK:
        raise FetchFailed(_said(answer.status))
    packing = answer.headers.get("Content-Encoding", "").strip().lower()
    if packing not in _PACKING:
        raise FetchFailed(f"sent packed with {packing[:20]}, which nobody asked for")
    laid, size = Laid(), 0
    with laid.location.open("wb") as target:
        while block := answer.read(1 << 16):
            size += len(block)
            if size > limits.size:
                raise FetchFailed(f"more than {limits.size // 1024**2:,} MiB")
            target.write(block)
    if answer.length:
        raise FetchFailed(f"the connection ended {answer.length:,} bytes before the answer did")
    return Fetched(
        laid=laid,
        etag=answer.headers.get("ETag", "").strip(),
        last_modified=answer.headers.get("Last-Modified", "").strip(),
    )


def _said(status: int) -> str:
    words = http.client.responses.get(status, "")
    return f"the server answers {status} {words}".rstrip() + (": it is gone for good" if status == _GONE else "")


class _Deadline:
    """Ends the connections of a fetch when its time is up, whatever they are in the middle of."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.is_over = False
        self._sockets: list[socket.socket] = []
        self._timer = Timer(seconds, self._end)

    def __enter__(self) -> "_Deadline":
        self._timer.daemon = True
        self._timer.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._timer.cancel()
        for connection in self._sockets:
            connection.close()

    def connect(self, *where: Any, **options: Any) -> socket.socket:
        """A connection that ends in time. It is watched through a copy: TLS takes the socket itself over."""
        connection = socket.create_connection(*where, **options)
        self._sockets.append(connection.dup())
        return connection

    def _end(self) -> None:
        self.is_over = True
        for connection in self._sockets:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)


class _Http(urllib.request.HTTPHandler):
    """http with a deadline."""

    def __init__(self, deadline: _Deadline) -> None:
        super().__init__()
        self._deadline = deadline

    def http_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
        return self.do_open(partial(_watched, http.client.HTTPConnection, self._deadline), req)


class _Https(urllib.request.HTTPSHandler):
    """https with a deadline."""

    def __init__(self, deadline: _Deadline) -> None:
        super().__init__()
        self._deadline = deadline

    def https_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
        opened = partial(_watched, http.client.HTTPSConnection, self._deadline)
        return self.do_open(opened, req, context=ssl.create_default_context())


def _watched(
    kind: type[http.client.HTTPConnection], deadline: _Deadline, *where: Any, **options: Any
) -> http.client.HTTPConnection:
    connection = kind(*where, **options)
    connection._create_connection = deadline.connect  # type: ignore[attr-defined]
    return connection


class _Redirects(urllib.request.HTTPRedirectHandler):
    """Redirects to http and https, a few of them."""

    max_redirections = MAX_REDIRECTS

    def redirect_request(  # noqa: PLR0917 - the signature of the library
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: Any, newurl: str
    ) -> urllib.request.Request | None:
        if urlsplit(newurl).scheme not in SCHEMES:
            raise FetchFailed("it redirects to an address that is neither http nor https")
        return super().redirect_request(req, fp, code, msg, headers, newurl)


class _AsAnswered(urllib.request.HTTPDefaultErrorHandler):
    """Any other status is an answer too."""

    def http_error_default(self, req: Any, fp: Any, code: int, msg: str, hdrs: Any) -> Any:  # noqa: ARG002
        return fp


def _opener(deadline: _Deadline) -> urllib.request.OpenerDirector:
    """What opens http and https, and nothing else."""
    opener = urllib.request.OpenerDirector()
    for handler in (
        urllib.request.ProxyHandler(),
        _Http(deadline),
        _Https(deadline),
        _Redirects(),
        urllib.request.HTTPErrorProcessor(),
        _AsAnswered(),
    ):
        opener.add_handler(handler)
    return opener


@contextmanager
def _failures_told(deadline: _Deadline) -> Iterator[None]:
    """Turns what the standard library raises into FetchFailed."""
    try:
        yield
        if deadline.is_over:
            raise FetchFailed(_too_slow(deadline))
    except FetchFailed as error:
        raise (FetchFailed(_too_slow(deadline)) if deadline.is_over else error) from None
    except urllib.error.HTTPError as error:
        error.close()
        raise FetchFailed("it redirects without end, or to an address that is neither http nor https") from error
    except (OSError, http.client.HTTPException) as error:
        raise FetchFailed(_too_slow(deadline) if deadline.is_over else _reason(error)) from error


def _too_slow(deadline: _Deadline) -> str:
    return f"it takes more than {deadline.seconds:g} s"


def _reason(error: Exception) -> str:
    cause = getattr(error, "reason", None)
    error = cause if isinstance(cause, Exception) else error
    if isinstance(error, socket.gaierror):
        return "no server by this name can be found"
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate is not trusted: {error.verify_message}"
    if isinstance(error, ssl.SSLError):
        return f"no secure connection can be made: {error.reason or error}"
    if isinstance(error, TimeoutError):
        return "the server does not answer in time"
    if isinstance(error, OSError):
        return f"the server cannot be reached: {error.strerror or error}"
    return f"the server does not speak HTTP: {error}"[:200]
