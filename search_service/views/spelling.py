"""Did you mean: the search with a misspelt name put right, where that finds far more."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from itertools import islice

from search_service.engines.contract import SearchEngine
from search_service.spelling.corrections import corrections
from search_service.spelling.known_names import KnownNames
from search_service.spelling.name_table import Name
from search_service.views.names import SHIPPED_NAMES, EntityNames
from search_service.views.parameters import MAX_QUERY
from search_service.views.records import Record
from search_service.views.search import SearchParameters, count, search

TIMES_AS_MANY = 10
"""A correction is offered where it finds this many times the items of what was typed."""

MOST_ITEMS = 500
"""What finds more than this is no slip."""

COUNTED = 3
_OPERATORS = re.compile(r'["“”():*：（）]|(?:^|\s)[-+]|\b(?:AND|OR|NOT)\b')

Count = Callable[[SearchParameters], int]


def search_with_spelling(
    engine: SearchEngine, known: KnownNames, parameters: SearchParameters, *, names: EntityNames = SHIPPED_NAMES
) -> Record:
    """The body of ``/api/v1/search``, with ``did_you_mean`` in its query. Raises as ``search`` does."""
    found = search(engine, parameters, names=names)
    counted = partial(count, engine, names=names)
    found["query"]["did_you_mean"] = did_you_mean(known, parameters, found["total"], counted)
    return found


def did_you_mean(known: KnownNames, parameters: SearchParameters, total: int, counted: Count) -> Record | None:
    """The corrected query, the name in it and how many items it finds; None where nothing is to be said.

    Queries with operators are left as they are: who writes them means them.
    """
    typed = parameters.q.strip()
    if not typed or parameters.cursor or total > MOST_ITEMS or _OPERATORS.search(typed):
        return None
    fitting = ((text, name) for text, name in _corrected(typed, known) if len(text) <= MAX_QUERY)
    for text, name in islice(fitting, COUNTED):
        found = counted(replace(parameters, q=text))
        if found >= max(1, total * TIMES_AS_MANY):
            return {"text": text, "name": name.text, "entity_id": name.entity_id, "count": found}
    return None


def _corrected(typed: str, known: KnownNames) -> Iterator[tuple[str, Name]]:
    """The query with one name of it put right, the whole of it first."""
    table = known.table()
    words = typed.split()
    for word in dict.fromkeys([typed, *words]):
        for name in corrections(word, table):
            yield typed.replace(word, name.written, 1), name
