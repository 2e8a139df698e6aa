"""Where digests come from: files, folders and standard input, packed or not.

Finding a file says nothing about its content; ``indexer.readers`` judges that. Each file found is either a
``SourceFile`` or a ``Problem``, so that a run can account for all of them.
"""

import gzip
import hashlib
import io
import lzma
import os
import sys
import tempfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, cast

from indexer.model import IndexerError, Problem

MAX_UNPACKED = 2 * 1024**3
"""Bytes a file may unpack to: more is refused, so that a small packed file cannot fill memory or time."""

STANDARD_INPUT = "-"

_GZIP = b"\x1f\x8b"
_XZ = b"\xfd7zXZ\x00"


class FileUnreadable(IndexerError):
    """A file's bytes could not be had: missing rights, damaged packing, too much of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFile:
    """A file to read.

    ``path`` is POSIX and below the indexed root, suffixes kept. ``desk_given`` tells that the desk was chosen by
    hand and goes before what the items say themselves.
    """

    desk: str
    path: str
    location: Path = field(repr=False)
    desk_given: bool = False

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

    The desk is the one given, else the name of the indexed folder, else that of the folder a single file lies in.
    ``-`` is standard input; its path comes from its content, so that two inputs never replace each other.
    """
    for path in paths:
        if str(path) == STANDARD_INPUT:
            yield from _from_standard_input(standard_input or sys.stdin.buffer, desk)
        elif Path(path).is_dir():
            yield from _in_folder(Path(path), desk)
        elif Path(path).exists():
            yield _single(Path(path), desk)
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
                yield SourceFile(desk=name, path=path, location=location, desk_given=desk is not None)
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
        yield SourceFile(desk=desk or "stdin", path=path, location=Path(kept.name), desk_given=desk is not None)


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
