"""Commands for an archive as a whole: reindex, migrate, backup, restore."""

import sys
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
import orjson

from indexer.archive import ArchiveError
from search_service.cli.context import pass_settings
from search_service.cli.exits import NOT_STORED_OR_FOUND, WRONG_CALL, fail
from search_service.cli.parameters import WORDS
from search_service.cli.progress import shown_progress
from search_service.engines import is_same_archive, open_engine, open_lifecycle
from search_service.engines.contract import EngineError
from search_service.engines.lifecycle import BackupPlace, Content, LifeCycle
from search_service.engines.manifests import record_of
from search_service.settings import Settings

AS_JSON = click.option("--json", "as_json", is_flag=True, help="Print the outcome as one JSON object.")
SHOWN_REFUSALS = 20


@click.command()
@click.option(
    "--shards", type=click.IntRange(1, 1024), help="Cut each index of a cluster into so many. Default: as now."
)
@click.option("--force", is_flag=True, help="Put the new indices in use though counts or searches differ.")
@click.option("--rollback", is_flag=True, help="Go back to what was in use before the last reindex (cluster).")
@AS_JSON
@pass_settings
def reindex(settings: Settings, /, *, shards: int | None, force: bool, rollback: bool, as_json: bool) -> None:
    """Build the indices anew from what is stored, and put them in use.

    For a new version of Zhimai, another number of shards, or a damaged index. Search answers throughout; nothing is
    indexed meanwhile. The new indices are put in use when they hold the same digests and give the same counts and the
    same answers to a sample of searches. Stopped, it leaves the archive as it was.
    """
    if rollback and (shards or force):
        fail("--rollback takes no other option", WRONG_CALL)
    with _lifecycle(settings) as lifecycle:
        if rollback:
            lifecycle.roll_back()
            click.echo(
                "the former indices are in use again: what was indexed since is missing, what was taken down since "
                "is back; index the files again",
                err=True,
            )
            return
        with shown_progress(_digests_in(settings), doing="building") as show:
            content = lifecycle.reindex(shards=shards, force=force, show=show)
    _print(asdict(content) if as_json else None, f"{_told(content)} in use, built anew")


@click.command()
@click.option(
    "--to", "target", required=True, metavar="URL", type=WORDS, help="Archive to copy into; made if missing."
)
@click.option("--add", is_flag=True, help="Copy beside digests that the other archive holds already.")
@AS_JSON
@pass_settings
def migrate(settings: Settings, /, *, target: str, add: bool, as_json: bool) -> None:
    """Copy the archive into another one: from a folder into a cluster, back, or between two clusters.

    Everything stored is copied with its facts, and verified: every digest, counts, and a sample of searches. A run
    that was stopped goes on where it was. The archive itself stays as it is. Both clusters get the same credentials.
    """
    # what it needs for extraction takes a while to import
    from search_service.engines.migration import migrate as copy_archive

    if is_same_archive(settings.engine, target):
        fail("--to names the archive itself", WRONG_CALL)
    with (
        open_engine(settings.engine, access=settings.access) as source,
        open_engine(target, write=True, access=settings.access, shards=settings.elasticsearch_shards) as copy,
        shown_progress(source.state().digests, doing="copying") as show,
    ):
        done = copy_archive(source, copy, add=add, show=show)
    _print(
        asdict(done) if as_json else None,
        f"{_told(done.content)}: {done.copied:,} digests copied, {done.there:,} were there; "
        f"{done.waiting:,} entries of quarantine",
    )
    for refusal in done.refused[:SHOWN_REFUSALS]:
        click.echo(f"  not taken: item {refusal.item_id}: {refusal.reason}", err=True)
    if done.refused:
        sys.exit(NOT_STORED_OR_FOUND)


FOLDER = click.argument("folder", required=False, type=click.Path(path_type=Path), metavar="[FOLDER]")
REPOSITORY = click.option(
    "--repository", default="", metavar="NAME", type=WORDS, help="Snapshot repository (cluster)."
)
LOCATION = click.option(
    "--location", default="", metavar="PATH", type=WORDS, help="Register the repository: a folder of all its nodes."
)


@click.command()
@FOLDER
@REPOSITORY
@click.option(
    "--snapshot", default="", metavar="NAME", type=WORDS, help="Name of the snapshot. Default: prefix and time."
)
@LOCATION
@AS_JSON
@pass_settings
def backup(settings: Settings, /, *, as_json: bool, **where: Any) -> None:
    """Save the archive: an embedded one into a new FOLDER, one of a cluster as a snapshot.

    Search goes on, and with an embedded archive indexing as well. The backup is verified and knows its counts and
    checksums, which zhimai restore compares.
    """
    with _lifecycle(settings) as lifecycle:
        made = lifecycle.back_up(_place(**where))
    _print(
        record_of(made) if as_json else None, f"{_told(made.content)}, {made.items:,} merged, saved as {made.name}"
    )


@click.command()
@FOLDER
@REPOSITORY
@click.option("--snapshot", default="", metavar="NAME", type=WORDS, help="Default: the latest one of this prefix.")
@LOCATION
@click.option("--force", is_flag=True, help="Let the backup take the place of the archive that is there.")
@AS_JSON
@pass_settings
def restore(settings: Settings, /, *, force: bool, as_json: bool, **where: Any) -> None:
    """Bring a backup back, under the name of --engine.

    It is made beside what is there, compared with its counts and checksums, and only then put in use; stopped before,
    it leaves everything as it was. A snapshot can come back under another prefix than it was taken of.
    """
    with _lifecycle(settings) as lifecycle:
        made = lifecycle.restore(_place(**where), force=force)
    saved = f"{made.made_at:%Y-%m-%d %H:%M} UTC"
    _print(
        record_of(made) if as_json else None, f"{_told(made.content)}, {made.items:,} merged, as of {saved}, in use"
    )


def _lifecycle(settings: Settings) -> LifeCycle:
    return open_lifecycle(settings.engine, now=datetime.now(UTC), access=settings.access)


def _digests_in(settings: Settings) -> int:
    """How many digests there are; 0 where that cannot be told, because what is missing may be what is made anew."""
    try:
        with open_engine(settings.engine, access=settings.access) as engine:
            return engine.state().digests
    except (ArchiveError, EngineError):
        return 0


def _place(*, folder: Path | None, repository: str, snapshot: str, location: str) -> BackupPlace:
    if (folder is None) == (not repository):
        fail("name either a folder or --repository NAME", WRONG_CALL)
    return BackupPlace(folder=folder, repository=repository, snapshot=snapshot, location=location)


def _told(content: Content) -> str:
    return f"{content.digests:,} digests with {content.items:,} items"


def _print(record: dict[str, Any] | None, sentence: str) -> None:
    if record is not None:
        click.echo(orjson.dumps(record, option=orjson.OPT_INDENT_2))
    click.echo(sentence, err=True)
