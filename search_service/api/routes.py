"""Routes of ``/api/v1``, made from the table of operations."""

import re
from collections.abc import Iterator
from functools import cache, partial
from itertools import islice
from typing import Any
from urllib.parse import quote, urlencode

import orjson
from flask import Blueprint, Response, redirect, request, url_for
from werkzeug.exceptions import BadRequest, UnsupportedMediaType
from werkzeug.wrappers import Response as PlainResponse

from search_service.api.openapi import PREFIX, openapi_document
from search_service.api.operations import JSON, OPERATIONS, Operation
from search_service.api.problems import problem_response
from search_service.views.parameters import Values, read_values
from search_service.views.service import Service

LINES_AT_ONCE = 50


def api_blueprint(service: Service) -> Blueprint:
    """The API over a service."""
    blueprint = Blueprint("api", __name__, url_prefix=PREFIX)
    for operation in OPERATIONS:
        rule = re.sub(r"\{(\w+)\}", r"<\1>", operation.path)
        view = partial(respond, service, operation)
        blueprint.add_url_rule(rule, endpoint=operation.name, view_func=view, methods=[operation.method])
    blueprint.add_url_rule("/openapi.json", endpoint="openapi", view_func=_openapi)
    blueprint.after_request(_make_conditional)
    return blueprint


def respond(service: Service, operation: Operation, **path: str) -> PlainResponse:
    """The response to a request of an operation."""
    given = {**request.args.to_dict(flat=False), **{name: [text] for name, text in path.items()}}
    values = read_values(operation.parameters, given)
    moved = _moved(service, operation, values)
    if moved is not None:
        return moved
    if operation.body:
        values["body"] = _json_body()
    if operation.names_site:
        values["site"] = request.host_url
    answer = operation.answer(service, values)
    if answer is None:
        return problem_response(404, operation.missing)
    if isinstance(answer, str):
        return Response(answer, content_type=f"{operation.media_type}; charset=utf-8")
    if isinstance(answer, Iterator):
        return _file(answer, operation)
    response = json_response(answer, operation.media_type)
    if answer.get("next") and "cursor" in {parameter.name for parameter in operation.parameters}:
        response.headers["Link"] = f'<{_next_address(answer["next"])}>; rel="next"'
    return response


def json_response(record: Any, media_type: str = JSON) -> Response:
    """A record as JSON."""
    return Response(orjson.dumps(record), content_type=media_type)


def _file(lines: Iterator[str], operation: Operation) -> Response:
    """Sent in pieces of some size: a reader's line is too small a packet."""
    pieces = ("".join(some) for some in iter(lambda: list(islice(lines, LINES_AT_ONCE)), []))
    response = Response(pieces, content_type=f"{operation.media_type}; charset=utf-8")
    response.headers["Content-Disposition"] = f"attachment; filename={operation.file_name}"
    return response


def _moved(service: Service, operation: Operation, values: Values) -> PlainResponse | None:
    """A redirect where the entity has another id now."""
    entity_id = values.get("entity_id")
    current = service.names.current(entity_id) if entity_id else None
    if current == entity_id:
        return None
    query = request.query_string.decode("ascii", "replace")
    address = url_for(f"api.{operation.name}", entity_id=current)
    return redirect(f"{address}?{query}" if query else address, code=308)


def _json_body() -> Any:
    if request.mimetype != JSON:
        raise UnsupportedMediaType("请求体应为 JSON，请带上 Content-Type: application/json")
    try:
        return orjson.loads(request.get_data())
    except orjson.JSONDecodeError as error:
        raise BadRequest(f"请求体不是完整的 JSON：第 {error.lineno} 行第 {error.colno} 列附近有误") from None


def _next_address(cursor: str) -> str:
    pairs = [(name, value) for name, value in request.args.items(multi=True) if name != "cursor"]
    return f"{quote(request.path)}?{urlencode([*pairs, ('cursor', cursor)])}"


def _make_conditional(response: Response) -> Response:
    """Gives answers to GET a strong ETag and answers 304 where the reader has them already."""
    if request.method in ("GET", "HEAD") and response.status_code == 200:
        response.headers["Cache-Control"] = "no-cache"
        if response.is_streamed:
            return response
        response.add_etag()
        response.make_conditional(request)
    return response


@cache
def _document() -> bytes:
    return orjson.dumps(openapi_document())


def _openapi() -> Response:
    return Response(_document(), content_type=JSON)
