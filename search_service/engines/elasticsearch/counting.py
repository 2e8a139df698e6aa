"""Entities and relations counted anew over the visible items, so that they are right whatever was before: for
archives that a writer left half way."""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from typing import Any

from search_service.engines.elasticsearch.cluster import Cluster, Object
from search_service.engines.elasticsearch.documents import SEPARATOR, Document, EntityCount, relation_document

_WRITINGS = 10_000
_GROUPS_AT_ONCE = 1000


def recounted_entities(cluster: Cluster, entity_ids: Collection[str]) -> Iterator[Document]:
    """Documents of the entities as the visible items have them."""
    ordered = sorted(entity_ids)
    for entity_id, answer in zip(ordered, cluster.search_many("items", map(_question, ordered)), strict=True):
        found = answer["aggregations"]
        yield EntityCount(
            items=answer["hits"]["total"]["value"],
            first=int(found["first"]["value"] or 0),
            last=int(found["last"]["value"] or 0),
            writings=Counter(dict(_writings(found["writings"]["buckets"]))),
        ).document(entity_id)


def _question(entity_id: str) -> Object:
    return {
        "query": {"bool": {"filter": [{"term": {"entity": entity_id}}]}},
        "size": 0,
        "track_total_hits": True,
        "aggs": {
            "first": {"min": {"field": "day"}},
            "last": {"max": {"field": "day"}},
            "writings": {
                "terms": {
                    "field": "writing",
                    "include": f"{_literal(entity_id + SEPARATOR)}.*",
                    "size": _WRITINGS,
                    "shard_size": _WRITINGS,
                }
            },
        },
    }


def _writings(buckets: Iterable[Object]) -> Iterator[tuple[tuple[str, str], int]]:
    for bucket in buckets:
        _, role, text = bucket["key"].split(SEPARATOR, 2)
        yield (role, text), bucket["doc_count"]


def _literal(text: str) -> str:
    """A regular expression of Lucene for the text itself."""
    return re.sub(r"[^\w]", lambda sign: f"\\{sign[0]}", text)


def recounted_relations(cluster: Cluster, groups: Collection[str]) -> Iterator[Document]:
    """Documents of the relations as the visible assertions have them."""
    ordered = sorted(groups)
    for start in range(0, len(ordered), _GROUPS_AT_ONCE):
        some = ordered[start : start + _GROUPS_AT_ONCE]
        asked: dict[str, Any] = {
            "groups": {
                "terms": {"field": "group", "include": some, "size": len(some), "shard_size": len(some)},
                "aggs": {"last": {"max": {"field": "day"}}},
            }
        }
        body = {"query": {"terms": {"group": some}}, "size": 0, "track_total_hits": False, "aggs": asked}
        buckets = cluster.search("assertions", body)["aggregations"]["groups"]["buckets"]
        found = {bucket["key"]: bucket for bucket in buckets}
        for group in some:
            bucket = found.get(group)
            yield relation_document(
                group,
                count=bucket["doc_count"] if bucket else 0,
                last=int(bucket["last"]["value"] or 0) if bucket else 0,
            )
