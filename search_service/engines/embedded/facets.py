"""Exact counts of values among the hits."""

from typing import Any

from tantivy import Query

from search_service.engines.contract import FacetField, FacetValue
from search_service.engines.embedded.index_reading import Generation
from search_service.engines.embedded.index_schema import NO_VALUE

SHOWN = 20
_FIRST_SIZE = 200
_SEGMENT_SIZE = 2000
_LARGEST = 65_000  # tantivy's own limit of buckets
_MONTHS = 12_000


def facets_of(
    query: Query, fields: tuple[FacetField, ...], generation: Generation
) -> dict[FacetField, tuple[FacetValue, ...]]:
    """The most frequent values of each field: count down, then value."""
    sizes = {field: _MONTHS if field == "month" else _FIRST_SIZE for field in fields}
    facets: dict[FacetField, tuple[FacetValue, ...]] = {}
    while pending := {field: size for field, size in sizes.items() if field not in facets}:
        answer = generation.searcher.aggregate(query, {field: _terms(field, size) for field, size in pending.items()})
        for field, size in pending.items():
            if size < _LARGEST and not _settled(answer[field]):
                sizes[field] = min(size * 10, _LARGEST)
            else:
                facets[field] = _values(field, answer[field]["buckets"])
    return {field: facets[field] for field in fields}


def _terms(field: FacetField, size: int) -> dict[str, Any]:
    return {"terms": {"field": field, "size": size, "segment_size": max(_SEGMENT_SIZE, size)}}


def _settled(answer: dict[str, Any]) -> bool:
    """Whether the values shown are certain: counts exact, and no value left out ties with the last one shown."""
    if answer.get("doc_count_error_upper_bound"):
        return False
    buckets = answer["buckets"]
    if not answer["sum_other_doc_count"]:
        return True
    return bool(buckets[SHOWN]["doc_count"] > buckets[-1]["doc_count"])


def _values(field: FacetField, buckets: list[dict[str, Any]]) -> tuple[FacetValue, ...]:
    listed = (
        FacetValue(value=bucket["key"], count=bucket["doc_count"])
        for bucket in buckets
        # an item without entities is the rule, not something to filter by
        if not (field == "entity" and bucket["key"] == NO_VALUE)
    )
    ranked = sorted(listed, key=lambda value: (-value.count, value.value))
    return tuple(ranked if field == "month" else ranked[:SHOWN])
