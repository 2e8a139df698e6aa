"""Documents that the cluster refuses, traced to the items and sightings that they belong to."""

from collections.abc import Iterable, Mapping

from indexer.archive import ArchiveUnavailable, Changes, Refusal
from search_service.engines.elasticsearch.bulk import RefusedDocument
from search_service.engines.elasticsearch.documents import sighting_id
from search_service.engines.merging import PlacedSighting, StoredSighting


def refusals_of(
    refused: Iterable[RefusedDocument], sightings: Iterable[PlacedSighting | StoredSighting]
) -> dict[str, Refusal]:
    """Refusals by the document ids of those sightings whose items are refused.

    Raises ArchiveUnavailable for a document that belongs to no item.
    """
    reasons = _reasons_by_item(refused)
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
