"""The shapes of the API, checked against its own description: every operation against the running application."""

import json
from typing import Any

import pytest
from flask.testing import FlaskClient
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator

from search_service.api.openapi import PREFIX

REQUESTS: list[tuple[str, str]] = [
    ("search", "/search?q=智谱"),
    (
        "search",
        "/search?q=(智谱 -合作&sort=oldest&limit=3&since=2026&category=other&entity=org:智谱&month=2026-01",
    ),
    ("search", "/search?q=找不到的词&facets=none"),
    ("search_csv", "/search.csv?q=智谱"),
    ("search_json_lines", "/search.jsonl?sort=oldest&since=2026"),
    ("search_atom", "/search.atom?q=智谱&entity=org:智谱&category=other"),
    ("search_feed", "/search.feed.json?limit=3"),
    ("item", "/items/{智谱开源GLM-5}"),
    ("item", "/items/{极映科技连获两轮融资}"),
    ("item", "/items/{没有日期的消息}"),
    ("similar_items", "/items/{智谱开源GLM-5}/similar?limit=3"),
    ("entities", "/entities?q=智&kind=org&limit=2"),
    ("entity", "/entities/org:智谱"),
    ("entity", "/entities/model:GLM-5"),
    ("entity", "/entities/org:还没上新闻"),
    ("entity_items", "/entities/org:智谱/items?limit=5"),
    ("entity_relations", "/entities/org:元禾璞华/relations?kind=invested_in"),
    ("entity_funding", "/entities/org:极映科技/funding"),
    ("entity_neighbours", "/entities/org:智谱/neighbours?kind=org"),
    ("entity_timeline", "/entities/org:智谱/timeline"),
    ("entity_graph_json", "/entities/org:智谱/graph.json"),
    ("entity_graph_graphml", "/entities/org:智谱/graph.graphml"),
    ("path", "/graph/path?from=智谱&to=元禾璞华&max_hops=9"),
    ("suggest", "/suggest?q=智"),
    ("annotate", "/annotate"),
    ("days", "/days?limit=2"),
    ("day", "/days/2026-02-12"),
    ("day", "/days/2025-12-31"),
    ("openapi", "/openapi.json"),
]


@pytest.fixture(scope="module")
def document(app: Any) -> dict[str, Any]:
    return json.loads(app.test_client().get(f"{PREFIX}/openapi.json").data)


def operations(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {one["operationId"]: one for methods in document["paths"].values() for one in methods.values()}


def resolved(document: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    return {**schema, "components": document["components"]}


def test_the_description_is_valid_openapi(document: dict[str, Any]) -> None:
    OpenAPIV31SpecValidator(document).validate()


def test_every_operation_is_asked(document: dict[str, Any]) -> None:
    assert {name for name, _path in REQUESTS} == set(operations(document))


@pytest.mark.parametrize(("name", "path"), REQUESTS)
def test_answers_have_the_described_shape(
    client: FlaskClient, document: dict[str, Any], ids: dict[str, str], name: str, path: str
) -> None:
    for title, item_id in ids.items():
        path = path.replace(f"{{{title}}}", item_id)
    body = {"title": "", "body": "今天智谱很忙", "date": "2026-02-12"}
    response = client.post(PREFIX + path, json=body) if name == "annotate" else client.get(PREFIX + path)
    assert response.status_code == 200, response.get_data(as_text=True)
    content = operations(document)[name]["responses"]["200"]["content"]
    assert response.mimetype in content
    if response.mimetype == "application/json":
        schema = resolved(document, content["application/json"]["schema"])
        Draft202012Validator(schema).validate(json.loads(response.data))


@pytest.mark.parametrize(
    ("request_line", "status"),
    [
        ("GET /search?limit=x", 400),
        ("GET /search?limit=0", 400),
        ("GET /search?since=gestern", 400),
        ("GET /search?category=nix", 400),
        ("GET /search?sort=best", 400),
        ("GET /search?facets=colour", 400),
        ("GET /search?month=2026-13", 400),
        ("GET /search?cursor=not-ours", 400),
        ("GET /search?q=" + "长" * 2001, 400),
        ("GET /items/unknown", 404),
        ("GET /items/%00%ff", 404),
        ("GET /entities/org:nobody", 404),
        ("GET /entities/org:nobody/relations", 404),
        ("GET /entities/nonsense", 404),
        ("GET /entities?cursor=AAAA", 400),
        ("GET /entities/org:智谱/relations?cursor=WzEsMl0", 400),
        ("GET /graph/path?from=智谱", 400),
        ("GET /graph/path?from=智谱&to=谁也不是", 404),
        ("GET /graph/path?from=智谱&to=月之暗面&max_hops=0", 400),
        ("GET /days/2026-02-31", 400),
        ("GET /days/2031-01-01", 404),
        ("GET /days?cursor=x", 400),
        ("GET /nothing/here", 404),
        ("POST /search", 405),
        ("GET /annotate", 405),
    ],
)
def test_errors_are_problems_with_advice(
    client: FlaskClient, document: dict[str, Any], request_line: str, status: int
) -> None:
    method, path = request_line.split(" ", 1)
    response = client.open(PREFIX + path, method=method)
    assert (response.status_code, response.mimetype) == (status, "application/problem+json")
    problem = json.loads(response.data)
    Draft202012Validator(resolved(document, document["components"]["schemas"]["Problem"])).validate(problem)
    assert problem["status"] == status
    assert len(problem["detail"]) > 4


@pytest.mark.parametrize(
    ("body", "media_type", "status"),
    [
        (b"{", "application/json", 400),
        (b"[]", "application/json", 400),
        (b'{"title": 7}', "application/json", 400),
        (b'{"body": "\\ud800"}', "application/json", 400),
        (b"{}", "application/json", 400),
        ('{"body": "字", "date": "昨天"}'.encode(), "application/json", 400),
        (b'{"body": "x"}', "text/plain", 415),
        (json.dumps({"title": "长" * 10000, "body": "长" * 10001}).encode(), "application/json", 413),
        (b'{"body": "' + b"x" * 600_000 + b'"}', "application/json", 413),
    ],
)
def test_texts_that_cannot_be_annotated(client: FlaskClient, body: bytes, media_type: str, status: int) -> None:
    response = client.post(f"{PREFIX}/annotate", data=body, content_type=media_type)
    assert (response.status_code, response.mimetype) == (status, "application/problem+json")


def test_texts_just_short_enough_are_annotated(client: FlaskClient) -> None:
    text = {"title": "长" * 9_998, "body": "𠮷" * 10_000 + "智谱", "date": None}
    response = client.post(f"{PREFIX}/annotate", json=text)
    assert response.status_code == 200
    (mention,) = json.loads(response.data)["mentions"]
    assert (mention["start"], mention["text"]) == (10_000, "智谱")
