"""Items, digests and days, read from the cluster."""

from collections.abc import Collection
from datetime import date

from indexer.archive import ArchiveUnavailable
from indexer.model import AnnotatedItem
from search_service.engines.contract import ArchiveState, Day, EngineUnavailable, StoredDigest
from search_service.engines.days import day_of, number_of
from search_service.engines.elasticsearch.cluster import Cluster, Kind, Object
from search_service.engines.elasticsearch.documents import item_in
from search_service.engines.elasticsearch.failures import IndexMissing
from search_service.engines.elasticsearch.journal import noted

_MOST_DAYS = 10_000


def stored_items(cluster: Cluster, item_ids: Collection[str]) -> dict[str, AnnotatedItem]:
    """Those items that are stored, by id."""
    found = cluster.sources("items", item_ids, fields=["payload"])
    return {item: item_in(source) for item, source in found.items()}


def days_with_items(cluster: Cluster, *, before: date | None, limit: int) -> tuple[Day, ...]:
    """Days, newest first, strictly before ``before``."""
    bounds = {"gt": 0, **({"lt": number_of(before)} if before else {})}
    if limit < 1:
        return ()
    items = _counts(cluster, "items", {"range": {"day": bounds}}, limit)
    digests = _counts(cluster, "digests", {"terms": {"day": sorted(items)}}, limit) if items else {}
    return tuple(
        Day(day=day, digests=digests.get(number, 0), items=count)
        for number, count in items.items()
        if (day := day_of(number)) is not None
    )


def _counts(cluster: Cluster, kind: str, query: Object, limit: int) -> dict[int, int]:
    """Documents of each day, newest first. Ordered by the value itself, such counts are exact."""
    size = min(limit, _MOST_DAYS)
    asked = {"days": {"terms": {"field": "day", "size": size, "order": {"_key": "desc"}}}}
    body = {"query": {"bool": {"filter": [query]}}, "size": 0, "track_total_hits": False, "aggs": asked}
    answer = cluster.search("digests" if kind == "digests" else "items", body)
    return {int(bucket["key"]): bucket["doc_count"] for bucket in answer["aggregations"]["days"]["buckets"]}


def digests_of_day(cluster: Cluster, day: date) -> tuple[StoredDigest, ...]:
    """The digests of a day with their items in order, by desk and path."""
    sort: list[Object] = [{"desk": "asc"}, {"path": "asc"}, {"id": "asc"}]
    hits = cluster.all_hits("digests", {"term": {"day": number_of(day)}}, sort=sort, source=["id", "desk", "path"])
    return tuple(
        StoredDigest(day=day, items=_items_of_digest(cluster, hit["_source"]["id"]), **hit["_source"])
        for hit in list(hits)
    )


def _items_of_digest(cluster: Cluster, digest_id: str) -> tuple[AnnotatedItem, ...]:
    """A digest that repeats itself shows an item once."""
    hits = cluster.all_hits("sightings", {"term": {"digest": digest_id}}, sort=[{"position": "asc"}], source=["item"])
    ids = dict.fromkeys(hit["_source"]["item"] for hit in hits)
    items = stored_items(cluster, ids)
    return tuple(items[item] for item in ids if item in items)


def archive_state(cluster: Cluster) -> ArchiveState:
    """Counts and freshness. Asks every index that pages are read from, so that it tells whether they can be."""
    more: dict[Kind, Object] = {
        "items": {"last": {"max": {"field": "day"}}},
        "digests": {"lines": {"sum": {"field": "unparsed_lines"}}},
    }
    kinds: tuple[Kind, ...] = ("items", "digests", "entities", "relations", "sightings", "assertions")
    asked = [(kind, {"size": 0, "track_total_hits": True, "aggs": more.get(kind, {})}) for kind in kinds]
    found = dict(zip(kinds, cluster.search_each(asked), strict=True))
    total = {kind: answer["hits"]["total"]["value"] for kind, answer in found.items()}
    return ArchiveState(
        items=total["items"],
        digests=total["digests"],
        entities=total["entities"],
        relations=total["relations"],
        last_day=day_of(int(found["items"]["aggregations"]["last"]["value"] or 0)),
        unparsed_lines=int(found["digests"]["aggregations"]["lines"]["value"] or 0),
        waiting=_waiting(cluster),
    )


def _waiting(cluster: Cluster) -> int:
    """Titles that a stopped writer left unfinished, as far as the index that tells it is there."""
    try:
        unfinished = noted(cluster)
    except IndexMissing:
        return 0
    except ArchiveUnavailable as error:
        raise EngineUnavailable(str(error)) from error
    return len(unfinished.titles) if unfinished else 0
