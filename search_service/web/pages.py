"""Pages: each renders the same records that the API returns."""

from typing import Any

from flask import Blueprint, abort, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as PlainResponse

from search_service.views import days, entities, items, paths, similar
from search_service.views.parameters import (
    CURSOR,
    DAY,
    ENTITY_KIND,
    ENTITY_NAME,
    LIMIT,
    MAX_HOPS,
    PATH_FROM,
    PATH_TO,
    RELATION_KIND,
    SEARCH_PARAMETERS,
    BadParameter,
    Parameter,
    Values,
    read_values,
)
from search_service.views.search import SearchParameters, count
from search_service.views.service import Service
from search_service.web.entity_page import entity_page, other_end, relation_page
from search_service.web.marking import body_paragraphs, by_sentence, title_passages
from search_service.web.search_page import search_context

Page = str | PlainResponse

SIMILAR_SHOWN = 6


def pages_blueprint(service: Service) -> Blueprint:
    """The pages over a service."""
    blueprint = Blueprint("pages", __name__)
    for rule, view in (
        ("/", search),
        ("/items/<item_id>", item),
        ("/entities", list_entities),
        ("/entities/<entity_id>", entity),
        ("/days/<day>", day),
        ("/path", path),
        ("/opensearch.xml", opensearch),
    ):
        blueprint.add_url_rule(rule, endpoint=view.__name__, view_func=_bound(view, service))
    return blueprint


def _bound(view: Any, service: Service) -> Any:
    def bound(**parts: str) -> Page:
        page: Page = view(service, **parts)
        return page

    return bound


def _values(*declared: Parameter) -> Values:
    return read_values(declared, request.args.to_dict(flat=False))


def search(service: Service) -> Page:
    """Hits with facets; without a query the newest items."""
    parameters = SearchParameters(**_values(*SEARCH_PARAMETERS), today=service.today())
    return render_template("search.html", **search_context(service, parameters))


def item(service: Service, item_id: str) -> Page:
    """An item, its mentions linked, beside what was understood of it."""
    record = items.item(service.engine, item_id)
    if record is None:
        abort(404, "没有这个条目；它可能已被更正或撤下，可以重新检索它的标题")
    return render_template(
        "item.html",
        item=record,
        title=title_passages(record),
        paragraphs=body_paragraphs(record),
        statements=by_sentence(record["relations"]),
        similar=similar.similar(service.engine, item_id, limit=SIMILAR_SHOWN),
    )


def list_entities(service: Service) -> Page:
    """Entities by name and kind, most items first."""
    values = _values(ENTITY_NAME, ENTITY_KIND, LIMIT, CURSOR)
    found = entities.entities(service.engine, names=service.names, **values)
    pairs = {"q": values["text"], "kind": values["kind"] or ""}
    return render_template("entities.html", page=found, **values, pairs={k: v for k, v in pairs.items() if v})


def entity(service: Service, entity_id: str) -> Page:
    """An entity with all that hangs on it, or all its relations of one kind."""
    current = service.names.current(entity_id)
    if current != entity_id:
        return redirect(url_for("pages.entity", entity_id=current), code=308)
    kind = read_values((RELATION_KIND,), {"kind": request.args.getlist("relation")})["kind"]
    if kind:
        relations = relation_page(service, entity_id, kind, _values(CURSOR)["cursor"])
        if relations is not None:
            return render_template("relations.html", **relations, other_end=other_end)
    page = entity_page(service, entity_id)
    if page is None:
        abort(404, "没有这个实体；可以在“实体”页按名称查找")
    return render_template("entity.html", page=page, entity=page.entity, other_end=other_end)


def day(service: Service, day: str) -> Page:
    """The digests of a day."""
    values = read_values((DAY,), {"day": [day]})
    record = days.day(service.engine, values["day"])
    if record is None:
        abort(404, f"{day} 没有日报")
    return render_template("day.html", day=record)


def path(service: Service) -> Page:
    """Paths between two entities; the form alone where no names are given."""
    start, end = (request.args.get(parameter.name, "").strip() for parameter in (PATH_FROM, PATH_TO))
    hops = _values(MAX_HOPS)["max_hops"]
    found, problem = None, ""
    if start and end:
        names = _values(PATH_FROM, PATH_TO)
        try:
            found = paths.paths(service.engine, **names, max_hops=hops, names=service.names)
        except BadParameter as error:
            problem = str(error).split("：", 1)[-1]
    elif start or end:
        problem = "请写出两个名称"
    both = _named_together(service, found) if found and not found["paths"] else None
    return render_template("path.html", start=start, end=end, max_hops=hops, found=found, problem=problem, both=both)


def _named_together(service: Service, found: dict[str, Any]) -> str | None:
    """The query for items that name both ends of a path, where there are any."""
    query = f'entity:"{found["from"]["id"]}" entity:"{found["to"]["id"]}"'
    return query if count(service.engine, SearchParameters(q=query), names=service.names) else None


def opensearch(_service: Service) -> Page:
    """The OpenSearch description, by which browsers offer the archive in their address bar."""
    response = make_response(render_template("opensearch.xml", site=request.host_url))
    response.content_type = "application/opensearchdescription+xml; charset=utf-8"
    return response
