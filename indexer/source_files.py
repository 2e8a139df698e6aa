"""A file to read, wherever it was found, and what stands in the place of one that cannot be."""

import gzip
import io
import lzma
import shutil
import tempfile
import weakref
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, cast

from indexer.model import IndexerError, Problem

MAX_UNPACKED = 2 * 1024**3
"""Bytes a file may unpack to: more is refused, so that a small packed file cannot fill memory or time."""

STANDARD_INPUT = "-"
SCHEMES = ("http", "https")
"""Of addresses that feeds are fetched from."""

_GZIP = b"\x1f\x8b"
_XZ = b"\xfd7zXZ\x00"


def is_address(path: str) -> bool:
    """Whether this names something to fetch and not a file."""
    return path.lower().startswith(tuple(f"{scheme}://" for scheme in SCHEMES))


class FileUnreadable(IndexerError):
    """A file's bytes could not be had: missing rights, damaged packing, too much of it."""


class Laid:
    """A file laid down in a folder of its own, because it was unpacked, fetched or given on standard input; gone when
    nothing refers to it any more. ``whole`` is what it was taken out of, where that was laid down too."""

    def __init__(self, *, whole: "Laid | None" = None) -> None:
        folder = tempfile.mkdtemp(prefix="zhimai-")
        self.location = Path(folder, "file")
        self.whole = whole
        weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)

    @property
    def outermost(self) -> Path:
        """The file that all this was taken out of."""
        return self.whole.outermost if self.whole else self.location


@dataclass(slots=True)
class Meter:
    """How far a file on disk is read: the bytes it has there, and the part of them that was read. Files in an archive
    share that of the archive."""

    size: int = 0
    share: float = 0.0

    @property
    def read(self) -> int:
        """Bytes read."""
        return round(self.size * self.share)


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFile:
    """A file to read.

    ``path`` is POSIX and below ``root``, suffixes kept; a file in an archive is below the archive's path. ``root`` is
    the absolute folder, the address of a feed, or ``-``. ``desk_given`` tells that the desk was chosen by hand and
    goes before what the items say themselves. ``kept_by`` holds the bytes of a file that was unpacked or fetched for
    as long as it is in use. ``rolling`` is a file that shows another part of its news each time it is fetched.
    """

    desk: str
    path: str
    location: Path = field(repr=False)
    root: str = ""
    desk_given: bool = False
    rolling: bool = False
    kept_by: Laid | None = field(default=None, repr=False, compare=False)
    meter: Meter = field(default_factory=Meter, repr=False, compare=False)

    @contextmanager
    def open_stream(self, *, limit: int = MAX_UNPACKED) -> Iterator[BinaryIO]:
        """The unpacked bytes, .gz and .xz recognised by content. Any failure is ``FileUnreadable``."""
        try:
            with self.location.open("rb") as packed, _unpacked(self._metered(packed)) as stream:
                yield cast(BinaryIO, io.BufferedReader(_Limited(cast(io.BufferedIOBase, stream), limit), 1 << 16))
        except (OSError, EOFError, lzma.LZMAError, zlib.error) as failure:
            raise FileUnreadable(reason_of(failure)) from failure

    def _metered(self, packed: BinaryIO) -> BinaryIO:
        if self.kept_by is not None:
            return packed  # a part of the file that was found; whoever took it apart knows how far that is read
        self.meter.size = self.location.stat().st_size
        return cast(BinaryIO, io.BufferedReader(_Metered(packed, self.meter), 1 << 16))


@dataclass(frozen=True, slots=True, kw_only=True)
class Unread(Problem):
    """A file, folder or address that gave nothing to read; where it was, as ``SourceFile`` says it."""

    desk: str
    root: str
    desk_given: bool = False
    kept_by: Laid | None = field(default=None, repr=False, compare=False)
    meter: Meter = field(default_factory=Meter, repr=False, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unchanged:
    """A feed that is as it was when it was read last, and the digests that came of it then."""

    desk: str
    path: str
    digest_ids: tuple[str, ...]


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


class _Metered(io.RawIOBase):
    """A stream that notes the furthest byte that was read."""

    def __init__(self, stream: BinaryIO, meter: Meter) -> None:
        self._stream = stream
        self._meter = meter

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        return self._stream.seek(offset, whence)

    def readinto(self, buffer: "bytearray | memoryview") -> int:  # type: ignore[override]
        block = self._stream.read(len(buffer))
        self._meter.share = max(self._meter.share, min(1.0, self._stream.tell() / max(self._meter.size, 1)))
        buffer[: len(block)] = block
        return len(block)


class _Limited(io.RawIOBase):
    """A stream that fails rather than give more than ``limit`` bytes."""

    def __init__(self, stream: io.BufferedIOBase, limit: int) -> None:
        self._stream = stream
        self._limit = limit
        self._given = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "bytearray | memoryview") -> int:  # type: ignore[override]
        block = self._stream.read1(len(buffer))  # what comes before damage is given
        self._given += len(block)
        if self._given > self._limit:
            raise OSError(None, too_large(self._limit))
        buffer[: len(block)] = block
        return len(block)


def too_large(limit: int) -> str:
    """What is said of more than ``limit`` bytes."""
    return f"more than {limit // 1024**2:,} MiB unpacked"


def reason_of(failure: BaseException) -> str:
    """A failure to read as a person may be told it."""
    if isinstance(failure, OSError) and failure.strerror:
        return failure.strerror[0].lower() + failure.strerror[1:]
    return f"cannot be unpacked: {failure}" if str(failure) else "cannot be unpacked"
