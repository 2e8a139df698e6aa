"""What the archive has already of the titles, items and digests that a writer is about to change."""

from collections import defaultdict
from collections.abc import Collection, Iterator

from search_service.engines.elasticsearch.cluster import Cluster, Object
from search_service.engines.elasticsearch.documents import same_title
from search_service.engines.merging import StoredSighting, TitleKey

_AT_ONCE = 1000
BY_PLACE: list[Object] = [{"digest": "asc"}, {"position": "asc"}]


class StoredTitles:
    """Sightings and items of some titles, read at once."""

    def __init__(self, cluster: Cluster, titles: Collection[TitleKey]) -> None:
        self.titles = titles
        keys = sorted(same_title(title) for title in titles)
        self._sightings: defaultdict[str, list[Object]] = defaultdict(list)
        self.items: dict[str, bytes] = {}
        for start in range(0, len(keys), _AT_ONCE):
            query = {"terms": {"same_title": keys[start : start + _AT_ONCE]}}
            for hit in cluster.all_hits("sightings", query, sort=BY_PLACE):
                self._sightings[hit["_source"]["same_title"]].append({"_id": hit["_id"], **hit["_source"]})
            for hit in cluster.all_hits("items", query, sort=[{"id": "asc"}], source=["payload"]):
                self.items[hit["_id"]] = hit["_source"]["payload"].encode()

    def sightings(self, title: TitleKey) -> list[StoredSighting]:
        """The sightings of a title. A sighting keeps its own JSON here, so it never has to follow its item's."""
        return [self._sighting(found) for found in self._sightings.get(same_title(title), ())]

    def all_sightings(self) -> Iterator[StoredSighting]:
        """The sightings of all titles."""
        for title in self.titles:
            yield from self.sightings(title)

    def _sighting(self, found: Object) -> StoredSighting:
        json, item_json = found["payload"].encode(), self.items.get(found["item"], b"")
        return StoredSighting(
            key=found["_id"],
            digest_id=found["digest"],
            position=found["position"],
            desk=found["desk"],
            item_id=found["item"],
            json=json,
            item_json=item_json,
            shared=json == item_json,
        )


def titles_where(cluster: Cluster, query: Object) -> set[TitleKey]:
    """Titles of the sightings that a query finds."""
    hits = cluster.all_hits("sightings", query, sort=BY_PLACE, source=["desk", "title_key"])
    return {(hit["_source"]["desk"], hit["_source"]["title_key"]) for hit in hits}


def items_where(cluster: Cluster, query: Object) -> frozenset[str]:
    """Ids of the items that the sightings which a query finds became."""
    hits = cluster.all_hits("sightings", query, sort=BY_PLACE, source=["item"])
    return frozenset(hit["_source"]["item"] for hit in hits)


def fingerprints_of(cluster: Cluster, digest_ids: Collection[str]) -> dict[str, str]:
    """Fingerprints of the stored ones among the digests."""
    found = cluster.sources("digests", digest_ids, fields=["fingerprint"])
    return {digest: source["fingerprint"] for digest, source in found.items()}


def digest_ids_of(cluster: Cluster, desk: str) -> list[str]:
    """Ids of the digests of a desk, in order."""
    return [digest["id"] for digest in digests_where(cluster, {"term": {"desk": desk}})]


def digests_where(cluster: Cluster, query: Object) -> Iterator[Object]:
    """Digests that a query finds, by id."""
    for hit in cluster.all_hits("digests", query, sort=[{"id": "asc"}]):
        yield hit["_source"]


def assertions_of(cluster: Cluster, item_ids: Collection[str]) -> Iterator[Object]:
    """Ids and groups of the assertions of items."""
    ordered = sorted(item_ids)
    for start in range(0, len(ordered), _AT_ONCE):
        query = {"terms": {"item": ordered[start : start + _AT_ONCE]}}
        sort: list[Object] = [{"item": "asc"}, {"position": "asc"}]
        for hit in cluster.all_hits("assertions", query, sort=sort, source=["group"]):
            yield {"id": hit["_id"], "group": hit["_source"]["group"]}
