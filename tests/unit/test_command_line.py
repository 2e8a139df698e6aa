"""The command line as people and scripts meet it: what it prints, where, and with which exit code."""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from search_service.cli import main as zhimai

DIGEST = """# AI 行业动态 (2026-02-12)

**模型与技术进展**

**智谱发布GLM-5**
说明：智谱于2月11日发布旗舰模型GLM-5。
来源出处：[证券早报](https://example.com/glm5)

**投融资与并购**

**星河智能完成2亿元A轮融资**
说明：机器人公司星河智能宣布完成2亿元A轮融资，由青山资本领投，启明创投跟投。
来源出处：[创投日报](https://example.com/xinghe)
"""

Run = Callable[..., Result]


@pytest.fixture
def digests(tmp_path: Path) -> Path:
    folder = tmp_path / "早报"
    folder.mkdir()
    (folder / "2026-02-12.md").write_text(DIGEST, encoding="utf-8")
    return folder


@pytest.fixture
def run(tmp_path: Path) -> Run:
    def call(*words: object, **options: object) -> Result:
        return CliRunner().invoke(
            zhimai, ["--engine", f"embedded:{tmp_path / 'archive'}", *map(str, words)], **options
        )

    return call


def test_index_reports_as_one_json_object_and_a_second_run_writes_nothing(run: Run, digests: Path) -> None:
    first = run("index", digests, "--json", "--workers", 1)
    assert first.exit_code == 0
    assert json.loads(first.stdout) == {
        "digests": 1,
        "items": {"added": 2, "changed": 0, "removed": 0, "unchanged": 0},
        "problems": [],
        "unparsed_lines": 0,
        "by_structure": [],
        "quarantined": 0,
    }
    second = json.loads(run("index", digests, "--json", "--workers", 1).stdout)
    assert second["items"] == {"added": 0, "changed": 0, "removed": 0, "unchanged": 2}


def test_what_was_indexed_is_found_by_every_command(run: Run, digests: Path) -> None:
    run("index", digests, "--workers", 1)
    found = json.loads(run("search", "glm5", "--json").stdout)
    assert [item["title"] for item in found["items"]] == ["智谱发布GLM-5"]
    assert "智谱发布GLM-5" in run("search", "智谱", "--since", "2026-02").stdout
    shown = json.loads(run("entity", "Zhipu AI", "--json").stdout)
    assert shown["id"] == "org:智谱"
    assert shown["relations"][0]["evidence"][0]["text"]
    table = run("entity", "星河智能")
    assert "青山资本" in table.stdout
    path = json.loads(run("path", "青山资本", "启明创投", "--json").stdout)
    assert [hop["to"]["name"] for hop in path["paths"][0]["hops"]] == ["星河智能", "启明创投"]
    assert run("doctor").exit_code == 0


def test_a_dry_run_writes_nothing_and_makes_no_archive(run: Run, digests: Path, tmp_path: Path) -> None:
    (digests / "again.md").write_text(DIGEST, encoding="utf-8")
    told = run("index", digests, "--dry-run", "--extraction", "none", "--json")
    assert json.loads(told.stdout)["items"]["added"] == 2
    assert "2 would be added" in told.stderr
    assert not (tmp_path / "archive").exists()
    run("index", digests, "--extraction", "none")
    again = run("index", digests, "--dry-run", "--extraction", "none", "--json")
    assert json.loads(again.stdout)["items"] == {"added": 0, "changed": 0, "removed": 0, "unchanged": 2}


def test_a_file_that_cannot_be_read_is_listed_with_its_place_and_the_rest_is_stored(run: Run, digests: Path) -> None:
    (digests / "坏.json").write_text('{"date": "2026-02-12", "news": [', encoding="utf-8")
    (digests / "图.png").write_bytes(b"\x89PNG\r\n\x1a\n\0\0\0\0")
    outcome = run("index", digests, "--extraction", "none", "--json")
    assert outcome.exit_code == 1
    report = json.loads(outcome.stdout)
    assert report["items"]["added"] == 2
    assert {problem["path"] for problem in report["problems"]} == {"坏.json", "图.png"}
    assert all(problem["reason"] for problem in report["problems"])
    assert "Traceback" not in outcome.output


def test_standard_input_is_a_digest_too(run: Run) -> None:
    outcome = run("index", "-", "--desk", "晚报", "--extraction", "none", "--json", input=DIGEST.encode())
    assert json.loads(outcome.stdout)["items"]["added"] == 2
    assert json.loads(run("search", "", "--json").stdout)["items"][0]["desk"] == "晚报"


def test_prune_takes_down_what_is_gone_from_the_folder(run: Run, digests: Path) -> None:
    other = digests / "2026-02-13.md"
    other.write_text(DIGEST.replace("2026-02-12", "2026-02-13").replace("GLM-5", "GLM-6"), encoding="utf-8")
    run("index", digests, "--extraction", "none")
    other.unlink()
    assert run("index", digests, "--extraction", "none").exit_code == 0
    assert json.loads(run("search", "GLM-6", "--json").stdout)["total"] == 1
    pruned = json.loads(run("index", digests, "--extraction", "none", "--prune", "--json").stdout)
    assert pruned["items"]["removed"] >= 1
    assert json.loads(run("search", "GLM-6", "--json").stdout)["total"] == 0
    assert run("index", digests / "2026-02-12.md", "--prune").exit_code == 2


def test_remove_takes_down_an_item_and_indexing_again_brings_it_back(run: Run, digests: Path) -> None:
    run("index", digests, "--extraction", "none")
    item = json.loads(run("search", "GLM-5", "--json").stdout)["items"][0]["id"]
    assert run("remove", item).exit_code == 0
    assert json.loads(run("search", "", "--json").stdout)["total"] == 1
    assert json.loads(run("index", digests, "--extraction", "none", "--json").stdout)["items"]["added"] == 1
    assert "1 items removed" in run("remove", json.loads(run("search", "", "--json").stdout)["items"][0]["id"]).stdout
    run("index", digests, "--extraction", "none")
    assert "2 items removed" in run("remove", "早报/2026-02-12.md").stdout
    run("index", digests, "--extraction", "none")
    assert run("remove", "--desk", "早报").exit_code == 0
    assert json.loads(run("search", "", "--json").stdout)["total"] == 0


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (("index", "不存在的文件夹"), 2, "no such file"),
        (("search", "智谱"), 3, "zhimai index"),
        (("search", "智谱", "--since", "昨天"), 2, "no day"),
        (("entity", "智谱"), 3, "zhimai index"),
        (("remove",), 2, "name either"),
        (("doctor",), 1, "zhimai index"),
        (("search", "\udcff"), 2, "UTF-8"),
        (("index", ".", "--desk", "\udcff"), 2, "UTF-8"),
        (("frobnicate",), 2, "No such command"),
    ],
)
def test_a_wrong_call_ends_with_a_sentence_and_its_code(
    run: Run, words: tuple[str, ...], code: int, told: str
) -> None:
    outcome = run(*words)
    assert (outcome.exit_code, told in outcome.output) == (code, True), outcome.output
    assert "Traceback" not in outcome.output


@pytest.mark.parametrize("words", [("entity", "无名小厂"), ("path", "智谱", "无名小厂"), ("remove", "0" * 16)])
def test_what_is_not_there_ends_with_1(run: Run, digests: Path, words: tuple[str, ...]) -> None:
    run("index", digests, "--workers", 1)
    assert run(*words).exit_code == 1


def test_an_engine_that_is_none_is_refused() -> None:
    outcome = CliRunner().invoke(zhimai, ["--engine", "mongodb://x", "search", "智谱"])
    assert outcome.exit_code == 2
    assert "embedded:" in outcome.output


def test_annotate_gives_a_line_for_each_line_in_order() -> None:
    lines = [
        {"id": "1", "date": "2026-02-12", "title": "智谱发布GLM-5", "body": "智谱今天发布GLM-5。"},
        {"id": "2", "date": None, "title": "", "body": ""},
    ]
    text = "\n".join(json.dumps(line, ensure_ascii=False) for line in lines) + "\n\n{broken\n"
    outcome = CliRunner().invoke(zhimai, ["annotate"], input=text.encode())
    records = [json.loads(line) for line in outcome.stdout.splitlines()]
    assert [record["id"] for record in records] == ["1", "2"]
    assert {mention["entity_id"] for mention in records[0]["mentions"]} == {"org:智谱", "model:GLM-5"}
    assert records[0]["relations"][0]["predicate"] == "released"
    assert outcome.exit_code == 1
    assert "line 4" in outcome.stderr


def start(archive: Path, *words: object) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "search_service", "--engine", f"embedded:{archive}", *map(str, words)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_ctrl_c_ends_with_130_and_the_next_run_completes(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "多日"
    folder.mkdir()
    for day in range(1, 29):
        for month in range(1, 13):
            text = DIGEST.replace("2026-02-12", f"2025-{month:02}-{day:02}")
            (folder / f"2025-{month:02}-{day:02}.md").write_text(text, encoding="utf-8")
    process = start(tmp_path / "archive", "index", folder, "--workers", 2)
    while not (tmp_path / "archive" / "record.sqlite").exists():
        time.sleep(0.02)
    time.sleep(0.5)
    process.send_signal(signal.SIGINT)
    _, told = process.communicate(timeout=60)
    assert process.returncode == 130, told
    assert "Traceback" not in told
    assert run("index", folder, "--extraction", "none").exit_code == 0
    assert json.loads(run("search", "", "--json").stdout)["total"] == 2
