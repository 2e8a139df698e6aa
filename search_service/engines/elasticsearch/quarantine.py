"""What waits, and feeds as they were last read.

Subscriptions are documents beside the writer's: losing them costs one full fetch each, so no index of their own.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace

from indexer import quarantine, subscriptions
from indexer.quarantine import Quarantined
from indexer.subscriptions import Subscription
from search_service.engines.elasticsearch.cluster import Cluster
from search_service.engines.elasticsearch.documents import Document, key_of


def quarantined(cluster: Cluster) -> tuple[Quarantined, ...]:
    """All that waits, by desk and place."""
    hits = cluster.all_hits("quarantine", {"match_all": {}}, sort=[{"id": "asc"}], source=["payload"])
    return tuple(sorted((quarantine.from_json(hit["_source"]["payload"]) for hit in hits), key=lambda one: one.place))


def waiting_documents(cluster: Cluster, entries: Collection[Quarantined]) -> Iterator[Document]:
    """Entries to write; those that wait already take the new reason and keep since when."""
    stored = cluster.sources("quarantine", [entry.id for entry in entries])
    for entry in entries:
        found = stored.get(entry.id)
        since = quarantine.from_json(found["payload"]).since if found else entry.since
        payload = quarantine.to_json(replace(entry, since=since))
        yield Document(kind="quarantine", id=entry.id, fields={"id": entry.id, "payload": payload})


def released_documents(cluster: Cluster, ids: Iterable[str]) -> list[Document]:
    """Those of the entries that wait, to take away."""
    waiting = cluster.sources("quarantine", sorted(set(ids)), fields=["id"])
    return [Document(kind="quarantine", id=one, fields=None) for one in waiting]


def subscription(cluster: Cluster, url: str) -> Subscription | None:
    """The feed as it was last read, while all its digests are stored whole."""
    stored = cluster.stored("writer", _id_of(url))
    if stored is None:
        return None
    found = subscriptions.from_json(stored[0]["payload"])
    digests = cluster.sources("digests", found.digest_ids, fields=["fingerprint"])
    return found if found.holds({digest: one["fingerprint"] for digest, one in digests.items()}) else None


def subscription_document(one: Subscription) -> Document:
    """A subscription to write."""
    return Document(kind="writer", id=_id_of(one.url), fields={"payload": subscriptions.to_json(one)})


def _id_of(url: str) -> str:
    return f"subscription-{key_of(url)}"
