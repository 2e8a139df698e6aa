"""Exact counts of values among the hits.

Tantivy counts the values of a field per segment and keeps the most frequent of each, which may leave out a share of
a value's count. So: take candidates with a bound of that error; where there is one, count the candidates alone, which
is exact; where a value left out could still belong to the list, take more candidates.
"""

from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock
from typing import Any

from tantivy import Query

from search_service.engines.contract import FacetField, FacetValue, SearchRequest
from search_service.engines.embedded.index_reading import Generation
from search_service.engines.embedded.index_schema import NO_VALUE
from search_service.query.tree import Node

SHOWN = 20
KEPT = 128
_CANDIDATES = 100
_MONTHS = 12_000
_LARGEST = 65_000  # tantivy's own limit of buckets

FacetValues = dict[FacetField, tuple[FacetValue, ...]]


class Facets:
    """Facets of searches; keeps the latest answers, because each page of a search and each visit of the front page
    asks for the same. Shared by threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._kept: OrderedDict[tuple[str, Node, tuple[FacetField, ...]], FacetValues] = OrderedDict()

    def of(self, request: SearchRequest, query: Query, generation: Generation) -> FacetValues:
        """The facets that the request asks for; ``query`` is its tree."""
        if not request.facets:
            return {}
        key = (generation.name, request.tree, request.facets)
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return dict(self._kept[key])
        facets = facets_of(query, request.facets, generation)
        with self._lock:
            self._kept[key] = facets
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return dict(facets)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Candidates:
    """Values with counts that may be too low by ``error``; a value left out counts at most ``beyond``."""

    counts: dict[str, int]
    error: int
    beyond: int


def facets_of(query: Query, fields: tuple[FacetField, ...], generation: Generation) -> FacetValues:
    """The most frequent values of each field: count down, then value."""
    sizes = {field: _MONTHS if field == "month" else _CANDIDATES for field in fields}
    facets: FacetValues = {}
    while pending := {field: size for field, size in sizes.items() if field not in facets}:
        for field, candidates in _candidates(query, pending, generation).items():
            values = _listed(field, candidates)
            if _certain(values, candidates) or sizes[field] == _LARGEST:
                facets[field] = values
            sizes[field] = min(sizes[field] * 10, _LARGEST)
    return {field: facets[field] for field in fields}


def _candidates(query: Query, sizes: dict[FacetField, int], generation: Generation) -> dict[FacetField, _Candidates]:
    asked: dict[str, Any] = {
        field: {"terms": {"field": field, "size": size, "segment_size": size * 5}} for field, size in sizes.items()
    }
    answer = generation.searcher.aggregate(query, asked)
    found = {field: _read(answer[field]) for field in sizes}
    inexact = {field: list(candidates.counts) for field, candidates in found.items() if candidates.error}
    if inexact:
        exact = generation.searcher.aggregate(
            query,
            {
                field: {
                    "terms": {"field": field, "size": len(values), "segment_size": len(values), "include": values}
                }
                for field, values in inexact.items()
            },
        )
        for field in inexact:
            counts = _read(exact[field]).counts
            found[field] = _Candidates(counts=counts, error=0, beyond=found[field].beyond)
    return found


def _read(answer: dict[str, Any]) -> _Candidates:
    buckets, error = answer["buckets"], answer.get("doc_count_error_upper_bound") or 0
    left_out = answer["sum_other_doc_count"] or error
    return _Candidates(
        counts={bucket["key"]: bucket["doc_count"] for bucket in buckets},
        error=error,
        beyond=buckets[-1]["doc_count"] + error if left_out and buckets else 0,
    )


def _listed(field: FacetField, candidates: _Candidates) -> tuple[FacetValue, ...]:
    values = (
        FacetValue(value=value, count=count)
        for value, count in candidates.counts.items()
        # an item without entities is the rule, not something to filter by
        if not (field == "entity" and value == NO_VALUE)
    )
    ranked = sorted(values, key=lambda value: (-value.count, value.value))
    return tuple(ranked if field == "month" else ranked[:SHOWN])


def _certain(values: tuple[FacetValue, ...], candidates: _Candidates) -> bool:
    """Whether no value left out counts as much as the last one listed."""
    return not candidates.beyond or (len(values) >= SHOWN and values[-1].count > candidates.beyond)
