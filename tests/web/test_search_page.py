"""The search page around its hits: months, the card of a named entity, a slip put right, files and feeds."""

import re
from html import unescape

from flask.testing import FlaskClient


def page(client: FlaskClient, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200
    return unescape(response.text)


def test_months_are_a_strip_that_leads_to_each_of_them(client: FlaskClient) -> None:
    text = page(client, "/?q=智谱")
    months = re.findall(r'<a href="([^"]*month=(\d{4}-\d\d))" aria-label="[^"]*，(\d+) 条">', text)
    assert len(months) >= 2
    for address, month, told in months:
        assert f"找到 <b>{told}</b> 条" in page(client, address), month


def test_a_chosen_month_stays_beside_those_one_could_choose(client: FlaskClient) -> None:
    every = set(re.findall(r"month=(\d{4}-\d\d)", page(client, "/?q=智谱")))
    month = max(every)
    text = page(client, f"/?q=智谱&month={month}")
    assert set(re.findall(r'<a href="[^"]*month=(\d{4}-\d\d)" aria-label', text)) == every - {month}
    assert re.search(r'<a href="/\?q=[^"&]*" class="on" aria-label="[^"]*已选', text)


def test_the_entity_that_a_query_names_has_a_card(client: FlaskClient) -> None:
    for name in ("智谱", "zhipu"):
        text = page(client, f"/?q={name}")
        card = text[text.index('<section class="card org"') : text.index("</section>", text.index("card org"))]
        assert "/entities/org:" in card.replace("%3A", ":")
    assert 'class="card' not in page(client, "/?q=智谱 合作")
    assert 'class="card' not in page(client, "/")


def test_a_misspelt_name_is_put_right_only_where_that_finds_far_more(client: FlaskClient) -> None:
    meant = client.get("/api/v1/search?q=质谱 开源").json["query"]["did_you_mean"]
    assert (meant["text"], meant["entity_id"]) == ("智谱 开源", "org:智谱")
    assert client.get(f"/api/v1/search?q={meant['text']}").json["total"] == meant["count"] > 0
    assert "您要找的是不是" in page(client, "/?q=质谱 开源")
    for typed in ("智谱", '"质谱"', "质谱 OR 智谱", "", "质谱 没有这回事"):
        assert client.get(f"/api/v1/search?q={typed}").json["query"]["did_you_mean"] is None, typed


def test_the_result_is_offered_as_files_and_feeds(client: FlaskClient) -> None:
    text = page(client, "/?q=智谱&category=other&sort=newest")
    offered = re.findall(r'<a href="(/api/v1/search\.[^"]+)">', text)
    assert len(offered) == 4
    for address in offered:
        assert client.get(address).status_code == 200
    assert re.search(r'<link rel="alternate" type="application/atom\+xml"', text)


def test_the_parts_of_a_query_are_chips_that_can_be_taken_away(client: FlaskClient) -> None:
    text = page(client, "/?q=智谱 开源&sort=newest")
    chips = dict(re.findall(r'<a href="([^"]+)"[^>]* aria-label="去掉[^“"]*“([^”]+)”"', text))
    assert list(chips.values()) == ["智谱", "开源"]
    for address in chips:
        assert "sort=newest" in address
        assert page(client, address)
    literal = re.search(r'<a href="([^"]+mode=literal[^"]*)">按原文检索</a>', text)
    assert literal
    assert "按理解检索" in page(client, literal[1])


def test_what_only_partly_fits_is_said_to_do_so(client: FlaskClient) -> None:
    text = page(client, "/?q=智谱 找不到的词")
    assert "没有条目全部符合" in text
    assert re.search(r'class="relaxed" role="status">没有条目符合全部部分，以下 \d+ 条只符合一部分', text)
    assert 'class="hit"' in text
