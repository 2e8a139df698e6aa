"""One day's news as a JSON document: lists of objects or headlines, at the top, under keys or in named sections.

A list holds items where most of its objects have a title, or where its key says so (``news``) and it holds texts.
All else in the document is its frame: dates, counts, what the desk considered and held back.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from indexer.model import Problem
from indexer.readers.dates import day_of, days_in, moment_from, one_day_in
from indexer.readers.documents import Document, JsonDocument
from indexer.readers.drafts import DigestDraft, ItemDraft
from indexer.readers.inline import without_tags
from indexer.readers.lines import without_ordinal
from indexer.readers.records import has_text, has_title, item_from
from indexer.readers.roles import missing_roles_of, under_roles

GENERIC_KEYS = frozenset({"news", "items", "articles", "list", "data", "results", "entries", "stories", "records"})
"""Keys that say that a list holds news and nothing about which."""

HELD_BACK = re.compile(r"candidate|discover|reject|exclu|filtered|dropped|withheld", re.IGNORECASE)
"""Keys of what the desk looked at and did not publish."""

SECTION_NAMES = {"domestic": "国内", "international": "国际", "overseas": "海外"}
"""Sections that stand in the file as bare English keys."""

DAY_KEYS = ("date", "day", "日期", "published_date", "publish_date")
NAME_KEYS = ("name", "title", "section", "category", "label", "分类", "栏目")

MAX_DEPTH = 8
"""Levels below which lists belong to an item (its authors, its evidence)."""


@dataclass(frozen=True, slots=True)
class _ItemList:
    values: list[Any]
    pointer: str
    section: str
    day: date | None = None


def recognises(document: Document) -> bool:
    """Whether any list in the document holds items, or the document is a single item."""
    if not isinstance(document, JsonDocument):
        return False
    return has_title(document.value) or next(_item_lists(document.value), None) is not None


def read(document: JsonDocument) -> DigestDraft:
    """All items in the order of the file; elements of their lists that say nothing are reported by pointer."""
    items: list[ItemDraft] = []
    unparsed: list[Problem] = []
    lists = list(_item_lists(document.value))
    for found in lists:
        roles = missing_roles_of(found.values)
        for number, value in enumerate(found.values):
            pointer = f"{found.pointer}/{number}"
            item = _item(value, found.section, roles)
            if item:
                items.append(replace(item, pointer=pointer, day=found.day or item.day))
            else:
                unparsed.append(Problem(path=document.path, pointer=pointer, reason="neither title nor text"))
    if not lists and (single := item_from(document.value)):
        items.append(replace(single, pointer=""))
    days = {found.day for found in lists if found.day}
    return DigestDraft(
        items=tuple(items),
        day=day_in(document.value) if lists else None,
        unparsed=tuple(unparsed),
        several_days=len(days) > 1,
    )


def day_in(value: Any) -> date | None:
    """The day that a JSON object says of itself."""
    if not isinstance(value, dict):
        return None
    moments = (moment_from(value[key]) for key in DAY_KEYS if key in value)
    return next((day_of(moment) for moment in moments if moment), None)


def _item(value: Any, section: str, roles: Mapping[str, str]) -> ItemDraft | None:
    if isinstance(value, dict):
        return item_from(under_roles(value, roles), section=section)
    if isinstance(value, str) and (title := without_ordinal(" ".join(without_tags(value).split()))):
        return ItemDraft(title=title, section=section)
    return None


def _item_lists(value: Any) -> Iterator[_ItemList]:
    """Lists of items in the order of the file, found without recursion."""
    pending: list[tuple[Any, str, str, str, int, date | None]] = [(value, "", "", "", 0, None)]
    while pending:
        current, pointer, key, section, depth, day = pending.pop()
        if depth > MAX_DEPTH:
            continue
        if isinstance(current, list):
            if _holds_items(current, key, top=depth == 0):
                yield _ItemList(current, pointer, section, day)
            else:
                inner = [(one, f"{pointer}/{n}", key, section, depth + 1, day) for n, one in enumerate(current)]
                pending.extend(reversed([entry for entry in inner if isinstance(entry[0], dict)]))
        elif isinstance(current, dict):
            pending.extend(reversed(_inside(current, pointer, section, depth, day)))


def _inside(
    value: dict[str, Any], pointer: str, section: str, depth: int, day: date | None
) -> list[tuple[Any, str, str, str, int, date | None]]:
    """The members of an object with what they stand under; a key or a member that says a day dates what is inside."""
    day = (day_in(value) if depth else None) or day
    name = next((n for k in NAME_KEYS if isinstance(n := value.get(k), str) and n.strip()), "") if depth else ""
    section = without_tags(name) or section
    return [
        (inner, f"{pointer}/{escaped(key)}", key, _named(key, section), depth + 1, _day_of_key(key) or day)
        for key, inner in value.items()
        if isinstance(inner, list | dict) and not HELD_BACK.search(key[:40])
    ]


def _named(key: str, section: str) -> str:
    """The section a key opens: none for generic keys and for identifiers such as ``industryPulse``."""
    if key in SECTION_NAMES:
        return SECTION_NAMES[key]
    return section if key in GENERIC_KEYS or key.isascii() or days_in(key) else key


def _day_of_key(key: str) -> date | None:
    return one_day_in(key) if len(key) <= 20 else None


def _holds_items(values: list[Any], key: str, *, top: bool) -> bool:
    objects = [value for value in values if isinstance(value, dict)]
    if any(_is_section(value) for value in objects):
        return False
    generic = top or key in GENERIC_KEYS
    if objects:
        fitting = sum(map(has_text if generic else has_title, objects))
        return 2 * fitting >= len(objects)
    return generic and any(isinstance(value, str) and value.strip() for value in values)


def _is_section(value: dict[str, Any]) -> bool:
    """An object that itself holds a list of items is a section of them."""
    return any(
        isinstance(inner, list) and any(map(has_title, inner)) for key, inner in value.items() if key in GENERIC_KEYS
    )


def escaped(key: str) -> str:
    """A key as a part of a JSON pointer (RFC 6901)."""
    return key.replace("~", "~0").replace("/", "~1")
