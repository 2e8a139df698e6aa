"""How a query was read, as chips that lead to the query without them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

KIND_LABELS = {
    "entity": "实体",
    "version": "型号",
    "category": "主题",
    "event": "事件",
    "window": "时段",
    "days": "优先",
    "word": "词",
    "phrase": "词组",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingChip:
    """One part of the query: ``without`` is the query text that is left when it is taken away."""

    kind: str
    value: str
    without: str
    told: str


def reading_chips(query: dict[str, Any]) -> Iterator[ReadingChip]:
    """The parts that were looked for; none where the query is searched for as it stands."""
    if not query["understood"]:
        return
    for part in query["parts"]:
        if part["sought"]:
            kind = KIND_LABELS.get(part["kind"], part["kind"])
            yield ReadingChip(kind=kind, value=part["value"], without=part["without"], told=_told(part))


def _told(part: dict[str, Any]) -> str:
    """What stands behind the chip: days of a window, other words that are looked for too."""
    if part["since"] and part["until"]:
        return f"{part['since']} 至 {part['until']}"
    return f"也找 {'、'.join(part['also'])}" if part["also"] else ""
