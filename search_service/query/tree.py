"""The query tree: what engines understand.

Leaves hold tokens of ``indexer.folding``, never text, so that engines need no analysis and cannot disagree. A field
``any`` stands for title or body: each leaf may match in either.
"""

from dataclasses import dataclass
from datetime import date
from typing import Literal

MatchField = Literal["any", "title", "body"]
KeywordField = Literal["section", "source", "category", "entity", "month", "desk"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Everything:
    """Matches every item."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tokens:
    """The tokens stand next to one another in this order."""

    field: MatchField
    tokens: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Prefix:
    """``tokens`` next to one another, followed by a token that begins with ``prefix``."""

    field: MatchField
    tokens: tuple[str, ...]
    prefix: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HanCharacter:
    """One Han character anywhere in the text."""

    field: MatchField
    character: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Keyword:
    """The field holds exactly ``value``; ``-`` stands for no value."""

    field: KeywordField
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Days:
    """The item's day lies between ``since`` and ``until``, both inclusive; items without a day never match."""

    since: date | None
    until: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AllOf:
    """Every child matches."""

    children: tuple["Node", ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AnyOf:
    """At least one child matches."""

    children: tuple["Node", ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AtLeast:
    """``least`` or more of the children match; ``least`` is 1 to their number."""

    least: int
    children: tuple["Node", ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Not:
    """The child does not match."""

    child: "Node"


Node = Everything | Tokens | Prefix | HanCharacter | Keyword | Days | AllOf | AnyOf | AtLeast | Not
