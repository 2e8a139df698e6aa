"""Where digests come from: files, folders, zip and tar archives and standard input, packed or not.

Finding a file says nothing about its content; ``indexer.readers`` judges that. Each file found is either a
``SourceFile`` or a ``Problem``, so that a run can account for all of them.
"""

import hashlib
import os
import sys
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

from indexer.inner_files import with_inner_files
from indexer.source_files import (
    MAX_UNPACKED,
    STANDARD_INPUT,
    FileUnreadable,
    Laid,
    SourceFile,
    Unread,
    reason_of,
    too_large,
)

__all__ = [
    "FileUnreadable",
    "SourceFile",
    "Unread",
    "desk_of",
    "files_in",
    "find_again",
    "find_files",
    "is_within",
    "laid_down",
    "path_below",
    "size_of",
]


def find_files(
    paths: Iterable[str | Path], *, desk: str | None = None, standard_input: BinaryIO | None = None
) -> Iterator[SourceFile | Unread]:
    """All files at ``paths`` in order, folders walked by name; hidden files and folders are left out.

    Archives are read as folders: ``news.zip/2026/day.md``. The desk is the one given, else the name of the indexed
    folder, else that of the folder a single file lies in.
    ``-`` is standard input; its path comes from its content, so that two inputs never replace each other.
    """
    for path in paths:
        if str(path) == STANDARD_INPUT:
            yield from _from_standard_input(standard_input or sys.stdin.buffer, desk)
        elif Path(path).is_dir():
            yield from _in_folder(Path(path), desk)
        else:
            found = _single(Path(path), desk)
            yield from [found] if isinstance(found, Unread) else with_inner_files(found)


def find_again(root: str, paths: Collection[str], *, desk: str, desk_given: bool) -> Iterator[SourceFile | Unread]:
    """What is found now at ``paths`` below a folder, archives opened; nothing for those that are gone."""
    outer = {location for path in paths if (location := _located(Path(root), path))}
    for location in sorted(outer):
        if location.is_dir():
            yield from _in_folder(Path(root), desk, below=location, desk_given=desk_given)
        else:
            path = path_below(Path(root), location)
            file = SourceFile(desk=desk, root=root, path=path, location=location, desk_given=desk_given)
            yield from with_inner_files(file, wanted=lambda inner: is_within(inner, paths))


def laid_down(content: Iterable[bytes], *, desk: str | None) -> SourceFile | Unread:
    """Standard input as a file, for as long as it is in use: readers look at a file more than once."""
    laid, checksum, size = Laid(), hashlib.sha256(), 0
    with laid.location.open("wb") as kept:
        for block in content:
            size += len(block)
            if size > MAX_UNPACKED:
                return _unread(STANDARD_INPUT, STANDARD_INPUT, too_large(MAX_UNPACKED), desk or _STDIN_DESK)
            checksum.update(block)
            kept.write(block)
    return SourceFile(
        desk=desk or _STDIN_DESK,
        root=STANDARD_INPUT,
        path=f"stdin-{checksum.hexdigest()[:12]}",
        location=laid.location,
        desk_given=desk is not None,
        kept_by=laid,
    )


def size_of(paths: Iterable[str | Path]) -> int:
    """Bytes on disk of the files that ``find_files`` would find, as they lie there; nothing is opened."""
    found = (location for path in paths for location in _files_at(Path(path)))
    return sum(location.stat().st_size for location in found if location.is_file())


def files_in(folder: Path, failures: list[OSError]) -> Iterator[Path]:
    """What lies in a folder and the folders in it, by name, hidden ones left out. What cannot be listed is added to
    ``failures`` when it is met."""
    for inner, folders, names in os.walk(folder, onerror=failures.append):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        yield from (Path(inner, name) for name in sorted(names) if not name.startswith("."))


def path_below(root: Path, location: Path) -> str:
    """The path by which digests name a file below the indexed root."""
    relative = location.relative_to(root) if location.is_relative_to(root) else location
    return _shown(relative.as_posix())


def desk_of(folder: Path, desk: str | None) -> str:
    """The desk of what lies in an indexed folder: the one given, else the folder's name."""
    return desk or folder.resolve().name or "files"


def is_within(path: str, paths: Collection[str]) -> bool:
    """Whether a file lies at one of ``paths`` or in a folder or archive there; ``.`` is all of it."""
    return any(one in {path, "."} or path.startswith(f"{one}/") for one in paths)


_STDIN_DESK = "stdin"


def _files_at(path: Path) -> Iterable[Path]:
    return files_in(path, []) if path.is_dir() else [path]


def _single(path: Path, desk: str | None) -> SourceFile | Unread:
    root, owner = str(path.absolute().parent), desk or path.resolve().parent.name or "files"
    if not path.exists():
        return _unread(_shown(str(path)), root, "no such file or folder", owner, desk_given=desk is not None)
    if not path.is_file():
        return _unread(_shown(path.name), root, "not a regular file", owner, desk_given=desk is not None)
    return SourceFile(desk=owner, root=root, path=_shown(path.name), location=path, desk_given=desk is not None)


def _in_folder(
    folder: Path, desk: str | None, *, below: Path | None = None, desk_given: bool | None = None
) -> Iterator[SourceFile | Unread]:
    """All files of an indexed folder, or those below an inner one."""
    root, owner = str(folder.absolute()), desk_of(folder, desk)
    given = desk is not None if desk_given is None else desk_given
    failures: list[OSError] = []
    for location in files_in(below or folder, failures):
        yield from _unlisted(folder, failures, root, owner, given)
        path = path_below(folder, location)
        if location.is_file():
            yield from with_inner_files(
                SourceFile(desk=owner, root=root, path=path, location=location, desk_given=given)
            )
        else:
            yield _unread(path, root, "not a regular file", owner, desk_given=given)
    yield from _unlisted(folder, failures, root, owner, given)


def _unlisted(folder: Path, failures: list[OSError], root: str, desk: str, given: bool) -> Iterator[Unread]:
    for failure in failures:
        path = path_below(folder, Path(str(failure.filename)))
        yield _unread(path, root, reason_of(failure), desk, desk_given=given)
    failures.clear()


def _unread(path: str, root: str, reason: str, desk: str, *, desk_given: bool = False) -> Unread:
    return Unread(path=path, reason=reason, desk=desk, root=root, desk_given=desk_given)


def _from_standard_input(stream: BinaryIO, desk: str | None) -> Iterator[SourceFile | Unread]:
    found = laid_down(iter(lambda: stream.read(1 << 20), b""), desk=desk)
    yield from [found] if isinstance(found, Unread) else with_inner_files(found)


def _located(root: Path, path: str) -> Path | None:
    """The file or folder at a path, or the archive on the way to it; None where there is none. Names that are not
    UTF-8 are found by how they are shown."""
    here = root
    for part in filter(None, path.split("/")):
        if here.is_file():
            return here
        there = here / part
        if not there.exists():
            there = next((one for one in _entries(here) if _shown(one.name) == part), there)
        here = there
    return here if here.exists() else None


def _entries(folder: Path) -> Iterable[Path]:
    try:
        return sorted(folder.iterdir())
    except OSError:
        return ()


def _shown(name: str) -> str:
    return name.encode("utf-8", "replace").decode("utf-8")
