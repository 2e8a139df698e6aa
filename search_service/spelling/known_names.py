"""The names that an archive and the catalogue know, kept in memory and made anew as the archive grows."""

import logging
import time
from collections.abc import Callable, Iterator
from functools import cached_property
from threading import Lock, Thread

from graph.source import EntityRecord
from search_service.engines.contract import ArchiveState, EngineUnavailable, FacetField, SearchEngine
from search_service.query.lexicon import Lexicon
from search_service.query.understanding import ArchiveName
from search_service.spelling.name_table import Name, NameTable, NameType
from search_service.views.names import EntityNames

MOST_ENTITIES = 20_000
"""Entities of the archive, most items first; those of the catalogue are always known."""

MOST_VALUES = 2000
AT_ONCE = 1000
WRITINGS = 3
LOOK_EVERY_S = 30.0
MAKING_SHARE = 0.05
"""Share of the time that making the table anew may take while an archive grows."""

LOG = logging.getLogger(__name__)

_VALUES: tuple[tuple[NameType, FacetField], ...] = (("section", "section"), ("source", "source"))
_NO_VALUE = "-"


class KnownNames:
    """The names of one archive. The first use makes the table; later a thread does while the old one answers."""

    def __init__(
        self, engine: SearchEngine, catalogue: EntityNames, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._engine = engine
        self._catalogue = catalogue
        self._clock = clock
        self._lock = Lock()
        self._table: NameTable | None = None
        self._made_of: ArchiveState | None = None
        self._look_at = 0.0

    def table(self) -> NameTable:
        """The table of now or of a moment ago. Raises EngineUnavailable."""
        with self._lock:
            if self._table is None:
                self._make(self._engine.state())
            elif self._clock() >= self._look_at:
                self._look_at = self._clock() + LOOK_EVERY_S
                Thread(target=self._look, name="known-names", daemon=True).start()
            assert self._table is not None
            return self._table

    def prepare(self) -> None:
        """Makes the table before the first reader waits for it; an engine that cannot answer is asked again then."""
        try:
            self.table()
        except EngineUnavailable as error:
            LOG.info("names are read when they are first needed: %s", error)

    def _look(self) -> None:
        try:
            state = self._engine.state()
            if state != self._made_of:
                self._make(state)
        except EngineUnavailable as error:
            LOG.info("names stay as they were: %s", error)

    def _make(self, state: ArchiveState) -> None:
        started = self._clock()
        self._table = NameTable(all_names(self._engine, self._catalogue))
        self._made_of = state
        ended = self._clock()
        self._look_at = ended + max(LOOK_EVERY_S, (ended - started) / MAKING_SHARE)


def all_names(engine: SearchEngine, catalogue: EntityNames) -> Iterator[Name]:
    """Names of entities with their writings, of sections and of sources."""
    counts: dict[str, int] = {}
    for record in _records(engine):
        counts[record.entity.id] = record.items
        yield from _written(record)
    for surface, entity_id, ambiguous in catalogue.catalogue.names():
        entry = catalogue.entry(entity_id)
        if entry and not (ambiguous and entity_id not in counts):
            yield Name(
                type="entity",
                text=entry.name,
                written=surface,
                items=counts.get(entity_id, 0),
                entity_id=entity_id,
                kind=entry.kind,
            )
    for type_, field in _VALUES:
        for value in engine.values(field, limit=MOST_VALUES):
            if value.value != _NO_VALUE:
                yield Name(type=type_, text=value.value, written=value.value, items=value.count)


def _records(engine: SearchEngine) -> Iterator[EntityRecord]:
    for offset in range(0, MOST_ENTITIES, AT_ONCE):
        records, total = engine.find_entities(offset=offset, limit=AT_ONCE)
        yield from records
        if offset + AT_ONCE >= total:
            return


def _written(record: EntityRecord) -> Iterator[Name]:
    entity = record.entity
    written = [entity.name, *(surface for surface, _count in record.surfaces[:WRITINGS])]
    for text in dict.fromkeys(written):
        yield Name(
            type="entity",
            text=entity.name,
            written=text,
            items=record.items,
            entity_id=entity.id,
            kind=entity.kind,
        )


class ArchiveNames(EntityNames):
    """The names of the catalogue, and in queries those that only the archive knows as well."""

    def __init__(self, catalogue: EntityNames, known: KnownNames) -> None:
        super().__init__(lambda: catalogue.catalogue)
        self._of_catalogue = catalogue
        self._known = known

    @cached_property
    def lexicon(self) -> Lexicon:
        """That of the catalogue: it takes a while to build, and one is enough."""
        return self._of_catalogue.lexicon

    def names_in(self, text: str) -> Iterator[ArchiveName]:
        """The names in a folded query that only the archive knows."""
        for start, end, name in self._known.table().longest_in(text):
            if name.entity_id and self.entry(name.entity_id) is None:
                yield ArchiveName(start=start, end=end, entity_id=name.entity_id)
