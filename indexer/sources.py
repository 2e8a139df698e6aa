"""Where digests come from: files, folders, zip and tar archives and standard input, packed or not.

Finding a file says nothing about its content; ``indexer.readers`` judges that. Each file found is either a
``SourceFile`` or a ``Problem``, so that a run can account for all of them.
"""

import gzip
import hashlib
import io
import lzma
import os
import shutil
import sys
import tempfile
import weakref
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import BinaryIO, cast

from indexer.containers import Budget, ContainerUnreadable, Refused, is_container, members_of
from indexer.model import IndexerError, Problem

MAX_UNPACKED = 2 * 1024**3
"""Bytes a file may unpack to: more is refused, so that a small packed file cannot fill memory or time."""

MAX_NESTED = 3
"""Archives that may lie in one another."""

STANDARD_INPUT = "-"

_GZIP = b"\x1f\x8b"
_XZ = b"\xfd7zXZ\x00"


class FileUnreadable(IndexerError):
    """A file's bytes could not be had: missing rights, damaged packing, too much of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFile:
    """A file to read.

    ``path`` is POSIX and below the indexed root, suffixes kept; a file in an archive is below the archive's path.
    ``desk_given`` tells that the desk was chosen by hand and goes before what the items say themselves. ``kept_by``
    holds the bytes of a file in an archive for as long as the file is in use.
    """

    desk: str
    path: str
    location: Path = field(repr=False)
    desk_given: bool = False
    kept_by: "_Unpacked | None" = field(default=None, repr=False, compare=False)

    @contextmanager
    def open_stream(self, *, limit: int = MAX_UNPACKED) -> Iterator[BinaryIO]:
        """The unpacked bytes, .gz and .xz recognised by content. Any failure is ``FileUnreadable``."""
        try:
            with self.location.open("rb") as packed, _unpacked(packed) as stream:
                yield cast(BinaryIO, io.BufferedReader(_Limited(stream, limit), 1 << 16))
        except (OSError, EOFError, lzma.LZMAError, zlib.error) as failure:
            raise FileUnreadable(_reason(failure)) from failure


def find_files(
    paths: Iterable[str | Path], *, desk: str | None = None, standard_input: BinaryIO | None = None
) -> Iterator[SourceFile | Problem]:
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
        elif Path(path).exists():
            yield from _with_inner_files(_single(Path(path), desk))
        else:
            yield Problem(path=str(path), reason="no such file or folder")


def _single(path: Path, desk: str | None) -> SourceFile | Problem:
    if not path.is_file():
        return Problem(path=str(path), reason="not a regular file")
    folder = path.resolve().parent.name
    return SourceFile(desk=desk or folder or "files", path=path.name, location=path, desk_given=desk is not None)


def _in_folder(root: Path, desk: str | None) -> Iterator[SourceFile | Problem]:
    name = desk or root.resolve().name or "files"
    failures: list[Problem] = []

    def note(failure: OSError) -> None:
        failures.append(Problem(path=_below(root, Path(str(failure.filename))), reason=_reason(failure)))

    for folder, folders, files in os.walk(root, onerror=note):
        folders[:] = sorted(inner for inner in folders if not inner.startswith("."))
        yield from failures
        failures.clear()
        for file in sorted(file for file in files if not file.startswith(".")):
            location = Path(folder, file)
            path = _below(root, location)
            if location.is_file():
                there = SourceFile(desk=name, path=path, location=location, desk_given=desk is not None)
                yield from _with_inner_files(there)
            else:
                yield Problem(path=path, reason="not a regular file")
    yield from failures


def _below(root: Path, location: Path) -> str:
    relative = location.relative_to(root) if location.is_relative_to(root) else location
    return relative.as_posix().encode("utf-8", "replace").decode("utf-8")


def _from_standard_input(stream: BinaryIO, desk: str | None) -> Iterator[SourceFile | Problem]:
    """Standard input laid down in a file for as long as it is read: readers look at a file more than once."""
    with tempfile.NamedTemporaryFile(prefix="zhimai-") as kept:
        checksum = hashlib.sha256()
        size = 0
        while block := stream.read(1 << 20):
            size += len(block)
            if size > MAX_UNPACKED:
                yield Problem(path=STANDARD_INPUT, reason=_too_large(MAX_UNPACKED))
                return
            checksum.update(block)
            kept.write(block)
        kept.flush()
        path = f"stdin-{checksum.hexdigest()[:12]}"
        file = SourceFile(desk=desk or "stdin", path=path, location=Path(kept.name), desk_given=desk is not None)
        yield from _with_inner_files(file)


def _with_inner_files(file: SourceFile | Problem) -> Iterator[SourceFile | Problem]:
    """The file, or the files in it where it is an archive; those of archives in it too, to ``MAX_NESTED``."""
    if isinstance(file, Problem) or not _is_container(file):
        yield file
        return
    budget = Budget.for_packed(file.location.stat().st_size, MAX_UNPACKED)
    pending: list[Iterator[SourceFile | Problem]] = [_inner_files(file, budget)]
    while pending:
        inner = next(pending[-1], None)
        if inner is None:
            pending.pop()
        elif isinstance(inner, Problem) or not _is_container(inner):
            yield inner
        elif len(pending) == MAX_NESTED:
            yield Problem(path=inner.path, reason=f"archives more than {MAX_NESTED} deep in one another")
        else:
            pending.append(_inner_files(inner, budget))


def _is_container(file: SourceFile) -> bool:
    try:
        with file.open_stream() as stream:
            return is_container(stream.read(512))
    except FileUnreadable:
        return False  # the reader meets the failure again and says it


def _inner_files(file: SourceFile, budget: Budget) -> Iterator[SourceFile | Problem]:
    """The files in an archive, laid down under numbers in a folder that lasts as long as any of them is in use."""
    try:
        with file.open_stream() as packed, tempfile.TemporaryFile(prefix="zhimai-") as whole:
            shutil.copyfileobj(packed, whole)
            whole.seek(0)
            for number, member in enumerate(members_of(cast(BinaryIO, whole), budget)):
                path = f"{file.path}/{member.path}"
                if isinstance(member, Refused):
                    yield Problem(path=path, reason=member.reason)
                    continue
                kept = _Unpacked()
                location = kept.folder / str(number)
                with location.open("wb") as target:
                    shutil.copyfileobj(member.stream, target)
                yield replace(file, path=path, location=location, kept_by=kept)
    except (FileUnreadable, ContainerUnreadable) as failure:
        yield Problem(path=file.path, reason=str(failure))
    except OSError as failure:
        yield Problem(path=file.path, reason=_reason(failure))


class _Unpacked:
    """A folder with a file out of an archive, gone when nothing refers to it any more."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="zhimai-"))
        weakref.finalize(self, shutil.rmtree, self.folder, ignore_errors=True)


@contextmanager
def _unpacked(packed: BinaryIO) -> Iterator[BinaryIO]:
    head = packed.read(len(_XZ))
    packed.seek(0)
    if head.startswith(_GZIP):
        with gzip.GzipFile(fileobj=packed) as unzipped:
            yield cast(BinaryIO, unzipped)
    elif head == _XZ:
        with lzma.LZMAFile(packed) as unzipped:
            yield cast(BinaryIO, unzipped)
    else:
        yield packed


class _Limited(io.RawIOBase):
    """A stream that fails rather than give more than ``limit`` bytes."""

    def __init__(self, stream: BinaryIO, limit: int) -> None:
        self._stream = stream
        self._limit = limit
        self._given = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "bytearray | memoryview") -> int:  # type: ignore[override]
        block = self._stream.read(len(buffer))
        self._given += len(block)
        if self._given > self._limit:
            raise OSError(None, _too_large(self._limit))
        buffer[: len(block)] = block
        return len(block)


def _too_large(limit: int) -> str:
    return f"more than {limit // 1024**2:,} MiB unpacked"


def _reason(failure: BaseException) -> str:
    if isinstance(failure, OSError) and failure.strerror:
        return failure.strerror[0].lower() + failure.strerror[1:]
    return f"cannot be unpacked: {failure}" if str(failure) else "cannot be unpacked"
