"""JSON of desks that nobody knows yet: lists of like objects, their keys told apart by what they hold (``roles``).

Objects with neither links nor times, or with names for titles (companies, people), are no news. Rows of values with
a header beside them are like objects too, and so is a list of texts.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from statistics import fmean
from typing import Any

from indexer.model import Problem
from indexer.readers.daily_json import HELD_BACK, MAX_DEPTH, day_in, escaped
from indexer.readers.dates import one_day_of
from indexer.readers.documents import Document, JsonDocument
from indexer.readers.drafts import DigestDraft, ItemDraft
from indexer.readers.inline import without_tags
from indexer.readers.lines import without_ordinal
from indexer.readers.records import canonical_key, item_from
from indexer.readers.roles import (
    LEAST_OBJECTS,
    LOOKED_AT,
    NAME,
    TITLE_NAME,
    are_codes,
    flat,
    roles_of,
    texts_in,
    under_roles,
)

_NO_NEWS = re.compile(
    r"evidence|alias|product|source|author|related|keyword|tags|(?:_id|Id|ID|^id)s?$|reason|fund|question",
    re.IGNORECASE,
)
"""Keys of lists that say more of what they stand in."""

_HEADER = re.compile(r"columns?|headers?|fields?|keys|表头|列", re.IGNORECASE)
_SHORTEST_MEAN_OF_HEADLINES = 15


@dataclass(frozen=True, slots=True)
class _LikeObjects:
    objects: list[Any]
    pointers: list[str]
    roles: Mapping[str, str]
    day: date | None


def recognises(document: Document) -> bool:
    """Whether the document has a list of like objects with titles, and links or times."""
    return isinstance(document, JsonDocument) and bool(_lists_of(document))


def read(document: JsonDocument) -> DigestDraft:
    """The items of all such lists; elements without title and text are reported by pointer."""
    items: list[ItemDraft] = []
    unparsed: list[Problem] = []
    lists = _lists_of(document)
    for found in lists:
        for value, pointer in zip(found.objects, found.pointers, strict=True):
            item = _item(value, found.roles)
            if item:
                items.append(replace(item, pointer=pointer, day=item.day or found.day))
            else:
                unparsed.append(Problem(path=document.path, pointer=pointer, reason="neither title nor text"))
    return DigestDraft(
        items=tuple(items),
        day=day_in(document.value) or one_day_of(found.day for found in lists),
        unparsed=tuple(unparsed),
        sureness=_sureness_of(items, len(unparsed)),
    )


def _sureness_of(items: Sequence[ItemDraft], without: int) -> float:
    """The part of the elements that are items with a link or a time, headlines counted half."""
    if not items:
        return 0.0
    told = sum(1.0 if item.day or any(source.url for source in item.sources) else 0.5 for item in items)
    return told / (len(items) + without)


def _item(value: Any, roles: Mapping[str, str]) -> ItemDraft | None:
    """The object under the keys that ``item_from`` knows, or the text as a headline."""
    if isinstance(value, str) and not roles and (title := without_ordinal(" ".join(without_tags(value).split()))):
        return ItemDraft(title=title)
    if not isinstance(value, dict):
        return None
    return item_from(under_roles(value, roles))


def _lists_of(document: JsonDocument) -> list[_LikeObjects]:
    return list(_found_in(document.value))


def _found_in(value: Any) -> Iterator[_LikeObjects]:
    """Lists and mappings of like objects in the order of the file; what is inside their objects belongs to these."""
    pending: list[tuple[Any, str, int, date | None]] = [(value, "", 0, None)]
    while pending:
        current, pointer, depth, day = pending.pop()
        if depth > MAX_DEPTH or not isinstance(current, list | dict):
            continue
        if isinstance(current, list) and not isinstance(current[0] if current else None, dict | list | str):
            continue
        if isinstance(current, dict):
            current, day = _with_rows_named(current), day_in(current) or day
        members = [
            (key, one)
            for key, one in _members(current)
            if not _NO_NEWS.search(key[:40]) and not HELD_BACK.search(key[:40])
        ]
        inner = [one for _, one in members]
        pointers = [f"{pointer}/{escaped(key)}" for key, _ in members]
        roles = _news_roles_of(inner)
        if roles or (isinstance(current, list) and _are_headlines(inner)):
            yield _LikeObjects(inner, pointers, roles, day)
        else:
            pending.extend(reversed([(one, at, depth + 1, day) for one, at in zip(inner, pointers, strict=True)]))


def _are_headlines(values: Sequence[Any]) -> bool:
    texts = texts_in(values[:LOOKED_AT])
    if len(values) < LEAST_OBJECTS or len(texts) < min(len(values), LOOKED_AT) or are_codes(texts[:1]):
        return False
    if any(are_codes([text]) for text in texts):
        return False
    return fmean(map(len, texts)) >= _SHORTEST_MEAN_OF_HEADLINES and len(set(texts)) == len(texts)


def _members(value: list[Any] | dict[str, Any]) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        yield from value.items()
    else:
        yield from ((str(number), one) for number, one in enumerate(value))


def _news_roles_of(values: Sequence[Any]) -> dict[str, str]:
    """The keys of like objects by what they tell; empty where the values are no such objects or no news."""
    objects = [flat(value) for value in values[:LOOKED_AT] if isinstance(value, dict)]
    if len(objects) < LEAST_OBJECTS or 2 * len(objects) < min(len(values), LOOKED_AT):
        return {}
    roles = roles_of(objects)
    title = roles.get("title", "")
    is_news = "date" in roles or ("url" in roles and ("summary" in roles or TITLE_NAME.search(title)))
    half = len(objects) / 2
    keys = {key for one in objects for key in one}
    names = (key for key in keys - set(roles.values()) if NAME.fullmatch(key))
    named = any(sum(one.get(key) not in (None, "") for one in objects) >= half for key in names)
    return roles if title and is_news and not named else {}


def _with_rows_named(value: dict[str, Any]) -> dict[str, Any]:
    """An object that holds rows of values and their header, the rows as objects."""
    header = next((one for key, one in value.items() if _HEADER.fullmatch(key) and _is_header(one)), None)
    if header is None:
        return value
    keys = [canonical_key(name)[0] for name in header]
    return {
        key: [dict(zip(keys, row, strict=False)) if isinstance(row, list) else row for row in one]
        if isinstance(one, list) and one and isinstance(one[0], list)
        else one
        for key, one in value.items()
    }


def _is_header(value: Any) -> bool:
    return isinstance(value, list) and len(value) > 1 and all(isinstance(name, str) for name in value)
