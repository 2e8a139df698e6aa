"""What ``zhimai watch`` does with what it sees, in a process that ends afterwards.

Extraction holds half a gigabyte and libraries more; a process gives all of it back at its end, and one that is killed
for want of memory takes nobody along. The archive is opened to write only while there is something to write.
"""

import signal
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, field
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from pathlib import Path, PurePosixPath
from threading import Thread
from types import FrameType

from indexer.archive import (
    ArchiveLocked,
    ArchiveMissing,
    ArchiveUnavailable,
    Selection,
)
from indexer.extraction_pool import ExtractionPool, WorkerLost, end_with_parent
from indexer.intake import Intake
from indexer.model import IndexerError
from indexer.source_files import Unchanged, Unread
from indexer.sources import desk_of, find_again, path_below
from search_service.cli.exits import LOCKED, NOT_REACHABLE, NOT_STORED_OR_FOUND, WRONG_CALL
from search_service.cli.indexing import Found, Run, extractor_named
from search_service.cli.reports import SHOWN_PROBLEMS, summary_of, told
from search_service.engines import open_engine
from search_service.engines.contract import EngineError, EngineUnavailable
from search_service.settings import BadSetting, Settings

STOPS_WITHIN_S = 60.0
"""How long a process that was told to stop may take; then it is killed, which the archive survives as well."""

_GIVEN_UP = "reading it ended the process that read it, perhaps for want of memory"


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """What to take in: files by the folder that they are watched in, addresses of feeds, and digests to take down.

    ``given_up`` are files, by folder, that ended the process that read them.
    """

    files: dict[Path, tuple[Path, ...]] = field(default_factory=dict)
    given_up: dict[Path, tuple[Path, ...]] = field(default_factory=dict)
    feeds: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What came of it: a line for people, problems a line each, and the digests of each file.

    ``unread`` are files of which something waits; ``is_quiet``: nothing changed in the archive.
    """

    summary: str = ""
    problems: tuple[str, ...] = ()
    digest_ids: dict[Path, frozenset[str]] = field(default_factory=dict)
    unread: frozenset[Path] = frozenset()
    is_quiet: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """Why nothing, or not all, came of it. ``may_pass``: trying again later may help; ``is_fault``: nobody foresaw
    it, and it may lie in one of the files."""

    reason: str
    code: int = NOT_STORED_OR_FOUND
    may_pass: bool = True
    is_fault: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """How to take in."""

    settings: Settings
    extraction: str
    workers: int
    desk: str | None


class Beside:
    """Takes in with a process for each task. ``waits`` lets a moment pass while it works and tells whether to go
    on."""

    def __init__(self, manner: Manner, waits: Callable[[], bool]) -> None:
        self._manner = manner
        self._waits = waits

    def __call__(self, task: Task) -> Done | Failed:
        """Does the task."""
        context = get_context("spawn")
        ours, theirs = context.Pipe(duplex=False)
        process = context.Process(target=take_in_beside, args=(task, self._manner, theirs))
        with ours:
            process.start()
            theirs.close()
            while not ours.poll():
                if not self._waits():
                    return _stopped(process)
            try:
                outcome = ours.recv()
            except EOFError:
                outcome = None
        process.join()
        if isinstance(outcome, Done | Failed):
            return outcome
        return Failed(reason=f"the process that reads ended unexpectedly ({process.exitcode})", is_fault=True)


def _stopped(process: SpawnProcess) -> Failed:
    process.terminate()
    process.join(STOPS_WITHIN_S)
    if process.is_alive():
        process.kill()
        process.join()
    return Failed(reason="stopped")


def take_in_beside(task: Task, manner: Manner, answer: Connection) -> None:
    """The whole of a process: does the task and sends ``Done`` or ``Failed``; told to stop, it ends with nothing half
    done and no answer."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the process that watches; it ends this one
    signal.signal(signal.SIGTERM, _interrupt)
    Thread(target=end_with_parent, daemon=True).start()
    with closing(answer), suppress(KeyboardInterrupt, BrokenPipeError):
        answer.send(_outcome(task, manner))


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _outcome(task: Task, manner: Manner) -> Done | Failed:
    try:
        return _take_in(task, manner)
    except (EngineError, IndexerError, BadSetting, OSError) as error:
        return _failure(error)
    except SystemExit as error:  # a sentence was printed
        return Failed(reason="", code=int(error.code or WRONG_CALL), may_pass=False)
    except Exception as error:  # noqa: BLE001 - whatever it is, the watch goes on
        return Failed(reason=f"{type(error).__name__}: {error}", is_fault=True)


def _failure(error: Exception) -> Failed:
    if isinstance(error, OSError):
        return Failed(reason=f"{error.filename or ''}: {error.strerror or error}".lstrip(": "))
    if isinstance(error, WorkerLost):
        return Failed(reason=str(error), is_fault=True)
    if isinstance(error, ArchiveLocked):
        return Failed(reason=str(error), code=LOCKED)
    if isinstance(error, ArchiveUnavailable | EngineUnavailable):
        return Failed(reason=str(error), code=NOT_REACHABLE)
    return Failed(reason=str(error), code=WRONG_CALL, may_pass=False)


def _take_in(task: Task, manner: Manner) -> Done:
    pool = ExtractionPool(extractor_named(manner.extraction), workers=manner.workers)
    run = Run(pool)
    fetched = _fetched(task.feeds, run, manner)
    if not (task.files or task.given_up or task.gone or fetched):
        return Done()
    settings, shards = manner.settings, manner.settings.elasticsearch_shards
    with open_engine(settings.engine, write=True, access=settings.access, shards=shards) as archive, pool:
        report, intake = run.take_in(_found(task, fetched, manner), archive)
        for digest_id in task.gone:
            report.add(archive.remove(Selection(digest_id=digest_id)))
    whereabouts = _Whereabouts(task)
    problems = tuple(told(problem) for problem in report.problems)
    more = (f"and {len(problems) - SHOWN_PROBLEMS} more: zhimai quarantine list",)
    return Done(
        summary=summary_of(report),
        problems=problems[:SHOWN_PROBLEMS] + more if len(problems) > SHOWN_PROBLEMS else problems,
        digest_ids=whereabouts.digest_ids(intake),
        unread=whereabouts.unread(intake),
        is_quiet=not (report.added or report.changed or report.removed or report.problems),
    )


def _fetched(feeds: tuple[str, ...], run: Run, manner: Manner) -> list[Found]:
    """What the feeds give, fetched before the archive is opened to write; nothing where all are as they were."""
    if not feeds:
        return []
    try:
        with open_engine(manner.settings.engine, access=manner.settings.access) as archive:
            found = [one for url in feeds for one in run.feed(url, archive, manner.desk)]
            waiting = {(entry.desk, entry.path) for entry in archive.quarantined()}
    except ArchiveMissing:
        return [one for url in feeds for one in run.feed(url, None, manner.desk)]
    if all(isinstance(one, Unchanged) and (one.desk, one.path) not in waiting for one in found):
        return []
    return found


def _found(task: Task, fetched: list[Found], manner: Manner) -> Iterator[Found]:
    yield from fetched
    given = manner.desk is not None
    for folder, locations in task.files.items():
        paths = {path_below(folder, location) for location in locations}
        desk = desk_of(folder, manner.desk)
        yield from find_again(str(folder.absolute()), paths, desk=desk, desk_given=given)
    for folder, locations in task.given_up.items():
        root, desk = str(folder.absolute()), desk_of(folder, manner.desk)
        for location in locations:
            path = path_below(folder, location)
            yield Unread(path=path, reason=_GIVEN_UP, desk=desk, root=root, desk_given=given)


class _Whereabouts:
    """Which file of a task a digest or an entry in quarantine comes from; files in an archive are the archive's."""

    def __init__(self, task: Task) -> None:
        self._locations = {
            (str(folder.absolute()), path_below(folder, location)): location
            for folder, there in task.files.items()
            for location in there
        }

    def digest_ids(self, intake: Intake) -> dict[Path, frozenset[str]]:
        """The digests of each file."""
        found: dict[Path, set[str]] = {location: set() for location in self._locations.values()}
        for digest_id, file in intake.files.items():
            if location := self._location_of(file.root, file.path):
                found[location].add(digest_id)
        return {location: frozenset(ids) for location, ids in found.items()}

    def unread(self, intake: Intake) -> frozenset[Path]:
        """Files of which something waits."""
        found = (self._location_of(entry.root, entry.path) for entry in intake.waiting)
        return frozenset(filter(None, found))

    def _location_of(self, root: str, path: str) -> Path | None:
        ways = (path, *(parent.as_posix() for parent in PurePosixPath(path).parents))
        return next((self._locations[root, way] for way in ways if (root, way) in self._locations), None)
