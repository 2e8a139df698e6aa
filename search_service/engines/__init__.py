"""Engines behind one contract, chosen by URL. This is the one module that names the implementations."""

from datetime import datetime
from pathlib import Path
from typing import Protocol

from indexer.archive import Archive
from search_service.engines.contract import EngineError, SearchEngine
from search_service.engines.elasticsearch.access import (
    SCHEMES,
    BadAddress,
    ClusterAccess,
    ClusterAddress,
    without_credentials,
)
from search_service.engines.lifecycle import LifeCycle

EMBEDDED = "embedded:"
ENGINE_NAMES = ("elasticsearch", "embedded")
"""Every engine that ``open_engine`` opens; the contract suite must know each of them."""


class UnknownEngine(EngineError):
    """A URL that names no engine of this version."""


class Engine(SearchEngine, Archive, Protocol):
    """A search engine that is an archive as well, where it was opened for writing."""


def open_engine(
    url: str, *, write: bool = False, wait_s: float = 60, access: ClusterAccess | None = None, shards: int = 1
) -> Engine:
    """Opens the engine that a URL names: ``embedded:FOLDER`` or ``http(s)://HOST:PORT[/PREFIX]``.

    ``access`` holds the credentials for a cluster; ``shards`` is how many shards a new archive there gets for each
    index. Raises UnknownEngine for another URL, and what the engine raises: EngineUnavailable, ArchiveUnavailable,
    ArchiveFormatUnknown, and ArchiveLocked where another process still writes after ``wait_s`` seconds.
    """
    # imported on demand: a process loads the libraries of the engine that it uses
    place = _place_of(url)
    if isinstance(place, ClusterAddress):
        from search_service.engines.elasticsearch.engine import open_elasticsearch  # noqa: PLC0415

        return open_elasticsearch(place, access or ClusterAccess(), write=write, wait_s=wait_s, shards=shards)
    from search_service.engines.embedded.engine import open_embedded  # noqa: PLC0415

    return open_embedded(place, write=write, wait_s=wait_s)


def open_lifecycle(url: str, *, now: datetime, wait_s: float = 60, access: ClusterAccess | None = None) -> LifeCycle:
    """What can happen as a whole to the archive that a URL names, and may not be there yet. Raises UnknownEngine."""
    place = _place_of(url)
    if isinstance(place, ClusterAddress):
        from search_service.engines.elasticsearch.lifecycle import open_elasticsearch_lifecycle  # noqa: PLC0415

        return open_elasticsearch_lifecycle(place, access or ClusterAccess(), now=now, wait_s=wait_s)
    from search_service.engines.embedded.lifecycle import EmbeddedLifeCycle  # noqa: PLC0415

    return EmbeddedLifeCycle(place, now=now, wait_s=wait_s)


def is_same_archive(one: str, other: str) -> bool:
    """Whether two URLs name the same archive. Raises UnknownEngine."""
    first, second = (place.resolve() if isinstance(place, Path) else place for place in map(_place_of, (one, other)))
    return first == second


def _place_of(url: str) -> ClusterAddress | Path:
    if url.startswith(tuple(f"{scheme}://" for scheme in SCHEMES)):
        try:
            return ClusterAddress.from_url(url)
        except BadAddress as error:
            raise UnknownEngine(str(error)) from error
    folder = url.removeprefix(EMBEDDED)
    if not url.startswith(EMBEDDED) or not folder:
        raise UnknownEngine(
            f"{without_credentials(url)!r} names no engine; write embedded:FOLDER or http://HOST:PORT/PREFIX"
        )
    return Path(folder).expanduser()
