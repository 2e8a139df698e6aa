"""Pages: what readers see, that nothing hostile gets through, and that no link is dead."""

import re
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import quote, urljoin

import pytest
from flask import Flask
from flask.testing import FlaskClient

import search_service.web
from search_service.web.errors import handle_errors

PAGES = [
    "/",
    "/?q=智谱",
    "/?q=智谱&sort=oldest&section=流水&since=2026-01-01",
    "/?q=智谱 找不到的词&month=2026-02",
    "/?q=((坏 检索",
    "/entities",
    "/entities?q=智",
    "/entities?q=谁也不是",
    "/entities/org:智谱",
    "/entities/org:极映科技",
    "/entities/org:还没上新闻",
    "/entities/org:智谱?relation=released",
    "/items/{智谱开源GLM-5}",
    "/items/{没有日期的消息}",
    "/days/2026-02-12",
    "/days/2025-12-31",
    "/path",
    "/path?from=智谱&to=元禾璞华",
    "/path?from=智谱&to=极映科技&max_hops=1",
    "/path?from=智谱&to=谁也不是",
]


class Page(HTMLParser):
    """What a page is made of."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attributes)))

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]

    def links(self) -> list[str]:
        return [a["href"] or "" for a in self.all("a") if "href" in a]


def fetch(client: FlaskClient, ids: dict[str, str], address: str) -> str:
    for title, item_id in ids.items():
        address = address.replace(f"{{{title}}}", item_id)
    response = client.get(address)
    assert response.status_code == 200, address
    return response.get_data(as_text=True)


@pytest.mark.parametrize("address", PAGES)
def test_pages_are_whole_and_keep_to_themselves(client: FlaskClient, ids: dict[str, str], address: str) -> None:
    html = fetch(client, ids, address)
    page = Page(html)
    assert page.all("html")[0]["lang"] == "zh-CN"
    assert len(page.all("h1")) == len(page.all("main")) == 1
    assert not [a for _tag, a in page.tags if "style" in a or any(name.startswith("on") for name in a)]
    assert not page.all("style")
    loaded = [a.get("src") or a.get("href") for tag in ("script", "link", "img") for a in page.all(tag)]
    assert loaded
    assert all(address and address.startswith("/") for address in loaded)
    assert len({a["id"] for _t, a in page.tags if "id" in a}) == len([a for _t, a in page.tags if "id" in a])


@pytest.mark.parametrize("address", PAGES)
def test_no_link_is_dead(client: FlaskClient, ids: dict[str, str], address: str) -> None:
    for link in set(Page(fetch(client, ids, address)).links()):
        if link.startswith(("http:", "https:", "#")):
            continue
        response = client.get(urljoin("/", link).partition("#")[0])
        assert response.status_code == 200, f"{link} on {address}"


def test_every_sentence_of_a_relation_has_its_place_in_the_item(client: FlaskClient, ids: dict[str, str]) -> None:
    for address in ("/entities/org:智谱", "/entities/org:极映科技", "/path?from=智谱&to=元禾璞华"):
        for link in Page(fetch(client, ids, address)).links():
            path, _, anchor = link.partition("#")
            if anchor and path:
                assert f'id="{anchor}"' in fetch(client, ids, path), link


@pytest.mark.parametrize(
    "address",
    [
        "/",
        "/?q=标题",
        "/days/2026-02-11",
        "/entities",
        "/items/{hostile}",
        "/entities/{hostile}",
        "/?section={hostile}",
    ],
)
def test_hostile_markup_is_text(client: FlaskClient, ids: dict[str, str], hostile: str, address: str) -> None:
    if address.startswith("/items"):
        address = f"/items/{ids['标题' + hostile]}"
    elif address.startswith("/entities/"):
        address = "/entities/" + quote(f"org:坏人{hostile}".replace("/", ""), safe="")
    html = fetch(client, ids, address.replace("{hostile}", quote(hostile, safe="")))
    page = Page(html)
    assert len(page.all("script")) == 1
    assert not page.all("img")
    assert not [link for link in page.links() if link.lower().startswith("javascript:")]
    assert "alert(2)" in html


@pytest.mark.parametrize(
    "address",
    [
        "/?q={x}",
        "/path?from={x}&to={x}",
        "/entities?q={x}",
        "/items/{x}",
        "/entities/{x}",
        "/days/{x}",
        "/{x}",
        "/?cursor={x}",
    ],
)
def test_hostile_input_is_text(client: FlaskClient, hostile: str, address: str) -> None:
    response = client.get(address.replace("{x}", quote(hostile, safe="")))
    assert response.status_code in (200, 400, 404)
    page = Page(response.get_data(as_text=True))
    assert len(page.all("script")) == 1
    assert not page.all("img")


def test_every_response_carries_the_strict_policy(client: FlaskClient) -> None:
    for address in ("/", "/nothing", "/api/v1/search", "/api/v1/nothing", "/livez", "/static/zhimai.css"):
        response = client.get(address)
        response.close()
        policy = response.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert response.headers["Referrer-Policy"] == "no-referrer"


def test_only_web_addresses_are_links(client: FlaskClient, ids: dict[str, str], hostile: str) -> None:
    page = Page(fetch(client, ids, f"/items/{ids['标题' + hostile]}"))
    outward = [a for a in page.all("a") if (a.get("href") or "").startswith("http")]
    assert [a["href"] for a in outward] == ["http://example.org/?a=1&b=2"]
    assert {a["rel"] for a in outward} == {"noopener noreferrer nofollow"}


@pytest.mark.parametrize(
    ("address", "status", "sentence"),
    [
        ("/nothing", 404, "没有这个地址"),
        ("/items/unknown", 404, "没有这个条目"),
        ("/entities/org:nobody", 404, "没有这个实体"),
        ("/days/2031-01-01", 404, "没有日报"),
        ("/days/heute", 400, "看不懂日期"),
        ("/?since=heute", 400, "看不懂日期"),
        ("/?cursor=x", 400, ""),
        ("/?q=" + "长" * 2001, 400, "最多 2,000 个字符"),
        ("/?q=" + "长" * 60000, 400, "最多 2,000 个字符"),
    ],
)
def test_errors_are_pages_that_say_what_to_do(client: FlaskClient, address: str, status: int, sentence: str) -> None:
    response = client.get(address)
    html = response.get_data(as_text=True)
    assert (response.status_code, response.mimetype) == (status, "text/html")
    assert sentence in html
    assert "回到搜索" in html


def test_an_error_of_ours_tells_nothing_of_itself(app: Flask) -> None:
    failing = Flask("failing", template_folder=str(Path(search_service.web.__file__).parent / "templates"))
    failing.jinja_env.globals.update(app.jinja_env.globals)
    failing.jinja_env.filters.update(app.jinja_env.filters)
    handle_errors(failing)

    @failing.get("/x")
    @failing.get("/api/x")
    def fail() -> str:
        raise ValueError("secret detail")

    for address, media_type in (("/x", "text/html"), ("/api/x", "application/problem+json")):
        response = failing.test_client().get(address)
        assert (response.status_code, response.mimetype) == (500, media_type)
        assert "secret" not in response.get_data(as_text=True)


def test_a_search_tells_how_it_was_read_and_what_narrows_it(client: FlaskClient, ids: dict[str, str]) -> None:
    html = fetch(client, ids, "/?q=智谱 (&section=模型&month=2026-02")
    assert "读作：“智谱”" in html
    assert "第 4 个字处：" in html
    assert "栏目：模型" in html
    assert "月份：2026年2月" in html
    assert "找到 <b>1</b> 条消息" in html
    assert "<mark>智谱</mark>" in html


def test_a_search_without_hits_offers_ways_out(client: FlaskClient, ids: dict[str, str]) -> None:
    html = fetch(client, ids, "/?q=智谱 找不到的词&section=模型&mode=literal")
    assert "没有找到消息" in html
    assert re.search(r'href="/\?q=%E6%99%BA%E8%B0%B1&amp;section=[^"]+&amp;mode=literal">不含“找不到的词”', html)


def test_an_item_page_links_mentions_and_marks_the_words_that_say_so(
    client: FlaskClient, ids: dict[str, str]
) -> None:
    html = fetch(client, ids, "/items/{智谱开源GLM-5}")
    assert re.search(r'<a class="mention org" href="/entities/org:[^"]+" title="机构：智谱">智谱</a>', html)
    assert '<span class="sentence" id="body-10">' in html
    assert "智谱今天<mark>开源</mark>GLM-5" in html
    assert "早报.md" in html
    assert "第 1–4 行" in html


def test_an_entity_page_shows_rounds_with_who_led_and_the_sentence(client: FlaskClient, ids: dict[str, str]) -> None:
    html = fetch(client, ids, "/entities/org:极映科技")
    assert "天使轮" in html
    assert re.search(r'元禾璞华</a><span class="told">领投</span>', html)
    assert "投资方</h3>" in html
    assert "完成天使轮<mark>融资</mark>10亿元" in html


def test_old_ids_lead_to_the_page_of_today(client: FlaskClient) -> None:
    response = client.get("/entities/org:智谱华章")
    assert response.status_code == 308
    assert response.headers["Location"] == "/entities/org:" + quote("智谱")


def test_a_sentence_that_says_two_things_is_shown_once(client: FlaskClient, ids: dict[str, str]) -> None:
    html = fetch(client, ids, "/items/{智谱与月之暗面合作}")
    assert html.count('<q class="said">') == 2
    assert html.count("早已<mark>投资</mark>月之暗面") == 1
    assert 'q class="said"><a href="#body-21">' in html
