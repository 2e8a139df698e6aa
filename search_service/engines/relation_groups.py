"""Assertions of several items as one relation."""

from collections.abc import Iterable

from graph.model import EntityRef, Qualifiers, Relation, RelationKind
from graph.source import RelationGroup, SourcedEvidence


def group_of(
    kind: RelationKind, subject: EntityRef, object_: EntityRef, assertions: Iterable[tuple[Relation, str]]
) -> RelationGroup:
    """The group of assertions, given in the order of items and places, each with the first link of its item."""
    none, assertions = Qualifiers(), sorted(assertions, key=lambda one: _place(one[0]))
    return RelationGroup(
        kind=kind,
        subject=subject,
        object=object_,
        qualifiers=next((r.qualifiers for r, _ in assertions if r.qualifiers != none), none),
        day=assertions[0][0].day,
        confidence=max(r.confidence for r, _ in assertions),
        evidence=tuple(SourcedEvidence(evidence=r.evidence, day=r.day, url=url) for r, url in assertions),
    )


def _place(relation: Relation) -> tuple[bool, str, str, bool, int, int]:
    evidence = relation.evidence
    day = relation.day.isoformat() if relation.day else ""
    return not day, day, evidence.item_id, evidence.field != "title", evidence.start, evidence.end
