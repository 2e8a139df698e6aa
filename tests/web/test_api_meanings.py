"""What clients of the API rely on beyond shapes: filters, cursors, redirects, conditional requests."""

import json
from typing import Any
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient

from search_service.api.openapi import PREFIX


def get(client: FlaskClient, path: str) -> dict[str, Any]:
    response = client.get(PREFIX + path)
    assert response.status_code == 200, response.get_data(as_text=True)
    return json.loads(response.data)


def titles(page: dict[str, Any]) -> list[str]:
    return [item["title"] for item in page["items"]]


def test_repeated_filters_are_or_within_a_field_and_and_across(client: FlaskClient) -> None:
    found = get(client, "/search?section=模型&section=融资&entity=org:智谱")
    assert titles(found) == ["智谱开源GLM-5"]


@pytest.mark.parametrize("name", ["section", "source", "category", "entity", "month"])
def test_every_facet_value_leads_to_its_count(client: FlaskClient, name: str) -> None:
    values = get(client, "/search?q=")["facets"][name]
    assert values
    for value in values:
        found = get(client, f"/search?facets=none&{name}={quote(value['value'])}")
        assert found["total"] == value["count"], value


def test_days_are_inclusive_and_may_be_months(client: FlaskClient) -> None:
    assert get(client, "/search?since=2026-02-11&until=2026-02-11")["total"] == 2
    assert get(client, "/search?since=2026-02&until=2026-02")["total"] == 4
    swapped = get(client, "/search?since=2026-02-12&until=2026-02-11")
    assert swapped["total"] == 4
    assert "对调" in swapped["query"]["problems"][0]["message"]


def test_more_than_the_highest_limit_is_cut_down(client: FlaskClient) -> None:
    assert len(get(client, "/search?limit=100000")["items"]) == 31


@pytest.mark.parametrize("path", ["/search?q=智谱&sort=newest&limit=4", "/entities/org:智谱/items?limit=4"])
def test_pages_neither_repeat_nor_skip(client: FlaskClient, path: str) -> None:
    address, seen = PREFIX + path, []
    while address:
        response = client.get(address)
        body = json.loads(response.data)
        seen += [item["id"] for item in body["items"]]
        link = response.headers.get("Link", "")
        assert bool(link) == bool(body["next"])
        address = link.partition(">")[0].removeprefix("<")
    assert len(seen) == len(set(seen)) == 27


def test_entity_pages_neither_repeat_nor_skip(client: FlaskClient) -> None:
    whole = [one["id"] for one in get(client, "/entities?limit=100")["items"]]
    cursor, seen = "", []
    while cursor is not None:
        page = get(client, f"/entities?limit=1&cursor={cursor}")
        seen += [one["id"] for one in page["items"]]
        cursor = page["next"]
    assert seen == whole
    assert len(set(whole)) == len(whole) >= 6


def test_entities_are_found_by_names_that_only_the_catalogue_knows(client: FlaskClient) -> None:
    found = get(client, "/entities?q=ZHIPU")["items"]
    assert [one["id"] for one in found] == ["org:智谱"]
    assert [one["id"] for one in get(client, "/entities?q=moon&kind=model")["items"]] == []


def test_an_entity_has_catalogue_and_archive_in_one(client: FlaskClient) -> None:
    found = get(client, "/entities/org:智谱")
    assert (found["items"], found["first_seen"], found["last_seen"]) == (27, "2026-01-30", "2026-02-12")
    assert {"text": "Zhipu", "language": "en", "kind": "latin"} in found["aliases"]
    fact = get(client, "/entities/model:GLM-5")["facts"][0]
    assert fact["entity"] == {"id": "org:智谱", "name": "智谱", "kind": "org"}


@pytest.mark.parametrize("path", ["", "/relations?kind=released"])
def test_old_ids_lead_to_today_s(client: FlaskClient, path: str) -> None:
    response = client.get(f"{PREFIX}/entities/org:智谱华章{path}")
    assert response.status_code == 308
    assert response.headers["Location"] == f"{PREFIX}/entities/org:{quote('智谱')}{path}"


def test_ids_are_accepted_as_browsers_and_as_shells_write_them(client: FlaskClient) -> None:
    for address in ("org:智谱", quote("org:智谱", safe=""), quote("org:智谱")):
        assert get(client, f"/entities/{address}")["id"] == "org:智谱"


def test_highlights_and_evidence_count_in_the_text_as_given(client: FlaskClient, ids: dict[str, str]) -> None:
    hit = get(client, "/search?q=glm5 权重")["items"][0]
    assert [hit["title"][a:b] for a, b in hit["highlights"]["title"]] == ["GLM-5"]
    assert [hit["body"][a:b] for a, b in hit["highlights"]["body"]] == ["GLM-5", "权重"]
    item = get(client, f"/items/{ids['智谱开源GLM-5']}")
    (said,) = item["relations"][0]["evidence"]
    assert item["body"][said["start"] : said["end"]] == said["text"] == "智谱今天开源GLM-5，权重可以下载。"
    assert item["body"][slice(*said["trigger"])] == "开源"
    assert [m["text"] for m in item["mentions"] if m["field"] == "title"] == ["智谱", "GLM-5"]


def test_rounds_name_who_led(client: FlaskClient) -> None:
    (told,) = get(client, "/entities/org:极映科技/funding")["items"]
    assert (told["round"], told["amount"], told["currency"]) == ("天使轮", "10亿元", "CNY")
    assert [(i["entity"]["name"], i["lead"]) for i in told["investors"]] == [("元禾璞华", True), ("未来资本", False)]
    assert told["evidence"]["url"] == "https://example.org/a"


def test_a_path_has_the_sentence_of_every_hop(client: FlaskClient) -> None:
    found = get(client, "/graph/path?from=Zhipu&to=org:元禾璞华")
    hops = found["paths"][0]["hops"]
    assert [(hop["from"]["name"], hop["to"]["name"]) for hop in hops] == [
        ("智谱", "月之暗面"),
        ("月之暗面", "元禾璞华"),
    ]
    assert hops[0]["evidence"][0]["text"] == "智谱与月之暗面宣布合作，共同训练安全模型。"


def test_suggestions_put_entities_before_titles(client: FlaskClient) -> None:
    found = get(client, "/suggest?q=智谱")["items"]
    assert found[0]["entity_id"] == "org:智谱"
    assert {one["type"] for one in found} == {"entity", "item"}
    assert get(client, "/suggest?q=！")["items"] == []


def test_a_day_is_read_in_the_order_of_its_digests(client: FlaskClient) -> None:
    day = get(client, "/days/2026-02-12")
    assert titles(day["digests"][0]) == ["智谱开源GLM-5", "极映科技连获两轮融资"]
    assert (day["previous"], day["next"]) == ("2026-02-11", None)
    dates = [one["date"] for one in get(client, "/days")["items"]]
    assert dates == ["2026-02-12", "2026-02-11", "2026-01-30", "2025-12-31"]


def test_items_of_files_that_hold_many_days_are_read_by_day_as_well(client: FlaskClient) -> None:
    day = get(client, "/days/2025-12-31")
    assert [(one["desk"], titles(one)) for one in day["digests"]] == [("早报", ["全年文件里的消息"])]
    assert (day["previous"], day["next"]) == (None, "2026-01-30")
    assert get(client, "/days/2026-01-30")["previous"] == "2025-12-31"


def test_unchanged_answers_are_not_sent_again(client: FlaskClient) -> None:
    first = client.get(f"{PREFIX}/search?q=智谱")
    tag = first.headers["ETag"]
    assert not tag.startswith("W/")
    again = client.get(f"{PREFIX}/search?q=智谱", headers={"If-None-Match": tag})
    assert (again.status_code, again.data) == (304, b"")
    assert client.get(f"{PREFIX}/search?q=极映", headers={"If-None-Match": tag}).status_code == 200


def test_head_answers_as_get_does(client: FlaskClient) -> None:
    response = client.head(f"{PREFIX}/entities/org:智谱")
    assert (response.status_code, response.data) == (200, b"")
