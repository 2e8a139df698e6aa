"""JSON of desks that nobody knows yet: lists of like objects, their keys told apart by what they hold.

A key is a title where its values are short, mostly different texts; a link where they are addresses; a time where
they can be read as one; a summary where they are the longest texts. Names of keys only help to choose. Objects with
neither links nor times, or with names for titles (companies, people), are no news. A list of texts is news too.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import fmean
from typing import Any

from indexer.model import Problem
from indexer.readers.daily_json import HELD_BACK, MAX_DEPTH, escaped
from indexer.readers.dates import moment_from
from indexer.readers.documents import Document, JsonDocument
from indexer.readers.drafts import DigestDraft, ItemDraft
from indexer.readers.inline import without_tags
from indexer.readers.lines import without_ordinal
from indexer.readers.markup import text_from_markup
from indexer.readers.records import item_from

LEAST_OBJECTS = 3
LOOKED_AT = 200
"""Objects of a list whose values tell the keys apart."""

_TITLE_NAME = re.compile(r"title|headline|subject|topic|标题|题目|新闻", re.IGNORECASE)
_NAME = re.compile(r"(?:company\.|entity\.|person\.)?(?:full_?|display_?)?name|名称", re.IGNORECASE)
_SOURCE_NAME = re.compile(r"source|site|media|publisher|origin|from|author|来源|媒体|出处|网站|作者", re.IGNORECASE)
_SECTION_NAME = re.compile(r"categor|section|channel|column|分类|栏目|板块|频道|类别", re.IGNORECASE)
_TIME_NAME = re.compile(r"date|time|publish|created|updated|day|日期|时间|发布", re.IGNORECASE)
_NO_NEWS = re.compile(
    r"evidence|alias|product|source|author|related|keyword|tags|(?:_id|Id|ID|^id)s?$|reason|fund|question",
    re.IGNORECASE,
)
"""Keys of lists that say more of what they stand in."""

_ADDRESS = re.compile(r"https?://\S+")
_SHORTEST_MEAN, _LONGEST_MEAN = 8, 120
"""Characters titles have on average: below are names, above texts."""

_SHORTEST_MEAN_OF_HEADLINES = 15
_SHORTEST_MEAN_OF_NAMES = 20
"""The same where the key says that the values are names."""


@dataclass(frozen=True, slots=True)
class _LikeObjects:
    objects: list[Any]
    pointers: list[str]
    roles: Mapping[str, str]


def recognises(document: Document) -> bool:
    """Whether the document has a list of like objects with titles, and links or times."""
    return isinstance(document, JsonDocument) and bool(_lists_of(document))


def read(document: JsonDocument) -> DigestDraft:
    """The items of all such lists; elements without title and text are reported by pointer."""
    items: list[ItemDraft] = []
    unparsed: list[Problem] = []
    for found in _lists_of(document):
        for value, pointer in zip(found.objects, found.pointers, strict=True):
            item = _item(value, found.roles)
            if item:
                items.append(replace(item, pointer=pointer))
            else:
                unparsed.append(Problem(path=document.path, pointer=pointer, reason="neither title nor text"))
    return DigestDraft(items=tuple(items), unparsed=tuple(unparsed))


def _item(value: Any, roles: Mapping[str, str]) -> ItemDraft | None:
    """The object under the keys that ``item_from`` knows, or the text as a headline."""
    if isinstance(value, str) and not roles and (title := without_ordinal(" ".join(without_tags(value).split()))):
        return ItemDraft(title=title)
    if not isinstance(value, dict):
        return None
    flat = _flat(value)
    told = {role: flat.pop(key) for role, key in roles.items() if key in flat}
    return item_from({**told, **{key: rest for key, rest in flat.items() if key not in told}})


def _lists_of(document: JsonDocument) -> list[_LikeObjects]:
    return list(_found_in(document.value))


def _found_in(value: Any) -> Iterator[_LikeObjects]:
    """Lists and mappings of like objects in the order of the file; what is inside their objects belongs to these."""
    pending: list[tuple[Any, str, int]] = [(value, "", 0)]
    while pending:
        current, pointer, depth = pending.pop()
        if depth > MAX_DEPTH or not isinstance(current, list | dict):
            continue
        if isinstance(current, list) and not isinstance(current[0] if current else None, dict | list | str):
            continue
        members = [
            (key, one)
            for key, one in _members(current)
            if not _NO_NEWS.search(key[:40]) and not HELD_BACK.search(key[:40])
        ]
        inner = [one for _, one in members]
        pointers = [f"{pointer}/{escaped(key)}" for key, _ in members]
        roles = _roles_of(inner)
        if roles or (isinstance(current, list) and _are_headlines(inner)):
            yield _LikeObjects(inner, pointers, roles)
        else:
            pending.extend(reversed([(one, at, depth + 1) for one, at in zip(inner, pointers, strict=True)]))


def _are_headlines(values: Sequence[Any]) -> bool:
    texts = _texts(values[:LOOKED_AT])
    if len(values) < LEAST_OBJECTS or len(texts) < min(len(values), LOOKED_AT):
        return False
    if any(text.isascii() and " " not in text for text in texts):
        return False
    return fmean(map(len, texts)) >= _SHORTEST_MEAN_OF_HEADLINES and len(set(texts)) == len(texts)


def _members(value: list[Any] | dict[str, Any]) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        yield from value.items()
    else:
        yield from ((str(number), one) for number, one in enumerate(value))


def _roles_of(values: Sequence[Any]) -> dict[str, str]:
    """The keys of like objects by what they tell; empty where the values are no such objects."""
    objects = [_flat(value) for value in values[:LOOKED_AT] if isinstance(value, dict)]
    if len(objects) < LEAST_OBJECTS or 2 * len(objects) < min(len(values), LOOKED_AT):
        return {}
    columns = {key: [one[key] for one in objects if one.get(key) not in (None, "")] for key in _keys_of(objects)}
    common = {key: column for key, column in columns.items() if 2 * len(column) >= len(objects)}
    roles: dict[str, str] = {}
    for role, fit in _FITS.items():
        fits = {key: fit(key, common[key]) for key in common if key not in roles.values()}
        best = max(fits, key=lambda key: fits[key], default="")
        if best and fits[best] > 0:
            roles[role] = best
    title = roles.get("title", "")
    is_news = "date" in roles or ("url" in roles and _TITLE_NAME.search(title))
    return roles if title and is_news and not any(map(_NAME.fullmatch, common.keys() - roles.values())) else {}


def _flat(value: Mapping[str, Any]) -> dict[str, Any]:
    """An object with the members of objects in it beside its own (``a.b``); the rest stays as it is."""
    flat: dict[str, Any] = {}
    for key, inner in value.items():
        if isinstance(inner, dict) and len(inner) <= 20:
            flat |= {f"{key}.{name}": one for name, one in inner.items() if not isinstance(one, dict | list)}
        else:
            flat[key] = inner
    return flat


def _keys_of(objects: Sequence[Mapping[str, Any]]) -> list[str]:
    return list(dict.fromkeys(key for one in objects for key in list(one)[:100]))


def _fit_link(key: str, column: Sequence[Any]) -> float:
    addresses = [one for one in column if isinstance(one, str) and _ADDRESS.fullmatch(one.strip())]
    if 2 * len(addresses) < len(column):
        return 0.0
    is_picture = re.search(r"image|img|cover|thumb|icon|avatar|pic|logo|图", key, re.IGNORECASE)
    return 0.1 if is_picture else len(set(addresses)) / len(column)


def _fit_time(key: str, column: Sequence[Any]) -> float:
    read_as = sum(moment_from(one) is not None for one in column) / len(column)
    return read_as * (1.0 if _TIME_NAME.search(key) else 0.5) if read_as >= 0.5 else 0.0


def _fit_title(key: str, column: Sequence[Any]) -> float:
    texts = _texts(column)
    if 2 * len(texts) < len(column):
        return 0.0
    length = fmean(map(len, texts))
    shortest = _SHORTEST_MEAN_OF_NAMES if _NAME.fullmatch(key) else _SHORTEST_MEAN
    if not shortest <= length <= _LONGEST_MEAN or len(set(texts)) < 0.7 * len(texts):
        return 0.0
    has_words = sum(sum(map(str.isalpha, text)) >= 4 for text in texts) / len(texts)
    looks_like_code = all(text.isascii() and " " not in text for text in texts)
    if has_words < 0.7 or looks_like_code:
        return 0.0
    return (2.0 if _TITLE_NAME.search(key) else 1.0) - length / 1000


def _fit_text(_key: str, column: Sequence[Any]) -> float:
    texts = _texts(column)
    return fmean(map(len, texts)) if 2 * len(texts) >= len(column) and fmean(map(len, texts)) >= 15 else 0.0


def _fit_name(pattern: re.Pattern[str]) -> Callable[[str, Sequence[Any]], float]:
    def fit(key: str, column: Sequence[Any]) -> float:
        texts = _texts(column)
        return float(bool(texts) and pattern.search(key) is not None and fmean(map(len, texts)) <= 30)

    return fit


def _texts(column: Sequence[Any]) -> list[str]:
    """The texts of a column that are no addresses and no times."""
    written = (one.strip() for one in column if isinstance(one, str))
    texts = (text_from_markup(one[:2000]) for one in written if not _ADDRESS.fullmatch(one))
    return [text for text in texts if text and not (len(text) <= 40 and moment_from(text))]


_FITS: Mapping[str, Callable[[str, Sequence[Any]], float]] = {
    "url": _fit_link,
    "date": _fit_time,
    "source": _fit_name(_SOURCE_NAME),
    "category": _fit_name(_SECTION_NAME),
    "title": _fit_title,
    "summary": _fit_text,
}
