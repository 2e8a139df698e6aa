"""What makes two writings one item, and where ids come from.

Ids are pure functions of content. An item's id comes from desk, day and folded title, and from the link as well
where one desk gives one title twice on a day. All sightings of one (desk, folded title) are resolved together, so the
outcome never depends on the order in which files were read.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TypeVar

from indexer.folding import fold_key
from indexer.model import AnnotatedItem, Annotations, NewsItem

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """An item as one digest has it, at ``position`` (from 0) of that digest."""

    digest_id: str
    position: int
    annotated: AnnotatedItem


@dataclass(frozen=True, slots=True, kw_only=True)
class ResolvedItem:
    """An item and the sightings that it was merged from."""

    annotated: AnnotatedItem
    sightings: tuple[Sighting, ...]


def title_key(title: str) -> str:
    """The folded title: equal keys are one title."""
    return fold_key(title)


def digest_id(desk: str, path: str) -> str:
    """Id of the digest of a desk at a path below the indexed root: 16 hexadecimal digits."""
    return _digest_of("digest", desk, path)


def item_id(desk: str, day: date | None, title: str, link: str = "") -> str:
    """Id of an item: 16 hexadecimal digits. ``link`` only where the title repeats within the day."""
    return _digest_of("item", desk, day.isoformat() if day else "", title_key(title), link)


def resolve(sightings: Sequence[Sighting]) -> tuple[AnnotatedItem, ...]:
    """Merges all sightings of one (desk, folded title) into items, ordered by id.

    Sightings with an equal link or an equal text are one item: it has the first day, the longest body (ties: first
    by digest and position) with its annotations, and every place, source and external id.
    """
    return tuple(resolved.annotated for resolved in resolve_sightings(sightings))


def resolve_sightings(sightings: Sequence[Sighting]) -> tuple[ResolvedItem, ...]:
    """As ``resolve``, telling which sightings each item was merged from."""
    ordered = sorted(sightings, key=lambda s: (s.digest_id, s.position))
    groups = _group(ordered)
    days = Counter(_first_day(group) for group in groups)
    merged = (
        ResolvedItem(annotated=_merge(group, repeated=days[_first_day(group)] > 1), sightings=tuple(group))
        for group in groups
    )
    return tuple(sorted(merged, key=lambda resolved: resolved.annotated.item.id))


def _group(sightings: Sequence[Sighting]) -> list[list[Sighting]]:
    """Connected groups of sightings: equal link or equal text joins them."""
    groups: dict[int, list[Sighting]] = {}
    keys_of: dict[int, list[tuple[str, str]]] = {}
    group_of: dict[tuple[str, str], int] = {}
    for number, sighting in enumerate(sightings):
        groups[number], keys_of[number] = [sighting], list(_joining_keys(sighting.annotated.item))
        joined = {number, *(group_of[key] for key in keys_of[number] if key in group_of)}
        largest = max(joined, key=lambda group: (len(groups[group]), -group))
        for smaller in joined - {largest}:  # small into large: no sighting moves more than log n times
            groups[largest] += groups.pop(smaller)
            keys = keys_of.pop(smaller)
            keys_of[largest] += keys
            group_of.update(dict.fromkeys(keys, largest))
        group_of.update(dict.fromkeys(keys_of[largest] if largest == number else (), largest))
    return list(groups.values())


def _joining_keys(item: NewsItem) -> Iterable[tuple[str, str]]:
    if link := _link(item):
        yield "link", link
    yield "text", fold_key(item.body)


def _link(item: NewsItem) -> str:
    return next((source.url.strip() for source in item.sources if source.url.strip()), "")


def _first_day(group: Sequence[Sighting]) -> date | None:
    return min((s.annotated.item.day for s in group if s.annotated.item.day), default=None)


def _merge(group: Sequence[Sighting], *, repeated: bool) -> AnnotatedItem:
    best = min(group, key=lambda s: (-len(s.annotated.item.body), s.digest_id, s.position)).annotated
    items = [sighting.annotated.item for sighting in sorted(group, key=lambda s: (s.digest_id, s.position))]
    day = _first_day(group)
    link = min(filter(None, map(_link, items)), default=min(fold_key(item.body) for item in items))
    merged = replace(
        best.item,
        id=item_id(best.item.desk, day, best.item.title, link if repeated else ""),
        day=day,
        sources=_distinct(source for item in (best.item, *items) for source in item.sources),
        places=_distinct(place for item in items for place in item.places),
        external_ids=_distinct(external for item in items for external in item.external_ids),
    )
    return AnnotatedItem(item=merged, annotations=_told_by(best.annotations, merged))


def _told_by(annotations: Annotations, item: NewsItem) -> Annotations:
    """The annotations with their evidence and days tied to ``item``."""
    return replace(
        annotations,
        relations=tuple(
            replace(r, day=item.day, evidence=replace(r.evidence, item_id=item.id)) for r in annotations.relations
        ),
        funding=tuple(
            replace(f, day=item.day, evidence=replace(f.evidence, item_id=item.id)) for f in annotations.funding
        ),
    )


def _distinct(values: Iterable[T]) -> tuple[T, ...]:
    return tuple(dict.fromkeys(values))


def _digest_of(*parts: str) -> str:
    return hashlib.sha256("\x1f".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:16]
