"""Bands and items in the cluster: see ``engines.same_texts``."""

from collections.abc import Collection

from indexer.codec import news_item_from
from indexer.model import NewsItem
from search_service.engines.contract import SameText
from search_service.engines.elasticsearch.cluster import Cluster
from search_service.engines.same_texts import same_texts


def same_texts_of(cluster: Cluster, item_ids: Collection[str]) -> dict[str, tuple[SameText, ...]]:
    """Of each item that has any, the items that tell the same. Raises EngineUnavailable."""
    return same_texts(_Bands(cluster), item_ids)


class _Bands:
    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster

    def signatures(self, item_ids: Collection[str]) -> dict[str, bytes]:
        """Signatures of those items that are there."""
        found = self._cluster.sources("items", item_ids, fields=["signature"])
        return {item: bytes.fromhex(source["signature"]) for item, source in found.items()}

    def sharing(self, bands: Collection[str], *, limit: int) -> dict[str, bytes] | None:
        """Items with any of the bands, and their signatures; None where more than ``limit`` have."""
        query = {"bool": {"filter": [{"terms": {"bands": list(bands)}}]}}
        found = self._cluster.search(
            "items", {"query": query, "size": limit, "track_total_hits": limit + 1, "_source": ["signature"]}
        )["hits"]
        if found["total"]["value"] > limit:
            return None
        return {hit["_id"]: bytes.fromhex(hit["_source"]["signature"]) for hit in found["hits"]}

    def news_items(self, item_ids: Collection[str]) -> dict[str, NewsItem]:
        """Those items that are stored."""
        found = self._cluster.sources("items", item_ids, fields=["payload"])
        return {item: news_item_from(source["payload"].encode()) for item, source in found.items()}
