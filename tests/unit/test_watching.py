"""Watching a folder: a file is taken once, when it is whole, and a disk that goes away takes no news along."""

import os
from pathlib import Path

import pytest

from indexer.watching import Watch


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "a.md").write_text("一")
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "b.md").write_text("二")
    return tmp_path


def names(locations: object) -> list[str]:
    return sorted(location.name for location in locations)  # type: ignore[attr-defined]


def taken(watch: Watch, now: float) -> list[str]:
    """Looks, and takes what has settled, each file giving a digest by its name."""
    watch.look(now)
    settled = watch.settled()
    watch.take(settled, {location: [location.name] for location in settled})
    return names(settled)


def test_files_are_taken_when_they_have_stayed_as_they_are(folder: Path) -> None:
    watch = Watch(folder, settle_s=3)
    assert taken(watch, 0) == []
    assert names(watch.unsettled()) == ["a.md", "b.md"]
    assert taken(watch, 2) == []
    assert taken(watch, 3) == ["a.md", "b.md"]
    assert taken(watch, 6) == []
    assert watch.unsettled() == ()


def test_a_file_that_grows_is_waited_for(folder: Path) -> None:
    """Otherwise half a digest is stored."""
    watch = Watch(folder, settle_s=3)
    for now in range(6):
        (folder / "a.md").write_text("一" * (now + 2))
        assert "a.md" not in taken(watch, now)
    assert taken(watch, 8) == ["a.md"]


def test_a_changed_file_and_one_that_took_its_place_are_taken_again(folder: Path) -> None:
    watch = Watch(folder, settle_s=0)
    taken(watch, 0)
    (folder / "a.md").write_text("改")
    assert taken(watch, 1) == ["a.md"]
    before = (folder / "a.md").stat()
    (folder / "new").write_text("正")
    os.utime(folder / "new", ns=(before.st_atime_ns, before.st_mtime_ns))
    (folder / "new").rename(folder / "a.md")
    assert taken(watch, 2) == ["a.md"]


def test_a_file_that_changes_while_it_is_read_is_taken_again(folder: Path) -> None:
    watch = Watch(folder, settle_s=0)
    watch.look(0)
    settled = watch.settled()
    (folder / "a.md").write_text("改了")
    watch.take(settled, {})
    assert taken(watch, 1) == ["a.md"]


def test_new_rights_are_a_change(folder: Path) -> None:
    """Otherwise a file that could not be read is never tried again."""
    watch = Watch(folder, settle_s=0)
    taken(watch, 0)
    (folder / "a.md").chmod(0o600)
    assert taken(watch, 1) == ["a.md"]


def test_hidden_and_unfinished_files_are_left_alone(folder: Path) -> None:
    for name in (".a.md.swp", "c.md.part", "c.md~", "d.tmp", "e.crdownload"):
        (folder / name).write_text("x")
    os.mkfifo(folder / "pipe")
    (folder / "dangling").symlink_to(folder / "nowhere")
    assert taken(Watch(folder, settle_s=0), 0) == ["a.md", "b.md"]


def test_a_deleted_file_is_gone_when_it_stays_away(folder: Path) -> None:
    watch = Watch(folder, settle_s=3)
    watch.look(0)
    taken(watch, 3)
    (folder / "a.md").rename(folder / "away")
    watch.look(4)
    assert watch.gone() == {}
    (folder / "away").rename(folder / "a.md")
    watch.look(6)
    assert watch.gone() == {}
    (folder / "a.md").unlink()
    watch.look(10)
    watch.look(13)
    assert {location.name: ids for location, ids in watch.gone().items()} == {"a.md": {"a.md"}}
    watch.forget(watch.gone())
    watch.look(20)
    assert watch.gone() == {}


def test_a_disk_that_goes_away_deletes_nothing(folder: Path) -> None:
    watch = Watch(folder, settle_s=0)
    taken(watch, 0)
    away = folder.parent / f"{folder.name}-away"
    folder.rename(away)
    watch.look(1)
    assert watch.failures
    folder.mkdir()
    watch.look(2)
    watch.look(3)
    assert watch.gone() == {}
    folder.rmdir()
    away.rename(folder)
    assert taken(watch, 4) == []
    assert watch.failures == ()
