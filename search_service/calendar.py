"""The day of readers: what programs pass in and the core never asks for."""

from datetime import date, datetime, timedelta, timezone

SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")


def today_in_shanghai() -> date:
    """The day of readers."""
    return datetime.now(SHANGHAI).date()
