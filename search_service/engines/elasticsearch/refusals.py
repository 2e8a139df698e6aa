"""Documents that the cluster refuses, traced to the items and sightings that they belong to."""

from collections.abc import Collection, Iterable, Mapping

from indexer.archive import ArchiveUnavailable, Changes, Refusal
from search_service.engines.elasticsearch.bulk import RefusedDocument
from search_service.engines.elasticsearch.documents import sighting_id
from search_service.engines.merging import PlacedSighting, StoredSighting

FEWEST_SUSPICIOUS = 10
"""So many items all refused together are not all wrong: the indices are."""


def refusals_of(
    refused: Collection[RefusedDocument], sightings: Iterable[PlacedSighting | StoredSighting], *, items: int
) -> dict[str, Refusal]:
    """Refusals by the document ids of those sightings whose items are refused; ``items`` were to be written in all.

    Raises ArchiveUnavailable where the refusal is nothing that an item could be blamed for.
    """
    reasons = _reasons_by_item(refused)
    if len(reasons) >= max(items, FEWEST_SUSPICIOUS):
        reason = next(iter(reasons.values()))
        raise ArchiveUnavailable(f"Elasticsearch refuses every single item, so it is not the items: {reason}")
    return {
        sighting_id(one.digest_id, one.position): Refusal(
            item_id=one.item_id, digest_id=one.digest_id, reason=reasons[one.item_id]
        )
        for one in sightings
        if one.item_id in reasons
    }


def _reasons_by_item(refused: Iterable[RefusedDocument]) -> dict[str, str]:
    reasons: dict[str, str] = {}
    for one in refused:
        document = one.document
        item = document.id if document.kind == "items" else (document.fields or {}).get("item")
        if item is None:
            raise ArchiveUnavailable(f"Elasticsearch refuses {document.kind} {document.id}: {one.reason}")
        reasons.setdefault(item, one.reason)
    return reasons


def changes_between(before: Mapping[str, bytes], after: Mapping[str, bytes], refused: Iterable[Refusal]) -> Changes:
    """How items, as JSON by id, have changed."""
    both = before.keys() & after.keys()
    changed = frozenset(item for item in both if before[item] != after[item])
    return Changes(
        added=frozenset(after.keys() - before.keys()),
        changed=changed,
        removed=frozenset(before.keys() - after.keys()),
        unchanged=frozenset(both - changed),
        refused=tuple(refused),
    )
