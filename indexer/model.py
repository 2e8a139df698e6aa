"""The nouns of ingest: what a file says before and after extraction."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from graph.model import EntityKind, FundingRound, Relation, TextField

Category = Literal["funding", "release", "policy", "partnership", "acquisition", "people", "other"]


class IndexerError(Exception):
    """Root of what can go wrong on this floor."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A link that an item gives, as the file has it; either part may be empty."""

    name: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where an item stands: lines (1-based, inclusive) of a text, or a JSON pointer or row of a structured file."""

    path: str
    first_line: int | None = None
    last_line: int | None = None
    pointer: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Something in a file that could not be read; the rest of the file was."""

    path: str
    reason: str
    line: int | None = None
    pointer: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemProblem(Problem):
    """An item that was read and then not understood or not stored, with the digest that it stands in."""

    item_id: str
    digest_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NewsItem:
    """One piece of news.

    ``day`` is the digest's day where the file is one day's digest, else the item's own day, else None.
    ``published`` is the item's own time as ISO 8601, where the file has one. ``extra`` keeps what the file says
    and no field here holds.
    """

    id: str
    desk: str
    day: date | None
    title: str
    section: str = ""
    summary: str = ""
    background: str = ""
    points: tuple[str, ...] = ()
    sources: tuple[Source, ...] = ()
    places: tuple[Place, ...] = ()
    external_ids: tuple[str, ...] = ()
    published: str | None = None
    extra: tuple[tuple[str, Any], ...] = ()

    @property
    def body(self) -> str:
        """Summary, background and points joined by one newline: what offsets of field ``body`` count in."""
        return "\n".join(part for part in (self.summary, self.background, *self.points) if part)


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """One day's (or one file's) news of one desk.

    ``id`` is a pure function of desk and path; ``unparsed`` lists the problems that are lines or elements no item
    and no part of the layout's frame accounts for. ``sureness`` says from 0 to 1 how sure the reader is that this is
    news, where no known layout fits; it is told when the file is read, and not stored.
    """

    id: str
    desk: str
    path: str
    day: date | None
    items: tuple[NewsItem, ...]
    layout: str
    problems: tuple[Problem, ...] = ()
    unparsed: tuple[Problem, ...] = ()
    fingerprint: str = ""
    sureness: float | None = field(default=None, compare=False)


def problem_with(item: NewsItem, digest: Digest, reason: str) -> ItemProblem:
    """Says of an item of a digest, with its place, why it is not understood or not stored."""
    place = item.places[0] if item.places else Place(path=digest.path)
    return ItemProblem(
        path=digest.path,
        reason=reason,
        line=place.first_line,
        pointer=place.pointer,
        item_id=item.id,
        digest_id=digest.id,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """A place in a text that names an entity."""

    entity_id: str
    name: str
    kind: EntityKind
    field: TextField
    start: int
    end: int
    confidence: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Annotations:
    """What extraction understood of one item."""

    mentions: tuple[Mention, ...] = ()
    relations: tuple[Relation, ...] = ()
    funding: tuple[FundingRound, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnotatedItem:
    """A news item with what was understood of it."""

    item: NewsItem
    annotations: Annotations = field(default_factory=Annotations)


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnotatedDigest:
    """A digest whose items went through extraction, in the order of the digest."""

    digest: Digest
    items: tuple[AnnotatedItem, ...]
