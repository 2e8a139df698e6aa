"""Digests as they were written, read back from the cluster one after the other."""

from collections.abc import Iterator
from itertools import groupby

from indexer.codec import from_json
from indexer.model import AnnotatedDigest, AnnotatedItem
from search_service.engines.batches import in_batches
from search_service.engines.elasticsearch.cluster import Cluster, Object
from search_service.engines.elasticsearch.documents import digest_in
from search_service.engines.elasticsearch.stored import BY_PLACE, digests_where

_DIGESTS_AT_ONCE = 50
"""Digests whose sightings are read by one search; they come in pages, so that memory holds one digest's."""


def stored_digests(cluster: Cluster, *, after: str) -> Iterator[AnnotatedDigest]:
    """All digests with larger ids than ``after``, by id."""
    for some in in_batches(digests_where(cluster, {"range": {"id": {"gt": after}}}), _DIGESTS_AT_ONCE):
        sightings = _sightings(cluster, [source["id"] for source in some])
        told, items = next(sightings, ("", ()))
        for source in some:
            mine = told == source["id"]
            yield digest_in(source, items if mine else ())
            if mine:
                told, items = next(sightings, ("", ()))


def _sightings(cluster: Cluster, digest_ids: list[str]) -> Iterator[tuple[str, tuple[AnnotatedItem, ...]]]:
    """Sightings of each digest that has any, digests by id and sightings in their order."""
    hits = cluster.all_hits("sightings", {"terms": {"digest": digest_ids}}, sort=BY_PLACE)
    for digest, of_digest in groupby(hits, key=_digest_of):
        yield digest, tuple(from_json(hit["_source"]["payload"].encode()) for hit in of_digest)


def _digest_of(hit: Object) -> str:
    return str(hit["_source"]["digest"])
