"""Engines behind one contract, chosen by URL. This is the one module that names the implementations."""

from pathlib import Path
from typing import Protocol

from indexer.archive import Archive
from search_service.engines.contract import EngineError, SearchEngine

EMBEDDED = "embedded:"
ENGINE_NAMES = ("embedded",)
"""Every engine that ``open_engine`` opens; the contract suite must know each of them."""


class UnknownEngine(EngineError):
    """A URL that names no engine of this version."""


class Engine(SearchEngine, Archive, Protocol):
    """A search engine that is an archive as well, where it was opened for writing."""


def open_engine(url: str, *, write: bool = False, wait_s: float = 60) -> Engine:
    """Opens the engine that a URL names: ``embedded:FOLDER``.

    Raises UnknownEngine for another URL, and what the engine raises: ArchiveUnavailable, ArchiveFormatUnknown, and
    ArchiveLocked where another process still writes after ``wait_s`` seconds.
    """
    folder = url.removeprefix(EMBEDDED)
    if not url.startswith(EMBEDDED) or not folder:
        raise UnknownEngine(f"{url!r} names no engine; write embedded:FOLDER")
    # imported on demand: a process loads the libraries of the engine that it uses
    from search_service.engines.embedded.engine import open_embedded  # noqa: PLC0415

    return open_embedded(Path(folder).expanduser(), write=write, wait_s=wait_s)
