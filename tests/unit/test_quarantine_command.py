"""What could not be read waits, and nothing of it may be lost: from the first run to the one that reads it well."""

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from search_service.cli import main as zhimai

DIGEST = """# AI 行业动态 (2026-02-12)

**模型与技术进展**

**松涛智能发布山风模型**
说明：松涛智能发布山风模型。
来源出处：[某报](https://example.com/1)
"""
BROKEN = '{"date": "2026-02-12", "news": ['
MENDED = '{"date": "2026-02-12", "news": [{"title": "白云科技开源白云模型", "url": "https://example.com/2"}]}'

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    def call(*words: object, **options: object) -> Result:
        engine = f"embedded:{tmp_path / 'archive'}"
        outcome = CliRunner().invoke(zhimai, ["--engine", engine, *map(str, words)], **options)
        assert "Traceback" not in outcome.output
        return outcome

    return call


@pytest.fixture
def digests(tmp_path: Path) -> Path:
    folder = tmp_path / "早报"
    folder.mkdir()
    (folder / "2026-02-12.md").write_text(DIGEST, encoding="utf-8")
    (folder / "坏.json").write_text(BROKEN, encoding="utf-8")
    return folder


def index(run: Run, *words: object, **options: object) -> tuple[int, dict[str, Any]]:
    outcome = run("index", *words, "--extraction", "none", "--json", **options)
    return outcome.exit_code, json.loads(outcome.stdout)


def retry(run: Run, *ids: str) -> tuple[int, dict[str, Any]]:
    outcome = run("quarantine", "retry", *ids, "--extraction", "none", "--json")
    return outcome.exit_code, json.loads(outcome.stdout)


def waiting(run: Run) -> list[dict[str, Any]]:
    return list(json.loads(run("quarantine", "list", "--json").stdout)["items"])


def test_a_broken_file_waits_and_leaves_when_it_is_mended(run: Run, digests: Path) -> None:
    code, report = index(run, digests)
    assert (code, report["quarantined"]) == (1, 1)
    (entry,) = waiting(run)
    assert (entry["desk"], entry["path"], entry["line"]) == ("早报", "坏.json", 1)
    assert "broken JSON" in entry["reason"]
    assert index(run, digests)[0] == 1
    assert waiting(run) == [entry]
    (digests / "坏.json").write_text(MENDED, encoding="utf-8")
    assert index(run, digests)[0] == 0
    assert waiting(run) == []


def test_a_run_over_other_files_leaves_what_waits_alone(run: Run, digests: Path) -> None:
    index(run, digests)
    assert index(run, digests / "2026-02-12.md")[0] == 0
    assert len(waiting(run)) == 1


def test_retry_reads_only_what_waits_from_where_it_was(run: Run, digests: Path) -> None:
    (digests / "图.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    index(run, digests, "--desk", "特刊")
    (digests / "坏.json").write_text(MENDED, encoding="utf-8")
    (digests / "new.json").write_text(MENDED.replace("白云", "黑云"), encoding="utf-8")
    code, report = retry(run)
    assert (code, report["digests"], report["items"]["added"], report["quarantined"]) == (1, 1, 1, 1)
    assert [(entry["desk"], entry["path"]) for entry in waiting(run)] == [("特刊", "图.png")]


def test_one_entry_can_be_retried_and_an_unknown_one_is_said(run: Run, digests: Path) -> None:
    (digests / "图.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    index(run, digests)
    ids = {entry["path"]: entry["id"] for entry in waiting(run)}
    (digests / "坏.json").write_text(MENDED, encoding="utf-8")
    assert retry(run, ids["坏.json"])[0] == 0
    assert [entry["path"] for entry in waiting(run)] == ["图.png"]
    outcome = run("quarantine", "retry", "0" * 16)
    assert outcome.exit_code == 1
    assert "quarantine list" in outcome.output


def test_a_file_that_is_gone_is_said_so_and_stays(run: Run, digests: Path) -> None:
    index(run, digests)
    before = waiting(run)
    (digests / "坏.json").unlink()
    code, report = retry(run)
    assert (code, report["quarantined"]) == (1, 1)
    assert "no longer there" in report["problems"][0]["reason"]
    assert waiting(run) == before
    assert "1 dropped" in run("quarantine", "drop", "--all").output
    assert retry(run)[0] == 0


def test_a_damaged_file_in_an_archive_waits_by_its_name(run: Run, digests: Path) -> None:
    (digests / "坏.json").unlink()
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as container:
        container.writestr("a.md", DIGEST)
        container.writestr("b.md", DIGEST.replace("山风", "海风"))
    whole = packed.getvalue()
    (digests / "news.zip").write_bytes(whole.replace("海风模型。".encode(), "海浪模型。".encode()))
    code, report = index(run, digests)
    assert (code, report["items"]["added"]) == (1, 1)
    (entry,) = waiting(run)
    assert entry["path"] == "news.zip/b.md"
    assert retry(run)[0] == 1
    (digests / "news.zip").write_bytes(whole)
    code, report = retry(run)
    assert (code, report["digests"], report["items"]["added"]) == (0, 1, 1)
    assert waiting(run) == []


def test_an_archive_that_was_damaged_as_a_whole_leaves_when_its_files_are_read(run: Run, digests: Path) -> None:
    (digests / "坏.json").unlink()
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as container:
        container.writestr("x/a.md", DIGEST)
    (digests / "news.zip").write_bytes(packed.getvalue()[:-30])
    assert index(run, digests)[0] == 1
    assert [entry["path"] for entry in waiting(run)] == ["news.zip"]
    (digests / "news.zip").write_bytes(packed.getvalue())
    assert index(run, digests)[0] == 0
    assert waiting(run) == []


def test_standard_input_is_kept_until_it_is_read(run: Run, tmp_path: Path) -> None:
    """Nobody can give it again."""
    lines = b'{"title": "\xe7\x94\xb2"}\n{"title": "\xe4\xb9\x99"}\n{broken\n{worse\n'
    code, report = index(run, "-", "--desk", "晚报", input=lines)
    assert (code, report["quarantined"]) == (1, 2)
    first = waiting(run)
    assert [(entry["desk"], entry["root"], entry["line"]) for entry in first] == [("晚报", "-", 3), ("晚报", "-", 4)]
    code, report = retry(run, first[1]["id"])
    assert (code, report["digests"]) == (1, 1)
    assert waiting(run) == first


def test_too_much_standard_input_must_be_given_again_and_is_told_so(run: Run) -> None:
    index(run, "-", input=b"\x89PNG" + b"0" * 2_000_000)
    (entry,) = waiting(run)
    assert "give it again" in entry["reason"]
    code, report = retry(run)
    assert code == 1
    assert "give it again" in report["problems"][0]["reason"]


def test_a_dry_run_lets_nothing_wait(run: Run, digests: Path) -> None:
    index(run, digests / "2026-02-12.md")
    code, report = index(run, digests, "--dry-run")
    assert (code, report["quarantined"]) == (1, 1)
    assert waiting(run) == []


def test_what_is_dropped_comes_back_with_the_next_run_over_it(run: Run, digests: Path) -> None:
    index(run, digests)
    (entry,) = waiting(run)
    assert run("quarantine", "drop").exit_code == 2
    assert run("quarantine", "drop", "0" * 16).exit_code == 1
    assert "1 dropped" in run("quarantine", "drop", entry["id"]).output
    assert waiting(run) == []
    index(run, digests)
    assert len(waiting(run)) == 1


def test_people_see_what_waits(run: Run, digests: Path) -> None:
    told = run("index", digests, "--extraction", "none")
    assert "1 wait in quarantine" in told.output
    shown = run("quarantine", "list")
    assert "早报/坏.json:1: broken JSON" in shown.stdout
    doctor = run("doctor")
    assert doctor.exit_code == 0
    assert "1 in quarantine" in " ".join(doctor.output.split())
    assert "quarantine list" in " ".join(doctor.output.split())


def test_prune_spares_what_cannot_be_read_just_now(run: Run, digests: Path) -> None:
    """Otherwise a disk error would take a year of news down."""
    (digests / "坏.json").write_text(MENDED, encoding="utf-8")
    assert index(run, digests)[1]["items"]["added"] == 2
    (digests / "坏.json").write_text(BROKEN, encoding="utf-8")
    code, report = index(run, digests, "--prune")
    assert (code, report["items"]["removed"]) == (1, 0)
    (digests / "坏.json").unlink()
    code, report = index(run, digests, "--prune")
    assert (code, report["items"]["removed"]) == (0, 1)
