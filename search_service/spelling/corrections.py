"""The name that a reader may have meant: same sound, one look-alike character, a slip of the keyboard.

Only names are corrected, never other words, and whoever shows a correction checks that it finds far more. Distances
between Latin names are those of rapidfuzz (optimal string alignment); between Han names a single character may
differ, and in names of three or fewer only by one that looks alike.
"""

from collections.abc import Callable, Iterator
from functools import cache
from importlib import resources
from itertools import groupby

import yaml
from rapidfuzz.distance import OSA, Hamming
from rapidfuzz.process import extract

from indexer.folding import fold_key
from search_service.spelling.name_table import Name, NameTable
from search_service.spelling.sounds import Sound, has_han

SHORTEST_LATIN = 5
LONG_LATIN = 8
LONG_HAN = 4
MOST = 5
_LONGEST = 40


def corrections(word: str, table: NameTable) -> tuple[Name, ...]:
    """Names that ``word`` may be a misspelling of, the likeliest first; none where it is a name itself."""
    key = fold_key(word)
    if not 1 < len(key) <= _LONGEST or table.entities_called(word):
        return ()
    found = _of_sound(key, table) if has_han(key) else iter(())
    near = _looking_alike(key, table) if has_han(key) else _mistyped(key, table)
    distinct: dict[tuple[str, str], Name] = {}
    for name in (*found, *near):
        distinct.setdefault(name.of, name)
    return tuple(distinct.values())[:MOST]


def _of_sound(key: str, table: NameTable) -> Iterator[Name]:
    """Names that sound like it, those with the most characters in common first."""
    alike = table.blurred.get(Sound.from_key(key).blurred, ())
    same_length = (name for name in alike if len(fold_key(name.written)) == len(key))
    yield from sorted(same_length, key=lambda name: (Hamming.distance(key, fold_key(name.written)), -name.items))


def _looking_alike(key: str, table: NameTable) -> Iterator[Name]:
    for name in _within(key, table, 1, Hamming.distance):
        other = fold_key(name.written)
        differing = [(one, two) for one, two in zip(key, other, strict=False) if one != two]
        if len(other) == len(key) and (len(key) >= LONG_HAN or all(map(_looks_alike, differing))):
            yield name


def _mistyped(key: str, table: NameTable) -> Iterator[Name]:
    if len(key) >= SHORTEST_LATIN:
        yield from _within(key, table, 2 if len(key) >= LONG_LATIN else 1, OSA.distance)


def _within(key: str, table: NameTable, distance: int, scorer: Callable[..., float]) -> Iterator[Name]:
    keys = table.entity_keys
    # names come by items, so that among equal distances the best known stays first
    found = extract(key, [other for other, _name in keys], scorer=scorer, score_cutoff=distance, limit=None)
    ranked = sorted(found, key=lambda match: (match[1], match[2]))
    for _distance, group in groupby(ranked, key=lambda match: match[1]):
        yield from (keys[number][1] for other, _d, number in group if _same_version(key, other))


def _same_version(one: str, other: str) -> bool:
    """Another number is another model, never a slip."""
    return _digits(one) == _digits(other)


def _digits(text: str) -> str:
    return "".join(character for character in text if character.isdigit())


def _looks_alike(pair: tuple[str, str]) -> bool:
    return frozenset(pair) <= _look_alikes().get(pair[0], frozenset())


@cache
def _look_alikes() -> dict[str, frozenset[str]]:
    text = resources.files(__package__).joinpath("look_alikes.yaml").read_text(encoding="utf-8")
    alike: dict[str, set[str]] = {}
    for group in yaml.safe_load(text):
        for character in group:
            alike.setdefault(character, set()).update(group)
    return {character: frozenset(group) for character, group in alike.items()}
