"""Known names as evidence for the tagger: the catalogue's, and those of the labelled items with how they were used.

A name found here is a hint with a measured worth, never a decision: ``理想`` is a carmaker in one item and an ideal
in the next. While a tagger is trained, an item's own labels are left out of the counts (leave-one-out); else every
name would look known and the tagger would learn to believe the list instead of the context.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import resources

import ahocorasick_rs

from graph.catalogue import load_catalogue
from graph.kinds import ENTITY_KINDS
from graph.model import EntityKind
from indexer.extraction.tokens import half_width, stands_free

NAMES_FILE = "labelled-names.tsv"
_LETTERS: dict[EntityKind, str] = {"org": "o", "model": "m", "policy": "l", "product": "p", "person": "h"}


@dataclass(frozen=True, slots=True, kw_only=True)
class NameUses:
    """How labelled items use a name: in how many it occurs at all, and in how many as each kind of entity."""

    items: int
    as_kind: Mapping[EntityKind, int]

    def without(self, kinds: Iterable[EntityKind]) -> "NameUses":
        """The counts without one item, which uses the name as ``kinds``."""
        left = dict(self.as_kind)
        for kind in kinds:
            left[kind] -= 1
        return NameUses(items=self.items - 1, as_kind=left)

    @property
    def hint(self) -> str:
        """Kind, strength of evidence and reliability as a short text, empty where no use is left: ``o3+``."""
        kind = max(self.as_kind, key=lambda one: self.as_kind[one], default=None)
        if kind is None or self.as_kind[kind] < 1:
            return ""
        count = self.as_kind[kind]
        strength = "1" if count == 1 else "2" if count < 4 else "3"
        share = count / max(self.items, count)
        return f"{_LETTERS[kind]}{strength}{'+' if share > 0.85 else '=' if share > 0.5 else '-'}"


@dataclass(frozen=True, slots=True)
class NameHit:
    """A known name at a place of a text; offsets count characters."""

    start: int
    end: int
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Lexicon:
    """The names and the automaton that finds them. ``listed`` maps a catalogue name to its hint."""

    listed: Mapping[str, str]
    used: Mapping[str, NameUses]
    hints: Mapping[str, str] = field(default_factory=dict)
    names: tuple[str, ...] = ()
    automaton: ahocorasick_rs.AhoCorasick | None = None

    def find(self, text: str) -> list[NameHit]:
        """Every known name at every place where it stands free, overlapping ones included."""
        if self.automaton is None:
            return []
        hits = self.automaton.find_matches_as_indexes(text, overlapping=True)
        return [NameHit(start, end, self.names[index]) for index, start, end in hits if stands_free(text, start, end)]

    def listed_spans(self, hits: Sequence[NameHit]) -> list[tuple[int, int, str]]:
        """The longest catalogue names among ``hits`` that do not overlap, with their hints."""
        listed = self.listed
        return _longest((hit.start, hit.end, listed[hit.name]) for hit in hits if hit.name in listed)

    def used_spans(
        self, hits: Sequence[NameHit], own: Mapping[str, Sequence[EntityKind]] | None = None
    ) -> list[tuple[int, int, str]]:
        """The longest labelled names with their hints; ``own`` are the names an item itself was labelled with.

        ``own`` None: the item is not one of the labelled ones, all counts hold.
        """
        hints = self.hints
        if own is None:
            return _longest((hit.start, hit.end, hints[hit.name]) for hit in hits if hit.name in hints)
        left = {
            hit.name: self.used[hit.name].without(own.get(hit.name, ())).hint for hit in hits if hit.name in hints
        }
        return _longest((hit.start, hit.end, left[hit.name]) for hit in hits if left.get(hit.name))


def _longest(spans: Iterable[tuple[int, int, str]]) -> list[tuple[int, int, str]]:
    chosen: list[tuple[int, int, str]] = []
    last_end = 0
    for start, end, hint in sorted(spans, key=lambda span: (span[0], -span[1])):
        if start >= last_end:
            chosen.append((start, end, hint))
            last_end = end
    return chosen


def build_lexicon(used: Mapping[str, NameUses], listed: Mapping[str, str]) -> Lexicon:
    """A lexicon of labelled names and of the catalogue's (see ``catalogue_hints``)."""
    names = tuple(sorted({*used, *listed}))
    automaton = ahocorasick_rs.AhoCorasick(names, matchkind=ahocorasick_rs.MatchKind.Standard) if names else None
    hints = {name: hint for name, uses in used.items() if (hint := uses.hint)}
    return Lexicon(listed=listed, used=used, hints=hints, names=names, automaton=automaton)


def catalogue_hints() -> dict[str, str]:
    """Names of the shipped catalogue with the letters of their kinds, ``?`` after ambiguous ones: ``om``, ``o?``."""
    letters: dict[str, set[str]] = {}
    doubtful: set[str] = set()
    for surface, entity_id, ambiguous in load_catalogue().names():
        name = half_width(surface)
        if len(name) > 1:
            kind = entity_id.split(":", 1)[0]
            letters.setdefault(name, set()).update(letter for one, letter in _LETTERS.items() if one == kind)
            if ambiguous:
                doubtful.add(name)
    return {name: "".join(sorted(kinds)) + "?" * (name in doubtful) for name, kinds in letters.items()}


def count_uses(items: Iterable[tuple[str, Mapping[str, Sequence[EntityKind]]]]) -> dict[str, NameUses]:
    """Counts over labelled items, each a text and its names with their kinds; names of one character are left out."""
    items = list(items)
    as_kind: dict[str, Counter[EntityKind]] = {}
    for _, names in items:
        for name, kinds in names.items():
            if len(name) > 1:
                as_kind.setdefault(name, Counter()).update(kinds)
    finder = build_lexicon({name: NameUses(items=0, as_kind=counts) for name, counts in as_kind.items()}, {})
    occurring = Counter(name for text, _ in items for name in {hit.name for hit in finder.find(text)})
    return {name: NameUses(items=occurring[name], as_kind=counts) for name, counts in as_kind.items()}


def names_from_tsv(lines: Iterable[str]) -> dict[str, NameUses]:
    """Labelled names from lines of name, items, then items as each kind in the order of ``ENTITY_KINDS``."""
    uses = {}
    for line in lines:
        name, items, *counts = line.rstrip("\n").split("\t")
        as_kind = {kind: int(count) for kind, count in zip(ENTITY_KINDS, counts, strict=True) if int(count)}
        uses[name] = NameUses(items=int(items), as_kind=as_kind)
    return uses


def names_to_tsv(used: Mapping[str, NameUses]) -> Iterator[str]:
    """The lines that ``names_from_tsv`` reads, sorted by name."""
    for name in sorted(used):
        counts = (used[name].as_kind.get(kind, 0) for kind in ENTITY_KINDS)
        yield "\t".join((name, str(used[name].items), *map(str, counts))) + "\n"


def load_lexicon() -> Lexicon:
    """The shipped lexicon: the catalogue and the names of the labelled items."""
    lines = (resources.files("indexer.extraction.models") / NAMES_FILE).read_text("utf-8").splitlines()
    return build_lexicon(names_from_tsv(lines), catalogue_hints())
