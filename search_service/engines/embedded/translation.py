"""The query tree in tantivy's terms.

Only tokens score, twice as much in the title as in the body; everything else filters with a score of zero. Prefixes
and single Han characters filter as well: how often one occurs says nothing about what an item is about.
"""

from tantivy import FieldType, Occur, Query

from search_service.engines.days import number_of
from search_service.engines.embedded.index_reading import Generation
from search_service.engines.scoring import MATCHED_FIELDS, TITLE_BOOST
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

EXPANSIONS = 16_000
"""Terms that one prefix in a phrase may stand for; tantivy itself refuses more than 16,384."""

_LAST_DAY = 99999999


def translate(node: Node, generation: Generation) -> Query:
    """The tree as a query for one generation of the index."""
    match node:
        case AllOf(children=children):
            return _all_of(children, generation)
        case AnyOf(children=children):
            queries = [translate(child, generation) for child in children]
            return (
                Query.boolean_query([(Occur.Should, query) for query in queries]) if queries else Query.empty_query()
            )
        case AtLeast(least=least, children=children):
            clauses = [(Occur.Should, translate(child, generation)) for child in children]
            return Query.boolean_query(clauses, minimum_number_should_match=least)
        case Not():
            return _all_of((node,), generation)
        case Tokens(field=field, tokens=tokens) if tokens:
            return _in_fields(field, {name: _phrase(name, tokens, generation) for name in MATCHED_FIELDS[field]})
    return _filter(_filtered(node, generation))


def _all_of(children: tuple[Node, ...], generation: Generation) -> Query:
    clauses = []
    for child in children:
        if isinstance(child, Not):
            clauses.append((Occur.MustNot, translate(child.child, generation)))
        else:
            clauses.append((Occur.Must, translate(child, generation)))
    if all(occur == Occur.MustNot for occur, _ in clauses):
        clauses.append((Occur.Must, _filter(Query.all_query())))  # tantivy finds nothing by negations alone
    return Query.boolean_query(clauses)


def _filter(query: Query) -> Query:
    return Query.const_score_query(query, 0.0)


def _filtered(node: Node, generation: Generation) -> Query:
    schema = generation.schema
    match node:
        case Keyword(field=field, value=value):
            return Query.term_query(schema, field, value, "basic")
        case Days(since=since, until=until):
            lowest, highest = number_of(since) or 1, number_of(until) or _LAST_DAY
            return Query.range_query(schema, "day", FieldType.Unsigned, lowest, highest)
        case HanCharacter(field=field, character=character):
            return _any_of([_containing(name, character, generation) for name in MATCHED_FIELDS[field]])
        case Prefix(field=field, tokens=tokens, prefix=prefix):
            return _any_of([_prefixed(name, tokens, prefix, generation) for name in MATCHED_FIELDS[field]])
        case Everything() | Tokens():
            return Query.all_query()
    raise TypeError(f"no such node: {node!r}")


def _in_fields(field: MatchField, queries: dict[str, Query]) -> Query:
    if field != "any":
        return queries[field]
    boosted = Query.boost_query(queries["title"], TITLE_BOOST)
    return Query.boolean_query([(Occur.Should, boosted), (Occur.Should, queries["body"])])


def _any_of(queries: list[Query]) -> Query:
    if len(queries) < 2:
        return queries[0] if queries else Query.empty_query()
    return Query.boolean_query([(Occur.Should, query) for query in queries])


def _phrase(name: str, tokens: tuple[str, ...], generation: Generation) -> Query:
    if len(tokens) == 1:  # a phrase of one term panics
        return Query.term_query(generation.schema, name, tokens[0], "position")
    return Query.phrase_query(generation.schema, name, list(tokens))


def _containing(name: str, character: str, generation: Generation) -> Query:
    schema = generation.schema
    begins = Query.regex_query(schema, name, f"{_literal(character)}.?")
    return _any_of([begins, Query.term_query(schema, f"{name}_ends", character, "basic")])


def _prefixed(name: str, tokens: tuple[str, ...], prefix: str, generation: Generation) -> Query:
    """Exact, unlike ``phrase_prefix_query``, which stops at 50 expansions."""
    schema, searcher = generation.schema, generation.searcher
    pattern = f"{_literal(prefix)}.*"
    if not tokens:
        return Query.regex_query(schema, name, pattern)
    if len(searcher.terms_with_prefix(name, prefix, limit=EXPANSIONS)) < EXPANSIONS:
        return Query.regex_phrase_query(schema, name, [*map(_literal, tokens), pattern])
    beside = searcher.terms_with_prefix(name, prefix, filter_query=_phrase(name, tokens, generation))
    return _any_of([_phrase(name, (*tokens, term), generation) for term, _ in beside])


def _literal(text: str) -> str:
    """A regular expression for the text itself."""
    return "".join(char if char.isalnum() else f"\\x{{{ord(char):x}}}" for char in text)
