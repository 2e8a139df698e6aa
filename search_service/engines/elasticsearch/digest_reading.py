"""Digests as they were written, read back from the cluster one after the other."""

from collections.abc import Iterator
from itertools import groupby

from indexer.model import AnnotatedDigest
from search_service.engines.batches import in_batches
from search_service.engines.elasticsearch.cluster import Cluster, Object
from search_service.engines.elasticsearch.stored import BY_PLACE, digests_where
from search_service.engines.written_digests import WrittenDigest

_DIGESTS_AT_ONCE = 50
"""Digests whose sightings are read by one search; they come in pages, so that memory holds one digest's."""


def stored_digests(cluster: Cluster, *, after: str = "") -> Iterator[AnnotatedDigest]:
    """All digests with larger ids than ``after``, by id."""
    return (digest.read() for digest in written_digests(cluster, after=after))


def written_digests(cluster: Cluster, *, after: str = "") -> Iterator[WrittenDigest]:
    """The same, word for word."""
    for some in in_batches(digests_where(cluster, {"range": {"id": {"gt": after}}}), _DIGESTS_AT_ONCE):
        sightings = _sightings(cluster, [source["id"] for source in some])
        told, items = next(sightings, ("", ()))
        for source in some:
            mine = told == source["id"]
            yield _digest(source, items if mine else ())
            if mine:
                told, items = next(sightings, ("", ()))


def _sightings(cluster: Cluster, digest_ids: list[str]) -> Iterator[tuple[str, tuple[bytes, ...]]]:
    """Sightings of each digest that has any, digests by id and sightings in their order."""
    hits = cluster.all_hits("sightings", {"terms": {"digest": digest_ids}}, sort=BY_PLACE)
    for digest, of_digest in groupby(hits, key=_digest_of):
        yield digest, tuple(hit["_source"]["payload"].encode() for hit in of_digest)


def _digest_of(hit: Object) -> str:
    return str(hit["_source"]["digest"])


def _digest(source: Object, items: tuple[bytes, ...]) -> WrittenDigest:
    return WrittenDigest(
        id=source["id"],
        desk=source["desk"],
        path=source["path"],
        day=source["day"],
        layout=source["layout"],
        fingerprint=source["fingerprint"],
        problems=source["problems"],
        unparsed=source["unparsed"],
        items=items,
    )
