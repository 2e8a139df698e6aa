"""Ranked hits of the search index, cut so that ties never depend on how the index is laid out."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from typing import Any

from tantivy import FieldType, Order, Query

from search_service.engines.embedded.index_reading import Generation
from search_service.query.ranking import Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class RankedHit:
    """A hit with what ranks it: ``score`` (0.0 by day) and the order key; ``address`` is its place in the index.

    ``reasons`` add up to the score of a hit that was ``rescored``.
    """

    score: float
    key: int
    address: Any
    rescored: bool = False
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranked:
    """The first hits in order, and how many match in all."""

    hits: list[RankedHit]
    matching: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """The hits of a page, whether there are more, and how many match the ranked query."""

    hits: list[RankedHit]
    more: bool
    matching: int


Ranking = Callable[[int], Ranked]
"""The first hits, at most the number asked for; fewer where there are no more."""


def by_day(query: Query, generation: Generation, *, newest: bool, start: int | None) -> Ranking:
    """Hits by day; from the order key ``start`` on, itself included."""
    field, order = ("newest", Order.Desc) if newest else ("oldest", Order.Asc)
    if start is not None:
        bounds = (None, start) if newest else (start, None)
        reached = Query.range_query(generation.schema, field, FieldType.Unsigned, *bounds)
        query = query.and_must_match(Query.const_score_query(reached, 0.0))

    def first(count: int) -> Ranked:
        found = generation.searcher.search(query, _bounded(count, generation), order_by_field=field, order=order)
        hits = [RankedHit(score=0.0, key=key, address=address) for key, address in found.hits]
        return Ranked(hits=hits, matching=found.count)

    def in_order(hits: list[RankedHit]) -> list[RankedHit]:
        """By id where two share an order key, which is rare enough to look ids up."""
        shared = {one.key for one, other in pairwise(hits) if one.key == other.key}
        if not shared:
            return hits
        place = {hit.key: at for at, hit in enumerate(hits)}
        return sorted(hits, key=lambda hit: (place[hit.key], id_of(hit, generation) if hit.key in shared else ""))

    return partial(_uncut, first, in_order=in_order, rank=lambda hit: hit.key)


def by_relevance(query: Query, generation: Generation) -> Ranking:
    """Hits by score, then newest day, then id."""
    searcher = generation.searcher

    def first(count: int) -> Ranked:
        found = searcher.search(query, _bounded(count, generation))
        keys = searcher.fast_field_values("newest", [address for _, address in found.hits])
        hits = [
            RankedHit(score=score, key=key, address=address)
            for (score, address), key in zip(found.hits, keys, strict=True)
        ]
        return Ranked(hits=hits, matching=found.count)

    def in_order(hits: list[RankedHit]) -> list[RankedHit]:
        return sorted(hits, key=lambda hit: (-hit.score, -hit.key))

    return partial(_uncut, first, in_order=in_order, rank=lambda hit: hit.score)


def _bounded(count: int, generation: Generation) -> int:
    """Tantivy makes room for as many hits as it is asked for, and none for no hits."""
    return min(count, int(generation.searcher.num_docs) + 1)


def _uncut(
    first: Ranking,
    count: int,
    *,
    in_order: Callable[[list[RankedHit]], list[RankedHit]],
    rank: Callable[[RankedHit], float],
) -> Ranked:
    """The first ``count`` hits. Looks further until the last rank is complete, so that its ties can be ordered."""
    asked = count + 1
    while True:
        found = first(asked)
        if len(found.hits) < asked or rank(found.hits[count - 1]) != rank(found.hits[-1]):
            return Ranked(hits=in_order(found.hits)[:count], matching=found.matching)
        asked *= 4


def take(ranking: Ranking, count: int, *, skip: Callable[[RankedHit], bool] | None = None) -> Taken:
    """The first ``count`` hits, save those to ``skip``."""
    asked = count + 1
    while True:
        found = ranking(asked)
        wanted = [hit for hit in found.hits if not skip(hit)] if skip else found.hits
        if len(wanted) > count or len(found.hits) < asked:
            return Taken(hits=wanted[:count], more=len(wanted) > count, matching=found.matching)
        asked += len(found.hits) - len(wanted) + count


def id_of(hit: RankedHit, generation: Generation) -> str:
    """Id of the item."""
    return str(generation.searcher.doc(hit.address)["id"][0])
