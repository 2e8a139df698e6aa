"""What a run did, for people and as JSON."""

from typing import Any

import click
import orjson

from indexer.ingest import IngestReport
from indexer.model import Problem

SHOWN_PROBLEMS = 20


def print_report(report: IngestReport, *, as_json: bool, dry_run: bool = False) -> None:
    """The report on standard error, and with ``as_json`` as one object on standard output."""
    if as_json:
        click.echo(orjson.dumps(report_record(report), option=orjson.OPT_INDENT_2))
    click.echo(summary_of(report, dry_run=dry_run), err=True)
    if report.by_structure:
        path, sure = min(report.by_structure.items(), key=lambda one: one[1])
        count = len(report.by_structure)
        click.echo(
            f"{count:,} read by what repeats in them, for want of a known layout; least sure: {path} ({sure:.0%})",
            err=True,
        )
    for problem in report.problems[:SHOWN_PROBLEMS]:
        click.echo(f"  {told(problem)}", err=True)
    if len(report.problems) > SHOWN_PROBLEMS:
        click.echo(f"  and {len(report.problems) - SHOWN_PROBLEMS} more (--json lists all)", err=True)
    if report.quarantined and not dry_run:
        click.echo(f"{report.quarantined:,} wait in quarantine: zhimai quarantine list, retry, drop", err=True)


def summary_of(report: IngestReport, *, dry_run: bool = False) -> str:
    """What a run did to the items, in a line."""
    verb = "would be " if dry_run else ""
    counts = {"added": report.added, "changed": report.changed, "removed": report.removed}
    items = ", ".join(f"{len(ids):,} {verb}{name}" for name, ids in counts.items())
    unchanged = f"{len(report.unchanged):,} {verb}unchanged"
    return f"{report.digests:,} digests: items {items}, {unchanged}; {len(report.unparsed):,} lines unparsed"


def told(problem: Problem) -> str:
    """A problem in a line."""
    return f"{place_of(problem)}: {problem.reason}"


def place_of(problem: Problem) -> str:
    """File and line or element, as editors jump to them."""
    return ":".join(str(part) for part in (problem.path, problem.line, problem.pointer) if part is not None)


def report_record(report: IngestReport) -> dict[str, Any]:
    """The report as the object that ``--json`` prints."""
    problems = (*report.problems, *report.unparsed)
    return {
        "digests": report.digests,
        "items": {
            "added": len(report.added),
            "changed": len(report.changed),
            "removed": len(report.removed),
            "unchanged": len(report.unchanged),
        },
        "problems": [
            {"path": p.path, "line": p.line, "reason": p.reason, **({"pointer": p.pointer} if p.pointer else {})}
            for p in problems
        ],
        "unparsed_lines": len(report.unparsed),
        "by_structure": [{"path": path, "sureness": round(sure, 2)} for path, sure in report.by_structure.items()],
        "quarantined": report.quarantined,
    }
