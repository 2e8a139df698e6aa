"""A search in other forms than a page of JSON: files of the whole result, feeds of its newest hits."""

from collections.abc import Iterator
from functools import partial
from urllib.parse import quote, urlencode

from search_service.labels import CATEGORY_LABELS
from search_service.views.exports import Ask, csv_lines, exported, json_lines
from search_service.views.feeds import Feed, atom, json_feed
from search_service.views.parameters import (
    CATEGORY,
    ENTITY,
    LIMIT,
    MODE,
    MONTH,
    QUERY,
    SECTION,
    SINCE,
    SORT,
    SOURCE,
    UNTIL,
    Parameter,
    Values,
)
from search_service.views.records import Record, ref_from_id
from search_service.views.search import SearchParameters, search
from search_service.views.service import Service

FILTERS: tuple[Parameter, ...] = (QUERY, SINCE, UNTIL, MONTH, SECTION, SOURCE, CATEGORY, ENTITY, MODE)
EXPORT_PARAMETERS = (*FILTERS, SORT)
FEED_PARAMETERS = (*FILTERS, LIMIT)


def csv_of(service: Service, values: Values) -> Iterator[str]:
    """All hits as a table."""
    return csv_lines(exported(_asking(service), SearchParameters(**values, today=service.today())))


def json_lines_of(service: Service, values: Values) -> Iterator[str]:
    """All hits, one a line."""
    return json_lines(exported(_asking(service), SearchParameters(**values, today=service.today())))


def atom_of(service: Service, values: Values) -> str:
    """The newest hits as Atom."""
    site = values.pop("site")
    return atom(_feed(service, values, site, "search.atom"), _newest(service, values))


def json_feed_of(service: Service, values: Values) -> Record:
    """The newest hits as JSON Feed."""
    site = values.pop("site")
    return json_feed(_feed(service, values, site, "search.feed.json"), _newest(service, values))


def _asking(service: Service) -> Ask:
    return partial(search, service.engine, names=service.names)


def _newest(service: Service, values: Values) -> list[Record]:
    newest = SearchParameters(**values, sort="newest", facets=(), today=service.today())
    items: list[Record] = _asking(service)(newest)["items"]
    return items


def _feed(service: Service, values: Values, site: str, name: str) -> Feed:
    pairs = [(parameter.name, text) for parameter in FILTERS for text in _given(parameter, values)]
    query = f"?{urlencode(pairs, quote_via=quote)}" if pairs else ""
    told = [_told(service, parameter, text) for parameter, text in pairs if parameter != MODE.name]
    return Feed(
        title=f"知脉：{'，'.join(told) or '全部消息'}",
        site=site,
        address=f"{site}api/v1/{name}{query}",
        page=f"{site}{query}",
    )


def _given(parameter: Parameter, values: Values) -> list[str]:
    value = values[parameter.key]
    several = value if isinstance(value, tuple) else (value,)
    return [str(one) for one in several if one]


def _told(service: Service, parameter: str, text: str) -> str:
    """A filter in the words of a reader."""
    if parameter == CATEGORY.name:
        return next((label for category, label in CATEGORY_LABELS.items() if category == text), text)
    if parameter == ENTITY.name:
        entry = service.names.entry(text)
        return entry.name if entry else ref_from_id(text).name
    days = {SINCE.name: "{} 起", UNTIL.name: "至 {}"}
    return days.get(parameter, "{}").format(text)
