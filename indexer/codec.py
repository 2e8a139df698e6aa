"""Annotated items as JSON bytes and back: how engines keep them. Equal items give equal bytes."""

from datetime import date
from typing import Any

import orjson

from graph.model import Evidence, FundingRound, Investor, Qualifiers, Relation
from indexer.model import AnnotatedItem, Annotations, Mention, NewsItem, Place, Problem, Source


def to_json(annotated: AnnotatedItem) -> bytes:
    """The item with its annotations as JSON; the order of keys is that of the dataclasses."""
    return orjson.dumps(annotated, option=orjson.OPT_NON_STR_KEYS)


def from_json(data: bytes) -> AnnotatedItem:
    """The inverse of ``to_json``."""
    record = orjson.loads(data)
    return AnnotatedItem(item=_item(record["item"]), annotations=_annotations(record["annotations"]))


def news_item_from(data: bytes) -> NewsItem:
    """The item alone, a third of the work of ``from_json``."""
    return _item(orjson.loads(data)["item"])


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _item(record: dict[str, Any]) -> NewsItem:
    return NewsItem(
        **{
            **record,
            "day": _day(record["day"]),
            "points": tuple(record["points"]),
            "sources": tuple(Source(**source) for source in record["sources"]),
            "places": tuple(Place(**place) for place in record["places"]),
            "external_ids": tuple(record["external_ids"]),
            "extra": tuple((key, value) for key, value in record["extra"]),
        }
    )


def _annotations(record: dict[str, Any]) -> Annotations:
    return Annotations(
        mentions=tuple(Mention(**mention) for mention in record["mentions"]),
        relations=tuple(relation_from(relation) for relation in record["relations"]),
        funding=tuple(round_from(funding) for funding in record["funding"]),
    )


def _evidence(record: dict[str, Any]) -> Evidence:
    return Evidence(**{**record, "trigger": tuple(record["trigger"])})


def relation_from(record: dict[str, Any]) -> Relation:
    """A relation from its JSON object."""
    return Relation(
        **{
            **record,
            "evidence": _evidence(record["evidence"]),
            "qualifiers": Qualifiers(**record["qualifiers"]),
            "day": _day(record["day"]),
        }
    )


def round_from(record: dict[str, Any]) -> FundingRound:
    """A funding round from its JSON object."""
    amount_range = record["amount_range"]
    return FundingRound(
        **{
            **record,
            "evidence": _evidence(record["evidence"]),
            "amount_range": tuple(amount_range) if amount_range else None,
            "investors": tuple(Investor(**investor) for investor in record["investors"]),
            "day": _day(record["day"]),
        }
    )


def problems_from(data: str) -> tuple[Problem, ...]:
    """Problems of a digest from their JSON array."""
    return tuple(Problem(**problem) for problem in orjson.loads(data))
