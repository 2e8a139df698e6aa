"""One item with everything that was understood of it."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from graph.model import EntityRef, Relation
from graph.source import RelationGroup, RelationSource, SourcedEvidence
from indexer.extraction.dates import dates_in
from indexer.model import AnnotatedItem, Annotations, NewsItem
from search_service.engines.contract import SearchEngine
from search_service.views.records import (
    Record,
    entities_in,
    item_record,
    mention_record,
    mentioned,
    place_record,
    refs_for,
    relation_record,
    round_record,
)
from search_service.views.same_texts import same_text_records


def item(engine: SearchEngine, item_id: str) -> Record | None:
    """The item with mentions, relations, rounds, places and near-identical reports; None for an unknown id."""
    annotated = engine.items([item_id]).get(item_id)
    if annotated is None:
        return None
    return {
        **item_record(annotated),
        "structure": structure(annotated.item),
        **annotation_records(engine, annotated),
        "dates": list(date_records(annotated.item)),
        "places": [place_record(place) for place in annotated.item.places],
        "same_text_as": same_text_records(engine, item_id),
    }


def structure(item: NewsItem) -> list[dict[str, Any]]:
    """Which part of the body is what: kind (summary, background, point) with start and end."""
    kinds = [("summary", item.summary), ("background", item.background), *(("point", point) for point in item.points)]
    parts: list[dict[str, Any]] = []
    at = 0
    for kind, text in kinds:
        if text:
            parts.append({"kind": kind, "start": at, "end": at + len(text)})
            at += len(text) + 1
    return parts


def date_records(item: NewsItem) -> Iterator[Record]:
    """The dates that the text names, as intervals of days."""
    for field, text in (("title", item.title), ("body", item.body)):
        for said in dates_in(text, item.day):
            yield {
                "field": field,
                "start": said.start,
                "end": said.end,
                "text": said.text,
                "first": said.first.isoformat(),
                "last": said.last.isoformat(),
                "precision": said.precision,
            }


def annotation_records(source: RelationSource, annotated: AnnotatedItem) -> Record:
    """What was understood of an item: mentions in their order, relations, rounds."""
    annotations, url = annotated.annotations, first_url(annotated.item)
    refs = refs_for(source, _named_ids(annotations), mentioned(annotated))
    ordered = sorted(annotations.mentions, key=lambda m: (m.field != "title", m.start, m.end))
    return {
        "mentions": [mention_record(mention, annotated.item) for mention in ordered],
        "relations": [relation_record(group) for group in grouped(annotations.relations, refs, url)],
        "funding": [round_record(funding, refs, url) for funding in annotations.funding],
    }


def first_url(item: NewsItem) -> str:
    """The item's first link, empty where it has none."""
    return next((source.url for source in item.sources if source.url), "")


def _named_ids(annotations: Annotations) -> set[str]:
    ends = {entity for relation in annotations.relations for entity in (relation.subject, relation.object)}
    return ends | entities_in(annotations.funding)


def grouped(relations: Iterable[Relation], refs: dict[str, EntityRef], url: str) -> list[RelationGroup]:
    """The assertions of one item, equal ones together, in the order of their sentences."""
    groups: dict[tuple[str, str, str], RelationGroup] = {}
    for said in relations:
        key = (said.kind, said.subject, said.object)
        evidence = SourcedEvidence(evidence=said.evidence, day=said.day, url=url)
        known = groups.get(key)
        if known is None:
            groups[key] = RelationGroup(
                kind=said.kind,
                subject=refs[said.subject],
                object=refs[said.object],
                qualifiers=said.qualifiers,
                day=said.day,
                confidence=said.confidence,
                evidence=(evidence,),
            )
        else:
            groups[key] = replace(
                known,
                confidence=max(known.confidence, said.confidence),
                evidence=(*known.evidence, evidence),
            )
    return list(groups.values())
