"""What a layout hands over: items as read, before ids, days and desks are settled."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from indexer.model import Problem, Source


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemDraft:
    """An item as its file has it, in plain text.

    ``lines`` are its first and last line (from 1), ``pointer`` its JSON pointer: one of them is set. ``day`` and
    ``desk`` are what the item says of itself.
    """

    title: str
    section: str = ""
    summary: str = ""
    background: str = ""
    points: tuple[str, ...] = ()
    sources: tuple[Source, ...] = ()
    lines: tuple[int, int] | None = None
    pointer: str | None = None
    external_ids: tuple[str, ...] = ()
    published: str | None = None
    day: date | None = None
    desk: str = ""
    extra: tuple[tuple[str, Any], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestDraft:
    """The items of a document, the lines (from 1) of the layout's frame, and what belongs to neither.

    ``several_days`` tells that the file is not one day's digest: its items have their own days.
    ``sureness`` is from 0 to 1 where only what repeats tells the items.
    A text layout need not list what is left over: assembly reports every line that no item and no frame claims.
    """

    items: tuple[ItemDraft, ...]
    frame: frozenset[int] = frozenset()
    day: date | None = None
    unparsed: tuple[Problem, ...] = ()
    several_days: bool = False
    sureness: float | None = None
