"""Exact counts of values among the hits, over terms aggregations as tantivy and Elasticsearch have them.

Both count the values of a field per part of the index and keep the most frequent of each, which may leave out a share
of a value's count. So: take candidates with a bound of that error; where there is one, count the candidates alone,
which is exact; where a value left out could still belong to the list, take more candidates.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from search_service.engines.contract import FacetField, FacetValue
from search_service.engines.item_fields import NO_VALUE

SHOWN = 20
_CANDIDATES = 100
_MONTHS = 12_000
_LARGEST = 65_000  # both libraries refuse more buckets

FacetValues = dict[FacetField, tuple[FacetValue, ...]]
Aggregate = Callable[[dict[str, Any]], dict[str, Any]]
"""Answers aggregations over the hits of a query."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Candidates:
    """Values with counts that may be too low by ``error``; a value left out counts at most ``beyond``."""

    counts: dict[str, int]
    error: int
    beyond: int


def facets_of(
    fields: tuple[FacetField, ...], aggregate: Aggregate, *, part_size: str, shown: int = SHOWN
) -> FacetValues:
    """The ``shown`` most frequent values of each field (month: all): count down, then value.

    ``part_size`` is what the library calls the number of values that each part of an index (segment, shard) gives.
    """
    sizes = {field: _MONTHS if field == "month" else max(_CANDIDATES, shown) for field in fields}
    facets: FacetValues = {}
    while pending := {field: size for field, size in sizes.items() if field not in facets}:
        for field, candidates in _candidates(pending, aggregate, part_size).items():
            values = _listed(field, candidates, shown)
            if _certain(values, candidates, shown) or sizes[field] == _LARGEST:
                facets[field] = values
            sizes[field] = min(sizes[field] * 10, _LARGEST)
    return {field: facets[field] for field in fields}


def _candidates(sizes: dict[FacetField, int], aggregate: Aggregate, part_size: str) -> dict[FacetField, _Candidates]:
    asked: dict[str, Any] = {
        field: {"terms": {"field": field, "size": size, part_size: size * 5}} for field, size in sizes.items()
    }
    answer = aggregate(asked)
    found = {field: _read(answer[field]) for field in sizes}
    inexact = {field: list(candidates.counts) for field, candidates in found.items() if candidates.error}
    if inexact:
        exact = aggregate(
            {
                field: {"terms": {"field": field, "size": len(values), part_size: len(values), "include": values}}
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


def _listed(field: FacetField, candidates: _Candidates, shown: int) -> tuple[FacetValue, ...]:
    values = (
        FacetValue(value=value, count=count)
        for value, count in candidates.counts.items()
        # an item without entities is the rule, not something to filter by
        if not (field == "entity" and value == NO_VALUE)
    )
    ranked = sorted(values, key=lambda value: (-value.count, value.value))
    return tuple(ranked if field == "month" else ranked[:shown])


def _certain(values: tuple[FacetValue, ...], candidates: _Candidates, shown: int) -> bool:
    """Whether no value left out counts as much as the last one listed."""
    return not candidates.beyond or (len(values) >= shown and values[-1].count > candidates.beyond)
