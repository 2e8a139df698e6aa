"""What the keys of like objects tell, by what they hold.

A key is a title where its values are short, mostly different texts; a link where they are addresses; a time where
they can be read as one; a summary where they are the longest texts. Names of keys only help to choose.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from statistics import fmean
from typing import Any

from indexer.readers.dates import moment_from
from indexer.readers.markup import text_from_markup
from indexer.readers.records import FIELDS, KNOWN_KEYS

LEAST_OBJECTS = 3
LOOKED_AT = 200
"""Objects of a list whose values tell the keys apart."""

TITLE_NAME = re.compile(r"title|headline|subject|topic|标题|题目|新闻", re.IGNORECASE)
NAME = re.compile(r"(?:company\.|entity\.|person\.)?(?:full_?|display_?)?name|名称", re.IGNORECASE)
_SOURCE_NAME = re.compile(
    r"source|site|media|publisher|origin|from|author|outlet|来源|媒体|出处|网站|作者", re.IGNORECASE
)
_SECTION_NAME = re.compile(r"categor|section|channel|column|分类|栏目|板块|频道|类别", re.IGNORECASE)
_TIME_NAME = re.compile(r"date|time|publish|created|updated|day|posted|pub|日期|时间|发布", re.IGNORECASE)

_ADDRESS = re.compile(r"https?://\S+")
_PICTURE = re.compile(r"image|img|cover|thumb|icon|avatar|pic|logo|图|feed|rss|homepage|xml", re.IGNORECASE)
_SHORTEST_MEAN, _LONGEST_MEAN = 8, 120
"""Characters titles have on average: below are names, above texts."""

_SHORTEST_MEAN_OF_NAMES = 14
"""The same where the key says that the values are names."""

Objects = Sequence[Mapping[str, Any]]


def roles_of(objects: Objects) -> dict[str, str]:
    """The key for each of url, date, source, category, title and summary that any key of the objects tells."""
    return _roles(objects, _FITS)


def missing_roles_of(values: Sequence[Any]) -> dict[str, str]:
    """The same for what the keys that ``item_from`` knows do not tell in most of the objects."""
    objects = [flat(value) for value in values[:LOOKED_AT] if isinstance(value, dict)]
    if len(objects) < LEAST_OBJECTS:
        return {}
    missing = {role: fit for role, fit in _FITS.items() if not _is_told(objects, role)}
    unknown = [{key: value for key, value in one.items() if key not in KNOWN_KEYS} for one in objects]
    return _roles(unknown, missing) if missing else {}


def under_roles(value: Mapping[str, Any], roles: Mapping[str, str]) -> dict[str, Any]:
    """An object with the keys that ``item_from`` knows in place of its own."""
    if not roles:
        return dict(value)
    inner = flat(value)
    told = {role: inner.pop(key) for role, key in roles.items() if key in inner}
    return {**told, **{key: rest for key, rest in inner.items() if key not in told}}


def flat(value: Mapping[str, Any]) -> dict[str, Any]:
    """An object with the members of objects in it beside its own (``a.b``); the rest stays as it is."""
    members: dict[str, Any] = {}
    for key, inner in value.items():
        if isinstance(inner, dict) and len(inner) <= 20:
            members |= {f"{key}.{name}": one for name, one in inner.items() if not isinstance(one, dict | list)}
        else:
            members[key] = inner
    return members


def texts_in(column: Sequence[Any]) -> list[str]:
    """The texts of a column that are no addresses and no times."""
    written = (one.strip() for one in column if isinstance(one, str))
    texts = (text_from_markup(one[:2000]) for one in written if not _ADDRESS.fullmatch(one))
    return [text for text in texts if text and not (len(text) <= 40 and moment_from(text))]


def are_codes(texts: Sequence[str]) -> bool:
    """Whether texts look like identifiers rather than words."""
    return all(text.isascii() and " " not in text for text in texts)


def _roles(objects: Objects, fits: Mapping[str, Callable[[str, Sequence[Any]], float]]) -> dict[str, str]:
    columns = {key: [one[key] for one in objects if one.get(key) not in (None, "")] for key in _keys_of(objects)}
    common = {key: column for key, column in columns.items() if 2 * len(column) >= len(objects)}
    roles: dict[str, str] = {}
    for role, fit in fits.items():
        found = {key: fit(key, common[key]) for key in common if key not in roles.values()}
        best = max(found, key=lambda key: found[key], default="")
        if best and found[best] > 0:
            roles[role] = best
    return roles


def _is_told(objects: Objects, role: str) -> bool:
    """Whether most of the objects have a role under a key with a known name."""
    usable = moment_from if role == "date" else bool
    told = (any(usable(one.get(key)) for key in FIELDS[role]) for one in objects)
    return 2 * sum(told) >= len(objects)


def _keys_of(objects: Objects) -> list[str]:
    return list(dict.fromkeys(key for one in objects for key in list(one)[:100]))


def _last(key: str) -> str:
    """What a key tells: its own name, or that of the object it stands in where it only names that (``site.name``)."""
    outer, _, inner = key.rpartition(".")
    return outer if outer and inner.lower() in {"name", "label", "text", "value"} else inner


def _fit_link(key: str, column: Sequence[Any]) -> float:
    addresses = [one for one in column if isinstance(one, str) and _ADDRESS.fullmatch(one.strip())]
    if 2 * len(addresses) < len(column):
        return 0.0
    return 0.1 if _PICTURE.search(key) else len(set(addresses)) / len(column)


def _fit_time(key: str, column: Sequence[Any]) -> float:
    read_as = sum(moment_from(one) is not None for one in column) / len(column)
    return read_as * (1.0 if _TIME_NAME.search(_last(key)) else 0.5) if read_as >= 0.5 else 0.0


def _fit_title(key: str, column: Sequence[Any]) -> float:
    texts = texts_in(column)
    if 2 * len(texts) < len(column):
        return 0.0
    length = fmean(map(len, texts))
    shortest = _SHORTEST_MEAN_OF_NAMES if NAME.fullmatch(key) else _SHORTEST_MEAN
    if not shortest <= length <= _LONGEST_MEAN or len(set(texts)) < 0.7 * len(texts):
        return 0.0
    has_words = sum(sum(map(str.isalpha, text)) >= 4 for text in texts) / len(texts)
    if has_words < 0.7 or are_codes(texts):
        return 0.0
    return (2.0 if TITLE_NAME.search(_last(key)) else 1.0) - length / 1000


def _fit_text(_key: str, column: Sequence[Any]) -> float:
    texts = texts_in(column)
    return fmean(map(len, texts)) if 2 * len(texts) >= len(column) and fmean(map(len, texts)) >= 15 else 0.0


def _fit_name(pattern: re.Pattern[str]) -> Callable[[str, Sequence[Any]], float]:
    def fit(key: str, column: Sequence[Any]) -> float:
        texts = texts_in(column)
        return float(bool(texts) and pattern.search(_last(key)) is not None and fmean(map(len, texts)) <= 30)

    return fit


_FITS: Mapping[str, Callable[[str, Sequence[Any]], float]] = {
    "url": _fit_link,
    "date": _fit_time,
    "source": _fit_name(_SOURCE_NAME),
    "category": _fit_name(_SECTION_NAME),
    "title": _fit_title,
    "summary": _fit_text,
}
