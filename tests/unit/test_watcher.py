"""A watch, one step after the other: no file, and nothing that is away for a while, may keep the others out."""

from collections.abc import Callable
from pathlib import Path

import pytest

from indexer.watching import Watch
from search_service.cli.taking_in import Beside, Done, Failed, Manner, Task
from search_service.cli.watcher import FAULTS_OF_ONE, Feeds, Watcher
from search_service.settings import Settings

Take = Callable[[Task], Done | Failed]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("a.md", "b.md", "c.md", "d.md"):
        (tmp_path / name).write_text(name)
    return tmp_path


class Reader:
    """Takes in all but files of some names, which end it; remembers the tasks."""

    def __init__(self, *fatal: str) -> None:
        self.fatal = fatal
        self.taken: list[str] = []
        self.tasks: list[Task] = []

    def __call__(self, task: Task) -> Done | Failed:
        self.tasks.append(task)
        files = [location for there in task.files.values() for location in there]
        if any(location.name in self.fatal for location in files):
            return Failed(reason="it ended", is_fault=True)
        self.taken += [location.name for location in files]
        return Done(digest_ids={location: frozenset({location.read_text()}) for location in files})


def watcher(folder: Path, take_in: Take, *feeds: str, prune: bool = False) -> Watcher:
    return Watcher([Watch(folder, settle_s=0)], Feeds(feeds, every_s=100), take_in, prune=prune)


def test_a_file_that_ends_its_reader_is_found_and_left_out(folder: Path) -> None:
    """Otherwise one file keeps all that come after it out of the archive."""
    reader = Reader("c.md")
    watch = watcher(folder, reader)
    steps = 0
    while watch.take_in(steps) is not None:
        steps += 1
        assert steps < 20
    assert sorted(reader.taken) == ["a.md", "b.md", "d.md"]
    given_up = [task.given_up for task in reader.tasks if task.given_up]
    assert given_up == [{folder: (folder / "c.md",)}]
    alone = [task for task in reader.tasks if task.files == {folder: (folder / "c.md",)}]
    assert len(alone) == FAULTS_OF_ONE


def test_a_fault_that_passes_leaves_nothing_out(folder: Path) -> None:
    reader = Reader("a.md", "b.md", "c.md", "d.md")
    watch = watcher(folder, reader)
    for now in range(3):
        watch.take_in(now)
    reader.fatal = ()
    while watch.take_in(9) is not None:
        pass
    assert sorted(reader.taken) == ["a.md", "b.md", "c.md", "d.md"]


def test_what_could_not_be_written_is_taken_again(folder: Path) -> None:
    answers: list[Done | Failed] = [Failed(reason="the archive is away")]
    reader = Reader()
    watch = watcher(folder, lambda task: answers.pop() if answers else reader(task))
    assert isinstance(watch.take_in(0), Failed)
    assert isinstance(watch.take_in(1), Done)
    assert len(reader.taken) == 4
    assert watch.take_in(2) is None


def test_feeds_are_asked_when_their_time_has_come(folder: Path) -> None:
    reader = Reader()
    watch = watcher(folder, reader, "https://a.example/feed")
    for now in (0, 50, 99, 100, 150):
        watch.take_in(now)
    assert [task.feeds for task in reader.tasks] == [("https://a.example/feed",)] * 2


def test_pruning_takes_down_what_files_no_longer_give(folder: Path) -> None:
    reader = Reader()
    watch = watcher(folder, reader, prune=True)
    watch.take_in(0)
    (folder / "a.md").unlink()
    watch.take_in(1)
    (folder / "b.md").write_text("other digest")
    watch.take_in(2)
    watch.take_in(3)
    assert watch.take_in(4) is None
    assert [task.gone for task in reader.tasks] == [(), ("a.md",), (), ("b.md",)]


def test_what_nobody_foresaw_is_a_fault_and_a_stop_is_none(tmp_path: Path) -> None:
    settings = Settings(engine=f"embedded:{tmp_path / 'archive'}")
    manner = Manner(settings=settings, extraction="none", workers=1, desk=None)
    (tmp_path / "早报").mkdir()
    unreadable = Task(files={Path("\0"): (Path("\0/a.md"),)})
    outcome = Beside(manner, lambda: True)(unreadable)
    assert isinstance(outcome, Failed)
    assert outcome.is_fault
    stopped = Beside(manner, lambda: False)(Task(files={tmp_path: (tmp_path / "a.md",)}))
    assert stopped == Failed(reason="stopped")
