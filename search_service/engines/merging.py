"""Which items follow when some sightings leave an archive and others come: worked out, not yet written."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from indexer.archive import Changes, Refusal
from indexer.codec import from_json, to_json
from indexer.identity import Sighting, resolve_sightings, title_key
from indexer.model import AnnotatedDigest, AnnotatedItem

TitleKey = tuple[str, str]
"""Desk and folded title: sightings that share both are resolved together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredSighting:
    """A sighting in an archive, with the item that it is part of, both as JSON; ``shared``: the archive keeps no JSON
    of its own for it, because it is the item's. ``key`` is how the engine finds it again."""

    key: int | str
    digest_id: str
    position: int
    desk: str
    item_id: str
    json: bytes
    item_json: bytes
    shared: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedSighting:
    """A sighting to write. ``key`` is the stored one's, None for a new one; ``shared``: its JSON is the item's."""

    key: int | str | None
    digest_id: str
    position: int
    title: TitleKey
    item_id: str
    json: bytes
    shared: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Rewriting:
    """An item as it was and as it will be, as JSON; None where it is not there."""

    id: str
    before: bytes | None
    after: bytes | None
    annotated: AnnotatedItem | None


@dataclass(slots=True, kw_only=True)
class Merge:
    """All that has to be written."""

    leaving: list[int | str] = field(default_factory=list)
    sightings: list[PlacedSighting] = field(default_factory=list)
    rewritings: list[Rewriting] = field(default_factory=list)
    unchanged: set[str] = field(default_factory=set)

    def changes(self) -> Changes:
        """The changes in items."""
        return Changes(
            added=frozenset(r.id for r in self.rewritings if r.before is None),
            changed=frozenset(r.id for r in self.rewritings if r.before is not None and r.after is not None),
            removed=frozenset(r.id for r in self.rewritings if r.after is None),
            unchanged=frozenset(self.unchanged),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Coming:
    sighting: Sighting
    json: bytes


def titles_of(digests: Iterable[AnnotatedDigest]) -> set[TitleKey]:
    """Titles of the items of digests."""
    return {_title(annotated) for digest in digests for annotated in digest.items}


def _title(annotated: AnnotatedItem) -> TitleKey:
    return annotated.item.desk, title_key(annotated.item.title)


def merge(
    stored: Callable[[TitleKey], list[StoredSighting]],
    digests: Iterable[AnnotatedDigest],
    *,
    affected: Iterable[TitleKey],
    leaves: Callable[[StoredSighting], bool],
) -> Merge:
    """Resolves every title that the sightings of ``digests`` have, and those ``affected`` by what ``leaves``.

    ``stored`` gives the sightings of a title that the archive has.
    """
    coming: dict[TitleKey, list[_Coming]] = {title: [] for title in affected}
    for digest in digests:
        for position, annotated in enumerate(digest.items):
            sighting = Sighting(digest_id=digest.digest.id, position=position, annotated=annotated)
            coming.setdefault(_title(annotated), []).append(_Coming(sighting=sighting, json=to_json(annotated)))
    result = Merge()
    for title, new in coming.items():
        _merge_title(result, title, stored(title), new, leaves)
    return result


def in_sequence(parts: Iterable[Changes]) -> Changes:
    """Changes one after the other as one: what was added and then removed is neither."""
    added: set[str] = set()
    changed: set[str] = set()
    removed: set[str] = set()
    unchanged: set[str] = set()
    refused: list[Refusal] = []
    for part in parts:
        removed |= part.removed - added
        added = (added - part.removed) | (part.added - removed)
        changed = (changed | part.changed | (part.added & removed)) - added - part.removed
        removed -= part.added
        unchanged = (unchanged | part.unchanged) - added - changed - removed - part.removed
        refused += part.refused
    return Changes(
        added=frozenset(added),
        changed=frozenset(changed),
        removed=frozenset(removed),
        unchanged=frozenset(unchanged),
        refused=tuple(refused),
    )


def _merge_title(
    result: Merge,
    title: TitleKey,
    stored: list[StoredSighting],
    new: list[_Coming],
    leaves: Callable[[StoredSighting], bool],
) -> None:
    result.leaving.extend(sighting.key for sighting in stored if leaves(sighting))
    kept = {(s.digest_id, s.position): s for s in stored if not leaves(s)}
    jsons = {at: s.json for at, s in kept.items()}
    jsons.update({(c.sighting.digest_id, c.sighting.position): c.json for c in new})
    sightings = [
        Sighting(digest_id=s.digest_id, position=s.position, annotated=from_json(s.json)) for s in kept.values()
    ]
    before = {s.item_id: s.item_json for s in stored}
    for resolved in resolve_sightings([*sightings, *(c.sighting for c in new)]):
        item_id, after = resolved.annotated.item.id, to_json(resolved.annotated)
        _compare(result, item_id, before.pop(item_id, None), after, resolved.annotated)
        for sighting in resolved.sightings:
            old = kept.get((sighting.digest_id, sighting.position))
            json = jsons[sighting.digest_id, sighting.position]
            placed = _placed(sighting, title, item_id, old, json, shared=json == after)
            if old is None or not _stands(old, placed):
                result.sightings.append(placed)
    for item_id, gone in before.items():
        result.rewritings.append(Rewriting(id=item_id, before=gone, after=None, annotated=None))


def _placed(
    sighting: Sighting, title: TitleKey, item_id: str, old: StoredSighting | None, json: bytes, *, shared: bool
) -> PlacedSighting:
    return PlacedSighting(
        key=old.key if old else None,
        digest_id=sighting.digest_id,
        position=sighting.position,
        title=title,
        item_id=item_id,
        json=json,
        shared=shared,
    )


def _compare(result: Merge, item_id: str, before: bytes | None, after: bytes, annotated: AnnotatedItem) -> None:
    if before == after:
        result.unchanged.add(item_id)
    else:
        result.rewritings.append(Rewriting(id=item_id, before=before, after=after, annotated=annotated))


def _stands(stored: StoredSighting, placed: PlacedSighting) -> bool:
    """Whether a sighting is stored as it should be."""
    return stored.item_id == placed.item_id and stored.shared == placed.shared
