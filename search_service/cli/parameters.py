"""Kinds of parameter that several commands take."""

from datetime import date
from typing import Any

import click

from search_service.query.clauses import period_named


class Words(click.ParamType[str]):
    """A text; bytes that are no UTF-8 are refused here, because nothing further on could store or find them."""

    name = "text"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The text as given."""
        try:
            str(value).encode("utf-8")
        except UnicodeEncodeError:
            self.fail("not a UTF-8 text", param, ctx)
        return str(value)


class Day(click.ParamType[date]):
    """A day, or the first or last day of a month or year."""

    name = "day"

    def __init__(self, *, last: bool) -> None:
        self._last = last

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """Reads 2026-02-12, 2026-02 or 2026."""
        period = period_named(str(value))
        if period is None:
            self.fail(f"{value!r} is no day: write 2026-02-12, 2026-02 or 2026", param, ctx)
        return period[1] if self._last else period[0]


WORDS = Words()
