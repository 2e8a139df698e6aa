"""What the graph floor needs of an engine to answer questions about entities: ``RelationSource``.

Engines implement it; pages, API and the network read through it. All lists are ordered and bounded; nothing here
knows how an engine stores anything.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from graph.model import EntityKind, EntityRef, Evidence, FundingRound, Qualifiers, RelationKind


@dataclass(frozen=True, slots=True, kw_only=True)
class EntityRecord:
    """An entity as the archive knows it. ``surfaces`` are (name as written, number of items), most frequent first."""

    entity: EntityRef
    items: int
    first_seen: date | None
    last_seen: date | None
    surfaces: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SourcedEvidence:
    """Evidence with the day and the first link of its item."""

    evidence: Evidence
    day: date | None
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RelationGroup:
    """All assertions of one (kind, subject, object).

    ``day`` is the first day it was said, ``confidence`` the highest of its assertions, ``qualifiers`` those of the
    first assertion that has any; evidence is ordered by day, then item id and place.
    """

    kind: RelationKind
    subject: EntityRef
    object: EntityRef
    qualifiers: Qualifiers
    day: date | None
    confidence: float
    evidence: tuple[SourcedEvidence, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbour:
    """Who is named beside an entity. ``kinds`` are the kinds of relation between the two, ``last`` the last day."""

    entity: EntityRef
    count: int
    kinds: tuple[RelationKind, ...]
    last: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """Items of one calendar month that name an entity; ``share`` is their part of all items of that month."""

    month: str
    count: int
    share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """That two entities are related, without the sentences: enough to search a network. ``count`` is assertions."""

    subject: str
    object: str
    kind: RelationKind
    count: int


class RelationSource(Protocol):
    """Reads of entities and relations. Unknown ids give None or nothing, never an error."""

    def entity(self, entity_id: str) -> EntityRecord | None:
        """The entity, or None where no stored item names it."""

    def refs(self, entity_ids: Collection[str]) -> dict[str, EntityRef]:
        """Names and kinds of those of ``entity_ids`` that are known."""

    def relations(
        self, entity_id: str, *, kind: RelationKind | None = None, offset: int = 0, limit: int = 50
    ) -> tuple[tuple[RelationGroup, ...], int]:
        """Relations with the entity on either side, latest assertion first, and how many there are in all."""

    def relations_between(self, one: str, other: str) -> tuple[RelationGroup, ...]:
        """Relations between two entities, in either direction."""

    def rounds(self, entity_id: str) -> tuple[FundingRound, ...]:
        """Funding rounds the entity raised or invested in, newest first."""

    def neighbours(
        self, entity_id: str, *, kind: EntityKind | None = None, offset: int = 0, limit: int = 20
    ) -> tuple[tuple[Neighbour, ...], int]:
        """Entities in the same items, most items first (ties: id), and how many there are in all."""

    def timeline(self, entity_id: str) -> tuple[Month, ...]:
        """Months from the first to the last that names the entity, empty ones included."""

    def edges(self, entity_ids: Sequence[str], *, limit: int) -> tuple[Edge, ...]:
        """Edges that touch any of ``entity_ids``: per entity at most ``limit``, most assertions first."""

    def degrees(self, entity_ids: Collection[str]) -> dict[str, int]:
        """Number of distinct related entities of each (hubs are penalised in paths)."""
