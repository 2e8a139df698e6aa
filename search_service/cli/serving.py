"""``zhimai serve``: pages and API, from one process or several."""

import ipaddress
import os
import signal
import socket
import sys
from collections.abc import Callable, Sequence
from functools import partial
from threading import Thread
from typing import TYPE_CHECKING

import click

from search_service.cli.context import pass_settings
from search_service.cli.exits import DONE, INTERRUPTED, WRONG_CALL, fail, told_plainly
from search_service.engines import open_engine
from search_service.settings import Settings

if TYPE_CHECKING:
    from search_service.web.metrics import RequestMetrics
    from search_service.web.stopping import StopSignals


@click.command()
@click.option("--host", help="Address to listen on. Default: $ZHIMAI_HOST or 127.0.0.1.")
@click.option("--port", type=click.IntRange(0, 65535), help="Port to listen on. Default: $ZHIMAI_PORT or 8000.")
@click.option(
    "--processes", type=click.IntRange(1, 64), help="Processes that serve. Default: $ZHIMAI_PROCESSES or 1."
)
@pass_settings
def serve(settings: Settings, /, host: str | None, port: int | None, processes: int | None) -> None:
    """Serve pages and API in the foreground.

    Several processes share the port; one that ends is replaced. SIGTERM ends the service with code 0, Ctrl-C with
    130, when what was begun is answered.
    """
    # Flask and waitress are needed by no other command
    from search_service.web.metrics import RequestMetrics

    host = host or settings.host
    processes = processes or settings.processes
    if processes > 1 and not hasattr(os, "fork"):
        fail("this system cannot fork processes; leave --processes out", WRONG_CALL)
    if not _is_loopback(host):
        click.echo(f"warning: {host} is not loopback: everybody who reaches it can read the archive", err=True)
    sockets = _bound(host, settings.port if port is None else port)
    announce = partial(_announce, host, sockets[0].getsockname()[1])
    metrics = RequestMetrics(processes=processes)
    answer = partial(_answer, settings=settings, sockets=sockets, metrics=metrics)
    told = _stopped_alone(answer, announce) if processes == 1 else _stopped_together(answer, announce, processes)
    sys.exit(INTERRUPTED if told == signal.SIGINT else DONE)


def _bound(host: str, port: int) -> list[socket.socket]:
    from search_service.web.server import bind_sockets

    try:
        return bind_sockets(host, port)
    except OSError as error:
        fail(f"cannot listen on {host}:{port} ({error.strerror}); choose another --host or --port", WRONG_CALL)


def _announce(host: str, port: int) -> None:
    shown = f"[{host}]" if ":" in host else host
    click.echo(f"知脉 at http://{shown}:{port}/ (Ctrl-C stops)", err=True)


def _answer(
    number: int,
    ready: Callable[[], None],
    stop: "StopSignals",
    *,
    settings: Settings,
    sockets: Sequence[socket.socket],
    metrics: "RequestMetrics",
) -> None:
    """What one process does from its start to its end."""
    from search_service.web.app import create_app
    from search_service.web.server import Server

    metrics.write_as(number)
    with told_plainly(), open_engine(settings.engine, access=settings.access) as engine:
        app = create_app(engine, metrics=metrics)
        server = Server(app, sockets, threads=settings.threads)
        ready()
        Thread(target=app.extensions["zhimai"].prepare, name="prepare", daemon=True).start()
        server.run(stop)


def _stopped_alone(answer: Callable[..., None], announce: Callable[[], None]) -> int:
    """Serves in this process until a signal, which it gives."""
    from search_service.web.stopping import noted_signals

    with noted_signals() as stop:
        answer(0, announce, stop)
    return stop.received


def _stopped_together(answer: Callable[..., None], announce: Callable[[], None], processes: int) -> int:
    """Serves in several processes until a signal, which it gives. Ends the program where that cannot begin."""
    from search_service.web.processes import serve_in_processes

    told, failure = serve_in_processes(answer, processes, on_ready=announce)
    if failure:
        sys.exit(failure)
    return told


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
