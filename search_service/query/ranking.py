"""How the best hits of an understood query are ordered: coverage of its parts before frequency of one.

Engines give the first hits by BM25 with their texts; what follows is the same on all of them and knows only our own
types. The score of an item is the sum of what the reasons below give, so it can be explained part by part.

Coverage is the mean over the parts of ``log(floor + tf / (tf + k))``, weighted by how rare a part is: a missing part
costs more than any number of repeats of another gains (compare Lv and Zhai, CIKM 2011, on lower bounds in BM25).
Weights are fixed; tuned ones did no better on queries they were not tuned on.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Literal, NamedTuple

from indexer.model import Category
from search_service.query.forms import Form, all_of, any_of, finder, needle, node_of
from search_service.query.periods import Preference
from search_service.query.tree import Node

DEPTH = 200
"""Hits that are ordered anew; what follows keeps the order of the engine."""

FLOOR, SATURATION, LENGTH_SHARE, USUAL_LENGTH = 0.15, 1.2, 0.6, 220
TITLE = 2.0
"""A match in the title counts as this many in the body, as in the engines."""

APART, NAME_ONLY = 0.4, 0.1
"""What a name and its version count that stand apart, and the name without its version."""

LEAD = 100
"""Characters of the body that tell what an item is about."""

LITERAL, ALL_IN_TITLE, ALL_IN_LEAD, NEARNESS = 0.06, 0.1, 0.1, 0.1
MENTION, SUBJECT, CATEGORY, DAYS, RECENCY = 0.05, 0.1, 0.05, 0.5, 0.05
NEAR, YEAR_DAYS = 20, 365
_IN_TITLE, _IN_BODY = ("title",), ("body",)

Why = Literal[
    "coverage",
    "literal",
    "title",
    "lead",
    "nearness",
    "mention",
    "subject",
    "category",
    "days",
    "recency",
    "feedback",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class RankedPart:
    """A part of a query as ranking needs it: its forms, the typed one first.

    ``apart`` are forms of a name and forms of its version, which count less where they do not stand together.
    """

    value: str
    forms: tuple[Form, ...]
    entity_ids: tuple[str, ...] = ()
    category: Category | None = None
    apart: tuple[tuple[Form, ...], tuple[Form, ...]] | None = None

    @property
    def node(self) -> Node:
        """What the part finds."""
        if self.apart is None:
            return node_of(self.forms)
        names, numbers = self.apart
        return any_of((*(form.node for form in self.forms), all_of((node_of(names), node_of(numbers)))))


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranking:
    """What decides the order of the first ``DEPTH`` hits. ``feedback``: whether words of the best hits count too."""

    parts: tuple[RankedPart, ...]
    preferences: tuple[Preference, ...] = ()
    feedback: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A hit with what its score is made of: folded texts, entities in the order they are named, its order key."""

    title: str
    body: str
    in_title: tuple[str, ...]
    in_body: tuple[str, ...]
    category: str
    day: date | None
    key: int


class Reason(NamedTuple):
    """Why a hit stands where it does: what gave how much, for which part (its number), found in which fields.

    A tuple, because each search makes two thousand of them.
    """

    why: Why
    gave: float
    part: int | None = None
    fields: tuple[str, ...] = ()
    matches: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Places:
    """Where a part stands in a candidate; ``count`` weighs matches by form and field."""

    title: list[int]
    body: list[int]
    count: float
    literal: bool
    matches: tuple[str, ...]


class Scorer:
    """Scores candidates of one query; ``frequencies`` are the items that have each part, of ``items`` in all."""

    def __init__(
        self, ranking: Ranking, candidates: Sequence[Candidate], *, frequencies: Sequence[int], items: int
    ) -> None:
        self._ranking = ranking
        # most other names of a part stand in none of the candidates, which one look into all of them tells
        pool = "\0".join(text for one in candidates for text in (one.title, one.body))
        self._finders = [
            [(form, finder(form.text)) for form in part.forms if needle(form.text) in pool] for part in ranking.parts
        ]
        self._entities = [frozenset(part.entity_ids) for part in ranking.parts]
        rarities = [math.log(1 + (items - n + 0.5) / (n + 0.5)) if n <= items else 0.0 for n in frequencies]
        total = sum(rarities) or 1.0
        self._weights = [rarity / total for rarity in rarities]
        self._newest = max((one.day for one in candidates if one.day), default=None)

    def reasons(self, candidate: Candidate) -> list[Reason]:
        """Everything that the candidate's score is made of."""
        places = [self._places(number, candidate) for number in range(len(self._finders))]
        return [
            *self._coverage(places, candidate),
            *self._together(places),
            *self._named(candidate),
            *self._in_time(candidate),
        ]

    def _places(self, number: int, candidate: Candidate) -> Places:
        title: list[int] = []
        body: list[int] = []
        matches: list[str] = []
        count, literal = 0.0, False
        for form, found in self._finders[number]:
            in_title, in_body = found(candidate.title), found(candidate.body)
            if in_title or in_body:
                count += form.weight * (TITLE * len(in_title) + len(in_body))
                literal = literal or form.weight == 1.0
                title += in_title
                body += in_body
                matches.append(form.text)
        if not count and self._ranking.parts[number].apart:
            count = self._apart(number, candidate)
        return Places(title, body, count, literal, tuple(matches))

    def _apart(self, number: int, candidate: Candidate) -> float:
        names, numbers = (
            any(finder(form.text)(text) for form in forms for text in (candidate.title, candidate.body))
            for forms in self._ranking.parts[number].apart or ()
        )
        return APART if names and numbers else NAME_ONLY if names else 0.0

    def _coverage(self, places: Sequence[Places], candidate: Candidate) -> Iterator[Reason]:
        length = (len(candidate.title) + len(candidate.body)) / USUAL_LENGTH
        k = SATURATION * (1 - LENGTH_SHARE + LENGTH_SHARE * length)
        for number, (weight, found) in enumerate(zip(self._weights, places, strict=True)):
            if found.count:
                gave = math.log(1 + found.count / (found.count + k) / FLOOR)
                fields = (*_IN_TITLE[: bool(found.title)], *_IN_BODY[: bool(found.body)])
                yield Reason(why="coverage", gave=weight * gave, part=number, fields=fields, matches=found.matches)
            if found.literal:
                yield Reason(why="literal", gave=weight * LITERAL, part=number)

    def _together(self, places: Sequence[Places]) -> Iterator[Reason]:
        if all(found.title for found in places):
            yield Reason(why="title", gave=ALL_IN_TITLE, fields=("title",))
        if all(found.title or (found.body and min(found.body) < LEAD) for found in places):
            yield Reason(why="lead", gave=ALL_IN_LEAD)
        present = [found for found in places if found.title or found.body]
        if len(present) > 1:
            near = sum(1 / (1 + _distance(one, other) / NEAR) for one, other in pairwise(present))
            yield Reason(why="nearness", gave=NEARNESS * near / (len(places) - 1))

    def _named(self, candidate: Candidate) -> Iterator[Reason]:
        for number, (part, ids) in enumerate(zip(self._ranking.parts, self._entities, strict=True)):
            if ids.intersection(candidate.in_title):
                yield Reason(why="mention", gave=MENTION, part=number, fields=("title",))
                if candidate.in_title[0] in ids:
                    yield Reason(why="subject", gave=SUBJECT, part=number, fields=("title",))
            elif ids.intersection(candidate.in_body):
                yield Reason(why="mention", gave=MENTION / 2, part=number, fields=("body",))
            if part.category and part.category == candidate.category:
                yield Reason(why="category", gave=CATEGORY, part=number)

    def _in_time(self, candidate: Candidate) -> Iterator[Reason]:
        if candidate.day is None:
            return
        for preference in self._ranking.preferences:
            if nearness := preference.nearness(candidate.day):
                yield Reason(why="days", gave=DAYS * nearness)
        if self._newest:
            yield Reason(why="recency", gave=RECENCY * math.exp(-(self._newest - candidate.day).days / YEAR_DAYS))


def _distance(one: Places, other: Places) -> int:
    """Characters between the nearest places of two parts in one field."""
    if one.title and other.title:
        return 0
    if not one.body or not other.body:
        return 1000
    ones, others = sorted(one.body), sorted(other.body)
    nearest, at = 1000, 0
    for place in ones:
        while at + 1 < len(others) and others[at + 1] <= place:
            at += 1
        nearest = min(nearest, *(abs(place - where) for where in others[at : at + 2]))
    return nearest
