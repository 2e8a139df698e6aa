"""Full disks and folders without rights, as an ordinary user: a sentence, an exit code, nothing lost, and it goes on.

Where tests run as root, what they start has none of root's capabilities, so that rights bind it as they bind anybody.
A full disk is a small file system in a namespace of its own; a limit on the size of files is tried besides.
"""

import json
import os
import resource
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from search_service.engines import open_engine
from search_service.engines.contract import SearchRequest
from search_service.query.tree import Everything, Tokens

ROOT = Path(__file__).parents[2]
IS_ROOT = os.geteuid() == 0
ORDINARY = ("setpriv", "--bounding-set=-all", "--inh-caps=-all") if IS_ROOT else ()
LIMIT_S = 900
DONE, NOT_STORED, NOT_REACHABLE = 0, 1, 3
FILES, ITEMS = 40, 60
SLOW = pytest.mark.slow_faults

pytestmark = pytest.mark.skipif(
    IS_ROOT and shutil.which("setpriv") is None, reason="root is bound by no rights, and there is no setpriv here"
)

FULL_DISK = """
set -u
mount -t tmpfs -o size=$SIZE,mode=1777 none "$DISK"
run() {
    step=$1; shift
    $ORDINARY "$PYTHON" -m search_service --engine "embedded:$DISK/data" "$@" 2>"$OUT/$step.err" >"$OUT/$step.out"
    echo $? >"$OUT/$step.code"
}
fill() { run "$1" index "$2" --desk 早报 --extraction none --workers 1; }
fill first "$FIRST"
fill full "$ALL"
run search search '' --json
mount -o remount,size=500m "$DISK"
fill again "$ALL"
cp -r "$DISK/data" "$OUT/data"
"""


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Path]:
    """A folder that can be cleared away afterwards, whatever rights are taken in it."""
    yield tmp_path
    for inner in tmp_path.rglob("*"):
        if inner.is_dir() and not inner.is_symlink():
            inner.chmod(0o700)


def write_digests(folder: Path, numbers: range) -> Path:
    folder.mkdir()
    for number in numbers:
        day = f"2025-{number // 28 % 12 + 1:02}-{number % 28 + 1:02}"
        entries = (
            f"**智谱与云海第{number * ITEMS + at}次合作**\n说明：智谱于当天与云海签约，金额{at}亿元。\n"
            for at in range(ITEMS)
        )
        (folder / f"{day}.md").write_text(f"# AI 行业动态 ({day})\n\n" + "\n".join(entries), encoding="utf-8")
    return folder


def zhimai(
    archive: Path, *words: str | Path, limit: Callable[[], None] | None = None
) -> "subprocess.CompletedProcess[str]":
    """A command as an ordinary user. There is never a traceback."""
    command = (*ORDINARY, sys.executable, "-m", "search_service", "--engine", f"embedded:{archive}", *map(str, words))
    ended = subprocess.run(
        command, capture_output=True, text=True, timeout=LIMIT_S, cwd=ROOT, check=False, preexec_fn=limit
    )
    assert "Traceback" not in ended.stderr, ended.stderr
    return ended


def index(archive: Path, digests: Path, **options: Any) -> "subprocess.CompletedProcess[str]":
    return zhimai(archive, "index", digests, "--desk", "早报", "--extraction", "none", "--workers", "1", **options)


def total(archive: Path) -> int:
    found = zhimai(archive, "search", "", "--json")
    assert found.returncode == DONE, found.stderr
    return int(json.loads(found.stdout)["total"])


def answers(archive: Path) -> list[Any]:
    with open_engine(f"embedded:{archive}") as engine:
        trees = (Everything(), Tokens(field="any", tokens=("智谱",)))
        return [engine.search(SearchRequest(tree=tree, sort="newest", limit=100)) for tree in trees]


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive of all digests that nothing disturbed."""
    folder = tmp_path_factory.mktemp("undisturbed")
    digests = folder / "早报"
    write_digests(digests, range(FILES))
    command = (
        sys.executable,
        "-m",
        "search_service",
        "--engine",
        f"embedded:{folder / 'data'}",
        "index",
        str(digests),
    )
    options = ("--desk", "早报", "--extraction", "none", "--workers", "1")
    subprocess.run((*command, *options), check=True, capture_output=True, timeout=LIMIT_S)
    return folder / "data"


def may_mount() -> bool:
    command = ("unshare", *namespaces(), "sh", "-c", "mount -t tmpfs none /mnt")
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        return False


def namespaces() -> tuple[str, ...]:
    return ("--mount",) if IS_ROOT else ("--user", "--map-root-user", "--mount")


@pytest.mark.skipif(not may_mount(), reason="a small file system needs unshare and mount, which are not allowed here")
@pytest.mark.parametrize("part", [0.6, pytest.param(0.3, marks=SLOW), pytest.param(0.9, marks=SLOW)])
def test_a_full_disk(place: Path, undisturbed: Path, record_rows: Callable[[Path], Any], part: float) -> None:
    """``part`` of the room that the archive needs in the end is there, so that different writes fail."""
    needed = sum(path.stat().st_size for path in undisturbed.rglob("*") if path.is_file())
    out, disk = place / "out", place / "disk"
    out.mkdir()
    disk.mkdir()
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(place),
        "LANG": "C.UTF-8",
        "PYTHON": sys.executable,
        "ORDINARY": " ".join(ORDINARY),
        "SIZE": str(int(part * needed)),
        "FIRST": str(write_digests(place / "first", range(1))),
        "ALL": str(write_digests(place / "all", range(FILES))),
        "OUT": str(out),
        "DISK": str(disk),
    }
    command = ("unshare", *namespaces(), "sh", "-c", FULL_DISK)
    subprocess.run(command, check=True, env=environment, cwd=ROOT, timeout=LIMIT_S, capture_output=True)
    told = {path.name: path.read_text("utf-8") for path in out.iterdir() if path.is_file()}
    codes = {name: int(text) for name, text in told.items() if name.endswith(".code")}
    assert not any("Traceback" in text for text in told.values()), told
    assert codes["first.code"] == DONE
    assert codes["full.code"] in {NOT_STORED, NOT_REACHABLE}, told["full.err"]
    assert "full" in told["full.err"] or "No space left" in told["full.err"], told["full.err"]
    assert codes["search.code"] == DONE
    assert json.loads(told["search.out"])["total"] >= ITEMS
    assert codes["again.code"] == DONE, told["again.err"]
    assert record_rows(out / "data") == record_rows(undisturbed)
    assert answers(out / "data") == answers(undisturbed)


@pytest.mark.parametrize("kilobytes", [700, pytest.param(200, marks=SLOW), pytest.param(1500, marks=SLOW)])
def test_files_that_may_not_grow(
    place: Path, undisturbed: Path, record_rows: Callable[[Path], Any], kilobytes: int
) -> None:
    digests, first = write_digests(place / "早报", range(FILES)), write_digests(place / "first", range(1))
    assert index(place / "data", first).returncode == DONE

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (kilobytes * 1024, kilobytes * 1024))

    ended = index(place / "data", digests, limit=limit)
    assert ended.returncode in {NOT_STORED, NOT_REACHABLE}, ended.stderr
    assert "zhimai: " in ended.stderr
    assert total(place / "data") >= ITEMS
    assert index(place / "data", digests).returncode == DONE
    assert record_rows(place / "data") == record_rows(undisturbed)
    assert answers(place / "data") == answers(undisturbed)


@pytest.mark.parametrize("whole", [True, False], ids=["folders", "record"])
def test_an_archive_that_may_only_be_read(place: Path, whole: bool) -> None:
    digests, first = write_digests(place / "早报", range(2)), write_digests(place / "first", range(1))
    archive = place / "data"
    assert index(archive, first).returncode == DONE
    for path in [archive, *archive.rglob("*")]:
        if whole and path.is_dir():
            path.chmod(0o555)
        elif not whole and path.name == "record.sqlite":
            path.chmod(0o444)
    ended = index(archive, digests)
    assert ended.returncode in {NOT_STORED, NOT_REACHABLE}, ended.stderr
    assert str(archive) in ended.stderr or "record could not be written" in ended.stderr
    assert total(archive) == ITEMS  # it still answers
    for path in (archive, *archive.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
    assert index(archive, digests).returncode == DONE
    assert total(archive) == 2 * ITEMS


def test_a_place_where_no_archive_can_be_made(place: Path) -> None:
    digests = write_digests(place / "早报", range(1))
    (place / "locked").mkdir(mode=0o555)
    ended = index(place / "locked" / "data", digests)
    assert ended.returncode == NOT_REACHABLE, ended.stderr
    assert "cannot make the folder" in ended.stderr
    (place / "locked").chmod(0o755)
    assert index(place / "locked" / "data", digests).returncode == DONE


def test_digests_that_may_not_be_read(place: Path) -> None:
    """The others are stored; once the rights are there, the next run brings the rest."""
    digests = write_digests(place / "早报", range(3))
    shut = sorted(digests.iterdir())[1]
    shut.chmod(0)
    (digests / "inner").mkdir(mode=0)
    ended = index(place / "data", digests)
    assert ended.returncode == NOT_STORED
    assert shut.name in ended.stdout + ended.stderr
    assert total(place / "data") == 2 * ITEMS
    shut.chmod(0o644)
    (digests / "inner").chmod(0o755)
    assert index(place / "data", digests).returncode == DONE
    assert total(place / "data") == 3 * ITEMS
