"""Ranked hits of the search index, cut so that ties never depend on how the index is laid out."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from typing import Any

from tantivy import FieldType, Order, Query

from search_service.engines.embedded.index_reading import Generation


@dataclass(frozen=True, slots=True, kw_only=True)
class RankedHit:
    """A hit with what ranks it: ``score`` (0.0 by day) and the order key; ``address`` is its place in the index."""

    score: float
    key: int
    address: Any


Ranking = Callable[[int], list[RankedHit]]
"""The first hits, at most the number asked for; fewer where there are no more."""


def by_day(query: Query, generation: Generation, *, newest: bool, start: int | None) -> Ranking:
    """Hits by day; from the order key ``start`` on, itself included."""
    field, order = ("newest", Order.Desc) if newest else ("oldest", Order.Asc)
    if start is not None:
        bounds = (None, start) if newest else (start, None)
        reached = Query.range_query(generation.schema, field, FieldType.Unsigned, *bounds)
        query = query.and_must_match(Query.const_score_query(reached, 0.0))

    def first(count: int) -> list[RankedHit]:
        found = generation.searcher.search(query, count, count=False, order_by_field=field, order=order)
        return [RankedHit(score=0.0, key=key, address=address) for key, address in found.hits]

    def in_order(hits: list[RankedHit]) -> list[RankedHit]:
        """By id where two share an order key, which is rare enough to look ids up."""
        shared = {one.key for one, other in pairwise(hits) if one.key == other.key}
        if not shared:
            return hits
        place = {hit.key: at for at, hit in reversed(list(enumerate(hits)))}
        return sorted(hits, key=lambda hit: (place[hit.key], id_of(hit, generation) if hit.key in shared else ""))

    return partial(_uncut, first, in_order=in_order, rank=lambda hit: hit.key)


def by_relevance(query: Query, generation: Generation) -> Ranking:
    """Hits by score, then newest day, then id."""
    searcher = generation.searcher

    def first(count: int) -> list[RankedHit]:
        found = searcher.search(query, count, count=False).hits
        keys = searcher.fast_field_values("newest", [address for _, address in found])
        return [
            RankedHit(score=score, key=key, address=address)
            for (score, address), key in zip(found, keys, strict=True)
        ]

    def in_order(hits: list[RankedHit]) -> list[RankedHit]:
        return sorted(hits, key=lambda hit: (-hit.score, -hit.key))

    return partial(_uncut, first, in_order=in_order, rank=lambda hit: hit.score)


def _uncut(
    first: Ranking,
    count: int,
    *,
    in_order: Callable[[list[RankedHit]], list[RankedHit]],
    rank: Callable[[RankedHit], float],
) -> list[RankedHit]:
    """The first ``count`` hits. Looks further until the last rank is complete, so that its ties can be ordered."""
    asked = count + 1
    while True:
        hits = first(asked)
        if len(hits) < asked or rank(hits[count - 1]) != rank(hits[-1]):
            return in_order(hits)[:count]
        asked *= 4


def take(ranking: Ranking, count: int, *, unwanted: Callable[[RankedHit], bool]) -> tuple[list[RankedHit], bool]:
    """The first ``count`` hits that are wanted, and whether there are more."""
    asked = count + 1
    while True:
        hits = ranking(asked)
        wanted = [hit for hit in hits if not unwanted(hit)]
        if len(wanted) > count or len(hits) < asked:
            return wanted[:count], len(wanted) > count
        asked += max(count, len(hits) - len(wanted)) + 1


def id_of(hit: RankedHit, generation: Generation) -> str:
    """Id of the item."""
    return str(generation.searcher.doc(hit.address)["id"][0])
