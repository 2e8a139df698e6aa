"""The nouns of reading a query: its parts and its problems."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Literal

EntityFinder = Callable[[str], tuple[str, ...]]
"""Ids of the entities that a name or id stands for; empty where none is known."""

PartKind = Literal[
    "word",
    "phrase",
    "prefix",
    "title",
    "section",
    "source",
    "entity",
    "category",
    "since",
    "until",
    "version",
    "event",
    "window",
    "days",
    "question",
]
"""``word`` to ``until``: what was written so; the others come from understanding a query: a name with its version, a
named event, a relative window (a filter), named months and years (preferred), and words that only ask or frame."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QueryProblem:
    """What could not be read as written; ``position`` is an offset into the query text."""

    position: int
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A piece of the query, at ``start``..``end``, and what it was read as.

    ``also``: what else is looked for in its place. ``since`` and ``until``: the days of a window.
    """

    start: int
    end: int
    kind: PartKind
    value: str
    entity_id: str | None = None
    negated: bool = False
    also: tuple[str, ...] = ()
    since: date | None = None
    until: date | None = None
