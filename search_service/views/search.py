"""Search as the API, pages and the command line show it."""

from dataclasses import dataclass, replace
from datetime import date
from functools import partial

from search_service.engines.contract import (
    FACET_FIELDS,
    BadCursor,
    FacetField,
    FacetValue,
    Hit,
    SearchEngine,
    SearchRequest,
    Sort,
)
from search_service.labels import CATEGORY_LABELS
from search_service.query.highlighting import Highlighter
from search_service.query.reading import Reading, read_query
from search_service.query.tree import AllOf, AnyOf, Days, Everything, Keyword, KeywordField, Node
from search_service.query.understanding import understand
from search_service.views.names import SHIPPED_NAMES, EntityNames, is_entity_id
from search_service.views.parameters import DEFAULT_LIMIT, MAX_QUERY, BadParameter
from search_service.views.query_records import LITERAL, query_record, reason_records
from search_service.views.records import Record, item_record, ref_from_id
from search_service.views.stages import Stages, literal_page
from search_service.views.understood_cursors import UnderstoodCursor
from search_service.views.window_offers import window_offers

NO_VALUE = "-"
_NO_VALUE_LABELS = {"section": "无栏目", "source": "无来源", "month": "无日期"}


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchParameters:
    """One search: the query text and the filters beside it. Tuples are OR within, fields AND across.

    ``today`` is the day that relative windows in the text count from; without it they are words.
    """

    q: str = ""
    limit: int = DEFAULT_LIMIT
    cursor: str | None = None
    sort: Sort = "relevance"
    since: date | None = None
    until: date | None = None
    month: tuple[str, ...] = ()
    section: tuple[str, ...] = ()
    source: tuple[str, ...] = ()
    category: tuple[str, ...] = ()
    entity: tuple[str, ...] = ()
    facets: tuple[FacetField, ...] = FACET_FIELDS
    mode: str | None = None
    explain: bool = False
    today: date | None = None

    @property
    def filtered(self) -> bool:
        """Whether anything but the query text narrows the search."""
        return bool(
            self.since or self.until or self.month or self.section or self.source or self.category or self.entity
        )


def search(engine: SearchEngine, parameters: SearchParameters, *, names: EntityNames = SHIPPED_NAMES) -> Record:
    """The body of ``/api/v1/search``. Raises BadParameter, BadCursor, EngineUnavailable."""
    reading, cursor = _read_page(engine, parameters, names=names)
    filtered = partial(filtered_tree, engine, parameters=parameters, names=names)
    request = SearchRequest(
        tree=Everything(),
        sort=parameters.sort,
        limit=parameters.limit,
        cursor=parameters.cursor,
        facets=parameters.facets,
    )
    page = (
        Stages(engine, reading, filtered=filtered, request=request).page(cursor)
        if cursor
        else literal_page(engine.search(replace(request, tree=filtered(reading.tree))))
    )
    empty = cursor is not None and not page.answered.total
    offers = window_offers(engine, reading, filtered) if empty else []
    notices = [*_notices(parameters), *page.notices]
    highlighter = Highlighter(reading.leaves)
    return {
        "query": query_record(reading, notices, relaxed_note=page.relaxed_note, offers=offers),
        "total": page.answered.total,
        "total_relaxed": page.relaxed,
        "items": [hit_record(hit, reading, highlighter, explain=parameters.explain) for hit in page.hits],
        "facets": {
            name: facet_records(engine, name, page.answered.facets.get(name, ())) for name in parameters.facets
        },
        "next": page.next,
    }


def count(engine: SearchEngine, parameters: SearchParameters, *, names: EntityNames = SHIPPED_NAMES) -> int:
    """How many items a search finds, relaxed ones not counted."""
    reading = read(engine, parameters, names=names)
    return engine.counts([filtered_tree(engine, reading.tree, parameters, names=names)])[0]


def read(
    engine: SearchEngine,
    parameters: SearchParameters,
    *,
    names: EntityNames = SHIPPED_NAMES,
    cursor: UnderstoodCursor | None = None,
) -> Reading:
    """The query as understood, or as it stands where it says exactly what is meant. Raises BadParameter where it is
    too long."""
    text = parameters.q
    if len(text) > MAX_QUERY:
        raise BadParameter("q", f"检索式最多 {MAX_QUERY:,} 个字符，这里有 {len(text):,} 个，请缩短")
    if parameters.mode != LITERAL:
        today, cuts = (cursor.today, cursor.cuts) if cursor else (parameters.today, None)
        understood = understand(
            text, lexicon=names.lexicon, counts=engine.counts, names_in=names.names_in, today=today, cuts=cuts
        )
        if understood:
            return understood
    return read_query(text, find_entities=partial(names.named, engine))


def _read_page(
    engine: SearchEngine, parameters: SearchParameters, *, names: EntityNames
) -> tuple[Reading, UnderstoodCursor | None]:
    """The query, and where the page begins in an understood one."""
    given = UnderstoodCursor.decode(parameters.cursor)
    reading = read(engine, parameters, names=names, cursor=given)
    if not reading.understood:
        return reading, None
    if given is None and parameters.cursor:
        raise BadCursor("this cursor belongs to no page of this search; start again without it")
    first = UnderstoodCursor(stage=0, today=parameters.today, cuts=reading.cuts, engine=None)
    return reading, given or first


def filtered_tree(
    engine: SearchEngine, tree: Node, parameters: SearchParameters, *, names: EntityNames = SHIPPED_NAMES
) -> Node:
    """The query's tree with the filters."""
    entities = tuple(found for text in parameters.entity for found in _entity_ids(engine, text, names))
    filters = (
        _any_keyword("month", parameters.month),
        _any_keyword("section", parameters.section),
        _any_keyword("source", parameters.source),
        _any_keyword("category", parameters.category),
        _any_keyword("entity", entities),
        _days(parameters),
    )
    nodes = [node for node in (tree, *filters) if node is not None and not isinstance(node, Everything)]
    if not nodes:
        return Everything()
    return nodes[0] if len(nodes) == 1 else AllOf(children=tuple(nodes))


def _entity_ids(engine: SearchEngine, text: str, names: EntityNames) -> tuple[str, ...]:
    """Ids that a filter stands for: an id, old ids included, or a name."""
    if is_entity_id(text):
        return (names.current(text),)
    return names.named(engine, text) or (text,)


def _any_keyword(name: KeywordField, values: tuple[str, ...]) -> Node | None:
    nodes = tuple(Keyword(field=name, value=value) for value in values)
    if len(nodes) < 2:
        return nodes[0] if nodes else None
    return AnyOf(children=nodes)


def _days(parameters: SearchParameters) -> Node | None:
    since, until = parameters.since, parameters.until
    if since is None and until is None:
        return None
    if since and until and since > until:
        since, until = until, since
    return Days(since=since, until=until)


def _notices(parameters: SearchParameters) -> list[str]:
    if parameters.since and parameters.until and parameters.since > parameters.until:
        return ["起始日晚于截止日，已对调"]
    return []


def hit_record(hit: Hit, reading: Reading, highlighter: Highlighter, *, explain: bool) -> Record:
    """An item that matched, with where; ``explained`` says what gave its score."""
    item = hit.item.item
    return {
        **item_record(hit.item),
        "highlights": {
            "title": [list(span) for span in highlighter.spans(item.title, "title")],
            "body": [list(span) for span in highlighter.spans(item.body, "body")],
        },
        "score": hit.score,
        "explained": reason_records(hit.reasons, reading.ranking) if explain and reading.ranking else None,
    }


def facet_records(engine: SearchEngine, name: FacetField, values: tuple[FacetValue, ...]) -> list[Record]:
    """Values of a facet with their labels."""
    labels = facet_labels(engine, name, tuple(value.value for value in values))
    return [{"value": value.value, "label": labels[value.value], "count": value.count} for value in values]


def facet_labels(engine: SearchEngine, name: FacetField, values: tuple[str, ...]) -> dict[str, str]:
    """What readers see for values of a facet."""
    if name == "entity":
        refs = engine.refs(values)
        return {value: (refs.get(value) or ref_from_id(value)).name for value in values}
    if name == "category":
        known = {str(category): label for category, label in CATEGORY_LABELS.items()}
        return {value: known.get(value, value) for value in values}
    if name == "month":
        return {value: _month_label(value) for value in values}
    return {value: _NO_VALUE_LABELS.get(name, value) if value == NO_VALUE else value for value in values}


def _month_label(month: str) -> str:
    if month == NO_VALUE:
        return _NO_VALUE_LABELS["month"]
    year, _, number = month.partition("-")
    return f"{year}年{int(number)}月"
