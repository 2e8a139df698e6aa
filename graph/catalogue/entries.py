"""The nouns of the catalogue: entries, families with versions, and names of several kinds."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType

from graph.model import Entity, EntityKind

_SEPARATOR = r"[\s\-‐‑–_·・•]"
_IGNORED = re.compile(_SEPARATOR + "+")
_NUMBER = r"v?\d++(?:\.\d++)*(?:[a-z]{1,2}(?![a-z])\d*)?|[a-z]{1,2}\d++(?:\.\d++)*[a-z]?(?![a-z])"
_GRADE = (
    r"pro|max|plus|turbo|flash|lite|mini|nano|micro|air|ultra|high|fast|large|medium|small|base|omni|vl|vision"
    r"|coder|codex|math|ocr|asr|tts|audio|image|video|edit|music|speech|realtime|live|embedding|reranker"
    r"|thinking|reasoning|instruct|chat|instant|preview|exp|beta|next|deep|think|distill|open|moe|oss"
    r"|高速版|极速版|正式版|预览版|旗舰版|专业版|标准版|轻量版|即时版|至尊版|大模型|模型"
)
# Atomic, so that no name makes the match take exponential time.
_VERSION = re.compile(rf"(?>{_SEPARATOR}*+(?>{_NUMBER}|{_GRADE}))++")


def surface_key(surface: str) -> str:
    """``surface`` without the differences that never tell two entities apart.

    Width and case (NFKC, case folding), spaces, hyphens and middle dots: ``GPT‑5.2`` and ``gpt 5.2`` are one
    key, ``GPT-5.2`` and ``GPT-52`` are two. Alias lists hold one spelling per key.
    """
    return _IGNORED.sub("", _folded(surface))


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogueEntry:
    """A curated entity; ``ambiguous`` are those of its names that are common words or belong to others too.

    A linker counts an ambiguous name only where the item gives a second reason for the entity.
    ``sources`` are keys of the table in the catalogue's README.
    """

    entity: Entity
    ambiguous: frozenset[str] = frozenset()
    sources: tuple[str, ...] = ()

    @property
    def surfaces(self) -> tuple[str, ...]:
        """The canonical name, then every alias."""
        return (self.entity.name, *(alias.text for alias in self.entity.aliases))

    def fact(self, name: str) -> str | None:
        """The first value of a fact, None where the entry has none."""
        return next((value for key, value in self.entity.facts if key == name), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """A series whose versions follow a rule; ``forms`` are the names that a version can be appended to."""

    name: str
    kind: EntityKind
    entity: str
    maker: str | None
    forms: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NameUse:
    """A name of several kinds: the entity id for each kind, and the kind to take when the text does not say."""

    name: str
    default: EntityKind
    entities: tuple[tuple[EntityKind, str], ...]


def is_version(tail: str) -> bool:
    """Whether ``tail`` can follow a family's name as a version: ``3.5-Plus``, but not ``Plus`` or ``商店``.

    A version has a number, in any order with words of grade, size and use.
    """
    folded = _folded(tail)
    return any(map(str.isdigit, folded)) and _VERSION.fullmatch(folded) is not None


@dataclass(frozen=True, kw_only=True)
class Catalogue:
    """All entries, families and uses, with the look-ups that a linker needs."""

    entries: tuple[CatalogueEntry, ...]
    families: tuple[Family, ...] = ()
    uses: tuple[NameUse, ...] = ()

    @cached_property
    def by_id(self) -> Mapping[str, CatalogueEntry]:
        return MappingProxyType({entry.entity.id: entry for entry in self.entries})

    @cached_property
    def _current(self) -> Mapping[str, str]:
        return {old: entry.entity.id for entry in self.entries for old in entry.entity.formerly}

    @cached_property
    def _uses(self) -> Mapping[str, NameUse]:
        return {surface_key(use.name): use for use in self.uses}

    @cached_property
    def _forms(self) -> Mapping[str, tuple[Family, ...]]:
        forms: dict[str, tuple[Family, ...]] = {}
        for family in self.families:
            for form in family.forms:
                key = surface_key(form)
                forms[key] = (*forms.get(key, ()), family)
        return MappingProxyType(forms)

    def resolve(self, entity_id: str) -> str:
        """The id that an entry carries today, given any id it ever had; other ids come back unchanged."""
        return self._current.get(entity_id, entity_id)

    def names(self, kind: EntityKind | None = None) -> Iterator[tuple[str, str, bool]]:
        """Every name as (surface, entity id, ambiguous), in file order."""
        for entry in self.entries:
            if kind is None or entry.entity.kind == kind:
                for surface in entry.surfaces:
                    yield surface, entry.entity.id, surface in entry.ambiguous

    def use_of(self, surface: str) -> NameUse | None:
        """The kinds of a name that has several, None for other names."""
        return self._uses.get(surface_key(surface))

    def family_of(self, surface: str, kind: EntityKind | None = None) -> Family | None:
        """The family that ``surface`` is a version of, by the longest fitting name: ``Qwen3.5-Plus`` of Qwen.

        The bare family name is not a version of itself. None where no family fits, or none of that kind.
        """
        for end in range(len(surface) - 1, 0, -1):
            for family in self._forms.get(surface_key(surface[:end]), ()):
                if (kind is None or family.kind == kind) and is_version(surface[end:]):
                    return family
        return None
