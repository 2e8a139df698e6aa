"""Names of the catalogue in a text, whatever their case, width, blanks and hyphens.

All names are looked for at once (Aho-Corasick) in the text as ``fold_key`` would have it, with the way back to the
original places. Longest names win; Latin names must stand free; versions of a catalogued family are taken whole.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from ahocorasick_rs import AhoCorasick, MatchKind

from graph.catalogue import Catalogue, load_catalogue
from graph.model import EntityKind
from indexer.extraction.canonical import entity_key
from indexer.extraction.tokens import stands_free
from indexer.folding import fold

_IGNORED = frozenset(" \t\u3000-_·•・")
_VARIANT = (
    "Pro|Max|Plus|Flash|Turbo|Mini|Lite|Nano|Omni|Air|Ultra|Preview|Base|Instruct|Thinking|Codex|Coder|VL|Image|Audio"
    "|Video|TTS|ASR|OCR|Embedding|Live|High|Fast|Exp|Reasoner|Instant|Edit|Realtime"
)
_VERSION_TAIL = re.compile(
    rf"(?:[- ]?(?:[VvRrKkMm]?\d+(?:\.\d+)*(?:[a-zA-Z](?![a-zA-Z]))?|(?:{_VARIANT})(?![A-Za-z])))+(?![A-Za-z0-9])"
)
_NOT_A_VERSION = re.compile(r" ?\d[\d,.]* ?(?:[年月日号亿万千百倍个家位名款项条天次元美小轮岁期类%]|%)")


@dataclass(frozen=True, slots=True, kw_only=True)
class NameMatch:
    """A catalogue name at a place. ``ambiguous``: it counts only where the item gives a second reason.

    ``entity_ids`` are all entities of that name, of one kind each; ``exact`` says that the catalogue writes it
    like that, upper and lower case included.
    """

    start: int
    end: int
    entity_ids: tuple[str, ...]
    kinds: tuple[EntityKind, ...]
    ambiguous: bool
    exact: bool


@dataclass(frozen=True, slots=True)
class _Name:
    entity_ids: tuple[str, ...]
    kinds: tuple[EntityKind, ...]
    ambiguous: bool
    spellings: frozenset[str]
    versioned: bool


class CatalogueNames:
    """Finds the names of a catalogue."""

    def __init__(self, catalogue: Catalogue) -> None:
        names = _names_by_key(catalogue)
        self._names = list(names.values())
        self._automaton = AhoCorasick(list(names), matchkind=MatchKind.Standard)

    def find(self, text: str) -> tuple[NameMatch, ...]:
        """The longest names at each place, left to right, not overlapping."""
        squeezed, places = _squeezed(text)
        found = self._automaton.find_matches_as_indexes(squeezed, overlapping=True)
        taken: list[NameMatch] = []
        last = 0
        for which, low, high in sorted(found, key=lambda match: (match[1], -match[2])):
            start, end = places[low], places[high - 1] + 1
            if start < last or not stands_free(text, start, end):
                continue
            match = self._match(text, self._names[which], start, end)
            if match is not None:
                taken.append(match)
                last = match.end
        return tuple(taken)

    def _match(self, text: str, name: _Name, start: int, end: int) -> NameMatch | None:
        surface = text[start:end]
        exact = surface in name.spellings
        if not exact and surface.isascii() and surface.islower() and surface.isalpha():
            return None  # figure, cursor, meta: words rather than names
        if name.versioned:
            tail = _VERSION_TAIL.match(text, end)
            if tail and not _NOT_A_VERSION.match(text, end):
                end = tail.end()
        return NameMatch(
            start=start,
            end=end,
            entity_ids=name.entity_ids,
            kinds=name.kinds,
            ambiguous=name.ambiguous,
            exact=exact,
        )


@cache
def load_names() -> CatalogueNames:
    """The finder over the shipped catalogue."""
    return CatalogueNames(load_catalogue())


def _names_by_key(catalogue: Catalogue) -> dict[str, _Name]:
    families = {_search_key(form) for family in catalogue.families for form in family.forms}
    names: dict[str, _Name] = {}
    for surface, entity_id, ambiguous in catalogue.names():
        key = _search_key(surface)
        if len(key) < 2:
            continue
        kind = catalogue.by_id[entity_id].entity.kind
        old = names.get(key, _Name((), (), False, frozenset(), key in families))
        if entity_id in old.entity_ids:
            names[key] = _Name(
                old.entity_ids, old.kinds, old.ambiguous, old.spellings | {surface}, old.versioned or kind == "model"
            )
            continue
        names[key] = _Name(
            (*old.entity_ids, entity_id),
            (*old.kinds, kind),
            old.ambiguous or ambiguous,
            old.spellings | {surface},
            old.versioned or kind == "model",
        )
    return names


def _search_key(surface: str) -> str:
    return entity_key(surface).replace("-", "")  # those between numbers, which the squeezed text leaves out too


def _squeezed(text: str) -> tuple[str, list[int]]:
    """The folded text without blanks and dashes, and the original place of each of its characters."""
    folded = fold(text)
    kept = list(_kept(folded.text))
    squeezed = "".join([folded.text[at] for at in kept])
    if folded.offsets is None:
        return squeezed, kept
    return squeezed, [folded.offsets[at] for at in kept]


def _kept(folded: str) -> Iterator[int]:
    return (at for at, character in enumerate(folded) if character not in _IGNORED)
