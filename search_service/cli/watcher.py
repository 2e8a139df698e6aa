"""What is watched, and what is done about it: one step of ``zhimai watch`` at a time."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from itertools import islice
from pathlib import Path

import click

from indexer.watching import Version, Watch
from search_service.cli.taking_in import Done, Failed, Task

FAULTS_OF_ONE = 3
"""So often a file is tried by itself before it is left out: a machine short of memory is no fault of the file's."""


def say(text: str) -> None:
    """A line with the time on standard error."""
    click.echo(f"{datetime.now().astimezone().isoformat(timespec='seconds')} {text}", err=True)


class Feeds:
    """Addresses, each asked again when its time has come."""

    def __init__(self, urls: Iterable[str], *, every_s: float) -> None:
        self._due = dict.fromkeys(urls, float("-inf"))
        self._every_s = every_s

    def __len__(self) -> int:
        return len(self._due)

    def due(self, now: float) -> tuple[str, ...]:
        """Those to ask now."""
        return tuple(url for url, when in self._due.items() if when <= now)

    def asked(self, urls: Iterable[str], now: float) -> None:
        """Notes that these were asked."""
        self._due.update(dict.fromkeys(urls, now + self._every_s))


class Watcher:
    """Looks, and lets ``take_in`` do what there is to do."""

    def __init__(
        self,
        watches: Sequence[Watch],
        feeds: Feeds,
        take_in: Callable[[Task], Done | Failed],
        *,
        prune: bool,
    ) -> None:
        self._watches = watches
        self._feeds = feeds
        self._take_in = take_in
        self._prune = prune
        self._at_once: int | None = None
        self._given_up: dict[Path, tuple[Path, ...]] = {}
        self._faults: Counter[Path] = Counter()
        self._stale: set[str] = set()
        self._failures: tuple[str, ...] = ()

    @property
    def what(self) -> str:
        """What is watched, in words."""
        parts = [str(watch.folder) for watch in self._watches]
        if len(self._feeds):
            parts.append(f"{len(self._feeds)} feeds")
        return ", ".join(parts)

    def look(self, now: float) -> None:
        """Looks at all folders; says which cannot be listed when that changes."""
        for watch in self._watches:
            watch.look(now)
        failures = tuple(failure for watch in self._watches for failure in watch.failures)
        for failure in failures:
            if failure not in self._failures:
                say(f"cannot list {failure}")
        self._failures = failures

    def unsettled(self) -> list[Path]:
        """Files that may still be written to."""
        return [location for watch in self._watches for location in watch.unsettled()]

    def take_in(self, now: float) -> Done | Failed | None:
        """Looks, and takes in what has settled; None where there is nothing to do."""
        self.look(now)
        versions = self._settled()
        task = self._task(versions, now)
        if task == Task():
            return None
        outcome = self._take_in(task)
        if isinstance(outcome, Done):
            self._note(task, versions, outcome, now)
        elif outcome.is_fault:
            self._narrow(task, versions, outcome, now)
        return outcome

    def _settled(self) -> dict[Watch, dict[Path, Version]]:
        """What to take now: all that has settled, or less of it after a fault."""
        left = self._at_once
        chosen: dict[Watch, dict[Path, Version]] = {}
        for watch in self._watches:
            chosen[watch] = dict(islice(watch.settled().items(), left))
            left = None if left is None else left - len(chosen[watch])
        return chosen

    def _task(self, versions: dict[Watch, dict[Path, Version]], now: float) -> Task:
        gone = [ids for watch in self._watches for ids in watch.gone().values()]
        return Task(
            files={watch.folder: tuple(files) for watch, files in versions.items() if files},
            given_up=self._given_up,
            feeds=self._feeds.due(now),
            gone=tuple(sorted(self._stale.union(*gone))) if self._prune else (),
        )

    def _note(self, task: Task, versions: dict[Watch, dict[Path, Version]], done: Done, now: float) -> None:
        self._stale = set()
        for watch, files in versions.items():
            for location in files:
                former, now_given = watch.digest_ids(location), done.digest_ids[location]
                if location in done.unread or not location.exists():
                    done.digest_ids[location] = former | now_given
                else:
                    self._stale |= former - now_given
            watch.take(files, done.digest_ids)
            watch.forget(watch.gone())
        self._feeds.asked(task.feeds, now)
        self._at_once, self._given_up = None, {}
        if not done.is_quiet:
            say(done.summary)
        for problem in done.problems:
            say(f"  {problem}")

    def _narrow(self, task: Task, versions: dict[Watch, dict[Path, Version]], failed: Failed, now: float) -> None:
        """After a fault fewer files are taken at once, until the one that it lies in is found and at last left out;
        feeds wait until their next time."""
        self._feeds.asked(task.feeds, now)
        files = [(watch, location) for watch, there in versions.items() for location in there]
        if len(files) == 1:
            (watch, location) = files[0]
            self._faults[location] += 1
            if self._faults[location] < FAULTS_OF_ONE:
                return
            del self._faults[location]
            say(f"{location} is left out: {failed.reason}")
            watch.take(versions[watch], {})
            self._given_up = {watch.folder: (location,)}
        self._at_once = max(1, len(files) // 2)
