"""What pages and API are asked through: one engine, the names of the catalogue, an extractor for texts."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from threading import Lock

from indexer.extraction_pool import Extractor
from indexer.model import Annotations, NewsItem
from search_service.engines.contract import SearchEngine
from search_service.spelling.known_names import KnownNames
from search_service.views.names import SHIPPED_NAMES, EntityNames


class SharedExtractor:
    """An extractor that is loaded by its first use and used by one thread at a time: taggers keep state."""

    def __init__(self, load: Callable[[], Extractor]) -> None:
        self._load = load
        self._extractor: Extractor | None = None
        self._lock = Lock()

    @property
    def version(self) -> str:
        """Version of the extractor behind it."""
        with self._lock:
            return self._loaded().version

    def annotate(self, item: NewsItem) -> Annotations:
        """Mentions, relations and rounds of one item."""
        with self._lock:
            return self._loaded().annotate(item)

    def _loaded(self) -> Extractor:
        if self._extractor is None:
            self._extractor = self._load()
        return self._extractor


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """``today`` tells the day in Asia/Shanghai; the core never asks a clock itself."""

    engine: SearchEngine
    extractor: Extractor
    today: Callable[[], date]
    known_names: KnownNames
    names: EntityNames = field(default=SHIPPED_NAMES)

    def prepare(self) -> None:
        """Loads what the first search would wait for: the lexicon and the names of the archive."""
        _ = self.names.lexicon
        self.known_names.prepare()
