"""Commands that look after an archive: remove, doctor, settings."""

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
from search_service.cli.exits import NOT_STORED_OR_FOUND, WRONG_CALL, fail
from search_service.cli.parameters import WORDS
from search_service.engines import open_engine
from search_service.settings import SETTINGS, Settings


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
