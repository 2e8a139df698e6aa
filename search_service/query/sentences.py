"""How an understood query reads in Chinese."""

from collections.abc import Sequence
from datetime import date

from search_service.query.parts import Part
from search_service.query.periods import Preference

_SHOWN = 3


def read_as(parts: Sequence[Part], preferences: Sequence[Preference]) -> str:
    """The line over the hits: what has to be there, then what is preferred."""
    wanted = [words for part in parts if (words := _words_of(part))]
    preferred = [words for preference in preferences if (words := _months_of(preference))]
    if all(part.kind in ("window", "days", "question") for part in parts):
        wanted += [part.value for part in parts if part.kind == "days"]  # they filter where nothing else is named
    return " 且 ".join(wanted) + (f"，{'、'.join(preferred)}优先" if preferred else "")


def _words_of(part: Part) -> str:
    if part.kind in ("question", "days"):
        return ""
    if part.kind == "window" and part.since and part.until:
        return f"{part.value}（{_period(part.since, part.until)}）"
    label = {"entity": "实体", "version": "版本", "event": "活动"}.get(part.kind, "")
    shown = "、".join(part.also[:_SHOWN])
    more = "等" if len(part.also) > _SHOWN else ""
    return f"{label}“{part.value}”" + (f"（含 {shown}{more}）" if shown else "")


def _period(since: date, until: date) -> str:
    return str(since) if since == until else f"{since} 至 {until}"


def _months_of(preference: Preference) -> str:
    year = f"{preference.year}年" if preference.year else ""
    months = "、".join(f"{month}月" for month in preference.months)
    day = f"{preference.day}日" if preference.day else ""
    return f"{year}{months}{day}"
