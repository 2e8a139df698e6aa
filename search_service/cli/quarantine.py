"""``zhimai quarantine``: what could not be read or stored."""

import sys
from collections.abc import Collection
from typing import Any

import click
import orjson

from indexer.extraction_pool import ExtractionPool
from indexer.model import Problem
from indexer.quarantine import Quarantined
from search_service.cli.context import pass_settings
from search_service.cli.exits import NOT_STORED_OR_FOUND, WRONG_CALL, fail
from search_service.cli.indexing import Run, extractor_named
from search_service.cli.reports import place_of, print_report
from search_service.engines import open_engine
from search_service.settings import Settings

_GONE = "no longer there; it waits because of: "


@click.group()
def quarantine() -> None:
    """See, retry or drop what could not be read or stored.

    Files stay where they are; of standard input up to 1 MiB is kept. What a later run reads well leaves by itself.
    """


@quarantine.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object on standard output.")
@pass_settings
def list_waiting(settings: Settings, /, as_json: bool) -> None:
    """List what waits: id, since when, where, and why."""
    with open_engine(settings.engine, access=settings.access) as engine:
        waiting = engine.quarantined()
    if as_json:
        click.echo(orjson.dumps({"items": [_record(entry) for entry in waiting]}, option=orjson.OPT_INDENT_2))
        return
    for entry in waiting:
        click.echo(f"{entry.id}  {entry.since[:10]}  {entry.desk}/{place_of(_problem(entry))}: {entry.reason}")
    click.echo(f"{len(waiting):,} wait" if waiting else "nothing waits", err=True)


@quarantine.command()
@click.argument("ids", nargs=-1, metavar="[ID...]")
@click.option("--json", "as_json", is_flag=True, help="Print the report as one JSON object on standard output.")
@click.option("--workers", type=click.IntRange(1, 64), help="Processes that extract. Default: $ZHIMAI_WORKERS.")
@click.option("--extraction", type=click.Choice(["fast", "accurate", "none"]), default="fast", show_default=True)
@pass_settings
def retry(
    settings: Settings, /, *, ids: tuple[str, ...], as_json: bool, workers: int | None, extraction: str
) -> None:
    """Read what waits again, from where it was: all of it, or the entries named.

    Exits with 1 where any of it still waits. A file that is gone is said to be, and goes on waiting.
    """
    from indexer.retrying import found_again

    pool = ExtractionPool(extractor_named(extraction), workers=workers or settings.workers)
    with open_engine(settings.engine, write=True, access=settings.access) as archive, pool:
        waiting = archive.quarantined()
        chosen = _chosen(waiting, ids)
        run = Run(pool)
        report, intake = run.take_in(found_again(chosen, waiting, subscriber=run.subscriber), archive)
        met = intake.met()
        gone = [entry for entry in chosen if (entry.desk, entry.path) not in met]
        report.quarantined += len(gone)
        report.problems += [_problem(entry, reason=f"{_GONE}{entry.reason}") for entry in gone]
    print_report(report, as_json=as_json)
    if report.quarantined:
        sys.exit(NOT_STORED_OR_FOUND)


@quarantine.command()
@click.argument("ids", nargs=-1, metavar="[ID...]")
@click.option("--all", "everything", is_flag=True, help="Drop all that waits.")
@pass_settings
def drop(settings: Settings, /, *, ids: tuple[str, ...], everything: bool) -> None:
    """Forget entries. Files that are still there and cannot be read come back with the next run over them."""
    if bool(ids) == everything:
        fail("name the entries to drop, or --all", WRONG_CALL)
    with open_engine(settings.engine, write=True, access=settings.access) as archive:
        chosen = _chosen(archive.quarantined(), ids)
        dropped = archive.release([entry.id for entry in chosen])
    click.echo(f"{dropped:,} dropped")


def _chosen(waiting: Collection[Quarantined], ids: Collection[str]) -> list[Quarantined]:
    """The entries named, or all. An unknown id ends the program."""
    for unknown in sorted(set(ids) - {entry.id for entry in waiting}):
        fail(f"nothing waits under {unknown}; zhimai quarantine list shows what does", NOT_STORED_OR_FOUND)
    return [entry for entry in waiting if not ids or entry.id in ids]


def _problem(entry: Quarantined, *, reason: str = "") -> Problem:
    return Problem(path=entry.path, line=entry.line, pointer=entry.pointer, reason=reason or entry.reason)


def _record(entry: Quarantined) -> dict[str, Any]:
    return {
        "id": entry.id,
        "since": entry.since,
        "desk": entry.desk,
        "root": entry.root.encode("utf-8", "replace").decode(),
        "path": entry.path,
        "line": entry.line,
        "pointer": entry.pointer,
        "item_id": entry.item_id or None,
        "reason": entry.reason,
    }
