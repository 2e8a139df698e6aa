"""Folders that are no archive, or one that something happened to: told in a sentence or mended, never a traceback."""

import shutil
import sqlite3
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from indexer.archive import ArchiveFormatUnknown, ArchiveUnavailable
from indexer.identity import digest_id
from indexer.model import AnnotatedDigest, AnnotatedItem, Digest, NewsItem
from search_service.engines import open_engine
from search_service.engines.contract import EngineUnavailable, SearchRequest
from search_service.engines.embedded.folder import ArchiveFolder
from search_service.engines.embedded.schema import open_for_writing
from search_service.engines.embedded.writer import RecordWriter
from search_service.query.tree import Everything, Tokens

DAY = date(2026, 2, 12)
EVERYTHING = SearchRequest(tree=Everything(), limit=100)
WORD = SearchRequest(tree=Tokens(field="title", tokens=("松涛",)), limit=100)


def digest(path: str, *titles: str) -> AnnotatedDigest:
    items = tuple(NewsItem(id="", desk="早报", day=DAY, title=title) for title in titles)
    return AnnotatedDigest(
        digest=Digest(id=digest_id("早报", path), desk="早报", path=path, day=DAY, items=items, layout="test"),
        items=tuple(AnnotatedItem(item=item) for item in items),
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An archive with two items."""
    folder = tmp_path / "data"
    with open_engine(f"embedded:{folder}", write=True) as engine:
        engine.replace([digest("a.md", "松涛发布", "云海发布")])
    return folder


def total(folder: Path, request: SearchRequest = EVERYTHING) -> int:
    with open_engine(f"embedded:{folder}") as engine:
        return engine.search(request).total


def mend(folder: Path) -> None:
    open_engine(f"embedded:{folder}", write=True).__exit__()


def test_a_folder_of_something_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.docx").write_text("years of work")
    for write in (False, True):
        with pytest.raises(ArchiveFormatUnknown, match=r"thesis\.docx"):
            open_engine(f"embedded:{tmp_path}", write=write)
    assert [entry.name for entry in tmp_path.iterdir()] == ["thesis.docx"]


def test_a_file_is_no_archive(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("")
    for write in (False, True):
        with pytest.raises(ArchiveFormatUnknown, match="is a file"):
            open_engine(f"embedded:{tmp_path / 'data'}", write=write)


def test_a_record_of_something_else_is_refused(tmp_path: Path) -> None:
    content = b"not a database, just some text that is long enough" * 100
    (tmp_path / "record.sqlite").write_bytes(content)
    for write in (False, True):
        with pytest.raises(ArchiveFormatUnknown, match="not the record of an archive"):
            open_engine(f"embedded:{tmp_path}", write=write)
    assert (tmp_path / "record.sqlite").read_bytes() == content


def test_a_database_of_another_program_is_refused(tmp_path: Path) -> None:
    connection = sqlite3.connect(tmp_path / "record.sqlite")
    connection.execute("CREATE TABLE photos (id)")
    connection.close()
    for write in (False, True):
        with pytest.raises(ArchiveFormatUnknown, match="not the record of an archive"):
            open_engine(f"embedded:{tmp_path}", write=write)


@pytest.mark.parametrize("found", ["0", "1", "99"])
def test_another_format_is_refused_with_both_numbers(folder: Path, found: str) -> None:
    connection = sqlite3.connect(folder / "record.sqlite")
    connection.execute("UPDATE meta SET value = ? WHERE key = 'format'", (found,))
    connection.commit()
    connection.close()
    for write in (False, True):
        with pytest.raises(ArchiveFormatUnknown, match=f"format {found} and this version reads format 2"):
            open_engine(f"embedded:{folder}", write=write)


def test_a_folder_that_a_killed_first_run_left_is_used(tmp_path: Path) -> None:
    (tmp_path / "lock").write_text("12345\n")
    (tmp_path / "record.sqlite").touch()
    with pytest.raises(ArchiveUnavailable, match="zhimai index"):
        open_engine(f"embedded:{tmp_path}")
    mend(tmp_path)
    assert total(tmp_path) == 0


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ArchiveUnavailable, match="cannot make the folder"):
        open_engine(f"embedded:{tmp_path / 'file' / 'data'}", write=True)


def lose_index(folder: Path) -> None:
    shutil.rmtree(ArchiveFolder(folder).index)


def break_index(folder: Path) -> None:
    (ArchiveFolder(folder).index / "meta.json").write_text("{")


def cut_index(folder: Path) -> None:
    for segment in ArchiveFolder(folder).index.glob("*.idx"):
        segment.write_bytes(segment.read_bytes()[:7])


def lose_segment(folder: Path) -> None:
    for segment in ArchiveFolder(folder).index.glob("*.fast"):
        segment.unlink()


@pytest.mark.parametrize("damage", [lose_index, break_index, cut_index, lose_segment])
def test_a_damaged_index_is_told_and_built_anew(folder: Path, damage: Callable[[Path], None]) -> None:
    damage(folder)
    with open_engine(f"embedded:{folder}") as engine:
        assert engine.state().items == 2
        with pytest.raises(EngineUnavailable):
            engine.search(EVERYTHING)
    mend(folder)
    assert (total(folder), total(folder, WORD)) == (2, 1)


def test_a_reader_that_was_there_before_finds_the_index_built_anew(folder: Path) -> None:
    with open_engine(f"embedded:{folder}") as reader:
        assert reader.search(EVERYTHING).total == 2
        lose_index(folder)
        assert reader.search(EVERYTHING).total == 2  # what is open stays readable
        mend(folder)
        assert reader.search(WORD).total == 1


def test_a_run_that_ended_between_record_and_index_is_finished_by_the_next(folder: Path) -> None:
    connection = open_for_writing(ArchiveFolder(folder).record)
    RecordWriter(connection).replace([digest("a.md", "松涛发布", "松涛融资"), digest("b.md", "松涛开源")])
    connection.close()
    with open_engine(f"embedded:{folder}") as reader:
        assert reader.state().waiting == 3  # one removed, two added
        assert reader.search(WORD).total == 1
        assert len(reader.search(EVERYTHING).hits) == 1  # the removed one is not shown
    mend(folder)
    with open_engine(f"embedded:{folder}") as reader:
        assert reader.state().waiting == 0
        assert (reader.search(WORD).total, reader.search(EVERYTHING).total) == (3, 3)


def test_taking_items_up_twice_is_taking_them_up_once(folder: Path) -> None:
    connection = sqlite3.connect(ArchiveFolder(folder).record)
    connection.execute("INSERT INTO outbox (item_id) SELECT id FROM items")
    connection.execute("INSERT INTO outbox (item_id) VALUES ('gone')")
    connection.commit()
    connection.close()
    mend(folder)
    assert (total(folder), total(folder, WORD)) == (2, 1)


def test_an_index_of_another_record_is_built_anew(folder: Path, tmp_path: Path) -> None:
    backup = tmp_path / "backup.sqlite"
    shutil.copy(ArchiveFolder(folder).record, backup)
    with open_engine(f"embedded:{folder}", write=True) as engine:
        engine.replace([digest("a.md", "远山发布", "白鹭发布")])
    shutil.copy(backup, ArchiveFolder(folder).record)
    mend(folder)
    assert (total(folder), total(folder, WORD)) == (2, 1)
