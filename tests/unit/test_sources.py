"""Finding files: a person must be able to trust that each file was either read or named as a problem."""

import gzip
import io
import lzma
import os
from pathlib import Path

import pytest

from indexer.model import Digest, Problem
from indexer.readers import read_digests
from indexer.sources import FileUnreadable, SourceFile, find_files

DIGEST = "# 2026-03-02\n\n**节**\n\n**甲公司发布乙模型**\n说明：一句话。\n来源出处：[某报](https://example.com/1)\n"


def write(folder: Path, *names: str) -> None:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(DIGEST, "utf-8")


def found(*paths: Path | str, desk: str | None = None, **more: io.BytesIO) -> list[SourceFile | Problem]:
    return list(find_files(paths, desk=desk, **more))


def test_a_folder_is_walked_by_name_without_hidden_files(tmp_path: Path) -> None:
    root = tmp_path / "早报"
    write(root, "b.md", "a/2.md", "a/1.md", ".git/config", "a/.hidden.md")
    files = found(root)
    assert [file.path for file in files] == ["b.md", "a/1.md", "a/2.md"]
    assert {file.desk for file in files if isinstance(file, SourceFile)} == {"早报"}


def test_a_single_file_has_the_desk_of_its_folder_unless_one_is_given(tmp_path: Path) -> None:
    write(tmp_path / "晚报", "2026-03-02.md")
    path = tmp_path / "晚报" / "2026-03-02.md"
    (own,) = found(path)
    (given,) = found(path, desk="特刊")
    assert isinstance(own, SourceFile)
    assert isinstance(given, SourceFile)
    assert (own.desk, own.path, own.desk_given) == ("晚报", "2026-03-02.md", False)
    assert (given.desk, given.desk_given) == ("特刊", True)


def test_what_cannot_be_read_is_a_problem_and_the_rest_goes_on(tmp_path: Path) -> None:
    write(tmp_path, "b.md")
    os.mkfifo(tmp_path / "a-pipe")
    (tmp_path / "c-dangling").symlink_to(tmp_path / "nowhere")
    files = found(tmp_path, tmp_path / "missing")
    assert [type(file) for file in files] == [Problem, SourceFile, Problem, Problem]
    assert isinstance(files[3], Problem)
    assert files[3].reason == "no such file or folder"


@pytest.mark.parametrize("pack", [gzip.compress, lzma.compress])
def test_packed_files_are_read_as_they_are(tmp_path: Path, pack: object) -> None:
    assert callable(pack)
    (tmp_path / "day.md.packed").write_bytes(pack(DIGEST.encode()))
    (file,) = found(tmp_path)
    assert isinstance(file, SourceFile)
    (digest,) = read_digests(file)
    assert isinstance(digest, Digest)
    assert [item.title for item in digest.items] == ["甲公司发布乙模型"]


@pytest.mark.parametrize(
    "damage", [gzip.compress(b"x" * 9999)[:30], b"\x1f\x8bnonsense", lzma.compress(b"x" * 9999)[:60]]
)
def test_damaged_packing_is_said(tmp_path: Path, damage: bytes) -> None:
    (tmp_path / "day.md.gz").write_bytes(damage)
    (file,) = found(tmp_path)
    assert isinstance(file, SourceFile)
    (problem,) = read_digests(file)
    assert isinstance(problem, Problem)
    assert "cannot be unpacked" in problem.reason


def test_a_small_file_cannot_unpack_without_end(tmp_path: Path) -> None:
    """Otherwise one hostile file fills the memory of the machine."""
    (tmp_path / "bomb.gz").write_bytes(gzip.compress(b"0" * 3_000_000))
    (file,) = found(tmp_path)
    assert isinstance(file, SourceFile)
    with pytest.raises(FileUnreadable, match="more than 1 MiB"), file.open_stream(limit=1024**2) as stream:
        stream.read()


def test_standard_input_is_a_file_named_by_its_content() -> None:
    entries = find_files(["-"], standard_input=io.BytesIO(DIGEST.encode()))
    file = next(entries)
    assert isinstance(file, SourceFile)
    (digest,) = read_digests(file)
    assert isinstance(digest, Digest)
    assert (digest.desk, len(digest.items)) == ("stdin", 1)
    other = next(find_files(["-"], standard_input=io.BytesIO(b"other")))
    assert file.path != other.path
