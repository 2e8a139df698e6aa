"""Annotations as plain dicts, in the shape that scorers of extraction read."""

from typing import Any

from graph.model import FundingRound, Qualifiers, Relation
from indexer.model import Annotations, Mention


def annotation_record(item_id: str, annotations: Annotations) -> dict[str, Any]:
    """One item's annotations as JSON-ready dict: ``mentions``, ``relations``, ``funding``."""
    return {
        "id": item_id,
        "mentions": [_mention_record(mention) for mention in annotations.mentions],
        "relations": [_relation_record(relation) for relation in annotations.relations],
        "funding": [_funding_record(one) for one in annotations.funding],
    }


def _mention_record(mention: Mention) -> dict[str, Any]:
    return {
        "field": mention.field,
        "start": mention.start,
        "end": mention.end,
        "type": mention.kind,
        "entity_id": mention.entity_id,
        "name": mention.name,
        "confidence": mention.confidence,
    }


def _relation_record(relation: Relation) -> dict[str, Any]:
    return {
        "subject_id": relation.subject,
        "predicate": relation.kind,
        "object_id": relation.object,
        "qualifiers": qualifier_record(relation.qualifiers),
        "confidence": relation.confidence,
    }


def qualifier_record(qualifiers: Qualifiers) -> dict[str, str | bool]:
    """The qualifiers that are stated."""
    stated: dict[str, str | bool] = {}
    for name in ("round", "amount", "role"):
        value = getattr(qualifiers, name)
        if value is not None:
            stated[name] = value
    for name in ("lead", "left", "open_source"):
        if getattr(qualifiers, name):
            stated[name] = True
    return stated


def _funding_record(one: FundingRound) -> dict[str, Any]:
    return {
        "company_id": one.company,
        "round": one.round,
        "amount": one.amount,
        "amount_range": list(one.amount_range) if one.amount_range else None,
        "currency": one.currency,
        "post_valuation": one.post_valuation,
        "cumulative": one.cumulative,
        "investors": [{"entity_id": investor.entity, "lead": investor.lead} for investor in one.investors],
    }
