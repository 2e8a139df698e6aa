"""Where a page of an understood search ended: in which stage, and how the query was read on the first page.

The day that windows count from and the places where words were parted travel with the cursor, so that midnight or new
items between two pages change neither what is found nor its order.
"""

import base64
from dataclasses import dataclass
from datetime import date

import orjson

from search_service.engines.contract import BadCursor
from search_service.query.reading import Cuts

_SIGN = "u."
"""Begins these cursors; no cursor of an engine has a full stop."""

_YEARS = range(1900, 3000)


@dataclass(frozen=True, slots=True, kw_only=True)
class UnderstoodCursor:
    """``stage`` 0 is what all parts find, 1 and more the steps of relaxing; ``engine`` None is its first page."""

    stage: int
    today: date | None
    cuts: Cuts
    engine: str | None

    def encode(self) -> str:
        """The cursor as text."""
        values = [self.stage, self.today.toordinal() if self.today else 0, self.cuts, self.engine]
        return _SIGN + base64.urlsafe_b64encode(orjson.dumps(values)).decode().rstrip("=")

    @classmethod
    def decode(cls, text: str | None) -> "UnderstoodCursor | None":
        """The cursor; None where the text is none of this kind. Raises BadCursor where it is damaged."""
        if text is None or not text.startswith(_SIGN):
            return None
        try:
            coded = text.removeprefix(_SIGN)
            raw = base64.b64decode(coded + "=" * (-len(coded) % 4), altchars=b"-_", validate=True)
            stage, today, cuts, engine = orjson.loads(raw)
            return cls(
                stage=_whole(stage),
                today=_day(today) if today else None,
                cuts=tuple((_whole(start), _whole(end)) for start, end in cuts),
                engine=engine if engine is None else str(engine),
            )
        except (ValueError, TypeError, OverflowError) as error:
            raise BadCursor("this cursor belongs to no page of this search; start again without it") from error


def _day(ordinal: int) -> date:
    """A day that windows can be counted from."""
    day = date.fromordinal(_whole(ordinal))
    if day.year not in _YEARS:
        raise ValueError(day)
    return day


def _whole(value: int) -> int:
    if type(value) is not int or value < 0:
        raise ValueError(value)
    return value
