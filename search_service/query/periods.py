"""Days in queries: relative windows, which filter, and named days, which only say what to prefer."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

_CHINESE = {character: value for value, character in enumerate("零一二三四五六七八九十")}
_CHINESE |= {"两": 2, "几": 3, "数": 3}
_NUMBER = r"(?P<number>[0-9]{1,4}|十[一二三四五六七八九]?|[一二两三四五六七八九几数]十?[一二三四五六七八九]?|半)"
_UNIT = r"个?(?P<unit>天|日|周|星期|礼拜|月|季度|季|年)"
_LAST = re.compile(rf"(?:最近|过去|近|这)(?:的)?{_NUMBER}{_UNIT}(?:内|里|以来|来)?")
_LAST_ENGLISH = re.compile(r"\b(?:past|last) (?:(?P<number>[0-9]{1,4}) )?(?P<unit>day|week|month|quarter|year)s?\b")
_DAY = r"(?P<day>3[01]|[12][0-9]|0?[1-9])"
_MONTH = re.compile(
    r"(?<![\da-z])(?<![a-z]-)(?:(?P<year>(?:19|20)\d\d)\s*[年/.-]\s*)?(?P<month>1[0-2]|0?[1-9])\s*月(?!之暗面)"
    rf"(?:份|底|初|中旬|上旬|下旬|\s*{_DAY}\s*[日号])?"
)
_DASHED = re.compile(r"(?P<year>20\d\d)[-/.](?P<month>1[0-2]|0[1-9])(?![\d./-])")
_DASHED_DAY = re.compile(
    rf"(?<![\d.a-z])(?P<year>20\d\d)(?P<sign>[-/.])(?P<month>1[0-2]|0?[1-9])(?P=sign){_DAY}(?![\d./-])"
)
_YEAR = re.compile(r"(?<![\d.a-z])(?P<year>20[0-4]\d)(?:\s*年)?(?![\d.])")
_LEAP_YEAR = 2024
_DAYS = {"天": 1, "日": 1, "周": 7, "星期": 7, "礼拜": 7, "月": 30, "季度": 90, "季": 90, "年": 365}
_DAYS |= {"day": 1, "week": 7, "month": 30, "quarter": 90, "year": 365}


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """A relative window at ``start``..``end`` of the folded query: its days, both inclusive."""

    start: int
    end: int
    since: date
    until: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Preference:
    """Months that a query prefers: of one year, of any year where ``year`` is None; a whole year without months.
    With a ``day`` that day of its one month."""

    months: tuple[int, ...] = ()
    year: int | None = None
    day: int | None = None

    def nearness(self, day: date) -> float:
        """1.0 within, half a month before or after, 0.0 else; a whole year 0.8, months of any year 0.6. Of one day:
        1.0 up to the day after or before, half within a week."""
        if not self.months:
            return 0.8 if day.year == self.year else 0.0
        if self.day:
            gap = abs((_day_in(self.year or day.year, self.months[0], self.day) - day).days)
            return (1.0 if self.year else 0.6) * (1.0 if gap < 2 else 0.5 if gap < 8 else 0.0)
        if self.year is None:
            gaps = [min((day.month - month) % 12, (month - day.month) % 12) for month in self.months]
            return 0.6 * _fading(min(gaps))
        return _fading(min(abs((day.year - self.year) * 12 + day.month - month) for month in self.months))


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedDays:
    """A named year, month or day at ``start``..``end`` of the folded query."""

    start: int
    end: int
    year: int | None
    month: int | None
    day: int | None = None


def _day_in(year: int, month: int, day: int) -> date:
    """The day, or the last one of its month where a year lacks it."""
    first = date(year, month, 1)
    return min(first + timedelta(days=day - 1), _first_of(first, -1) - timedelta(days=1))


def _fading(months: int) -> float:
    return {0: 1.0, 1: 0.5}.get(months, 0.0)


def windows_in(text: str, today: date) -> Iterator[Window]:
    """Relative windows in a folded query, longest first at each place."""
    for pattern in (_LAST, _LAST_ENGLISH):
        for match in pattern.finditer(text):
            if days := _length(match):
                yield Window(start=match.start(), end=match.end(), since=today - timedelta(days=days), until=today)
    for name, period in _FIXED.items():
        for match in re.finditer(re.escape(name), text):
            since, until = period(today)
            yield Window(start=match.start(), end=match.end(), since=since, until=until)


def _length(match: re.Match[str]) -> int:
    """Days of ``近30天``; 0 where there are none, or more than any archive has."""
    days = round(_value(match["number"] or "1") * _DAYS[match["unit"]])
    return days if days < 36500 else 0


def _value(number: str) -> float:
    if number == "半":
        return 0.5
    if number.isascii():
        return int(number)
    tens, ten, ones = number.partition("十")
    if not ten:
        return _CHINESE[number[-1]]  # of 近两三天 the more
    return (_CHINESE[tens] if tens else 1) * 10 + (_CHINESE[ones] if ones else 0)


def _week(weeks_back: int) -> Callable[[date], tuple[date, date]]:
    def period(today: date) -> tuple[date, date]:
        monday = today - timedelta(days=today.weekday() + 7 * weeks_back)
        return monday, min(today, monday + timedelta(days=6))

    return period


def _days(back: int) -> Callable[[date], tuple[date, date]]:
    return lambda today: (today - timedelta(days=back), today - timedelta(days=back))


def _month(months_back: int) -> Callable[[date], tuple[date, date]]:
    def period(today: date) -> tuple[date, date]:
        first = _first_of(today, months_back)
        return first, min(today, _first_of(first, -1) - timedelta(days=1))

    return period


def _first_of(day: date, months_back: int) -> date:
    months = day.year * 12 + day.month - 1 - months_back
    return date(months // 12, months % 12 + 1, 1)


def _quarter(back: int) -> Callable[[date], tuple[date, date]]:
    def period(today: date) -> tuple[date, date]:
        first = _first_of(today, (today.month - 1) % 3 + 3 * back)
        return first, min(today, _first_of(first, -3) - timedelta(days=1))

    return period


def _year(back: int) -> Callable[[date], tuple[date, date]]:
    return lambda today: (date(today.year - back, 1, 1), min(today, date(today.year - back, 12, 31)))


_FIXED: dict[str, Callable[[date], tuple[date, date]]] = {
    **dict.fromkeys(("今天", "今日", "today"), _days(0)),
    **dict.fromkeys(("昨天", "昨日", "yesterday"), _days(1)),
    "前天": _days(2),
    **dict.fromkeys(("本周", "这周", "本星期", "这个星期", "this week"), _week(0)),
    **dict.fromkeys(("上周", "上星期", "上个星期", "上一周"), _week(1)),
    "上上周": _week(2),
    **dict.fromkeys(("本月", "这个月", "当月", "this month"), _month(0)),
    **dict.fromkeys(("上月", "上个月"), _month(1)),
    **dict.fromkeys(("本季度", "这个季度"), _quarter(0)),
    **dict.fromkeys(("上季度", "上个季度"), _quarter(1)),
    **dict.fromkeys(("今年", "本年", "this year"), _year(0)),
    "去年": _year(1),
    "前年": _year(2),
}


def days_named_in(text: str) -> Iterator[NamedDays]:
    """Days, months and years that a folded query names; of a day that no year has, its month."""
    for pattern in (_MONTH, _DASHED_DAY, _DASHED, _YEAR):
        for match in pattern.finditer(text):
            found = match.groupdict()
            year, month, day = (int(found[name]) if found.get(name) else None for name in ("year", "month", "day"))
            named = NamedDays(start=match.start(), end=match.end(), year=year, month=month, day=day)
            yield named if _exists(named) else replace(named, day=None)


def _exists(named: NamedDays) -> bool:
    if named.month is None or named.day is None:
        return True
    return _day_in(named.year or _LEAP_YEAR, named.month, named.day).day == named.day


def whole_period(named: NamedDays) -> tuple[date, date] | None:
    """First and last day of a named year, month or day; None for what has no year."""
    if named.year is None:
        return None
    if named.month is None:
        return date(named.year, 1, 1), date(named.year, 12, 31)
    if named.day:
        day = date(named.year, named.month, named.day)
        return day, day
    first = date(named.year, named.month, 1)
    return first, _first_of(first, -1) - timedelta(days=1)
