"""The strip of bars above the hits: how many there are in each month, each bar a link to them."""

from collections.abc import Iterator, Sequence
from typing import Any

from search_service.web.timelines import Chart, chart_of

LONGEST = 60
"""Months shown, up to the last one that has a hit."""

NO_MONTH = "-"


def month_strip(values: Sequence[dict[str, Any]]) -> Chart | None:
    """The chart of the month facet; None where the hits lie in fewer than two months."""
    counts = {value["value"]: value["count"] for value in values if value["value"] != NO_MONTH}
    if len(counts) < 2:
        return None
    total = sum(counts.values())
    last = max(counts)
    first = min([*counts, _year_up_to(last)])
    months = list(_months(first, last))[-LONGEST:]
    return chart_of(
        [{"month": month, "count": counts.get(month, 0), "share": counts.get(month, 0) / total} for month in months]
    )


def _year_up_to(last: str) -> str:
    """The first of twelve months: bars of few months do not fill the strip."""
    year, month = (int(part) for part in last.split("-"))
    return f"{year - 1:04}-{month + 1:02}" if month < 12 else f"{year:04}-01"


def _months(first: str, last: str) -> Iterator[str]:
    year, month = (int(part) for part in first.split("-"))
    while (name := f"{year:04}-{month:02}") <= last:
        yield name
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)
