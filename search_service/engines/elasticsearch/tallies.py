"""What a batch changes in the counts of entities and relations, added to what is stored.

Nothing of it looks at other items, but where the first or the last day of something leaves with an item.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

from search_service.engines.elasticsearch.cluster import Cluster, Kind, Object
from search_service.engines.elasticsearch.documents import (
    Document,
    EntityCount,
    group_name,
    key_of,
    relation_document,
)
from search_service.engines.facts import ItemFacts

Facts = Mapping[str, ItemFacts]
"""Facts by item id."""


@dataclass(slots=True)
class _Change:
    """Of one entity or relation: how much more is counted, and the days of what comes and goes."""

    count: int = 0
    writings: Counter[tuple[str, str]] = field(default_factory=Counter)
    coming: set[int] = field(default_factory=set)
    going: set[int] = field(default_factory=set)

    def note(self, day: int, sign: int) -> None:
        self.count += sign
        (self.coming if sign > 0 else self.going).add(day)


def entities_after(cluster: Cluster, taken: Facts, added: Facts) -> Iterator[Document]:
    """Documents of the entities that items of a batch name or named."""
    changes = _entity_changes(taken, added)
    stored = cluster.sources("entities", [key_of(entity) for entity in changes])
    counts = {
        entity: EntityCount.from_source(stored[key]) if (key := key_of(entity)) in stored else EntityCount()
        for entity in changes
    }
    unsure = [
        entity for entity, change in changes.items() if change.going & {counts[entity].first, counts[entity].last}
    ]
    spans = _spans(cluster, "items", "entity", unsure, without={"id": sorted({*taken, *added})})
    for entity, change in sorted(changes.items()):
        count = counts[entity]
        first, last = spans.get(entity, (count.first, count.last))
        days = [day for day in (first, *change.coming) if day]
        count.items += change.count
        count.writings.update(change.writings)
        count.first, count.last = min(days, default=0), max(last, *change.coming, 0)
        yield count.document(entity)


def relations_after(cluster: Cluster, taken: Facts, added: Facts) -> Iterator[Document]:
    """Documents of the relations that items of a batch assert or asserted."""
    changes = _relation_changes(taken, added)
    stored = cluster.sources("relations", [key_of(group) for group in changes], fields=["count", "last"])
    counts = {group: stored.get(key_of(group), {"count": 0, "last": 0}) for group in changes}
    unsure = [group for group, change in changes.items() if counts[group]["last"] in change.going]
    spans = _spans(cluster, "assertions", "group", unsure, without={"item": sorted({*taken, *added})})
    for group, change in sorted(changes.items()):
        _, last = spans.get(group, (0, counts[group]["last"]))
        yield relation_document(group, count=counts[group]["count"] + change.count, last=max(last, *change.coming, 0))


def _entity_changes(taken: Facts, added: Facts) -> dict[str, _Change]:
    changes: defaultdict[str, _Change] = defaultdict(_Change)
    for facts, sign in ((taken, -1), (added, 1)):
        for one in facts.values():
            for entity in one.entities:
                changes[entity].note(one.day, sign)
            for entity, role, text in one.writings:
                changes[entity].writings[role, text] += sign
    return dict(changes)


def _relation_changes(taken: Facts, added: Facts) -> dict[str, _Change]:
    changes: defaultdict[str, _Change] = defaultdict(_Change)
    for facts, sign in ((taken, -1), (added, 1)):
        for one in facts.values():
            for relation in one.annotations.relations:
                changes[group_name(relation.kind, relation.subject, relation.object)].note(one.day, sign)
    return dict(changes)


def _spans(
    cluster: Cluster, kind: Kind, by: str, values: Collection[str], *, without: Object
) -> dict[str, tuple[int, int]]:
    """First and last day of values over the stored items, save those of the batch; 0 for none."""
    days = {"first": {"min": {"field": "day"}}, "last": {"max": {"field": "day"}}}
    ordered = sorted(values)
    questions = (
        {
            "query": {"bool": {"filter": [{"term": {by: value}}], "must_not": [{"terms": without}]}},
            "size": 0,
            "track_total_hits": False,
            "aggs": days,
        }
        for value in ordered
    )
    answers = cluster.search_many(kind, questions)
    return {
        value: (int(found["first"]["value"] or 0), int(found["last"]["value"] or 0))
        for value, answer in zip(ordered, answers, strict=True)
        for found in [answer["aggregations"]]
    }
