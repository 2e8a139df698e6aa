"""Results leave the program whole: as tables, as lines, as feeds, and browsers can search from their address bar."""

import csv
import json
from io import StringIO
from typing import Any
from xml.etree import ElementTree

import pytest
from flask.testing import FlaskClient

from search_service.views.exports import csv_lines, exported, json_lines
from search_service.views.feeds import Feed, atom, json_feed
from search_service.views.search import SearchParameters

ATOM = "{http://www.w3.org/2005/Atom}"


def item(number: int, **more: Any) -> dict[str, Any]:
    return {
        "id": f"{number:016x}",
        "date": "2026-02-12",
        "desk": "早报",
        "section": "",
        "category": "other",
        "title": f"第{number}条",
        "body": "一行\n又一行",
        "url": None,
        "source": None,
        "sources": [],
        "entities": [],
        **more,
    }


def table(records: list[dict[str, Any]]) -> list[dict[str, str]]:
    text = "".join(csv_lines(records))
    assert text.startswith("\ufeffid,")
    return list(csv.DictReader(StringIO(text[1:], newline="")))


def test_a_table_keeps_lines_quotes_and_several_sources() -> None:
    sources = [{"name": "甲报", "url": "http://a"}, {"name": "乙,报", "url": "http://b"}]
    (row,) = table([item(1, title='说"好"，真,的', sources=sources, date=None)])
    assert (row["title"], row["body"], row["date"]) == ('说"好"，真,的', "一行\n又一行", "")
    assert (row["source"], row["url"]) == ("甲报; 乙,报", "http://a; http://b")


@pytest.mark.parametrize("title", ["=1+1", "+86", "-1", "@SUM(A1)", "\t=1"])
def test_no_cell_is_run_as_a_formula(title: str) -> None:
    (row,) = table([item(1, title=title)])
    assert row["title"] == f"'{title}"


def test_all_pages_are_exported_in_order_and_the_first_is_asked_for_at_once() -> None:
    asked: list[str | None] = []

    def ask(parameters: SearchParameters) -> dict[str, Any]:
        asked.append(parameters.cursor)
        at = int(parameters.cursor or 0)
        return {"items": [item(at), item(at + 1)], "next": str(at + 2) if at < 4 else None}

    records = exported(ask, SearchParameters(q="x", cursor="from the middle", limit=1))
    assert asked == [None]
    lines = [json.loads(line)["title"] for line in json_lines(records)]
    assert lines == [f"第{number}条" for number in range(6)]


def test_an_export_holds_what_the_search_finds(client: FlaskClient) -> None:
    found = client.get("/api/v1/search?q=智谱&sort=oldest&limit=100").json
    lines = client.get("/api/v1/search.jsonl?q=智谱&sort=oldest")
    assert [json.loads(line)["id"] for line in lines.text.splitlines()] == [one["id"] for one in found["items"]]
    rows = client.get("/api/v1/search.csv?q=智谱&sort=oldest")
    assert rows.headers["Content-Disposition"] == "attachment; filename=zhimai.csv"
    assert [row["id"] for row in csv.DictReader(StringIO(rows.text[1:]))] == [one["id"] for one in found["items"]]
    assert client.get("/api/v1/search.csv?since=gestern").status_code == 400


def test_a_feed_of_any_search_leads_to_its_items(client: FlaskClient) -> None:
    response = client.get("/api/v1/search.atom?q=智谱&entity=org:智谱", base_url="https://news.example")
    assert response.mimetype == "application/atom+xml"
    root = ElementTree.fromstring(response.data)
    assert "智谱" in (root.findtext(f"{ATOM}title") or "")
    links = {link.get("rel"): link.get("href") for link in root.findall(f"{ATOM}link")}
    assert links["self"].startswith("https://news.example/api/v1/search.atom?q=")
    entries = root.findall(f"{ATOM}entry")
    days = [entry.findtext(f"{ATOM}updated") or "" for entry in entries]
    assert days == sorted(days, reverse=True)
    page = entries[0].find(f"{ATOM}link[@rel='alternate']").get("href")
    assert client.get(page.removeprefix("https://news.example")).status_code == 200
    assert client.get(links["alternate"].removeprefix("https://news.example")).status_code == 200


def test_a_json_feed_says_the_same(client: FlaskClient) -> None:
    feed = client.get("/api/v1/search.feed.json?q=智谱&limit=2").json
    found = client.get("/api/v1/search?q=智谱&sort=newest&limit=2").json["items"]
    assert [one["title"] for one in feed["items"]] == [one["title"] for one in found]
    assert feed["items"][0]["id"] == f"urn:zhimai:item:{found[0]['id']}"


def test_feeds_stay_well_formed_whatever_a_title_holds() -> None:
    feed = Feed(title="<&>\x00", site="http://x/", address="http://x/a", page="http://x/")
    hostile = item(1, title="<script>\x0b\ufffe&", body="]]>\x00", date=None)
    root = ElementTree.fromstring(atom(feed, [hostile]))
    assert root.findtext(f"{ATOM}entry/{ATOM}title") == "<script>&"
    assert ElementTree.fromstring(atom(feed, [])).findtext(f"{ATOM}updated")
    assert "date_published" not in json_feed(feed, [hostile])["items"][0]


def test_browsers_can_search_from_their_address_bar(client: FlaskClient) -> None:
    assert 'href="/opensearch.xml"' in client.get("/").text
    response = client.get("/opensearch.xml", base_url="https://news.example")
    assert response.mimetype == "application/opensearchdescription+xml"
    spec = "{http://a9.com/-/spec/opensearch/1.1/}"
    addresses = [url.get("template") for url in ElementTree.fromstring(response.data).findall(f"{spec}Url")]
    assert addresses[0] == "https://news.example/?q={searchTerms}"
    for address in addresses:
        asked = address.replace("{searchTerms}", "%E6%99%BA%E8%B0%B1").removeprefix("https://news.example")
        assert client.get(asked).status_code == 200
