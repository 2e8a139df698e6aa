"""JSON schemas of everything the API takes and gives (dialect 2020-12, as OpenAPI 3.1 has it)."""

from typing import Any, get_args

from graph.kinds import ENTITY_KINDS, RELATION_KINDS
from indexer.extraction.dates import Precision
from search_service.engines.contract import FACET_FIELDS
from search_service.labels import CATEGORIES
from search_service.views.annotations import MAX_CHARACTERS

Schema = dict[str, Any]

TEXT: Schema = {"type": "string"}
FLAG: Schema = {"type": "boolean"}
COUNT: Schema = {"type": "integer", "minimum": 0}
NUMBER: Schema = {"type": "number"}
DAY: Schema = {"type": "string", "format": "date"}
FIELD: Schema = {"enum": ["title", "body"]}
SPAN: Schema = {
    "type": "array",
    "prefixItems": [COUNT, COUNT],
    "minItems": 2,
    "maxItems": 2,
    "description": "Start and end in Unicode code points, end exclusive",
}


def one(name: str) -> Schema:
    """A reference to a schema of this module."""
    return {"$ref": f"#/components/schemas/{name}"}


def many(schema: Schema) -> Schema:
    """A list."""
    return {"type": "array", "items": schema}


def optional(schema: Schema) -> Schema:
    """The schema or null."""
    return {"anyOf": [schema, {"type": "null"}]}


def described(schema: Schema, description: str) -> Schema:
    """The schema with a description."""
    return {**schema, "description": description}


def record(properties: Schema, *, required: bool = True) -> Schema:
    """An object with exactly these properties, all of them or any of them."""
    schema: Schema = {"type": "object", "properties": properties, "additionalProperties": False}
    return {**schema, "required": list(properties)} if required else schema


def page_of(name: str, **more: Schema) -> Schema:
    """A page of a list."""
    following = described(optional(TEXT), "Cursor of the next page, null after the last")
    return record({"items": many(one(name)), "next": following, **more})


_ITEM: Schema = {
    "id": TEXT,
    "external_id": described(optional(TEXT), "The first id that a file itself gave"),
    "date": described(optional(DAY), "The digest's day, else the item's own"),
    "published": described(optional(TEXT), "The item's own time, ISO 8601"),
    "desk": described(TEXT, "Who wrote the digest"),
    "section": TEXT,
    "category": described({"enum": list(CATEGORIES)}, "What the item reports"),
    "title": TEXT,
    "url": described(optional(TEXT), "Link of the first source"),
    "source": described(optional(TEXT), "Name of the first source"),
    "sources": many(one("Source")),
    "body": described(TEXT, "Summary, background and points, joined by line ends; offsets count in it"),
    "entities": many(one("EntityRef")),
}
_ANNOTATIONS: Schema = {
    "mentions": many(one("Mention")),
    "relations": many(one("Relation")),
    "funding": many(one("FundingRound")),
}
_RELATION: Schema = {
    "kind": {"enum": list(RELATION_KINDS)},
    "subject": one("EntityRef"),
    "object": one("EntityRef"),
    "qualifiers": one("Qualifiers"),
    "day": described(optional(DAY), "The first day it was said"),
    "confidence": NUMBER,
    "evidence": many(one("Evidence")),
}
_FUNDING: Schema = {
    "company": one("EntityRef"),
    "round": optional(TEXT),
    "amount": described(optional(TEXT), "In the words of the text"),
    "amount_range": described(
        optional({"type": "array", "prefixItems": [optional(NUMBER), optional(NUMBER)], "maxItems": 2}),
        "Low and high in units of currency, null at an open end",
    ),
    "currency": described(optional(TEXT), "ISO 4217"),
    "post_valuation": optional(TEXT),
    "cumulative": optional(TEXT),
    "investors": many(one("Investor")),
    "day": optional(DAY),
    "evidence": one("Evidence"),
}

SCHEMAS: dict[str, Schema] = {
    "EntityRef": record({"id": TEXT, "name": TEXT, "kind": {"enum": list(ENTITY_KINDS)}}),
    "Source": record({"name": TEXT, "url": TEXT}),
    "Item": record(_ITEM),
    "Hit": record(
        {
            **_ITEM,
            "highlights": one("Highlights"),
            "score": NUMBER,
            "explained": described(optional(many(one("Reason"))), "What adds up to the score, with `explain=1`"),
        }
    ),
    "Reason": record(
        {
            "why": TEXT,
            "gave": NUMBER,
            "part": described(optional(TEXT), "The part of the query, as it is looked for"),
            "fields": many(TEXT),
            "matches": described(many(TEXT), "What was found in its place"),
        }
    ),
    "Highlights": record({"title": many(SPAN), "body": many(SPAN)}),
    "ItemDetails": record(
        {
            **_ITEM,
            "structure": many(one("BodyPart")),
            **_ANNOTATIONS,
            "dates": many(one("DateMention")),
            "places": many(one("Place")),
            "same_text_as": many(one("SameText")),
        }
    ),
    "DateMention": record(
        {
            "field": {"enum": ["title", "body"]},
            "start": COUNT,
            "end": COUNT,
            "text": TEXT,
            "first": DAY,
            "last": described(DAY, "Inclusive"),
            "precision": {"enum": list(get_args(Precision))},
        }
    ),
    "SimilarItem": record(
        {**_ITEM, "reason": record({"entities": many(one("EntityRef")), "words": many(TEXT)}), "score": NUMBER}
    ),
    "SimilarPage": page_of("SimilarItem"),
    "SameText": described(
        record(
            {
                "id": TEXT,
                "title": TEXT,
                "date": optional(DAY),
                "desk": TEXT,
                "source": optional(TEXT),
                "url": optional(TEXT),
                "similarity": described(NUMBER, "Part of the pairs of characters that both texts have, to 1"),
            }
        ),
        "Another item, of this desk or another, that tells the same in nearly the same words",
    ),
    "BodyPart": record({"kind": {"enum": ["summary", "background", "point"]}, "start": COUNT, "end": COUNT}),
    "Place": record(
        {"path": TEXT, "first_line": optional(COUNT), "last_line": optional(COUNT), "pointer": TEXT}, required=False
    ),
    "Mention": record(
        {"field": FIELD, "start": COUNT, "end": COUNT, "text": TEXT, "entity": one("EntityRef"), "confidence": NUMBER}
    ),
    "Evidence": record(
        {
            "item_id": TEXT,
            "field": FIELD,
            "start": COUNT,
            "end": COUNT,
            "text": described(TEXT, "The whole sentence or clause"),
            "trigger": SPAN,
            "date": optional(DAY),
            "url": TEXT,
        }
    ),
    "Qualifiers": record(
        {"round": TEXT, "amount": TEXT, "role": TEXT, "lead": FLAG, "left": FLAG, "open_source": FLAG}, required=False
    ),
    "Relation": record(_RELATION),
    "Investor": record({"entity": one("EntityRef"), "lead": FLAG}),
    "FundingRound": record(_FUNDING),
    "FundingRoundTold": record(
        {
            **_FUNDING,
            "tellings": described(many(one("FundingRound")), "Every item that tells of the round, the first first"),
            "conflicts": described(
                {"type": "object", "additionalProperties": many(TEXT)},
                "Fields that tellings contradict one another in, with every writing",
            ),
        }
    ),
    "SearchPage": record(
        {
            "query": one("Query"),
            "total": described(COUNT, "Exact number of hits"),
            "total_relaxed": described(COUNT, "Hits beyond those, with fewer parts of the query"),
            "items": many(one("Hit")),
            "facets": {
                "type": "object",
                "properties": {name: many(one("FacetValue")) for name in FACET_FIELDS},
                "additionalProperties": False,
            },
            "next": optional(TEXT),
        }
    ),
    "Query": record(
        {
            "text": TEXT,
            "read_as": TEXT,
            "understood": described(FLAG, "Whether it was read as more than words and operators"),
            "question": FLAG,
            "literal": described(optional(TEXT), "What to search for with `mode=literal` to have it as typed"),
            "parts": many(one("QueryPart")),
            "relaxed_note": described(optional(TEXT), "A sentence where hits with fewer parts follow"),
            "offers": described(many(one("Offer")), "The same window before the archive's last day"),
            "problems": many(one("QueryProblem")),
            "did_you_mean": optional(one("Correction")),
        }
    ),
    "Correction": described(
        record({"text": TEXT, "name": TEXT, "entity_id": TEXT, "count": COUNT}),
        "The query with a misspelt name put right, where that finds at least ten times as much",
    ),
    "QueryPart": record(
        {
            "start": COUNT,
            "end": COUNT,
            "kind": TEXT,
            "value": TEXT,
            "entity_id": optional(TEXT),
            "negated": FLAG,
            "sought": described(FLAG, "Whether it is looked for; words that only ask are not"),
            "also": described(many(TEXT), "What is found in its place too"),
            "since": optional(DAY),
            "until": optional(DAY),
            "without": described(TEXT, "The query text without it"),
        }
    ),
    "Offer": record({"text": TEXT, "since": DAY, "until": DAY, "total": COUNT, "message": TEXT}),
    "QueryProblem": record({"position": COUNT, "message": TEXT}),
    "FacetValue": record({"value": TEXT, "label": TEXT, "count": COUNT}),
    "Alias": record({"text": TEXT, "language": TEXT, "kind": TEXT}),
    "Fact": record({"name": TEXT, "label": TEXT, "value": TEXT, "entity": optional(one("EntityRef"))}),
    "Entity": record(
        {
            "id": TEXT,
            "kind": {"enum": list(ENTITY_KINDS)},
            "name": TEXT,
            "aliases": many(one("Alias")),
            "description": TEXT,
            "first_seen": optional(DAY),
            "last_seen": optional(DAY),
            "items": described(COUNT, "Number of items that name it"),
            "facts": many(one("Fact")),
            "curated": described(FLAG, "Whether the reviewed catalogue has it"),
        }
    ),
    "Neighbour": record(
        {
            "entity": one("EntityRef"),
            "count": described(COUNT, "Items that name both"),
            "kinds": many({"enum": list(RELATION_KINDS)}),
            "last": optional(DAY),
        }
    ),
    "Month": record(
        {"month": TEXT, "count": COUNT, "share": described(NUMBER, "Part of all items of the month, 0 to 1")}
    ),
    "EntityPage": page_of("Entity"),
    "ItemPage": page_of("Item"),
    "RelationPage": page_of("Relation", total=COUNT),
    "FundingPage": page_of("FundingRoundTold", total=COUNT),
    "NeighbourPage": page_of("Neighbour", total=COUNT),
    "MonthPage": page_of("Month"),
    "Hop": record({**_RELATION, "from": one("EntityRef"), "to": one("EntityRef")}),
    "Path": record({"hops": many(one("Hop"))}),
    "Paths": record(
        {
            "from": one("EntityRef"),
            "to": one("EntityRef"),
            "others": described(
                record({"from": many(one("EntityRef")), "to": many(one("EntityRef"))}),
                "Other entities of the same names",
            ),
            "paths": many(one("Path")),
        }
    ),
    "Suggestion": record(
        {
            "text": TEXT,
            "type": {"enum": ["entity", "section", "source", "item"]},
            "entity_id": optional(TEXT),
            "kind": optional({"enum": list(ENTITY_KINDS)}),
            "item_id": optional(TEXT),
            "matched": described(optional(TEXT), "The writing that fits, where it is not the name itself"),
        }
    ),
    "SuggestionPage": page_of("Suggestion"),
    "TextToAnnotate": {
        "type": "object",
        "properties": {"title": TEXT, "body": TEXT, "date": optional(DAY)},
        "description": f"Title and body together have at most {MAX_CHARACTERS:,} characters",
    },
    "Annotations": record(_ANNOTATIONS),
    "DaySummary": record({"date": DAY, "digests": COUNT, "items": COUNT}),
    "DayPage": page_of("DaySummary"),
    "Digest": described(
        record({"id": optional(TEXT), "desk": TEXT, "path": optional(TEXT), "items": many(one("Item"))}),
        "Without id and path: items of files that hold many days",
    ),
    "Day": record({"date": DAY, "digests": many(one("Digest")), "previous": optional(DAY), "next": optional(DAY)}),
    "NodeLink": described({"type": "object"}, "Node-link data as networkx and d3 read it"),
    "GraphML": {"type": "string"},
    "Text": {"type": "string"},
    "JSONFeed": described({"type": "object"}, "JSON Feed 1.1, https://www.jsonfeed.org/version/1.1/"),
    "OpenAPI": {"type": "object"},
    "Problem": {
        "type": "object",
        "description": "RFC 9457",
        "properties": {
            "type": TEXT,
            "title": TEXT,
            "status": {"type": "integer"},
            "detail": described(TEXT, "What a person can do about it"),
            "parameter": TEXT,
        },
        "required": ["type", "title", "status", "detail"],
    },
}
