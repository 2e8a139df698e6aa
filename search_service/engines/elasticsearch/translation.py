"""The query tree in Elasticsearch's terms; nothing of a query is ever read as its language.

Only tokens score, twice as much in the title as in the body; everything else stands where nothing scores.
"""

import base64
from typing import Any

import orjson

from search_service.engines.days import number_of
from search_service.engines.elasticsearch.cluster import Object
from search_service.engines.elasticsearch.documents import indexed_token
from search_service.engines.scoring import MATCHED_FIELDS, TITLE_BOOST, scores
from search_service.query.tree import (
    AllOf,
    AnyOf,
    AtLeast,
    Days,
    Everything,
    HanCharacter,
    Keyword,
    MatchField,
    Node,
    Not,
    Prefix,
    Tokens,
)

EVERYTHING: Object = {"match_all": {}}
NOTHING: Object = {"match_none": {}}
DEEPEST = 20
"""Queries within queries that are sent as they are; Elasticsearch reads 30, and those wrapped anew from nought."""

_ALL_EXPANSIONS = 2**31 - 1


def translate(node: Node) -> Object:
    """The tree as a query."""
    return dict(_unfolded(_translated(node), 0))


def _translated(node: Node) -> Object:
    match node:
        case AllOf(children=children):
            return _all_of(children)
        case AnyOf(children=children):
            return _any_of([_scored(child) for child in children])
        case AtLeast(least=least, children=children):
            return {"bool": {"should": [_scored(child) for child in children], "minimum_should_match": least}}
        case Not(child=child):
            return {"bool": {"must_not": [_translated(child)]}}
        case Tokens(field=field, tokens=tokens) if tokens:
            return _in_fields(field, tokens)
    return _filtered(node)


def _all_of(children: tuple[Node, ...]) -> Object:
    clauses: dict[str, list[Object]] = {"must": [], "filter": [], "must_not": []}
    for child in children:
        if isinstance(child, Not):
            clauses["must_not"].append(_translated(child.child))
        else:
            clauses["must" if scores(child) else "filter"].append(_translated(child))
    return {"bool": {kind: queries for kind, queries in clauses.items() if queries}} if children else EVERYTHING


def _scored(node: Node) -> Object:
    """As an alternative, which counts only where it scores."""
    query = _translated(node)
    return query if scores(node) else {"constant_score": {"filter": query, "boost": 0}}


def _filtered(node: Node) -> Object:
    match node:
        case Keyword(field=field, value=value):
            return {"term": {field: {"value": value}}}
        case Days(since=since, until=until):
            bounds = {"gte": number_of(since), "lte": number_of(until)}
            return {"range": {"day": {bound: day for bound, day in bounds.items() if day} or {"gte": 0}}}
        case HanCharacter(field=field, character=character):
            return _any_of([query for name in MATCHED_FIELDS[field] for query in _containing(name, character)])
        case Prefix(field=field, tokens=tokens, prefix=prefix):
            return _any_of([_prefixed(name, tokens, prefix) for name in MATCHED_FIELDS[field]])
        case Everything() | Tokens():
            return EVERYTHING
    raise TypeError(f"no such node: {node!r}")


def _in_fields(field: MatchField, tokens: tuple[str, ...]) -> Object:
    if field != "any":
        return _phrase(field, tokens)
    return _any_of([_phrase("title", tokens, boost=TITLE_BOOST), _phrase("body", tokens)])


def _any_of(queries: list[Object]) -> Object:
    if len(queries) < 2:
        return queries[0] if queries else NOTHING
    return {"bool": {"should": queries, "minimum_should_match": 1}}


def _phrase(name: str, tokens: tuple[str, ...], *, boost: float = 1.0) -> Object:
    indexed = [indexed_token(token) for token in tokens]
    if len(indexed) == 1:
        return {"term": {name: {"value": indexed[0], "boost": boost}}}
    return {"match_phrase": {name: {"query": " ".join(indexed), "boost": boost}}}


def _containing(name: str, character: str) -> list[Object]:
    return [_prefixed(name, (), character), {"term": {f"{name}_ends": {"value": character}}}]


def _prefixed(name: str, tokens: tuple[str, ...], prefix: str) -> Object:
    if not tokens:
        return {"prefix": {name: {"value": prefix}}}
    phrase = " ".join([*map(indexed_token, tokens), prefix])
    return {"match_phrase_prefix": {name: {"query": phrase, "max_expansions": _ALL_EXPANSIONS}}}


def _unfolded(query: Any, depth: int) -> Any:
    """The query with what lies too deep wrapped, so that Elasticsearch reads it by itself."""
    if isinstance(query, list):
        return [_unfolded(one, depth) for one in query]
    if not isinstance(query, dict):
        return query
    if depth and depth % DEEPEST == 0 and query.keys() <= {"bool", "constant_score"}:
        inner = orjson.dumps(_unfolded(query, 0))
        return {"wrapper": {"query": base64.b64encode(inner).decode()}}
    (kind,) = query.keys()
    if kind == "bool":
        return {"bool": {part: _unfolded(inner, depth + 1) for part, inner in query["bool"].items()}}
    if kind == "constant_score":
        return {"constant_score": {**query[kind], "filter": _unfolded(query[kind]["filter"], depth + 1)}}
    return query
