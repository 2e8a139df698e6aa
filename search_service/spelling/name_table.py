"""Names in memory, found by their beginning, their inside or their sound."""

import heapq
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import Literal

from graph.model import EntityKind
from indexer.folding import fold_key
from search_service.spelling.sounds import Sound, has_han, writes

NameType = Literal["entity", "section", "source"]

_TYPES: tuple[NameType, ...] = ("entity", "section", "source")
SHORTEST_INSIDE = 3
"""Letters that are looked for inside of names: two stand in too many."""

LONGEST_IN_TEXT = 16
_NAMED_KINDS = ("org", "person")
_COMPANY_ENDINGS = ("科技", "公司", "集团", "资本", "创投", "投资", "基金", "智能", "医疗", "动力", "研究院")

_LAST = "\U0010ffff"


@dataclass(frozen=True, slots=True, kw_only=True)
class Name:
    """A name of something: ``text`` as it is shown, ``written`` as one may write it; ``items``: how many name it."""

    type: NameType
    text: str
    written: str
    items: int
    entity_id: str | None = None
    kind: EntityKind | None = None

    @property
    def of(self) -> tuple[str, str]:
        """What is named: several names can be of one entity."""
        return self.type, self.entity_id or self.text


class NameTable:
    """Look-ups over names that never change. Shared by threads."""

    def __init__(self, names: Iterable[Name]) -> None:
        keyed = {(fold_key(name.written), name) for name in names}
        self._names = sorted((one for one in keyed if one[0]), key=_order)
        self._sounds = [Sound.from_key(key) for key, _name in self._names]
        self._sure = {key: name for key, name in reversed(self._names) if _is_sure(key, name)}
        self._joined = "\n" + "\n".join(key for key, _name in self._names) + "\n"
        self._starts = [match.end() for match in re.finditer("\n", self._joined)][:-1]
        self._by_key = _sorted_keys(key for key, _name in self._names)
        self._by_full = _sorted_keys(sound.full for sound in self._sounds)
        self._by_initials = _sorted_keys(sound.initials for sound in self._sounds)

    def __len__(self) -> int:
        return len(self._names)

    def longest_in(self, text: str) -> Iterator[tuple[int, int, Name]]:
        """The longest name of an entity from each place of a folded text, written with Han characters.

        Short ones and those that a single item names are left out: a tagger takes some words for names.
        """
        for start in range(len(text)):
            for end in range(min(len(text), start + LONGEST_IN_TEXT), start + SHORTEST_INSIDE - 1, -1):
                if name := self._sure.get(text[start:end]):
                    yield start, end, name
                    break

    def entities_called(self, text: str) -> tuple[Name, ...]:
        """Names of entities that are written so."""
        key = fold_key(text)
        at = bisect_left(self._by_key, (key, -1))
        found = [self._names[number][1] for _key, number in _while_equal(self._by_key, key, at)]
        return tuple(name for name in found if name.type == "entity")

    def suggested(self, text: str, limit: int) -> tuple[Name, ...]:
        """What a reader may want who has typed ``text``: entities, sections, sources; one name of each.

        Among names of one type those that begin so, then those that contain it, each by the number of items, then
        the shorter name. Below all of these come names that only sound so.
        """
        typed = fold_key(text)
        if not typed:
            return ()
        shown: dict[tuple[str, str], tuple[bool, Name]] = {}
        for sounds, number in self._ranked(typed, limit):
            name = self._names[number][1]
            shown.setdefault(name.of, (sounds, name))
        ranked = sorted(shown.values(), key=lambda found: (found[0], _TYPES.index(found[1].type)))
        return tuple(name for _sounds, name in ranked[:limit])

    @cached_property
    def blurred(self) -> dict[str, list[Name]]:
        """Names of entities by what they sound like."""
        found: dict[str, list[Name]] = {}
        for (_key, name), sound in zip(self._names, self._sounds, strict=True):
            if name.type == "entity" and has_han(sound.text):
                found.setdefault(sound.blurred, []).append(name)
        return found

    @cached_property
    def entity_keys(self) -> tuple[tuple[str, Name], ...]:
        """Names of entities with their keys, most items first."""
        return tuple((key, name) for key, name in self._names if name.type == "entity")

    def _ranked(self, typed: str, limit: int) -> Iterator[tuple[bool, int]]:
        """Numbers of names, best first, and whether they only sound so. Names are sorted, so a number is a rank."""
        seen: set[int] = set()
        tiers = ((False, self._beginning), (False, self._containing), (True, self._sounding))
        for sounds, tier in tiers:
            # several names can be of one entity
            best = heapq.nsmallest(limit * 4, (number for number in tier(typed) if number not in seen))
            seen.update(best)
            yield from ((sounds, number) for number in best)

    def _beginning(self, typed: str) -> Iterator[int]:
        return (number for _key, number in _range(self._by_key, typed))

    def _containing(self, typed: str) -> Iterator[int]:
        """One search over all names at once: a look at each alone takes ten times as long."""
        if len(typed) < (2 if has_han(typed) else SHORTEST_INSIDE):
            return
        at = self._joined.find(typed)
        while at >= 0:
            yield bisect_right(self._starts, at) - 1
            at = self._joined.find(typed, self._joined.find("\n", at))

    def _sounding(self, typed: str) -> Iterator[int]:
        sound = Sound.from_key(typed)
        if sound.full == typed and len(typed) < 2:
            return  # a single letter stands for nothing but itself
        found = {number for _key, number in _range(self._by_full, sound.full)}
        found.update(number for _key, number in _range(self._by_initials, sound.initials))
        found.update(number for _key, number in _range(self._by_initials, _initials_as_typed(typed, sound)))
        yield from (number for number in found if writes(typed, self._sounds[number]))


def _initials_as_typed(typed: str, sound: Sound) -> str:
    """Letters as they are, Han characters by their first letter: ``z谱`` is ``zp``."""
    return "".join(
        syllable[:1] if has_han(character) else character
        for character, syllable in zip(typed, sound.syllables, strict=True)
    )


def _is_sure(key: str, name: Name) -> bool:
    return (
        name.type == "entity"
        and name.kind in _NAMED_KINDS
        and len(key) >= SHORTEST_INSIDE
        and all(map(has_han, key))
        and (name.items > 1 or key.endswith(_COMPANY_ENDINGS))
    )


def _order(keyed: tuple[str, Name]) -> tuple[int, int, int, str, str]:
    key, name = keyed
    return _TYPES.index(name.type), -name.items, len(key), key, name.entity_id or ""


def _sorted_keys(keys: Iterable[str]) -> list[tuple[str, int]]:
    return sorted((key, number) for number, key in enumerate(keys))


def _range(keys: list[tuple[str, int]], beginning: str) -> Iterator[tuple[str, int]]:
    return islice(keys, bisect_left(keys, (beginning, -1)), bisect_left(keys, (beginning + _LAST, -1)))


def _while_equal(keys: list[tuple[str, int]], key: str, at: int) -> Iterator[tuple[str, int]]:
    while at < len(keys) and keys[at][0] == key:
        yield keys[at]
        at += 1
