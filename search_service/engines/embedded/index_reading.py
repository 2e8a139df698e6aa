"""The search index as readers see it: the newest generation, and older ones that pages of results still need."""

import hashlib
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any

import tantivy

from search_service.engines.contract import EngineUnavailable
from search_service.engines.embedded.library_errors import search_errors_told

POLL_S = 0.5
PINNED_S = 300.0
MAX_PINNED = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Generation:
    """One committed state of the index; ``name`` is the same in every process that reads it."""

    name: str
    searcher: Any
    schema: Any


class IndexReader:
    """Gives generations of the index that lies where ``where`` says. Shared by threads; looks for a new one at most
    every ``POLL_S`` seconds."""

    def __init__(self, where: Callable[[], Path], *, clock: Callable[[], float] = time.monotonic) -> None:
        self._where = where
        self._clock = clock
        self._lock = Lock()
        self._index: Any = None
        self._path: Path | None = None
        self._current: Generation | None = None
        self._seen: object = None
        self._looked_at = float("-inf")
        self._pinned: OrderedDict[str, tuple[float, Generation]] = OrderedDict()

    def current(self) -> Generation:
        """The newest generation. Raises EngineUnavailable where there is no index."""
        with self._lock:
            now = self._clock()
            if self._current is None or now - self._looked_at >= POLL_S:
                self._look(now)
            if self._current is None:
                raise EngineUnavailable(
                    f"the search index {self._where()} is not there or damaged; zhimai index builds it anew"
                )
            return self._current

    def refresh(self) -> None:
        """Looks for a new generation at once."""
        with self._lock:
            self._look(self._clock())

    def pin(self, generation: Generation) -> None:
        """Keeps a generation for some minutes."""
        with self._lock:
            self._drop_old(self._clock())
            self._pinned[generation.name] = (self._clock(), generation)
            self._pinned.move_to_end(generation.name)

    def pinned(self, name: str) -> Generation | None:
        """The generation of that name, where it is the current one or still kept."""
        with self._lock:
            self._drop_old(self._clock())
            if self._current is not None and self._current.name == name:
                return self._current
            return self._pinned[name][1] if name in self._pinned else None

    def _drop_old(self, now: float) -> None:
        while self._pinned:
            oldest = next(iter(self._pinned))
            if len(self._pinned) <= MAX_PINNED and now - self._pinned[oldest][0] < PINNED_S:
                return
            del self._pinned[oldest]

    def _look(self, now: float) -> None:
        self._looked_at = now
        path: Path | None = None
        while (found := self._where()) != path:  # where another one took its place in between, look again
            path = found
            state = _state(path)
            if state is None or state == self._seen:
                continue
            try:
                self._load(path)
            except EngineUnavailable:
                continue  # between two states; the next look finds the new one
            self._seen = state

    def _load(self, path: Path) -> None:
        with search_errors_told():
            if self._path != path:
                index = tantivy.Index.open(str(path))
                index.config_reader("manual")
                self._index, self._path = index, path
            name = ""
            while (found := _name(path)) != name:  # a commit in between makes it look again
                name = found
                self._index.reload()
            searcher = self._index.searcher()
            self._current = Generation(name=name, searcher=searcher, schema=self._index.schema)


def _state(path: Path) -> object:
    try:
        stat = (path / "meta.json").stat()
    except OSError:
        return None
    return path, stat.st_mtime_ns, stat.st_ino, stat.st_size


def _name(path: Path) -> str:
    return hashlib.sha256((path / "meta.json").read_bytes()).hexdigest()[:12]
