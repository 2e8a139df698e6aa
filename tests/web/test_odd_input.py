"""Odd values of every parameter of every operation: a clear answer or a clear error, never a failure of ours."""

import json
from base64 import urlsafe_b64encode
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient

from search_service.api.openapi import PREFIX
from search_service.api.operations import OPERATIONS, Operation
from search_service.views.parameters import Parameter

ODD = [
    "",
    " ",
    "\0",
    "%",
    "-",
    "-1",
    "0",
    "1e3",
    "١٢",
    "99999999999999999999",
    "null",
    "'; DROP TABLE items; --",
    "org:",
    ":",
    "../../etc/passwd",
    "2026-02-30",
    "0000-00-00",
    "9999-12-31",
    "WzEsMl0",
    "WzBd",
    "W10",
    "🙂" * 50,
    "长" * 3000,
    '"' * 500,
    "(" * 1500,
    "-" * 1500,
    "a:" * 900,
    "*" * 1500,
    "\u202e\u200b\ufeff",
]
GOOD = {"entity_id": "org:智谱", "item_id": "x", "day": "2026-02-12", "from": "智谱", "to": "月之暗面"}
CASES = [
    pytest.param(operation, parameter, id=f"{operation.name} {parameter.name}")
    for operation in OPERATIONS
    if operation.method == "GET"
    for parameter in operation.parameters
]


def address(operation: Operation, odd: Parameter, value: str) -> str:
    values = {**GOOD, odd.name: value}
    path = operation.path
    for parameter in operation.parameters:
        if parameter.place == "path":
            path = path.replace(f"{{{parameter.name}}}", quote(values[parameter.name], safe=""))
    query = [
        f"{parameter.name}={quote(values[parameter.name], safe='')}"
        for parameter in operation.parameters
        if parameter.place == "query" and (parameter.required or parameter is odd)
    ]
    return f"{PREFIX}{path}?{'&'.join(query)}"


@pytest.mark.parametrize(("operation", "parameter"), CASES)
def test_odd_values_never_break_the_api(client: FlaskClient, operation: Operation, parameter: Parameter) -> None:
    for value in ODD:
        response = client.get(address(operation, parameter, value))
        assert response.status_code in (200, 308, 400, 404), (value, response.get_data(as_text=True))
        if response.status_code >= 400:
            assert response.mimetype == "application/problem+json", value
            assert json.loads(response.data)["detail"]


@pytest.mark.parametrize("name", ["q", "since", "month", "section", "entity", "cursor", "sort", "limit", "facets"])
def test_odd_values_never_break_the_search_page(client: FlaskClient, name: str) -> None:
    for value in ODD:
        response = client.get(f"/?{name}={quote(value, safe='')}")
        assert response.status_code in (200, 400), value


@pytest.mark.parametrize(
    "text",
    [
        "近١٢天 智谱",
        "past ١٢ days",
        "近0天",
        "近9999年",
        "2月30日",
        "deepsek " + "长" * 1992,
        "智谱" * 100,
        "谁 哪些 🙂",
        "今天 昨天",
    ],
)
def test_odd_queries_are_answered(client: FlaskClient, text: str) -> None:
    for path in ("/", "/api/v1/search", "/api/v1/search.atom"):
        assert client.get(f"{path}?q={quote(text)}").status_code == 200, path


@pytest.mark.parametrize("state", [[0, 1, [], None], [0, 3652059, [], None], [0, 10**9, [], None], [9, 0, [], None]])
@pytest.mark.parametrize("text", ["近30天 智谱", "去年 智谱", "上上周 智谱"])
def test_forged_cursors_are_refused(client: FlaskClient, state: list[object], text: str) -> None:
    cursor = "u." + urlsafe_b64encode(json.dumps(state).encode()).decode().rstrip("=")
    assert client.get(f"/api/v1/search?q={quote(text)}&cursor={cursor}").status_code == 400


@pytest.mark.parametrize(
    "path", ["/items/", "/entities/", "/days/", "/entities?kind=", "/path?from=x&to=", "/static/"]
)
def test_odd_addresses_never_break_pages(client: FlaskClient, path: str) -> None:
    for value in ODD:
        response = client.get(path + quote(value, safe=""))
        response.close()
        assert response.status_code in (200, 308, 400, 404), value
