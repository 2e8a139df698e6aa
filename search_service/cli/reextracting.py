"""``zhimai reextract``: a new extraction over the whole archive, without its files."""

import sys
from typing import Any

import click
import orjson

from indexer.extraction_pool import ExtractionPool
from indexer.reextraction import FactsChanged, ReextractionReport
from indexer.reextraction import reextract as read_anew
from search_service.cli.context import pass_settings
from search_service.cli.exits import NOT_STORED_OR_FOUND
from search_service.cli.indexing import extractor_named
from search_service.cli.progress import shown_progress
from search_service.cli.reports import place_of
from search_service.engines import open_engine
from search_service.settings import Settings


@click.command()
@click.option("--dry-run", is_flag=True, help="Say what would change; write nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as one JSON object on standard output.")
@click.option("--workers", type=click.IntRange(1, 64), help="Processes that extract. Default: $ZHIMAI_WORKERS.")
@click.option("--extraction", type=click.Choice(["fast", "accurate", "none"]), default="fast", show_default=True)
@pass_settings
def reextract(settings: Settings, /, *, dry_run: bool, as_json: bool, workers: int | None, extraction: str) -> None:
    """Read all stored items anew with the extraction and catalogue of this version.

    Needs no files. Items keep their ids. What this extraction has read already is passed over, so a stopped run goes
    on where it was.
    """
    pool = ExtractionPool(extractor_named(extraction), workers=workers or settings.workers)
    with (
        open_engine(settings.engine, write=True, access=settings.access) as archive,
        pool,
        shown_progress(archive.state().digests) as show,
    ):
        report = read_anew(archive, pool, dry_run=dry_run, on_progress=show)
    _print_report(report, as_json=as_json, dry_run=dry_run)
    if report.problems:
        sys.exit(NOT_STORED_OR_FOUND)


def _print_report(report: ReextractionReport, *, as_json: bool, dry_run: bool) -> None:
    if as_json:
        click.echo(orjson.dumps(_record(report), option=orjson.OPT_INDENT_2))
    verb = "would change" if dry_run else "changed"
    click.echo(
        f"{report.digests:,} digests read anew, {report.passed_over:,} were up to date; "
        f"{report.changed_items:,} of {report.items:,} items {verb}",
        err=True,
    )
    for name in ("mentions", "relations", "funding"):
        facts: FactsChanged = getattr(report, name)
        click.echo(f"  {name}: {facts.gained:,} gained, {facts.lost:,} lost", err=True)
    for problem in report.problems:
        click.echo(f"  {place_of(problem)}: {problem.reason}", err=True)


def _record(report: ReextractionReport) -> dict[str, Any]:
    return {
        "digests": report.digests,
        "passed_over": report.passed_over,
        "items": report.items,
        "changed_items": report.changed_items,
        **{
            name: {"gained": facts.gained, "lost": facts.lost}
            for name, facts in (
                ("mentions", report.mentions),
                ("relations", report.relations),
                ("funding", report.funding),
            )
        },
        "problems": [{"path": p.path, "line": p.line, "reason": p.reason} for p in report.problems],
    }
