"""reindex, migrate, backup and restore as people and scripts call them."""

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from indexer.identity import digest_id
from indexer.model import AnnotatedDigest, AnnotatedItem, Digest, NewsItem
from search_service.cli import main as zhimai
from search_service.cli.exits import DONE, NOT_REACHABLE, NOT_STORED_OR_FOUND, WRONG_CALL
from search_service.engines import open_engine

Run = Callable[..., Result]


def digest(desk: str, *titles: str) -> AnnotatedDigest:
    day = date(2026, 2, 12)
    items = tuple(NewsItem(id="", desk=desk, day=day, title=title) for title in titles)
    return AnnotatedDigest(
        digest=Digest(id=digest_id(desk, "a.md"), desk=desk, path="a.md", day=day, items=items, layout="test"),
        items=tuple(AnnotatedItem(item=item) for item in items),
    )


@pytest.fixture
def archive(tmp_path: Path) -> str:
    """The URL of an archive with three items."""
    url = f"embedded:{tmp_path / 'archive'}"
    with open_engine(url, write=True) as engine:
        engine.replace([digest("早报", "松涛发布", "云海发布"), digest("晚报", "青山发布")])
    return url


@pytest.fixture
def run(archive: str) -> Run:
    def call(*words: object, engine: str = archive) -> Result:
        return CliRunner().invoke(zhimai, ["--engine", engine, *map(str, words)])

    return call


def test_scripts_read_one_object(run: Run, archive: str, tmp_path: Path) -> None:
    built = json.loads(run("reindex", "--json").stdout)
    copied = json.loads(run("migrate", "--to", f"embedded:{tmp_path / 'copy'}", "--json").stdout)
    saved = json.loads(run("backup", tmp_path / "backup", "--json").stdout)
    restored = json.loads(
        run("restore", tmp_path / "backup", "--json", engine=f"embedded:{tmp_path / 'back'}").stdout
    )
    assert (built["digests"], built["items"]) == (2, 3)
    assert built == copied["content"] == saved["content"] == restored["content"]
    assert (copied["copied"], copied["there"], copied["refused"]) == (2, 0, [])
    assert saved == restored == {**saved, "format": "2", "items": 3, "name": str(tmp_path / "backup")}


def test_people_read_one_sentence(run: Run, tmp_path: Path) -> None:
    for call, told in (
        (("reindex",), "2 digests with 3 items in use, built anew"),
        (("migrate", "--to", f"embedded:{tmp_path / 'copy'}"), "2 digests copied, 0 were there"),
        (("backup", tmp_path / "backup"), f"3 merged, saved as {tmp_path / 'backup'}"),
        (("restore", tmp_path / "backup", "--force"), "UTC, in use"),
    ):
        done = run(*call)
        assert (done.exit_code, done.stdout) == (DONE, "")
        assert told in done.stderr


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("backup",), "folder or --repository"),
        (("backup", "x", "--repository", "y"), "folder or --repository"),
        (("restore",), "folder or --repository"),
        (("restore", "nowhere"), "is no backup"),
        (("reindex", "--shards", "2"), "no shards"),
        (("reindex", "--rollback"), "zhimai restore"),
        (("reindex", "--rollback", "--force"), "no other option"),
        (("migrate", "--to", "nonsense"), "embedded:FOLDER"),
    ],
)
def test_what_cannot_be_done_is_told_with_code_2(run: Run, words: tuple[str, ...], told: str) -> None:
    done = run(*words)
    assert done.exit_code == WRONG_CALL
    assert told in done.stderr
    assert "Traceback" not in done.stderr


def test_an_archive_is_not_copied_into_itself(run: Run, archive: str) -> None:
    assert run("migrate", "--to", f"{archive}/../archive").exit_code == WRONG_CALL


def test_the_backup_is_kept_from_an_archive_that_is_there(run: Run, tmp_path: Path) -> None:
    run("backup", tmp_path / "backup")
    done = run("restore", tmp_path / "backup")
    assert (done.exit_code, "--force" in done.stderr) == (WRONG_CALL, True)


def test_a_damaged_backup_is_told_with_code_1(run: Run, tmp_path: Path) -> None:
    run("backup", tmp_path / "backup")
    with (tmp_path / "backup" / "record.sqlite").open("ab") as record:
        record.write(b"?")
    done = run("restore", tmp_path / "backup", "--force")
    assert (done.exit_code, "damaged" in done.stderr) == (NOT_STORED_OR_FOUND, True)


@pytest.mark.parametrize("words", [("reindex",), ("backup", "x"), ("migrate", "--to", "embedded:y")])
def test_an_archive_that_is_not_there_is_told_with_code_3(run: Run, tmp_path: Path, words: tuple[str, ...]) -> None:
    done = run(*words, engine=f"embedded:{tmp_path / 'nothing'}")
    assert (done.exit_code, "zhimai index" in done.stderr) == (NOT_REACHABLE, True)
    assert not (tmp_path / "nothing").exists()


def test_other_digests_in_the_target_are_told_with_code_2(run: Run, tmp_path: Path) -> None:
    target = f"embedded:{tmp_path / 'copy'}"
    with open_engine(target, write=True) as engine:
        engine.replace([digest("别家", "远山发布")])
    assert run("migrate", "--to", target).exit_code == WRONG_CALL
    assert run("migrate", "--to", target, "--add").exit_code == DONE
    with open_engine(target) as engine:
        assert engine.state().items == 4
