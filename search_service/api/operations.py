"""The table of operations: it routes, validates and describes ``/api/v1``."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

from search_service.api.renderings import (
    EXPORT_PARAMETERS,
    FEED_PARAMETERS,
    atom_of,
    csv_of,
    json_feed_of,
    json_lines_of,
)
from search_service.views import connections, days, entities, items, paths, search, similar, suggestions
from search_service.views.annotations import annotate, text_from
from search_service.views.parameters import (
    CURSOR,
    DAY,
    ENTITY_ID,
    ENTITY_KIND,
    ENTITY_NAME,
    ITEM_ID,
    LIMIT,
    MAX_HOPS,
    PATH_FROM,
    PATH_TO,
    RELATION_KIND,
    SEARCH_PARAMETERS,
    SORT_BY_DAY,
    Parameter,
    Values,
)
from search_service.views.service import Service
from search_service.views.spelling import search_with_spelling

JSON = "application/json"
GRAPHML = "application/graphml+xml"

Answer = dict[str, Any] | str | Iterator[str] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One request of the API.

    ``path`` is below ``/api/v1``; ``answer`` gets the values of ``parameters`` by argument name (and ``body``, the
    parsed JSON of a POST) and gives None for something that is not there, which ``missing`` tells the reader. With
    ``names_site`` it gets ``site`` as well, the address that the reader reached the program by, for absolute links.
    An iterator is sent while it is made, as a file called ``file_name``.
    """

    name: str
    path: str
    summary: str
    answer: Callable[[Service, Values], Answer]
    schema: str
    parameters: tuple[Parameter, ...] = ()
    method: Literal["GET", "POST"] = "GET"
    media_type: str = JSON
    body: str | None = None
    missing: str = ""
    names_site: bool = False
    file_name: str = ""


def _search(service: Service, values: Values) -> Answer:
    return search_with_spelling(
        service.engine,
        service.known_names,
        search.SearchParameters(**values, today=service.today()),
        names=service.names,
    )


def _suggest(service: Service, values: Values) -> Answer:
    return suggestions.suggest(service.engine, service.known_names, **values)


def _annotate(service: Service, values: Values) -> Answer:
    return annotate(service.engine, service.extractor, text_from(values["body"]))


def _of_entity(view: Callable[..., Answer]) -> Callable[[Service, Values], Answer]:
    """The view for entities that exist."""

    def answer(service: Service, values: Values) -> Answer:
        if entities.known_ref(service.engine, values["entity_id"], names=service.names) is None:
            return None
        return view(service.engine, **values)

    return answer


def _named(view: Callable[..., Answer]) -> Callable[[Service, Values], Answer]:
    """A view that looks names up in the catalogue."""
    return lambda service, values: view(service.engine, names=service.names, **values)


def _plain(view: Callable[..., Answer]) -> Callable[[Service, Values], Answer]:
    return lambda service, values: view(service.engine, **values)


NO_ENTITY = "没有这个编号的实体，可以用 /api/v1/entities?q= 按名称查找"
NO_ITEM = "没有这个编号的条目，它可能已被更正或撤下，可以用 /api/v1/search 重新检索"
NO_DAY = "这一天没有日报，有日报的日期见 /api/v1/days"
NO_NETWORK = "这个实体还没有任何条目提到"

OPERATIONS = (
    Operation(
        name="search",
        path="/search",
        summary="Search items",
        answer=_search,
        schema="SearchPage",
        parameters=SEARCH_PARAMETERS,
    ),
    Operation(
        name="search_csv",
        path="/search.csv",
        summary="All hits of a search as CSV for spreadsheets",
        answer=csv_of,
        schema="Text",
        parameters=EXPORT_PARAMETERS,
        media_type="text/csv",
        file_name="zhimai.csv",
    ),
    Operation(
        name="search_json_lines",
        path="/search.jsonl",
        summary="All hits of a search, one JSON object a line",
        answer=json_lines_of,
        schema="Text",
        parameters=EXPORT_PARAMETERS,
        media_type="application/x-ndjson",
        file_name="zhimai.jsonl",
    ),
    Operation(
        name="search_atom",
        path="/search.atom",
        summary="The newest hits of a search as an Atom feed",
        answer=atom_of,
        schema="Text",
        parameters=FEED_PARAMETERS,
        media_type="application/atom+xml",
        names_site=True,
    ),
    Operation(
        name="search_feed",
        path="/search.feed.json",
        summary="The newest hits of a search as JSON Feed 1.1",
        answer=json_feed_of,
        schema="JSONFeed",
        parameters=FEED_PARAMETERS,
        media_type="application/feed+json",
        names_site=True,
    ),
    Operation(
        name="item",
        path="/items/{item_id}",
        summary="One item with everything that was understood of it",
        answer=_plain(items.item),
        schema="ItemDetails",
        parameters=(ITEM_ID,),
        missing=NO_ITEM,
    ),
    Operation(
        name="similar_items",
        path="/items/{item_id}/similar",
        summary="Items like one, each with the entities and words that it shares",
        answer=_plain(similar.similar),
        schema="SimilarPage",
        parameters=(ITEM_ID, LIMIT),
        missing=NO_ITEM,
    ),
    Operation(
        name="entities",
        path="/entities",
        summary="Entities by name, most items first",
        answer=_named(entities.entities),
        schema="EntityPage",
        parameters=(ENTITY_NAME, ENTITY_KIND, LIMIT, CURSOR),
    ),
    Operation(
        name="entity",
        path="/entities/{entity_id}",
        summary="One entity",
        answer=_named(entities.entity),
        schema="Entity",
        parameters=(ENTITY_ID,),
        missing=NO_ENTITY,
    ),
    Operation(
        name="entity_items",
        path="/entities/{entity_id}/items",
        summary="Items that name an entity",
        answer=_of_entity(connections.items_of),
        schema="ItemPage",
        parameters=(ENTITY_ID, SORT_BY_DAY, LIMIT, CURSOR),
        missing=NO_ENTITY,
    ),
    Operation(
        name="entity_relations",
        path="/entities/{entity_id}/relations",
        summary="Relations of an entity with their sentences, latest first",
        answer=_of_entity(connections.relations_of),
        schema="RelationPage",
        parameters=(ENTITY_ID, RELATION_KIND, LIMIT, CURSOR),
        missing=NO_ENTITY,
    ),
    Operation(
        name="entity_funding",
        path="/entities/{entity_id}/funding",
        summary="Rounds that an entity raised or invested in, newest first",
        answer=_of_entity(connections.rounds_of),
        schema="FundingPage",
        parameters=(ENTITY_ID, LIMIT, CURSOR),
        missing=NO_ENTITY,
    ),
    Operation(
        name="entity_neighbours",
        path="/entities/{entity_id}/neighbours",
        summary="Entities in the same items, most items first",
        answer=_of_entity(connections.neighbours_of),
        schema="NeighbourPage",
        parameters=(ENTITY_ID, ENTITY_KIND, LIMIT, CURSOR),
        missing=NO_ENTITY,
    ),
    Operation(
        name="entity_timeline",
        path="/entities/{entity_id}/timeline",
        summary="Items by month that name an entity",
        answer=_of_entity(connections.timeline_of),
        schema="MonthPage",
        parameters=(ENTITY_ID,),
        missing=NO_ENTITY,
    ),
    Operation(
        name="entity_graph_json",
        path="/entities/{entity_id}/graph.json",
        summary="Neighbourhood of an entity as node-link JSON",
        answer=_of_entity(connections.node_link_of),
        schema="NodeLink",
        parameters=(ENTITY_ID,),
        missing=NO_NETWORK,
    ),
    Operation(
        name="entity_graph_graphml",
        path="/entities/{entity_id}/graph.graphml",
        summary="Neighbourhood of an entity as GraphML",
        answer=_of_entity(connections.graphml_of),
        schema="GraphML",
        parameters=(ENTITY_ID,),
        media_type=GRAPHML,
        missing=NO_NETWORK,
    ),
    Operation(
        name="path",
        path="/graph/path",
        summary="Paths between two entities with the sentence of every hop",
        answer=_named(paths.paths),
        schema="Paths",
        parameters=(PATH_FROM, PATH_TO, MAX_HOPS),
        missing="没有叫这个名称的实体",
    ),
    Operation(
        name="suggest",
        path="/suggest",
        summary="Names and titles for a text that is being typed",
        answer=_suggest,
        schema="SuggestionPage",
        parameters=(ENTITY_NAME, LIMIT),
    ),
    Operation(
        name="annotate",
        path="/annotate",
        summary="Annotate a text",
        answer=_annotate,
        schema="Annotations",
        method="POST",
        body="TextToAnnotate",
    ),
    Operation(
        name="days",
        path="/days",
        summary="Days that have digests, newest first",
        answer=_plain(days.days),
        schema="DayPage",
        parameters=(LIMIT, CURSOR),
    ),
    Operation(
        name="day",
        path="/days/{day}",
        summary="The digests of a day",
        answer=_plain(days.day),
        schema="Day",
        parameters=(DAY,),
        missing=NO_DAY,
    ),
)
