"""Days and times as digests write them.

A time with a zone belongs to the day it falls on in Asia/Shanghai; a time without one is taken as written.
"""

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta, timezone
from email.utils import parsedate_to_datetime
from typing import Any

SHANGHAI = timezone(timedelta(hours=8))
"""China has had no summer time since 1991, so a fixed offset says it all."""

_DAY = re.compile(
    r"(?<!\d)(?P<year>(?:19|20)\d\d)(?:(?P<sep>[-_./])(?P<month>\d{1,2})(?P=sep)(?P<day>\d{1,2})"
    r"|\s?年\s?(?P<month_zh>\d{1,2})\s?月\s?(?P<day_zh>\d{1,2})\s?日?|(?P<month_tight>\d\d)(?P<day_tight>\d\d))(?!\d)"
)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?)"
)
"""A pattern of English months."""
_ENGLISH_DAY = re.compile(
    rf"\b(?:(?P<month>{MONTH})\.?\s(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?"
    rf"|(?P<day_first>\d{{1,2}})(?:st|nd|rd|th)?\s(?P<month_last>{MONTH})\.?,?)\s(?P<year>20\d\d)(?!\d)",
    re.IGNORECASE,
)
_SHORT_DAY = re.compile(r"(?<![\d./-])(?P<month>\d{1,2})(?:\s?月\s?|[-./])(?P<day>\d{1,2})(?![\d./-])\s?日?")
_DAY_OF_YEAR = re.compile(r"(?<!\d)(?:20\d\d-?W\d\d|20\d\d\s?年?\s?第\s?\d{1,3}\s?[周期]|\d{1,2}月\d{1,2}日)")
_EARLIEST, _LATEST = 1990, 2100
_ISO_TIME = re.compile(r"\s*\d{4}-\d\d?-\d\d?[T\s]\d")


def days_in(text: str) -> tuple[date, ...]:
    """The distinct days a text names with their year, in order: 2026-02-12, 2026/2/12, 20260212, 2026年2月12日."""
    if "20" not in text and "19" not in text:
        return ()
    found = [_day_of(match) for match in _DAY.finditer(text)]
    if not found and "20" in text:
        found = [_english_day_of(match) for match in _ENGLISH_DAY.finditer(text)]
    return tuple(dict.fromkeys(day for day in found if day))


def one_day_in(text: str) -> date | None:
    """The day a text names, None where it names none or several (a week's range is no day)."""
    days = days_in(text)
    return days[0] if len(days) == 1 else None


def one_day_of(days: Iterable[date | None]) -> date | None:
    """The day that all of them are, None where they differ or are none."""
    distinct = set(days)
    return distinct.pop() if len(distinct) == 1 else None


def with_year(text: str, year: int) -> str:
    """A text with the year in front of its first day without one: ``4月7日`` and 2026 give ``2026-4-7``."""
    return _SHORT_DAY.sub(lambda match: f"{year}-{match['month']}-{match['day']}", text, count=1)


def is_dated(*texts: str) -> bool:
    """Whether any of the texts names a day, with or without its year, or an ISO week."""
    return any(days_in(text[:400]) or _DAY_OF_YEAR.search(text[:400]) for text in texts)


def _english_day_of(match: re.Match[str]) -> date | None:
    name = match["month"] or match["month_last"]
    try:
        return date(int(match["year"]), _MONTHS.index(name[:3].lower()) + 1, int(match["day"] or match["day_first"]))
    except ValueError:
        return None


def _day_of(match: re.Match[str]) -> date | None:
    parts = match.groupdict()
    month = parts["month"] or parts["month_zh"] or parts["month_tight"]
    day = parts["day"] or parts["day_zh"] or parts["day_tight"]
    try:
        return date(int(parts["year"]), int(month), int(day))
    except ValueError:
        return None


def moment_from(value: Any) -> datetime | date | None:
    """A time or a day from a field: ISO 8601, ``2026/02/12 08:30``, RFC 2822, seconds or milliseconds of 1970."""
    if isinstance(value, datetime | date):
        return value
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, int | float):
        return _from_epoch(value)
    text = str(value).strip()[:64]
    return _from_iso(text) or _from_mail(text) or one_day_in(text)


def day_of(moment: datetime | date | None) -> date | None:
    """The day a moment falls on, in Asia/Shanghai where it has a zone."""
    if isinstance(moment, datetime):
        try:
            return (moment.astimezone(SHANGHAI) if moment.tzinfo else moment).date()
        except OverflowError:
            return None
    return moment


def iso_of(moment: datetime | date | None) -> str | None:
    """A moment as ISO 8601, UTC as ``Z``; None where there is no time of day."""
    if not isinstance(moment, datetime):
        return None
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")


def _from_epoch(value: float) -> datetime | None:
    seconds = value / 1000 if abs(value) >= 1e11 else value
    if not _EARLIEST <= 1970 + seconds / 31_557_600 <= _LATEST:
        return None
    return datetime.fromtimestamp(seconds, UTC)


def _from_iso(text: str) -> datetime | None:
    candidate = text.replace("/", "-") if text[:4].isdigit() else text
    if not _ISO_TIME.match(candidate):
        return None
    try:
        return datetime.fromisoformat(candidate)
    except ValueError:
        return _from_loose(candidate)


def _from_loose(text: str) -> datetime | None:
    for layout in ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S %z"):
        try:
            return datetime.strptime(text, layout)  # noqa: DTZ007 - a time without zone is kept as written
        except ValueError:
            continue
    return None


def _from_mail(text: str) -> datetime | None:
    if not text[:3].isalpha() or "," not in text:
        return None
    try:
        return parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
