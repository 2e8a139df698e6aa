"""The bench's queries asked of the archive's tantivy index directly: no record, no views, no HTTP.

Built by hand from tokens for each kind, so that the figures beside ours are those of the library, not of our
translation.
"""

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import tantivy
from tantivy import FieldType, Occur, Query

from indexer.folding import query_tokens

FIELDS = ("title", "body")
LIMIT = 20


def raw_query(archive: Path, kind: str, query: str) -> Callable[[], object]:
    """What searches the query's 20 best hits and counts all, when called."""
    index, searcher = _opened(archive)
    built = _BUILDERS[kind](index.schema, query)
    return lambda: searcher.search(built, LIMIT, count=True)


@cache
def _opened(archive: Path) -> tuple[Any, Any]:
    (folder,) = archive.glob("search-*")
    index = tantivy.Index.open(str(folder))
    return index, index.searcher()


def _text(schema: Any, text: str) -> Query:
    tokens = list(query_tokens(text))
    queries = [
        Query.term_query(schema, field, tokens[0], "position")
        if len(tokens) == 1
        else Query.phrase_query(schema, field, tokens)
        for field in FIELDS
    ]
    return Query.boolean_query([(Occur.Should, query) for query in queries])


def _all(schema: Any, query: str) -> Query:
    return Query.boolean_query([(Occur.Must, _text(schema, word)) for word in query.split()])


def _any(schema: Any, query: str) -> Query:
    return Query.boolean_query([(Occur.Should, _text(schema, word)) for word in query.split(" OR ")])


def _prefix(schema: Any, query: str) -> Query:
    pattern = query_tokens(query)[-1] + ".*"
    return Query.boolean_query([(Occur.Should, Query.regex_query(schema, field, pattern)) for field in FIELDS])


def _not(schema: Any, query: str) -> Query:
    wanted, unwanted = query.split(" -")
    return Query.boolean_query([(Occur.Must, _text(schema, wanted)), (Occur.MustNot, _text(schema, unwanted))])


def _filter(schema: Any, query: str) -> Query:
    days = Query.range_query(schema, "day", FieldType.Unsigned, 20260201, 20260430)
    return Query.boolean_query([(Occur.Must, _text(schema, query.split(maxsplit=1)[0])), (Occur.Must, days)])


_BUILDERS: dict[str, Callable[[Any, str], Query]] = {
    "word": _text,
    "and": _all,
    "or": _any,
    "phrase": _text,
    "prefix": _prefix,
    "not": _not,
    "filter": _filter,
}
