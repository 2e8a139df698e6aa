"""The seam to engines: what a search engine of Zhimai answers, in our own types.

An engine is one object that is an ``indexer.archive.Archive`` when opened for writing, and a
``graph.source.RelationSource`` and a ``SearchEngine`` always. ``tests/contract`` runs on every engine.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal, Protocol, Self

from graph.model import EntityKind
from graph.source import EntityRecord, RelationSource
from indexer.model import AnnotatedItem
from search_service.query.ranking import Ranking, Reason
from search_service.query.tree import Node

Sort = Literal["relevance", "newest", "oldest"]
FacetField = Literal["section", "source", "category", "entity", "month"]
FACET_FIELDS: tuple[FacetField, ...] = ("section", "source", "category", "entity", "month")


class EngineError(Exception):
    """Root of what can go wrong in an engine; the message is for people."""


class EngineUnavailable(EngineError):
    """The engine cannot answer now; trying again later may help. ``brief`` says why without naming any place, for
    health checks, which strangers may read."""

    def __init__(self, message: str, *, brief: str = "the archive cannot be read") -> None:
        super().__init__(message)
        self.brief = brief


class BadCursor(EngineError):
    """A cursor that no page of this query gave."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchRequest:
    """One page of one search. ``facets``: the facets wanted; ``cursor``: ``SearchPage.next`` of the page before.

    Only ``Tokens`` score, a match in the title twice one in the body; prefixes, single Han characters and filters do
    not. Ties go to the newest day, then to the smaller id. Relevance over a tree that scores nothing is newest first.
    With a ``ranking`` the first ``query.ranking.DEPTH`` hits by relevance are ordered by it; what follows keeps its
    order and has the score 0.0. What is found never depends on the ranking.
    """

    tree: Node
    sort: Sort = "relevance"
    limit: int = 20
    cursor: str | None = None
    facets: tuple[FacetField, ...] = ()
    ranking: Ranking | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """An item that matched; ``score`` is 0.0 where the order is by day. ``reasons`` add up to the score of a hit that
    a ranking put in its place."""

    item: AnnotatedItem
    score: float
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FacetValue:
    """A value and the exact number of hits that filtering by it gives."""

    value: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchPage:
    """``total`` is exact. ``facets``: per field the 20 most frequent values (month: all), count down, then value;
    ``-`` (no value) is listed for every field but ``entity``.

    ``notices`` are sentences a reader should see (a pinned generation that is gone).
    """

    total: int
    hits: tuple[Hit, ...]
    facets: dict[FacetField, tuple[FacetValue, ...]]
    next: str | None
    notices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """A day that has items: how many, and how many digests are that day's (none for a day known from a dump)."""

    day: date
    digests: int
    items: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredDigest:
    """A digest as read back: its items in their order."""

    id: str
    desk: str
    path: str
    day: date | None
    items: tuple[AnnotatedItem, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveState:
    """Counts and freshness, for the footer, health checks and doctor."""

    items: int
    digests: int
    entities: int
    relations: int
    last_day: date | None
    unparsed_lines: int
    waiting: int  # items that the record has and the search index does not have yet


@dataclass(frozen=True, slots=True, kw_only=True)
class SameText:
    """Another item that tells the same report; ``similarity`` is the share of what they have in common, above 0, at
    most 1 (``indexer.duplicates``)."""

    item_id: str
    similarity: float


class SearchEngine(RelationSource, Protocol):
    """Reads of items. Reading never blocks on a writer."""

    def __enter__(self) -> Self: ...

    def __exit__(self, *exc: object) -> None: ...

    def search(self, request: SearchRequest) -> SearchPage:
        """One page. Raises BadCursor, EngineUnavailable."""

    def counts(self, trees: Sequence[Node]) -> tuple[int, ...]:
        """How many items each tree finds."""

    def items(self, item_ids: Collection[str]) -> dict[str, AnnotatedItem]:
        """Those items that are stored."""

    def same_texts(self, item_ids: Collection[str]) -> dict[str, tuple[SameText, ...]]:
        """Near-identical reports: of each item that has any, those of any desk, most similar first, then by id.

        Symmetric and the same in any order of ingest. Texts that too many items share count as boilerplate
        (``engines.same_texts.POPULAR``).
        """

    def find_entities(
        self, *, text: str = "", kind: EntityKind | None = None, offset: int = 0, limit: int = 20
    ) -> tuple[tuple[EntityRecord, ...], int]:
        """Entities whose name or surface contains ``text`` after folding, most items first; and how many in all."""

    def values(self, field: FacetField, *, limit: int) -> tuple[FacetValue, ...]:
        """The values that most items have, with exact counts: count down, then value."""

    def days(self, *, before: date | None = None, limit: int = 31) -> tuple[Day, ...]:
        """Days that have items, newest first, strictly before ``before``."""

    def digests_of(self, day: date) -> tuple[StoredDigest, ...]:
        """The digests of a day, by desk and path."""

    def state(self) -> ArchiveState:
        """Counts and freshness."""

    def check(self) -> None:
        """Looks at everything that pages are read from. Raises EngineUnavailable, ArchiveError."""
