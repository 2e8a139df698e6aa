"""Zip and tar files as the files in them, one after the other, within bounds.

Nothing is written under a name that an archive gives, links are not followed, and what unpacks to too much ends the
reading: a hostile archive costs at most the bounds below. A damaged file in an archive is told and the others are
read. Packing around a tar (.gz, .xz) is undone before.
"""

import io
import lzma
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, cast

from indexer.model import IndexerError

MAX_FILES = 200_000
MAX_RATIO = 250
"""Times its own size that an archive may unpack to; news as text packs to a tenth, repeated JSON to a fiftieth."""

FREE_SIZE = 64 * 1024**2
"""Bytes that may unpack from an archive of whatever size."""

_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_TAR_MAGIC = slice(257, 262)
_TAR_BLOCK = tarfile.BLOCKSIZE
_ENCRYPTED, _UTF8_NAME = 0x1, 0x800
_DOCUMENT_MARKS = frozenset({"[Content_Types].xml", "mimetype", "META-INF/MANIFEST.MF"})
_DAMAGE = (
    zipfile.BadZipFile,
    tarfile.TarError,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    NotImplementedError,
    RuntimeError,
    ValueError,
)


class ContainerUnreadable(IndexerError):
    """An archive that cannot be taken apart or is larger than the bounds; what was read before it stands."""


class MemberUnreadable(IndexerError):
    """A file in an archive that is damaged; the others may not be."""


@dataclass(frozen=True, slots=True)
class Refused:
    """A file in an archive that is not read, and why; without a ``path`` a stretch of the archive that is no file,
    at ``pointer``."""

    path: str
    reason: str
    pointer: str | None = None


@dataclass(frozen=True, slots=True)
class Member:
    """A file in an archive; ``stream`` can be read until the next one is asked for, and raises MemberUnreadable."""

    path: str
    stream: BinaryIO


@dataclass(slots=True)
class Budget:
    """What may still be unpacked of an archive and all archives in it."""

    size: int
    files: int = MAX_FILES

    @classmethod
    def for_packed(cls, packed: int, limit: int) -> "Budget":
        """The bounds for an archive of ``packed`` bytes, never over ``limit``."""
        return cls(min(limit, max(FREE_SIZE, packed * MAX_RATIO)))

    def spend(self, size: int) -> None:
        """Takes ``size`` bytes; raises ``ContainerUnreadable`` where that is too much."""
        self.size -= size
        if self.size < 0:
            raise ContainerUnreadable("unpacks to too much for its size")

    def spend_file(self) -> None:
        """Takes one file; raises ``ContainerUnreadable`` where there are too many."""
        self.files -= 1
        if self.files < 0:
            raise ContainerUnreadable(f"more than {MAX_FILES:,} files")


def is_container(head: bytes) -> bool:
    """Whether a file that begins with ``head`` (512 bytes) is a zip or tar file."""
    return head.startswith(_ZIP) or head[_TAR_MAGIC] == b"ustar"


def members_of(stream: BinaryIO, budget: Budget) -> Iterator[Member | Refused]:
    """The files in a seekable zip or tar file, hidden ones left out.

    Damage to all of it raises ``ContainerUnreadable``; what cannot be read of it otherwise is ``Refused``.
    """
    head = stream.read(4)
    stream.seek(0)
    try:
        yield from _in_zip(stream, budget) if head in _ZIP else _in_tar(stream, budget)
    except _DAMAGE as failure:
        raise ContainerUnreadable(f"damaged archive: {failure}") from failure


def _in_zip(stream: BinaryIO, budget: Budget) -> Iterator[Member | Refused]:
    with zipfile.ZipFile(stream) as container:
        if _DOCUMENT_MARKS & set(container.namelist()):
            raise ContainerUnreadable("an office document, book or program, not an archive of texts")
        for info in container.infolist():
            if info.is_dir():
                continue
            budget.spend_file()
            path = _path_from(_name_of(info))
            if not path:
                yield Refused(_shown(info.filename), "its path leads out of the archive")
            elif stat.S_ISLNK(info.external_attr >> 16):
                yield Refused(path, "a link; links are not followed")
            elif info.flag_bits & _ENCRYPTED:
                yield Refused(path, "protected by a password")
            elif not _is_hidden(path):
                yield from _zip_member(container, info, path, budget)


def _zip_member(
    container: zipfile.ZipFile, info: zipfile.ZipInfo, path: str, budget: Budget
) -> Iterator[Member | Refused]:
    try:
        inner = container.open(info)
    except _DAMAGE as failure:
        yield Refused(path, f"damaged in its archive: {failure}")
        return
    with inner:
        yield Member(path, cast(BinaryIO, _Metered(cast(BinaryIO, inner), budget)))


def _in_tar(stream: BinaryIO, budget: Budget) -> Iterator[Member | Refused]:
    # with ignore_zeros what is no header is passed over, instead of ending the archive without a word
    with tarfile.open(fileobj=stream, mode="r:", ignore_zeros=True) as container:
        for info in _tar_headers(container, stream):
            if isinstance(info, Refused):
                yield info
                continue
            if info.isdir():
                continue
            budget.spend_file()
            path = _path_from(info.name)
            if not path:
                yield Refused(_shown(info.name), "its path leads out of the archive")
            elif not info.isfile():
                yield Refused(path, "a link or device; links are not followed")
            elif not _is_hidden(path) and (inner := container.extractfile(info)):
                yield Member(path, cast(BinaryIO, _Metered(cast(BinaryIO, inner), budget)))


def _tar_headers(container: tarfile.TarFile, stream: BinaryIO) -> Iterator[tarfile.TarInfo | Refused]:
    """The headers of a tar file, and where something stands between them that is none."""
    size = stream.seek(0, io.SEEK_END)
    expected = 0
    while expected < size:
        try:
            info = container.next()
        except _DAMAGE:  # a header that speaks of another one, and that is damaged
            container.offset = expected = expected + _TAR_BLOCK
            yield _no_file(expected - _TAR_BLOCK)
            continue
        if _is_damaged(stream, expected, info.offset + _TAR_BLOCK if info else expected + _TAR_BLOCK):
            yield _no_file(expected)
        if info is None:
            return
        container.members.clear()  # type: ignore[attr-defined] # else every header stays in memory
        expected = container.offset
        yield info


def _no_file(offset: int) -> Refused:
    return Refused("", "damaged: no file can be read where one should begin", f"byte {offset + 1}")


def _is_damaged(stream: BinaryIO, start: int, end: int) -> bool:
    """Whether the first block from ``start`` that is not empty is no header."""
    stream.seek(start)
    for _ in range(start, end, _TAR_BLOCK):
        block = stream.read(_TAR_BLOCK)
        if block.strip(b"\0"):
            return not _is_header(block)
    return False


def _is_header(block: bytes) -> bool:
    try:
        tarfile.TarInfo.frombuf(block, "utf-8", "surrogateescape")
    except (tarfile.HeaderError, ValueError):
        return False
    return True


def _name_of(info: zipfile.ZipInfo) -> str:
    """The name in a zip file; where it is not marked as UTF-8, old programs wrote the system's own encoding."""
    if info.flag_bits & _UTF8_NAME or info.filename.isascii():
        return info.filename
    try:
        raw = info.filename.encode("cp437")
    except UnicodeEncodeError:
        return info.filename
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return info.filename


def _path_from(name: str) -> str:
    """A member's path below its archive; empty where it is absolute or climbs."""
    path = _shown(name.replace("\\", "/"))
    parts = [part for part in path.split("/") if part not in {"", "."}]
    if path.startswith("/") or ".." in parts or (parts and parts[0].endswith(":")):
        return ""
    return "/".join(parts)


def _shown(name: str) -> str:
    return name.encode("utf-8", "replace").decode("utf-8")


def _is_hidden(path: str) -> bool:
    return any(part.startswith(".") or part == "__MACOSX" for part in path.split("/"))


class _Metered(io.RawIOBase):
    """A stream that spends what it gives; a packed file that lies about its size cannot pass."""

    def __init__(self, stream: BinaryIO, budget: Budget) -> None:
        self._stream = stream
        self._budget = budget

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "bytearray | memoryview") -> int:  # type: ignore[override]
        try:
            block = self._stream.read(len(buffer))
        except _DAMAGE as failure:
            raise MemberUnreadable(f"damaged in its archive: {failure}") from failure
        self._budget.spend(len(block))
        buffer[: len(block)] = block
        return len(block)
