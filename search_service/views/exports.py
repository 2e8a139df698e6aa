"""All hits of a search as a table or as JSON lines, made while they are read: a result has no size to wait for."""

import csv
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from io import StringIO
from itertools import chain

import orjson

from search_service.views.parameters import MAX_LIMIT
from search_service.views.records import Record
from search_service.views.search import SearchParameters

COLUMNS = ("id", "date", "desk", "section", "category", "title", "body", "source", "url", "entities", "entity_ids")
BYTE_ORDER_MARK = "\ufeff"
"""Without it Excel takes UTF-8 for the encoding of the machine."""

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_NOT_EXPORTED = ("highlights", "score", "explained")

Ask = Callable[[SearchParameters], Record]
"""Answers one page of a search."""


def exported(ask: Ask, parameters: SearchParameters) -> Iterator[Record]:
    """All hits in the order of the search, relaxed ones too, page after page.

    The first page is read before this returns, so that what is wrong with the search is told by an error and not by
    a file that ends early. Raises BadParameter, EngineUnavailable.
    """
    first = replace(parameters, limit=MAX_LIMIT, cursor=None, facets=())
    page = ask(first)
    return chain(_items(page), _following(ask, first, page["next"]))


def csv_lines(records: Iterable[Record]) -> Iterator[str]:
    """A table that Excel opens: byte order mark, a row of names, CRLF.

    A cell that a spreadsheet would run as a formula has an apostrophe before it (OWASP, CSV injection).
    """
    yield BYTE_ORDER_MARK + _row(COLUMNS)
    for record in records:
        yield _row(_cells(record))


def json_lines(records: Iterable[Record]) -> Iterator[str]:
    """One item a line, in the shape that the API gives it."""
    for record in records:
        yield orjson.dumps(record).decode() + "\n"


def _following(ask: Ask, parameters: SearchParameters, cursor: str | None) -> Iterator[Record]:
    while cursor:
        page = ask(replace(parameters, cursor=cursor))
        yield from _items(page)
        cursor = page["next"]


def _items(page: Record) -> Iterator[Record]:
    for item in page["items"]:
        yield {name: value for name, value in item.items() if name not in _NOT_EXPORTED}


def _cells(record: Record) -> Iterator[str]:
    several: Record = {
        "source": [source["name"] for source in record["sources"]],
        "url": [source["url"] for source in record["sources"]],
        "entities": [entity["name"] for entity in record["entities"]],
        "entity_ids": [entity["id"] for entity in record["entities"]],
    }
    for column in COLUMNS:
        value = "; ".join(filter(None, several[column])) if column in several else record[column] or ""
        yield f"'{value}" if value.startswith(_FORMULA) else value


def _row(cells: Iterable[str]) -> str:
    line = StringIO()
    csv.writer(line).writerow(cells)
    return line.getvalue()
