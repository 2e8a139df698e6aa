"""Months of an entity, from counts by month."""

from collections.abc import Mapping

from graph.source import Month
from search_service.engines.days import month_text, next_month


def timeline_from(counts: Mapping[int, int], totals: Mapping[int, int]) -> tuple[Month, ...]:
    """Months (as numbers) from the first to the last that ``counts`` has; ``totals`` are all items of a month."""
    if not counts:
        return ()
    months, last = [min(counts)], max(counts)
    while months[-1] < last:
        months.append(next_month(months[-1]))
    return tuple(
        Month(month=month_text(month), count=counts.get(month, 0), share=counts.get(month, 0) / totals.get(month, 1))
        for month in months
    )
