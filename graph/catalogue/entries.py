"""The nouns of the catalogue: entries, families with versions, and names of several kinds."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType

from graph.model import Entity, EntityKind

_IGNORED = re.compile(r"[\s\-‐‑–_·・•]+")
_VERSION = re.compile(
    r"(?:v?\d+(?:\.\d+)*(?:[a-z]{1,2}\d*)?|[a-z]{1,2}\d+(?:\.\d+)*"
    r"|pro|max|plus|turbo|flash|lite|mini|nano|micro|air|ultra|high|fast|large|medium|small|base|omni|vl|vision"
    r"|coder|code|codex|math|ocr|asr|tts|audio|image|video|edit|music|speech|realtime|live|embedding|reranker"
    r"|thinking|think|reasoning|reasoner|instruct|chat|instant|preview|exp|beta|next|deep|research|distill"
    r"|open|world|robotics|oss|x|高速版|极速版|正式版|预览版|旗舰版|专业版|标准版|轻量版|大模型|模型)"
)


def surface_key(surface: str) -> str:
    """``surface`` without the differences that never tell two entities apart.

    Width and case (NFKC, case folding), spaces, hyphens and middle dots: ``GPT‑5.2`` and ``gpt 5.2`` are one
    key, ``GPT-5.2`` and ``GPT-52`` are two. Alias lists hold one spelling per key.
    """
    return _IGNORED.sub("", unicodedata.normalize("NFKC", surface).casefold())


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogueEntry:
    """A reviewed entity; ``ambiguous`` are those of its names that are common words or belong to others too.

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

    def entity_as(self, kind: EntityKind) -> str | None:
        return dict(self.entities).get(kind)


def is_version(tail: str) -> bool:
    """Whether ``tail`` (a key of ``surface_key``) can follow a family's name as a version: ``3.5plus``."""
    position = 0
    while position < len(tail):
        match = _VERSION.match(tail, position)
        if match is None:
            return False
        position = match.end()
    return bool(tail)


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
        key = surface_key(surface)
        for length in range(len(key) - 1, 0, -1):
            for family in self._forms.get(key[:length], ()):
                if (kind is None or family.kind == kind) and is_version(key[length:]):
                    return family
        return None
