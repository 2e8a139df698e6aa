"""Bars of items by month, as the numbers that an SVG needs."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

HEIGHT = 64
STEP = 10
WIDTH = 8
MIN_MONTHS = 12
"""A chart of few months keeps its bars slim: its view box is at least as wide as this many."""
LOWEST = 2
"""Height of a month with one item beside a month with very many: still to be seen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One month; coordinates in units of the chart's view box."""

    month: str
    count: int
    share: float
    x: int
    y: float
    height: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """Bars from the first to the last month, the highest month as high as the chart."""

    bars: tuple[Bar, ...]
    width: int
    height: int
    highest: int

    @property
    def size(self) -> str:
        """How wide the chart may be drawn, so that bars of few months stay slim."""
        return "short" if len(self.bars) <= MIN_MONTHS else "middle" if len(self.bars) <= 36 else "long"

    @property
    def bar_width(self) -> int:
        """Width of each bar."""
        return WIDTH


def chart_of(months: Sequence[dict[str, Any]]) -> Chart | None:
    """The chart of a timeline; None where there are no months."""
    if not months:
        return None
    highest = max(month["count"] for month in months) or 1
    bars = tuple(_bar(at, month, highest) for at, month in enumerate(months))
    return Chart(bars=bars, width=STEP * max(len(months), MIN_MONTHS), height=HEIGHT, highest=highest)


def _bar(at: int, month: dict[str, Any], highest: int) -> Bar:
    count = month["count"]
    height = round(max(HEIGHT * count / highest, LOWEST), 1) if count else 0.0
    return Bar(
        month=month["month"],
        count=count,
        share=month["share"],
        x=STEP * at,
        y=round(HEIGHT - height, 1),
        height=height,
    )
