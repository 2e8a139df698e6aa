"""What one item contributes to the record beside itself: entities, how it calls them, who stands beside whom."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations

from graph.kinds import ENTITY_KINDS
from indexer.codec import from_json
from indexer.model import AnnotatedItem, Annotations
from search_service.engines.days import number_of
from search_service.engines.merging import Rewriting

Writing = tuple[str, str, str]
"""Entity id, role (kind, name, surface), text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemFacts:
    """Contributions of an item; ``entities`` is sorted, ``day`` a number."""

    day: int
    entities: tuple[str, ...]
    writings: frozenset[Writing]
    annotations: Annotations

    @property
    def pairs(self) -> tuple[tuple[str, str], ...]:
        """Entities that stand side by side, the smaller id first."""
        return tuple(combinations(self.entities, 2))

    @property
    def parties(self) -> tuple[frozenset[str], ...]:
        """Of each funding round, the company and the investors."""
        return tuple(
            frozenset({funding.company, *(investor.entity for investor in funding.investors)})
            for funding in self.annotations.funding
        )


def entities_of(annotated: AnnotatedItem) -> tuple[str, ...]:
    """Ids of the entities that an item is about, sorted: mentioned, related, or part of a round."""
    annotations = annotated.annotations
    ids = {mention.entity_id for mention in annotations.mentions}
    for relation in annotations.relations:
        ids.update((relation.subject, relation.object))
    for funding in annotations.funding:
        ids.add(funding.company)
        ids.update(investor.entity for investor in funding.investors)
    return tuple(sorted(ids))


def facts_of(annotated: AnnotatedItem) -> ItemFacts:
    """All that an item contributes."""
    entities = entities_of(annotated)
    return ItemFacts(
        day=number_of(annotated.item.day),
        entities=entities,
        writings=_writings(annotated, entities),
        annotations=annotated.annotations,
    )


def _writings(annotated: AnnotatedItem, entities: tuple[str, ...]) -> frozenset[Writing]:
    if not entities:
        return frozenset()
    title, body = annotated.item.title, annotated.item.body
    writings: set[Writing] = set()
    for mention in annotated.annotations.mentions:
        text = title if mention.field == "title" else body
        writings.add((mention.entity_id, "kind", mention.kind))
        writings.add((mention.entity_id, "name", mention.name))
        writings.add((mention.entity_id, "surface", text[mention.start : mention.end]))
    mentioned = {entity for entity, _, _ in writings}
    for entity in entities:
        if entity not in mentioned:
            writings.update(_said_by_id(entity))
    return frozenset(writings)


def _said_by_id(entity_id: str) -> tuple[Writing, Writing]:
    """Kind and name of an entity that an item relates without a mention of it."""
    kind, _, name = entity_id.partition(":")
    return (
        (entity_id, "kind", kind if kind in ENTITY_KINDS else "org"),
        (entity_id, "name", name or entity_id),
    )


def facts_of_changes(rewritings: Iterable[Rewriting]) -> tuple[dict[str, ItemFacts], dict[str, ItemFacts]]:
    """Facts to take away and facts to add, by item id; an item whose facts stay as they are is in neither."""
    taken: dict[str, ItemFacts] = {}
    added: dict[str, ItemFacts] = {}
    for rewriting in rewritings:
        before = facts_of(from_json(rewriting.before)) if rewriting.before else None
        after = facts_of(rewriting.annotated) if rewriting.annotated else None
        if before == after:
            continue
        if before:
            taken[rewriting.id] = before
        if after:
            added[rewriting.id] = after
    return taken, added
