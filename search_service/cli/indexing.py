"""``zhimai index``: files, folders or standard input into the archive."""

import sys
from bisect import bisect_right
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import click
import orjson

from indexer.archive import Archive, Selection
from indexer.extraction_pool import ExtractionPool, Extractor
from indexer.ingest import IngestReport, ProgressListener, ingest
from indexer.model import Digest, Problem
from indexer.readers import read_digests
from indexer.sources import find_files
from search_service.cli.context import pass_settings
from search_service.cli.exits import NOT_STORED_OR_FOUND, WRONG_CALL, fail
from search_service.cli.parameters import WORDS
from search_service.cli.progress import Show, shown_progress
from search_service.engines import open_engine
from search_service.settings import Settings

SHOWN_PROBLEMS = 20


@click.command()
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option("--dry-run", is_flag=True, help="Say what would change; write nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as one JSON object on standard output.")
@click.option("--workers", type=click.IntRange(1, 64), help="Processes that extract. Default: $ZHIMAI_WORKERS.")
@click.option("--desk", type=WORDS, help="Who wrote the digests. Default: the name of the indexed folder.")
@click.option("--extraction", type=click.Choice(["fast", "accurate", "none"]), default="fast", show_default=True)
@click.option("--prune", is_flag=True, help="Take down stored digests of the desk that are not in the folders given.")
@pass_settings
def index(
    settings: Settings,
    /,
    *,
    paths: tuple[str, ...],
    dry_run: bool,
    as_json: bool,
    workers: int | None,
    desk: str | None,
    extraction: str,
    prune: bool,
) -> None:
    """Index digests: files, folders, archives (.gz, .xz, .zip, .tar), or - for standard input.

    What is stored already is skipped; a corrected digest takes the place of its old version. A file that cannot be
    read is listed with its reason, the run goes on and exits with 1.
    """
    _check_paths(paths, prune=prune)
    pool = ExtractionPool(extractor_named(extraction), workers=workers or settings.workers)
    with open_engine(settings.engine, write=True, access=settings.access) as archive, pool:
        found = _Found(paths, desk)
        with shown_progress(found.count()) as show:
            report = ingest(found.digests(), archive, pool, dry_run=dry_run, on_progress=found.listener(show))
        if prune and not dry_run:
            _take_down_missing(archive, found, report)
    _print_report(report, as_json=as_json, dry_run=dry_run)
    if report.problems:
        sys.exit(NOT_STORED_OR_FOUND)


def extractor_named(level: str) -> Callable[[], Extractor]:
    """What builds the extractor of a setting, in whichever process calls it. An unknown setting ends the program."""
    # spaCy takes a second to import, which `--help` should not wait for
    from indexer.extraction.pipeline import load_extraction

    if level == "accurate":
        _check_accurate()
    return partial(load_extraction, level)


def _check_accurate() -> None:
    from indexer.extraction.encoder.tagger import MissingModel, check_model

    try:
        check_model()
    except MissingModel as error:
        fail(str(error), WRONG_CALL)


class _Found:
    """The files at the paths given, read one after the other, and the digests that they gave."""

    def __init__(self, paths: tuple[str, ...], desk: str | None) -> None:
        self._paths = paths
        self._desk = desk
        self._ends: list[int] = []
        self.seen: dict[str, set[str]] = {}

    def count(self) -> int:
        """How many files there are; standard input is one."""
        folders = [path for path in self._paths if path != "-"]
        return sum(1 for _ in find_files(folders)) + len(self._paths) - len(folders)

    def listener(self, show: Show) -> ProgressListener:
        """Turns progress in entries of ``digests()`` into files done, for the bar."""
        return lambda done: show(bisect_right(self._ends, done.entries), done.items)

    def digests(self) -> Iterator[Digest | Problem]:
        """All digests, file by file."""
        entries = 0
        for file in find_files(self._paths, desk=self._desk):
            for entry in [file] if isinstance(file, Problem) else read_digests(file):
                if isinstance(entry, Digest):
                    self.seen.setdefault(entry.desk, set()).add(entry.id)
                entries += 1
                yield entry
            self._ends.append(entries)


def _check_paths(paths: tuple[str, ...], *, prune: bool) -> None:
    for path in paths:
        if path != "-" and not Path(path).exists():
            fail(f"{path}: there is no such file or folder", WRONG_CALL)
        if prune and not Path(path).is_dir():
            fail("--prune works on folders only: a single file says nothing about the others", WRONG_CALL)


def _take_down_missing(archive: Archive, found: _Found, report: IngestReport) -> None:
    for desk, seen in found.seen.items():
        for digest_id in sorted(set(archive.digest_ids(desk)) - seen):
            report.add(archive.remove(Selection(digest_id=digest_id)))
    archive.flush()


def _print_report(report: IngestReport, *, as_json: bool, dry_run: bool) -> None:
    if as_json:
        click.echo(orjson.dumps(report_record(report), option=orjson.OPT_INDENT_2))
    counts = {
        "added": len(report.added),
        "changed": len(report.changed),
        "removed": len(report.removed),
        "unchanged": len(report.unchanged),
    }
    verb = "would be " if dry_run else ""
    summary = ", ".join(f"{count:,} {verb}{name}" for name, count in counts.items())
    click.echo(f"{report.digests:,} digests: items {summary}; {len(report.unparsed):,} lines unparsed", err=True)
    for problem in report.problems[:SHOWN_PROBLEMS]:
        click.echo(f"  {place_of(problem)}: {problem.reason}", err=True)
    if len(report.problems) > SHOWN_PROBLEMS:
        click.echo(f"  and {len(report.problems) - SHOWN_PROBLEMS} more (--json lists all)", err=True)


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
        "quarantined": report.quarantined,
    }
