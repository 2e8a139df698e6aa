"""From places to entities: which of the names in one item are the same, and which entity each of them is.

Evidence in order: the catalogue's names for the kind; a version of a catalogued family; another writing of a name
in the same item (a short form of a longer one, a last name, names that the text equates); else an entity
of its own, whose id is a pure function of the name.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

from graph.catalogue import Catalogue, load_catalogue
from graph.model import EntityKind
from indexer.extraction.canonical import canonical_form, cleaned_name, entity_key, is_legal_name, new_entity_id
from indexer.extraction.passage import Named, Spotted
from indexer.extraction.same_name import is_equated, is_short_form

_LONGEST_ELLIPSIS = 8
"""Longer names stand for themselves."""


@dataclass(frozen=True, slots=True)
class Link:
    """An entity as the linker knows it.

    ``known``: catalogued, or a version of a catalogued family. ``listed``: an entry of the catalogue itself.
    """

    entity_id: str
    name: str
    known: bool
    listed: bool = False


@dataclass(slots=True, kw_only=True)
class _Writing:
    """All places of one surface of one kind in an item."""

    surface: str
    kind: EntityKind
    first: int
    link: Link
    starts: list[int] = field(default_factory=list)


class Linker:
    """Links the names of one item at a time; holds no state between items."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._by_key = _keys_of(catalogue)

    def link(self, text: str, spotted: Iterable[Spotted]) -> tuple[Named, ...]:
        """Every place with its entity, in order."""
        places = sorted(spotted, key=lambda one: (one.start, one.end))
        writings = self._writings(text, places)
        self._complete(list(writings.values()))
        links = _joined(text, list(writings.values()))
        return tuple(_named(one, links[one.kind, text[one.start : one.end]]) for one in places)

    def lookup(self, surface: str, kind: EntityKind) -> Link | None:
        """The catalogue's entity of that name and kind, or a new version of a catalogued family."""
        form = canonical_form(surface, kind)
        for candidate in dict.fromkeys((cleaned_name(surface), form)):
            entity_id = self._by_key.get((kind, entity_key(candidate)))
            if entity_id is not None:
                return self._listed(entity_id)
        return self._version(form, kind) if kind in ("model", "product") else None

    def _listed(self, entity_id: str) -> Link:
        return Link(entity_id, self._catalogue.by_id[entity_id].entity.name, known=True, listed=True)

    def _version(self, form: str, kind: EntityKind) -> Link | None:
        family = self._catalogue.family_of(form, kind)
        if family is None:
            return None
        tail = _version_tail(form, family.forms)
        if tail is None:
            return None
        name = _versioned_name(family.name, tail)
        entity_id = self._by_key.get((kind, entity_key(name)))
        if entity_id is not None:
            return self._listed(entity_id)
        return Link(new_entity_id(name, kind), name, known=True)

    def _writings(self, text: str, places: Sequence[Spotted]) -> dict[tuple[EntityKind, str], _Writing]:
        writings: dict[tuple[EntityKind, str], _Writing] = {}
        for one in places:
            surface = text[one.start : one.end]
            writing = writings.get((one.kind, surface))
            if writing is None:
                link = self.lookup(surface, one.kind) or _new_link(surface, one.kind)
                writing = writings[one.kind, surface] = _Writing(
                    surface=surface, kind=one.kind, first=one.start, link=link
                )
            writing.starts.append(one.start)
        return writings

    def _complete(self, writings: Sequence[_Writing]) -> None:
        """Links short names that a name beside them makes whole: ``K3`` next to ``Kimi`` is ``Kimi K3``."""
        for short in writings:
            if short.link.known or short.kind not in ("model", "product") or len(short.surface) > _LONGEST_ELLIPSIS:
                continue
            for other in sorted(writings, key=lambda one: (one.first > short.first, abs(one.first - short.first))):
                entity_id = self._by_key.get((short.kind, entity_key(f"{other.link.name} {short.surface}")))
                if other.link.known and entity_id is not None:
                    short.link = self._listed(entity_id)
                    break


@cache
def load_linker() -> Linker:
    """The linker over the shipped catalogue."""
    return Linker(load_catalogue())


def _keys_of(catalogue: Catalogue) -> Mapping[tuple[EntityKind, str], str]:
    keys: dict[tuple[EntityKind, str], str] = {}
    forms: dict[tuple[EntityKind, str], str] = {}
    for surface, entity_id, _ in catalogue.names():
        kind = catalogue.by_id[entity_id].entity.kind
        keys.setdefault((kind, entity_key(cleaned_name(surface))), entity_id)
        forms.setdefault((kind, entity_key(canonical_form(surface, kind))), entity_id)
    return forms | keys


def _new_link(surface: str, kind: EntityKind) -> Link:
    form = canonical_form(surface, kind)
    return Link(new_entity_id(form, kind), form, known=False)


def _named(one: Spotted, link: Link) -> Named:
    return Named(
        start=one.start,
        end=one.end,
        kind=one.kind,
        entity_id=link.entity_id,
        name=link.name,
        confidence=one.confidence,
    )


def _version_tail(form: str, names: Iterable[str]) -> str | None:
    """What stands in ``form`` behind the longest of ``names``, blanks and dashes ignored."""
    for name in sorted(names, key=len, reverse=True):
        wanted = entity_key(name)
        position = 0
        while position < len(form) and len(entity_key(form[:position])) < len(wanted):
            position += 1
        if entity_key(form[:position]) == wanted and form[position:].strip(" -"):
            return form[position:]
    return None


def _versioned_name(family: str, tail: str) -> str:
    if tail[0].isalpha() and not family.endswith("-"):
        return f"{family} {tail}"
    return family + tail


def _joined(text: str, writings: list[_Writing]) -> dict[tuple[EntityKind, str], Link]:
    """The link of each writing after short forms took the entity of their long ones."""
    links = {(one.kind, one.surface): one.link for one in writings}
    for short in sorted(writings, key=lambda one: len(one.surface)):
        long = _long_form(text, short, writings)
        if long is None:
            continue
        target = _preferred(short, long, links)
        for one in (short, long):
            old = links[one.kind, one.surface]
            for key, link in links.items():
                if link == old and not link.known and key[0] == one.kind:
                    links[key] = target
    return links


def _long_form(text: str, short: _Writing, writings: Sequence[_Writing]) -> _Writing | None:
    """The other writing of the same entity, the closest before the short form if there are several."""
    rivals = [
        other
        for other in writings
        if other is not short
        and other.kind == short.kind
        and other.link != short.link
        and not (other.link.known and short.link.known)
        and (_abbreviates(short, other) or is_equated(text, other.surface, other.starts, short.surface, short.starts))
    ]
    if not rivals:
        return None
    return max(rivals, key=lambda other: (other.link.known, other.first < short.first, other.first))


def _abbreviates(short: _Writing, long: _Writing) -> bool:
    if short.link.known and short.kind not in ("org", "person"):
        return False  # Windows does not stand for Claude Desktop for Windows
    return len(long.surface) >= len(short.surface) and is_short_form(short.surface, long.surface, short.kind)


def _preferred(short: _Writing, long: _Writing, links: Mapping[tuple[EntityKind, str], Link]) -> Link:
    """Whose entity both are: the catalogued one, else the one that other items will name alike."""
    short_link, long_link = links[short.kind, short.surface], links[long.kind, long.surface]
    if short_link.known != long_link.known:
        return short_link if short_link.known else long_link
    if short.kind == "org" and is_legal_name(long.surface):
        return short_link
    if short.kind == "person" and re.search("·", long.surface):
        return long_link
    return long_link
