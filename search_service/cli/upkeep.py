"""Commands that run and look after an archive: serve, remove, doctor, settings."""

import ipaddress
import os
import sys
from collections.abc import Iterator

import click
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from indexer.archive import Changes, Selection
from indexer.identity import digest_id
from search_service.cli.context import pass_settings
from search_service.cli.exits import INTERRUPTED, NOT_STORED_OR_FOUND, WRONG_CALL, fail
from search_service.cli.parameters import WORDS
from search_service.engines import open_engine
from search_service.settings import SETTINGS, Settings


@click.command()
@click.option("--host", help="Address to listen on. Default: $ZHIMAI_HOST or 127.0.0.1.")
@click.option("--port", type=click.IntRange(0, 65535), help="Port to listen on. Default: $ZHIMAI_PORT or 8000.")
@pass_settings
def serve(settings: Settings, /, host: str | None, port: int | None) -> None:
    """Serve pages and API in the foreground."""
    # Flask and Jinja are needed by no other command
    from search_service.web.app import create_app
    from search_service.web.server import serve as serve_app

    host = host or settings.host
    port = settings.port if port is None else port
    if not _is_loopback(host):
        click.echo(f"warning: {host} is not loopback: everybody who reaches it can read the archive", err=True)
    with open_engine(settings.engine, access=settings.access) as engine:
        click.echo(f"知脉 at http://{host}:{port}/ (Ctrl-C stops)", err=True)
        try:
            serve_app(create_app(engine), host=host, port=port, threads=settings.threads)
        except OSError as error:
            fail(f"cannot listen on {host}:{port} ({error.strerror}); choose another --host or --port", WRONG_CALL)
    sys.exit(INTERRUPTED)  # the server only returns when somebody stops it


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


@click.command()
@click.argument("target", required=False, metavar="[DIGEST|ITEM]", type=WORDS)
@click.option("--desk", type=WORDS, help="Take down everything of this desk.")
@pass_settings
def remove(settings: Settings, /, target: str | None, desk: str | None) -> None:
    """Take down an item, a digest or a whole desk with its facts.

    An item or digest is named by its id, a digest also as DESK/PATH. The files stay as they are: indexing them again
    brings the items back.
    """
    if (target is None) == (desk is None):
        fail("name either one item or digest, or --desk NAME", WRONG_CALL)
    with open_engine(settings.engine, write=True, access=settings.access) as archive:
        removed = Changes()
        for selection in _selections(target, desk):
            if removed == Changes():
                removed = archive.remove(selection)
        archive.flush()
    if removed == Changes():
        fail(f"nothing stored by the name of {desk or target}", NOT_STORED_OR_FOUND)
    click.echo(f"{len(removed.removed):,} items removed, {len(removed.changed):,} changed")


def _selections(target: str | None, desk: str | None) -> Iterator[Selection]:
    """What the words may mean, the likeliest first."""
    if target is None:
        yield Selection(desk=desk)
        return
    yield Selection(item_id=target)
    yield Selection(digest_id=target)
    owner, slash, path = target.partition("/")
    if slash:
        yield Selection(digest_id=digest_id(owner, path))


@click.command()
@pass_settings
def doctor(settings: Settings, /) -> None:
    """Check the engine, the archive and the models, and say what to do."""
    from search_service.diagnosis import diagnose

    findings = diagnose(settings)
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("", "what", "state", "what to do"):
        table.add_column(heading, overflow="fold")  # paths are there to be copied
    for finding in findings:
        table.add_row("ok" if finding.well else "!!", *map(escape, (finding.subject, finding.state, finding.advice)))
    Console(soft_wrap=True).print(table)
    if not all(finding.well for finding in findings):
        sys.exit(NOT_STORED_OR_FOUND)


@click.command("settings")
@pass_settings
def show_settings(settings: Settings, /) -> None:
    """Show every setting, its value here and its default."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("variable", "value", "default", "meaning"):
        table.add_column(heading, no_wrap=heading != "meaning")
    for setting in SETTINGS:
        given = "" if setting.variable in os.environ else " (default)"
        value = settings.archive if setting.name == "engine" else getattr(settings, setting.name)
        shown = "(set)" if setting.secret and value else f"{value}{given}"
        # escaped: the brackets of [/PREFIX] are no markup
        table.add_row(*map(escape, (setting.variable, shown, setting.default, setting.meaning)))
    Console().print(table)
