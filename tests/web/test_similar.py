"""More like this, and why: a list without reasons is a list nobody trusts."""

from typing import Any

from flask.testing import FlaskClient

API = "/api/v1/items"


def test_items_like_one_say_what_they_share(client: FlaskClient, ids: dict[str, str]) -> None:
    found: list[dict[str, Any]] = client.get(f"{API}/{ids['极映科技连获两轮融资']}/similar").json["items"]
    assert found
    assert [one["score"] for one in found] == sorted((one["score"] for one in found), reverse=True)
    own = {entity["id"] for entity in client.get(f"{API}/{ids['极映科技连获两轮融资']}").json["entities"]}
    for one in found:
        assert one["id"] != ids["极映科技连获两轮融资"]
        assert one["reason"]["entities"] or one["reason"]["words"]
        shared = {entity["id"] for entity in one["reason"]["entities"]}
        assert shared <= own & {entity["id"] for entity in one["entities"]}
        assert all(word in (one["title"] + one["body"]).lower() for word in one["reason"]["words"])


def test_the_page_of_an_item_lists_them_with_the_reason(client: FlaskClient, ids: dict[str, str]) -> None:
    assert "相近的消息" in client.get(f"/items/{ids['极映科技连获两轮融资']}").text
    assert client.get(f"{API}/nobody/similar").status_code == 404
