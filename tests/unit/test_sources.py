"""Finding files: a person must be able to trust that each file was either read or named as a problem."""

import gzip
import io
import lzma
import os
import tarfile
import zipfile
from pathlib import Path
from typing import Literal

import pytest

from indexer.model import Digest, Problem
from indexer.readers import read_digests
from indexer.sources import FileUnreadable, SourceFile, Unread, find_again, find_files, size_of

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
    assert [type(file) for file in files] == [Unread, SourceFile, Unread, Unread]
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


def zipped(*names: str) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as container:
        for name in names:
            container.writestr(name, DIGEST)
    return packed.getvalue()


def tarred(*members: tarfile.TarInfo | str, mode: Literal["w", "w:gz", "w:xz"] = "w") -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode=mode) as container:
        for member in members:
            info = tarfile.TarInfo(member) if isinstance(member, str) else member
            info.size = len(DIGEST.encode()) if info.isfile() else 0
            container.addfile(info, io.BytesIO(DIGEST.encode()))
    return packed.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        zipped("b/2.md", ".hidden/x.md", "1.md"),
        tarred("b/2.md", ".hidden/x.md", "1.md"),
        tarred("b/2.md", "1.md", mode="w:gz"),
        tarred("b/2.md", "1.md", mode="w:xz"),
        lzma.compress(zipped("b/2.md", "1.md")),
    ],
    ids=["zip", "tar", "tar.gz", "tar.xz", "zip.xz"],
)
def test_an_archive_is_read_as_a_folder(tmp_path: Path, content: bytes) -> None:
    """Otherwise people have to unpack by hand what desks hand out packed."""
    (tmp_path / "news").write_bytes(content)
    files = [file for file in found(tmp_path) if isinstance(file, SourceFile)]
    assert [file.path for file in files] == ["news/b/2.md", "news/1.md"]
    for file in files:
        (digest,) = read_digests(file)
        assert isinstance(digest, Digest)
        assert len(digest.items) == 1


def test_an_archive_leads_nowhere_else(tmp_path: Path) -> None:
    """Otherwise a hostile archive could show files of the machine or write over them."""
    link = tarfile.TarInfo("link.md")
    link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
    (tmp_path / "a.tar").write_bytes(tarred("../up.md", "/etc/x.md", link, "ok.md"))
    (tmp_path / "b.zip").write_bytes(zipped("..\\up.md", "C:/x.md", "ok.md"))
    outcome = [(file.path, getattr(file, "reason", None)) for file in found(tmp_path)]
    climbs = "its path leads out of the archive"
    assert outcome == [
        ("a.tar/../up.md", climbs),
        ("a.tar//etc/x.md", climbs),
        ("a.tar/link.md", "a link or device; links are not followed"),
        ("a.tar/ok.md", None),
        ("b.zip/..\\up.md", climbs),
        ("b.zip/C:/x.md", climbs),
        ("b.zip/ok.md", None),
    ]


def test_archives_in_archives_end_somewhere(tmp_path: Path) -> None:
    content = zipped("day.md")
    for _ in range(4):
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as container:
            container.writestr("in.zip", content)
        content = packed.getvalue()
    (tmp_path / "out.zip").write_bytes(content)
    (problem,) = found(tmp_path)
    assert isinstance(problem, Problem)
    assert problem.reason == "archives more than 3 deep in one another"
    assert problem.path == "out.zip/in.zip/in.zip/in.zip"


def test_an_archive_that_unpacks_to_too_much_is_stopped(tmp_path: Path) -> None:
    """Otherwise one small hostile file fills the disk."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as container:
        container.writestr("ok.md", DIGEST)
        for number in range(5):
            container.writestr(f"{number}.txt", b"0" * 20_000_000)
    (tmp_path / "bomb.zip").write_bytes(packed.getvalue())
    *files, problem = found(tmp_path)
    assert len(files) == 4
    assert isinstance(problem, Problem)
    assert problem.reason == "unpacks to too much for its size"


@pytest.mark.parametrize("content", [zipped("a.md", "b.md")[:-30], b"PK\x03\x04rest"])
def test_a_damaged_archive_is_said(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "news.zip").write_bytes(content)
    entries = found(tmp_path)
    assert isinstance(entries[-1], Problem)
    assert "damaged archive" in entries[-1].reason


def outcomes(folder: Path) -> list[tuple[str, str | None, str]]:
    return [(one.path, getattr(one, "pointer", None), getattr(one, "reason", "read")) for one in found(folder)]


def test_a_damaged_file_in_a_zip_leaves_the_others(tmp_path: Path) -> None:
    """Otherwise one bad sector costs a year of news."""
    content = bytearray(zipped("a.md", "b.md", "c.md", "d.md"))
    for name in (b"b.md", b"c.md"):
        data = content.index(name) + len(name)
        content[data + 5 : data + 40] = b"\xff" * 35
    content[content.index(b"c.md") - 30] = 0  # not even its own header is right
    (tmp_path / "news.zip").write_bytes(content)
    told = outcomes(tmp_path)
    assert [(path, reason == "read") for path, _, reason in told] == [
        ("news.zip/a.md", True),
        ("news.zip/b.md", False),
        ("news.zip/c.md", False),
        ("news.zip/d.md", True),
    ]
    assert all("damaged in its archive" in reason for _, _, reason in told[1:3])


def test_a_damaged_header_in_a_tar_leaves_the_others(tmp_path: Path) -> None:
    """Otherwise everything behind it is lost without a word."""
    content = bytearray(tarred("a.md", "b.md", "c.md"))
    at = content.index(b"b.md")
    content[at : at + 20] = b"\xff" * 20
    (tmp_path / "news.tar").write_bytes(content)
    assert outcomes(tmp_path) == [
        ("news.tar/a.md", None, "read"),
        ("news.tar", f"byte {at + 1}", "damaged: no file can be read where one should begin"),
        ("news.tar/c.md", None, "read"),
    ]


def test_tar_files_end_to_end_and_headers_of_all_kinds_are_no_damage(tmp_path: Path) -> None:
    packed = io.BytesIO()
    headers = {"comment": "as git archive writes it"}
    with tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT, pax_headers=headers) as container:
        for name in ("早报/" + "长" * 80 + ".md", "b.md"):
            info = tarfile.TarInfo(name)
            info.size = len(DIGEST.encode())
            container.addfile(info, io.BytesIO(DIGEST.encode()))
    (tmp_path / "two.tar").write_bytes(packed.getvalue() + tarred("c.md"))
    assert [reason for _, _, reason in outcomes(tmp_path)] == ["read"] * 3


@pytest.mark.parametrize("mode", ["w:gz", "w:xz"])
def test_what_came_before_damaged_packing_is_read(tmp_path: Path, mode: Literal["w:gz", "w:xz"]) -> None:
    """Otherwise a download that broke off gives nothing at all."""
    (tmp_path / "news.tar.gz").write_bytes(tarred("a.md", "b.md", mode=mode)[:-12])
    *read, (path, _, reason) = outcomes(tmp_path)
    assert read == [("news.tar.gz/a.md", None, "read"), ("news.tar.gz/b.md", None, "read")]
    assert path == "news.tar.gz"
    assert "cannot be unpacked" in reason


def test_a_tar_cut_short_gives_what_it_has(tmp_path: Path) -> None:
    (tmp_path / "news.tar").write_bytes(tarred("a.md", "b.md")[:1600])
    assert [reason for _, _, reason in outcomes(tmp_path)] == [
        "read",
        "damaged in its archive: unexpected end of data",
    ]


def test_a_file_is_found_again_by_where_it_was(tmp_path: Path) -> None:
    """Otherwise what waits could not be tried again without everything beside it."""
    write(tmp_path, "a.md", "sub/b.md", "sub/c.md", "d.md")
    (tmp_path / "news.zip").write_bytes(zipped("a.md", "x/b.md", "x/c.md"))
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff.md")).write_text(DIGEST, "utf-8")

    def again(*paths: str) -> list[str]:
        return [file.path for file in find_again(str(tmp_path), paths, desk="早报", desk_given=True)]

    assert again("a.md", "gone.md", "news.zip/x/b.md") == ["a.md", "news.zip/x/b.md"]
    assert again("news.zip/x", "sub") == ["news.zip/x/b.md", "news.zip/x/c.md", "sub/b.md", "sub/c.md"]
    assert again("news.zip/gone.md", "gone/a.md") == []
    assert again("?.md") == ["?.md"]
    (file,) = find_again(str(tmp_path), ["a.md"], desk="早报", desk_given=True)
    (first,) = find_files([tmp_path / "a.md"], desk="早报")
    assert file == first


def test_the_size_of_a_run_is_known_without_unpacking(tmp_path: Path) -> None:
    write(tmp_path, "a.md", "sub/b.md", ".hidden.md")
    (tmp_path / "news.zip").write_bytes(b"PK\x03\x04" + b"0" * 96)
    assert size_of([tmp_path, tmp_path / "a.md", tmp_path / "missing"]) == 3 * len(DIGEST.encode()) + 100


def test_how_far_a_file_is_read_is_known(tmp_path: Path) -> None:
    """Otherwise one huge file has a bar that stands still."""
    (tmp_path / "day.txt.gz").write_bytes(gzip.compress(os.urandom(400_000)))
    (file,) = found(tmp_path / "day.txt.gz")
    assert isinstance(file, SourceFile)
    assert file.meter.share < 0.5
    with file.open_stream() as stream:
        stream.read(200_000)
        assert 0.3 < file.meter.share < 0.9
        stream.read()
    assert file.meter.share == 1.0


def test_names_of_old_chinese_zip_files_are_read(tmp_path: Path) -> None:
    content = zipped("aaaa.md").replace(b"aaaa.md", "早报".encode("gb18030") + b".md")
    (tmp_path / "old.zip").write_bytes(content)
    (file,) = found(tmp_path)
    assert file.path == "old.zip/早报.md"


def test_what_was_unpacked_is_gone_when_read() -> None:
    files = find_files(["-"], standard_input=io.BytesIO(zipped("a.md")))
    file = next(files)
    assert isinstance(file, SourceFile)
    location = file.location
    assert location.exists()
    del file
    assert list(files) == []
    assert not location.exists()


def test_standard_input_is_a_file_named_by_its_content() -> None:
    entries = find_files(["-"], standard_input=io.BytesIO(DIGEST.encode()))
    file = next(entries)
    assert isinstance(file, SourceFile)
    (digest,) = read_digests(file)
    assert isinstance(digest, Digest)
    assert (digest.desk, len(digest.items)) == ("stdin", 1)
    other = next(find_files(["-"], standard_input=io.BytesIO(b"other")))
    assert file.path != other.path
