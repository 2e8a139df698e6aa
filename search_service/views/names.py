"""Names of entities as readers type them: the catalogue's aliases and what the archive knows."""

from collections.abc import Callable, Iterable
from functools import cached_property

from graph.catalogue import Catalogue, load_catalogue
from graph.kinds import ENTITY_KINDS
from graph.model import Entity, EntityKind
from indexer.folding import fold_key
from search_service.engines.contract import SearchEngine
from search_service.query.lexicon import Lexicon
from search_service.query.understanding import ArchiveName
from search_service.query.vocabulary import load_vocabulary

MAX_SAME_NAME = 20


class EntityNames:
    """Look-ups of names over the catalogue, which is loaded when first needed."""

    def __init__(self, load: Callable[[], Catalogue] = load_catalogue) -> None:
        self._load = load

    @cached_property
    def catalogue(self) -> Catalogue:
        """The catalogue itself."""
        return self._load()

    @cached_property
    def lexicon(self) -> Lexicon:
        """The catalogue and the vocabulary of queries, as queries are read with them."""
        return Lexicon(self.catalogue, load_vocabulary())

    @cached_property
    def _keys(self) -> tuple[tuple[str, str, EntityKind], ...]:
        return tuple(
            (fold_key(surface), entity_id, self.catalogue.by_id[entity_id].entity.kind)
            for surface, entity_id, _ambiguous in self.catalogue.names()
        )

    def names_in(self, _text: str) -> Iterable[ArchiveName]:
        """The names in a folded query that only an archive knows: none without an archive."""
        return ()

    def entry(self, entity_id: str) -> Entity | None:
        """The curated entity with this id, or None."""
        entry = self.catalogue.by_id.get(entity_id)
        return entry.entity if entry else None

    def current(self, entity_id: str) -> str:
        """The id that an entity carries today."""
        return self.catalogue.resolve(entity_id)

    def aliased(self, text: str, kind: EntityKind | None = None) -> tuple[str, ...]:
        """Ids of curated entities whose aliases contain ``text`` after folding and whose name does not.

        An engine finds entities by name itself. An empty text gives none.
        """
        key = fold_key(text)
        if not key:
            return ()
        found = dict.fromkeys(i for name, i, its_kind in self._keys if key in name and kind in (None, its_kind))
        return tuple(i for i in found if key not in fold_key(self.catalogue.by_id[i].entity.name))

    def named(self, engine: SearchEngine, text: str) -> tuple[str, ...]:
        """Ids of all entities that are called exactly ``text`` after folding, or of the one that has this id.

        Curated entities come first, then those of the archive by number of items.
        """
        text = text.strip()
        if is_entity_id(text):
            current = self.current(text)
            if self.entry(current) or engine.entity(current):
                return (current,)
        key = fold_key(text)
        if not key:
            return ()
        curated = [entity_id for name, entity_id, _kind in self._keys if name == key]
        records, _total = engine.find_entities(text=text, limit=MAX_SAME_NAME)
        stored = [
            record.entity.id
            for record in records
            if key in (fold_key(record.entity.name), *(fold_key(surface) for surface, _count in record.surfaces))
        ]
        return tuple(dict.fromkeys([*curated, *stored]))


def is_entity_id(text: str) -> bool:
    """Whether a text has the form of an entity id."""
    kind, colon, name = text.partition(":")
    return bool(colon and name) and kind in ENTITY_KINDS


SHIPPED_NAMES = EntityNames()
