"""The nouns of the graph: entities, relations and the evidence they rest on.

Entity ids are ``kind:name`` (``org:智谱``). Offsets count Unicode code points and are half-open. A
``Relation`` or ``FundingRound`` here is one assertion by one item; equal assertions are grouped when read.
"""

from dataclasses import dataclass, field
from datetime import date
from typing import Literal

EntityKind = Literal["org", "model", "policy", "product", "person"]
RelationKind = Literal[
    "released", "developed", "invested_in", "acquired", "partnered_with", "issued", "founded", "works_at"
]
TextField = Literal["title", "body"]


class GraphError(Exception):
    """Root of what can go wrong on this floor."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alias:
    """Another name of an entity. ``kind``: short, full, legal, brand, former, code, latin."""

    text: str
    language: str = "zh"
    kind: str = "short"


@dataclass(frozen=True, slots=True, kw_only=True)
class EntityRef:
    """What a page or a list needs to name an entity."""

    id: str
    name: str
    kind: EntityKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Entity:
    """An organisation, model, policy, product or person.

    ``facts`` are pairs (name of the fact, value), the value an entity id where it names one: ``maker``,
    ``family``, ``parent``, ``issuer``, ``level``. ``curated`` tells catalogue entries from entities that
    only texts speak of.
    """

    id: str
    kind: EntityKind
    name: str
    aliases: tuple[Alias, ...] = ()
    description: str = ""
    facts: tuple[tuple[str, str], ...] = ()
    formerly: tuple[str, ...] = ()
    curated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Where an item says so.

    ``text`` is the whole sentence or clause at ``start``..``end`` of ``field``; ``trigger`` (start, end) lies
    within it, in offsets of the same field.
    """

    item_id: str
    field: TextField
    start: int
    end: int
    text: str
    trigger: tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Qualifiers:
    """Details of a relation, in the words of the text."""

    round: str | None = None
    amount: str | None = None
    role: str | None = None
    lead: bool = False
    left: bool = False
    open_source: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Relation:
    """One assertion by one item: ``subject`` and ``object`` are entity ids."""

    kind: RelationKind
    subject: str
    object: str
    evidence: Evidence
    qualifiers: Qualifiers = field(default_factory=Qualifiers)
    day: date | None = None
    confidence: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Investor:
    """Somebody who took part in a round; ``entity`` is an entity id."""

    entity: str
    lead: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FundingRound:
    """A company raising money, as one item tells it.

    ``amount``, ``post_valuation`` and ``cumulative`` are the words of the text; ``amount_range`` is (low, high) in
    units of ``currency`` (ISO 4217), None at an open end.
    """

    company: str
    evidence: Evidence
    round: str | None = None
    amount: str | None = None
    amount_range: tuple[float | None, float | None] | None = None
    currency: str | None = None
    post_valuation: str | None = None
    cumulative: str | None = None
    investors: tuple[Investor, ...] = ()
    day: date | None = None
