"""Nouns of the archive as JSON-ready dicts: the shapes of the API, in one place."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from graph.kinds import ENTITY_KINDS
from graph.model import EntityKind, EntityRef, Evidence, FundingRound, Qualifiers
from graph.rounds import RoundGroup
from graph.source import Month, Neighbour, RelationGroup, RelationSource
from indexer.extraction.category import category_of
from indexer.model import AnnotatedItem, Mention, NewsItem, Place

Record = dict[str, Any]


def day_text(day: date | None) -> str | None:
    """A day as YYYY-MM-DD."""
    return day.isoformat() if day else None


def ref_from_id(entity_id: str) -> EntityRef:
    """What an id alone says of an entity."""
    kind, _, name = entity_id.partition(":")
    known: EntityKind = kind if kind in ENTITY_KINDS else "org"
    return EntityRef(id=entity_id, name=name or entity_id, kind=known)


def ref_record(ref: EntityRef) -> Record:
    """An entity as everything else names it."""
    return {"id": ref.id, "name": ref.name, "kind": ref.kind}


def item_record(annotated: AnnotatedItem) -> Record:
    """An item without what was understood of it, save the entities it names, in the order they are met."""
    item = annotated.item
    first = item.sources[0] if item.sources else None
    return {
        "id": item.id,
        "external_id": item.external_ids[0] if item.external_ids else None,
        "date": day_text(item.day),
        "published": item.published,
        "desk": item.desk,
        "section": item.section,
        "category": category_of(annotated.annotations),
        "title": item.title,
        "url": first.url if first else None,
        "source": first.name if first else None,
        "sources": [{"name": source.name, "url": source.url} for source in item.sources],
        "body": item.body,
        "entities": [ref_record(ref) for ref in mentioned(annotated).values()],
    }


def mentioned(annotated: AnnotatedItem) -> dict[str, EntityRef]:
    """The entities that an item names, by id, title first."""
    ordered = sorted(annotated.annotations.mentions, key=lambda mention: (mention.field != "title", mention.start))
    return {m.entity_id: EntityRef(id=m.entity_id, name=m.name, kind=m.kind) for m in ordered}


def mention_record(mention: Mention, item: NewsItem) -> Record:
    """A mention with the words of the text."""
    text = item.title if mention.field == "title" else item.body
    return {
        "field": mention.field,
        "start": mention.start,
        "end": mention.end,
        "text": text[mention.start : mention.end],
        "entity": {"id": mention.entity_id, "name": mention.name, "kind": mention.kind},
        "confidence": mention.confidence,
    }


def place_record(place: Place) -> Record:
    """Where an item stands in a file."""
    if place.pointer is not None:
        return {"path": place.path, "pointer": place.pointer}
    return {"path": place.path, "first_line": place.first_line, "last_line": place.last_line}


def evidence_record(evidence: Evidence, day: date | None, url: str) -> Record:
    """The sentence that says so."""
    return {
        "item_id": evidence.item_id,
        "field": evidence.field,
        "start": evidence.start,
        "end": evidence.end,
        "text": evidence.text,
        "trigger": list(evidence.trigger),
        "date": day_text(day),
        "url": url,
    }


def qualifiers_record(qualifiers: Qualifiers) -> Record:
    """Those details of a relation that are known; booleans always."""
    words = {"round": qualifiers.round, "amount": qualifiers.amount, "role": qualifiers.role}
    return {
        **{name: text for name, text in words.items() if text},
        "lead": qualifiers.lead,
        "left": qualifiers.left,
        "open_source": qualifiers.open_source,
    }


def relation_record(group: RelationGroup) -> Record:
    """A relation with all its sentences."""
    return {
        "kind": group.kind,
        "subject": ref_record(group.subject),
        "object": ref_record(group.object),
        "qualifiers": qualifiers_record(group.qualifiers),
        "day": day_text(group.day),
        "confidence": group.confidence,
        "evidence": [evidence_record(said.evidence, said.day, said.url) for said in group.evidence],
    }


def round_record(funding: FundingRound, refs: Mapping[str, EntityRef], url: str) -> Record:
    """A funding round; ``refs`` names the entities in it."""
    return {
        "company": ref_record(refs[funding.company]),
        "round": funding.round,
        "amount": funding.amount,
        "amount_range": list(funding.amount_range) if funding.amount_range else None,
        "currency": funding.currency,
        "post_valuation": funding.post_valuation,
        "cumulative": funding.cumulative,
        "investors": [
            {"entity": ref_record(refs[investor.entity]), "lead": investor.lead} for investor in funding.investors
        ],
        "day": day_text(funding.day),
        "evidence": evidence_record(funding.evidence, funding.day, url),
    }


def round_group_record(group: RoundGroup, refs: Mapping[str, EntityRef], urls: Mapping[str, str]) -> Record:
    """A round with every telling of it; ``urls``: first links of items."""
    first, *_rest = tellings = [
        round_record(telling, refs, urls.get(telling.evidence.item_id, "")) for telling in group.tellings
    ]
    return {
        **round_record(group.told, refs, ""),
        "evidence": first["evidence"],
        "tellings": tellings,
        "conflicts": {field: list(values) for field, values in group.conflicts},
    }


def entities_in(rounds: Iterable[FundingRound]) -> set[str]:
    """Ids of the companies and investors of rounds."""
    return {entity for funding in rounds for entity in (funding.company, *(i.entity for i in funding.investors))}


def refs_for(source: RelationSource, ids: Iterable[str], known: Mapping[str, EntityRef]) -> dict[str, EntityRef]:
    """Names for all ``ids``: from ``known``, else from the archive, else from the id itself."""
    wanted = list(dict.fromkeys(ids))
    missing = [entity_id for entity_id in wanted if entity_id not in known]
    stored = source.refs(missing) if missing else {}
    return {i: known.get(i) or stored.get(i) or ref_from_id(i) for i in wanted}


def neighbour_record(neighbour: Neighbour) -> Record:
    """Who is named beside an entity."""
    return {
        "entity": ref_record(neighbour.entity),
        "count": neighbour.count,
        "kinds": list(neighbour.kinds),
        "last": day_text(neighbour.last),
    }


def month_record(month: Month) -> Record:
    """A month of a timeline."""
    return {"month": month.month, "count": month.count, "share": month.share}


def page_record(items: list[Record], cursor: str | None) -> Record:
    """The shape of every list."""
    return {"items": items, "next": cursor}
