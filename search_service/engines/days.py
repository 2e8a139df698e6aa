"""Days as whole numbers: 20260212 for 2026-02-12, 0 for none; months likewise as 202602."""

from datetime import date

NO_DAY = 0


def number_of(day: date | None) -> int:
    """The number that the record and the search index keep for a day."""
    return day.year * 10000 + day.month * 100 + day.day if day else NO_DAY


def day_of(number: int) -> date | None:
    """The inverse of ``number_of``."""
    return date(number // 10000, number // 100 % 100, number % 100) if number else None


def month_of(number: int) -> int:
    """The month of a day's number; 0 for none."""
    return number // 100


def month_text(month: int) -> str:
    """``2026-02`` for 202602, ``-`` for none."""
    return f"{month // 100:04}-{month % 100:02}" if month else "-"


def next_month(month: int) -> int:
    """The month after."""
    return month + 1 if month % 100 < 12 else (month // 100 + 1) * 100 + 1
