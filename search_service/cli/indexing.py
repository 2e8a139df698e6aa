"""``zhimai index``: files, folders, feeds or standard input into the archive."""

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from functools import cached_property, partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import click

from indexer.archive import Archive, ArchiveMissing, Selection, stored_digest
from indexer.extraction_pool import ExtractionPool, Extractor, without_collection
from indexer.ingest import IngestReport
from indexer.intake import Intake, take_in
from indexer.model import IndexerError
from indexer.source_files import STANDARD_INPUT, SourceFile, Unchanged, Unread, is_address
from indexer.sources import find_files, is_within, size_of
from search_service.cli.context import pass_settings
from search_service.cli.exits import NOT_STORED_OR_FOUND, WRONG_CALL, fail
from search_service.cli.parameters import WORDS
from search_service.cli.progress import shown_progress
from search_service.cli.reports import print_report
from search_service.engines import EMBEDDED, Engine, open_engine
from search_service.settings import Settings

if TYPE_CHECKING:
    from indexer.subscribing import Subscriber


@click.command()
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option("--dry-run", is_flag=True, help="Say what would change; write nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as one JSON object on standard output.")
@click.option("--workers", type=click.IntRange(1, 64), help="Processes that extract. Default: $ZHIMAI_WORKERS.")
@click.option("--desk", type=WORDS, help="Who wrote the digests. Default: the name of the indexed folder or host.")
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
    """Index digests: files, folders, archives (.gz, .xz, .zip, .tar), addresses of feeds (https://...), or - for
    standard input.

    What is stored already is skipped; a corrected digest takes the place of its old version. What cannot be read is
    listed with its reason and waits in quarantine, the run goes on and exits with 1.
    """
    check_sources(paths)
    if prune and not all(Path(path).is_dir() for path in paths):
        fail("--prune works on folders only: a single file says nothing about the others", WRONG_CALL)
    pool = ExtractionPool(extractor_named(extraction), workers=workers or settings.workers)
    with _opened_archive(settings, dry_run=dry_run) as archive, pool:
        run = Run(pool)
        with shown_progress(size_of(path for path in paths if not is_address(path))) as show:
            report, intake = run.take_in(run.find(paths, archive, desk), archive, dry_run=dry_run, show=show)
        if prune and not dry_run:
            _take_down_missing(archive, intake, report)
    print_report(report, as_json=as_json, dry_run=dry_run)
    if report.problems:
        sys.exit(NOT_STORED_OR_FOUND)


@contextmanager
def _opened_archive(settings: Settings, *, dry_run: bool) -> Iterator[Engine]:
    """The archive to write to. A dry run only reads it, or an empty one where there is none."""
    if not dry_run:
        shards = settings.elasticsearch_shards
        with open_engine(settings.engine, write=True, access=settings.access, shards=shards) as archive:
            yield archive
        return
    with ExitStack() as stack:
        try:
            archive = open_engine(settings.engine, access=settings.access)
        except ArchiveMissing:
            empty = stack.enter_context(TemporaryDirectory(prefix="zhimai-"))
            archive = open_engine(f"{EMBEDDED}{empty}/archive", write=True)
        yield stack.enter_context(archive)


Found = SourceFile | Unread | Unchanged


class Run:
    """One run into an archive, feeds included."""

    def __init__(self, pool: ExtractionPool) -> None:
        self._pool = pool

    @cached_property
    def subscriber(self) -> "Subscriber":
        """What fetches feeds."""
        # it loads HTTP and TLS, which a run over files should not wait for
        from indexer.subscribing import Subscriber

        return Subscriber(version=self._pool.version)

    def find(self, paths: tuple[str, ...], archive: Archive, desk: str | None) -> Iterator[Found]:
        """What is at the paths."""
        for path in paths:
            if is_address(path):
                yield from self.feed(path, archive, desk)
            else:
                yield from find_files([path], desk=desk)

    def feed(self, url: str, archive: Archive | None, desk: str | None) -> Iterator[Found]:
        """What a feed gives, or that it is as the archive has it."""
        return self.subscriber.find(url, archive.subscription(url) if archive else None, desk=desk)

    def take_in(
        self,
        found: Iterable[Found],
        archive: Archive,
        *,
        dry_run: bool = False,
        show: Callable[[int, int], None] | None = None,
    ) -> tuple[IngestReport, Intake]:
        """Stores what was found."""
        since = datetime.now(UTC).isoformat(timespec="seconds")
        report, intake = take_in(found, archive, self._pool, since=since, dry_run=dry_run, show=show)
        if not dry_run and "subscriber" in self.__dict__:  # else no feed was fetched
            self.subscriber.settle(archive, intake)
        return report, intake


def check_sources(paths: tuple[str, ...]) -> None:
    """Ends the program where a file is not there or an address is none."""
    for path in paths:
        if is_address(path):
            from indexer.fetching import checked_address

            try:
                checked_address(path)
            except IndexerError as error:
                fail(str(error), WRONG_CALL)
        elif path != STANDARD_INPUT and not Path(path).exists():
            fail(f"{path}: there is no such file or folder", WRONG_CALL)


def extractor_named(level: str) -> Callable[[], Extractor]:
    """What builds the extractor of a setting, in whichever process calls it. An unknown setting ends the program."""
    # spaCy takes a second to import, which `--help` should not wait for
    with without_collection():
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


def _take_down_missing(archive: Archive, intake: Intake, report: IngestReport) -> None:
    """Takes down what the files of a desk no longer give; what could not be read just now stays."""
    seen: dict[str, set[str]] = {}
    for digest_id, file in intake.files.items():
        seen.setdefault(file.desk, set()).add(digest_id)
    for desk, digests in seen.items():
        unread = {entry.path for entry in intake.waiting if entry.desk == desk}
        for digest_id in sorted(set(archive.digest_ids(desk)) - digests):
            stored = stored_digest(archive, digest_id) if unread else None
            path = stored.digest.path if stored else ""
            if not is_within(path, unread) and not is_within(path.rpartition("#")[0], unread):
                report.add(archive.remove(Selection(digest_id=digest_id)))
    archive.flush()
