"""Health checks and metrics, as an operator's tools read them."""

import re
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from search_service.engines.contract import EngineUnavailable
from search_service.web.app import create_app


def test_the_process_lives_and_the_archive_answers(client: FlaskClient) -> None:
    assert client.get("/livez").status_code == 200
    assert client.get("/readyz").status_code == 200


def test_metrics_tell_requests_and_freshness(client: FlaskClient) -> None:
    client.get("/api/v1/days")
    text = client.get("/metrics").get_data(as_text=True)
    assert re.search(r'^zhimai_requests_total\{route="/api/v1/days",status="200"\} [1-9]', text, re.M)
    assert re.search(r"^zhimai_items 31$", text, re.M)
    assert re.search(r"^zhimai_last_day_timestamp_seconds 1770854400$", text, re.M)
    assert all(re.fullmatch(r"#.*|[a-z_]+(\{.*\})? \S+", line) for line in text.splitlines())


class EngineDown:
    """An engine that cannot be reached."""

    def __getattr__(self, _name: str) -> Any:
        def unavailable(*_args: object, **_more: object) -> None:
            raise EngineUnavailable("connection refused to 10.0.0.7", brief="the engine cannot be reached")

        return unavailable


def down() -> Flask:
    return create_app(EngineDown())  # type: ignore[arg-type]


def test_an_engine_that_is_down_makes_the_service_unready_not_dead() -> None:
    client = down().test_client()
    assert client.get("/livez").status_code == 200
    ready = client.get("/readyz")
    assert (ready.status_code, ready.get_data(as_text=True)) == (503, "not ready: the engine cannot be reached\n")
    assert ready.headers["Retry-After"]
    assert "zhimai_engine_up 0" in client.get("/metrics").get_data(as_text=True)


def test_an_engine_that_is_down_is_told_without_its_address() -> None:
    client = down().test_client()
    for address, media_type in (("/", "text/html"), ("/api/v1/search", "application/problem+json")):
        response = client.get(address)
        assert (response.status_code, response.mimetype) == (503, media_type)
        assert response.headers["Retry-After"]
        assert "10.0.0.7" not in response.get_data(as_text=True)


def test_a_service_whose_engine_is_away_starts_all_the_same() -> None:
    """Names are read before the first reader comes; where they cannot be, readers must not lose the whole service."""
    down().extensions["zhimai"].prepare()
