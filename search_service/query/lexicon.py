"""What a stretch of a query can mean: names of the catalogue, words of the vocabulary, longest first."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

import rjieba

from graph.catalogue import Catalogue
from indexer.folding import HAN, fold, fold_key
from search_service.query.forms import finder
from search_service.query.vocabulary import Event, Vocabulary, WordGroup

LONGEST = 40
"""Characters of the longest name that is looked for."""

SAME_WEIGHT, NEAR_WEIGHT, ALIAS_WEIGHT = 0.5, 0.2, 0.9
_LETTER = re.compile(r"[^\W\d_\u3005-\uffff]")
_SEAMS = frozenset(" \t\n\u3000-_·•・")
"""What keys leave out; no name begins or ends with it."""

_PARTED = re.compile(rf"[{HAN}]\s|\s[{HAN}]")
"""A blank beside Han parts words; between Latin words it may be inside a name."""

_REST_OF_NUMBER = re.compile(r"\.\d|[a-z](?![a-z])")
_NUMBERS = re.compile(r"\d+(?:\.\d+)*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """What a key of the lexicon stands for; several at once where a word is both. ``ending`` words ask where they
    end a query, ``framing`` ones say nothing, and ``of_class`` ones say nothing in a question."""

    names: tuple[tuple[str, bool], ...] = ()  # entity id, and whether the name is ambiguous
    groups: tuple[WordGroup, ...] = ()
    event: Event | None = None
    asking: bool = False
    ending: bool = False
    framing: bool = False
    of_class: bool = False

    @property
    def asks(self) -> bool:
        """Whether it makes a query a question."""
        return self.asking or self.ending

    @property
    def needs_bounds(self) -> bool:
        """Whether it counts only where words begin and end: what plain language uses too."""
        return not self.asks and not any(not ambiguous for _, ambiguous in self.names)


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """A stretch ``start``..``end`` of a folded query and what it means."""

    start: int
    end: int
    key: str
    meaning: Meaning


@dataclass(slots=True)
class _Draft:
    names: list[tuple[str, bool]] = field(default_factory=list)
    groups: list[WordGroup] = field(default_factory=list)
    event: Event | None = None
    asking: bool = False
    ending: bool = False
    framing: bool = False
    of_class: bool = False


class Lexicon:
    """All names and words by folded key. Immutable; shared by threads."""

    def __init__(self, catalogue: Catalogue, vocabulary: Vocabulary) -> None:
        self.catalogue = catalogue
        drafts = _Drafts()
        drafts.add_names(catalogue, vocabulary.nicknames)
        drafts.add_words(vocabulary)
        self._meanings = drafts.meanings()

    def matches(self, text: str) -> Iterator[Match]:
        """The longest match at each place of a folded query; they may overlap."""
        bounds = word_bounds(text)
        for start in range(len(text)):
            if not _inside_word(text, start) and text[start] not in _SEAMS:
                for end in range(min(len(text), start + LONGEST), start, -1):
                    match = self._match(text, start, end, bounds)
                    if match:
                        yield match
                        break

    def _match(self, text: str, start: int, end: int, bounds: frozenset[int]) -> Match | None:
        if _inside_word(text, end) or text[end - 1] in _SEAMS:
            return None
        key = fold_key(text[start:end])
        meaning = self._meanings.get(key)
        if meaning is None or _PARTED.search(text, start, end):
            return None
        if meaning.needs_bounds and len(key) < 3 and not (start in bounds and end in bounds):
            return None
        return Match(start=start, end=end, key=key, meaning=meaning)

    def frames(self, word: str) -> bool:
        """Whether a word only asks or frames."""
        meaning = self._meanings.get(fold_key(word))
        return meaning is not None and (meaning.framing or meaning.asks)

    def entity_ids(self, key: str) -> tuple[str, ...]:
        """Entities that a name stands for, those first that it names without a doubt."""
        meaning = self._meanings.get(key)
        names = meaning.names if meaning else ()
        sure = [entity_id for entity_id, ambiguous in names if not ambiguous]
        return tuple(dict.fromkeys(sure or [entity_id for entity_id, _ in names]))

    def other_names(self, typed: str) -> tuple[str, ...]:
        """Names that mean the same as a typed one: those of its entities that are not ambiguous, have the same
        numbers and are not found by the typed name anyway."""
        key, numbers, found = fold_key(typed), _NUMBERS.findall(fold(typed).text), finder(typed)
        kept: dict[str, str] = {}
        for entity_id in self.entity_ids(key):
            entry = self.catalogue.by_id[entity_id]
            for name in entry.surfaces:
                folded = fold(name).text
                if name not in entry.ambiguous and _NUMBERS.findall(folded) == numbers and not found(folded):
                    kept.setdefault(fold_key(name), name)
        kept.pop(key, None)
        return tuple(name for name_key, name in kept.items() if len(name_key) > 1)


class _Drafts:
    """Meanings in the making, by folded key."""

    def __init__(self) -> None:
        self._drafts: dict[str, _Draft] = {}

    def at(self, text: str) -> _Draft:
        return self._drafts.setdefault(fold_key(text), _Draft())

    def add_names(self, catalogue: Catalogue, nicknames: Mapping[str, str]) -> None:
        for name, entity_id, ambiguous in catalogue.names():
            if len(fold_key(name)) > 1:
                self.at(name).names.append((entity_id, ambiguous))
        for nickname, entity_id in nicknames.items():
            self.at(nickname).names.append((entity_id, False))

    def add_words(self, vocabulary: Vocabulary) -> None:
        for group in vocabulary.groups:
            for word in group.same:
                self.at(word).groups.append(group)
        for event in vocabulary.events:
            for name in event.names:
                self.at(name).event = event
        for word in vocabulary.asking:
            self.at(word).asking = True
        for word in vocabulary.ending:
            self.at(word).ending = True
        for word in vocabulary.framing:
            self.at(word).framing = True
        for word in vocabulary.classes:
            self.at(word).of_class = True

    def meanings(self) -> dict[str, Meaning]:
        return {
            key: Meaning(
                names=tuple(draft.names),
                groups=tuple(draft.groups),
                event=draft.event,
                asking=draft.asking,
                ending=draft.ending,
                framing=draft.framing,
                of_class=draft.of_class,
            )
            for key, draft in self._drafts.items()
            if key
        }


def _inside_word(text: str, at: int) -> bool:
    """Whether a Latin word or a number goes on across ``at``: letters, digits, what stands behind a point, and one
    letter behind a number (``17e``)."""
    if not 0 < at < len(text):
        return False
    before, after = text[at - 1], text[at]
    if before.isdigit():
        return after.isdigit() or bool(_REST_OF_NUMBER.match(text, at))
    if before == "." and after.isdigit() and text[at - 2 : at - 1].isdigit():
        return True
    return bool(_LETTER.match(before) and _LETTER.match(after))


def word_bounds(text: str) -> frozenset[int]:
    """Where words of a folded text begin and end."""
    at, bounds = 0, {0}
    for word in rjieba.cut(text):
        at += len(word)
        bounds.add(at)
    return frozenset(bounds)


def distinct(texts: Iterable[str]) -> tuple[str, ...]:
    """Texts that differ after folding, the first of each in their order."""
    kept: dict[str, str] = {}
    for text in texts:
        kept.setdefault(fold_key(text), text)
    return tuple(kept.values())
