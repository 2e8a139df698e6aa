"""``zhimai watch``: folders and feeds, taken in as they change."""

import sys
import time
from contextlib import suppress
from pathlib import Path
from signal import SIGINT

import click

from indexer.source_files import is_address
from indexer.watching import Watch
from search_service.cli.context import pass_settings
from search_service.cli.exits import DONE, INTERRUPTED, NOT_STORED_OR_FOUND, WRONG_CALL, fail
from search_service.cli.indexing import check_sources
from search_service.cli.parameters import WORDS
from search_service.cli.taking_in import Beside, Failed, Manner
from search_service.cli.watcher import Feeds, Watcher, say
from search_service.settings import Settings
from search_service.web.stopping import StopSignals, noted_signals

TICK_S = 0.2
"""How long a signal may go unnoticed."""

FIRST_PAUSE_S, LONGEST_PAUSE_S = 2.0, 300.0
"""Pauses while the archive is away, each twice as long as the one before."""


@click.command()
@click.argument("sources", nargs=-1, required=True, metavar="FOLDER|URL...")
@click.option("--interval", type=click.FloatRange(0.1), default=5, show_default=True, help="Seconds between looks.")
@click.option("--settle", type=click.FloatRange(0), default=3, show_default=True, help="Seconds a file must rest.")
@click.option(
    "--feed-interval", type=click.FloatRange(1), default=900, show_default=True, help="Seconds between fetches."
)
@click.option("--desk", type=WORDS, help="Who wrote the digests. Default: the name of the folder or host.")
@click.option("--extraction", type=click.Choice(["fast", "accurate", "none"]), default="fast", show_default=True)
@click.option("--workers", type=click.IntRange(1, 64), help="Processes that extract. Default: $ZHIMAI_WORKERS.")
@click.option("--prune", is_flag=True, help="Take down the digests of files that are deleted.")
@click.option("--heartbeat", type=click.Path(path_type=Path), help="A file to touch all along, for health checks.")
@click.option("--once", is_flag=True, help="Take what is there and has settled, then end.")
@pass_settings
def watch(
    settings: Settings,
    /,
    *,
    sources: tuple[str, ...],
    interval: float,
    settle: float,
    feed_interval: float,
    desk: str | None,
    extraction: str,
    workers: int | None,
    prune: bool,
    heartbeat: Path | None,
    once: bool,
) -> None:
    """Take in new and changed digests of folders and feeds as they settle, until stopped.

    Folders are looked at, which works on network folders and in containers. The archive is locked only while
    something is written. An archive that is away is waited for. What cannot be read waits in quarantine. SIGTERM ends
    it with 0, Ctrl-C with 130.
    """
    check_sources(sources)
    folders = [Path(source) for source in sources if not is_address(source)]
    for folder in folders:
        if not folder.is_dir():
            fail(f"{folder}: not a folder; zhimai index reads single files", WRONG_CALL)
    manner = Manner(settings=settings, extraction=extraction, workers=workers or settings.workers, desk=desk)
    with noted_signals() as stop:
        pulse = Pulse(heartbeat, stop)
        watcher = Watcher(
            [Watch(folder, settle_s=settle) for folder in folders],
            Feeds([source for source in sources if is_address(source)], every_s=feed_interval),
            Beside(manner, pulse.beats),
            prune=prune,
        )
        code = _watch_once(watcher, pulse, settle) if once else _watch_on(watcher, pulse, interval)
    sys.exit(code)


class Pulse:
    """Time passing: beats as long as nobody says stop, with a file that others can look at."""

    def __init__(self, heartbeat: Path | None, stop: StopSignals) -> None:
        self._heartbeat = heartbeat
        self._stop = stop
        if heartbeat:
            try:
                heartbeat.touch()
            except OSError as error:
                fail(f"{heartbeat} cannot be touched: {error.strerror}", WRONG_CALL)

    def beats(self) -> bool:
        """Lets a moment pass; whether to go on."""
        if self._heartbeat:
            with suppress(OSError):  # whoever looks at it will notice
                self._heartbeat.touch()
        if not self._stop():
            time.sleep(TICK_S)
        return self.goes_on

    def wait(self, seconds: float) -> bool:
        """Lets some time pass; whether to go on."""
        until = time.monotonic() + seconds
        while not self._stop() and time.monotonic() < until:
            self.beats()
        return self.goes_on

    @property
    def goes_on(self) -> bool:
        """Whether nobody has said stop."""
        return not self._stop()

    def code(self) -> int:
        """How to end."""
        return INTERRUPTED if self._stop.received == SIGINT else DONE


def _watch_on(watcher: Watcher, pulse: Pulse, interval: float) -> int:
    say(f"watching {watcher.what}; Ctrl-C stops")
    pause, told = FIRST_PAUSE_S, ""
    while pulse.wait(0):
        outcome = watcher.take_in(time.monotonic())
        if isinstance(outcome, Failed) and not outcome.may_pass:
            fail(outcome.reason, outcome.code)
        if isinstance(outcome, Failed):
            if outcome.reason != told and pulse.goes_on:
                say(f"{outcome.reason}; trying again until it works")
            told = outcome.reason
            pulse.wait(pause)
            pause = min(2 * pause, LONGEST_PAUSE_S)
            continue
        if told:
            say("it works again")
        pause, told = FIRST_PAUSE_S, ""
        pulse.wait(interval)
    say("stopped; nothing is half done")
    return pulse.code()


def _watch_once(watcher: Watcher, pulse: Pulse, settle: float) -> int:
    watcher.look(time.monotonic())
    problems = 0
    while pulse.wait(settle):
        outcome = watcher.take_in(time.monotonic())
        if isinstance(outcome, Failed) and not outcome.is_fault:
            fail(outcome.reason, outcome.code)
        if outcome is None:
            for location in watcher.unsettled():
                say(f"{location} is still being written")
            return NOT_STORED_OR_FOUND if problems else DONE
        problems += isinstance(outcome, Failed) or len(outcome.problems)
        settle = 0
    return pulse.code()
