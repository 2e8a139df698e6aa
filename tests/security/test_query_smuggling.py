"""Whatever a reader writes stays a value: no request that reaches the cluster has a shape that is not ours."""

import base64
import json
import re
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest
from flask.testing import FlaskClient

from search_service.engines import open_engine
from search_service.engines.elasticsearch.indices import KINDS
from search_service.web.app import create_app

DIGESTS = sorted((Path(__file__).parents[2] / "samples").glob("2026-07-*.md"))
HOSTILE = [
    '{"match_all":{}}',
    '{"query":{"bool":{"must_not":{"exists":{"field":"id"}}}}}',
    '"}},"size":10000,"script_fields":{"x":{"script":"1"}},"query":{"term":{"a":"',
    "_exists_:title",
    "*:*",
    "title:*",
    "payload:智谱",
    "_id:*",
    "title.keyword:智谱",
    "智谱 AND (title:* OR _source)",
    "+智谱 -发布^100 ~0.5 [2026 TO *]",
    "/.*/",
    "title:/智.谱/",
    "智*谱*",
    "GLM?*",
    ".*",
    "智|谱*",
    "[^智]*",
    "(智谱){1,9}*",
    "智?",
    ".",
    "智",
    "?",
    "*",
    "\\",
    "\\\\智谱\\*",
    "智谱\\u0000",
    "智\x00谱",
    "\x00",
    "智谱\u2028发布",
    "智谱\ud83d\ude00".encode("utf-16", "surrogatepass").decode("utf-16"),
    "#智谱 @ & ~ < > 智谱",
    "doc['day'].value > 0",
    "ctx._source.remove('title')",
    "<智谱-2026>",
    "..%2f_cat%2findices",
    "../_cluster/health",
    "智谱?routing=x&preference=_local",
    'section:"*"',
    'source:{"wildcard":"*"}',
    "entity:*",
    "(" * 40 + "智谱" + ")" * 40,
    " OR ".join(["智"] * 60),
]
PARAMETERS = ("q", "section", "source", "category", "entity", "month", "since", "cursor", "sort", "facets", "mode")

# Every name that our own requests have, of clauses, options and fields. A new one is added here after a look at
# whether a reader's text can stand in it as more than a value.
CLAUSES = {"bool", "constant_score", "match_all", "match_none", "match_phrase", "match_phrase_prefix", "prefix"}
CLAUSES |= {"range", "term", "terms", "wildcard", "wrapper"}
OPTIONS = {
    "filter",
    "must",
    "must_not",
    "should",
    "minimum_should_match",
    "boost",
    "value",
    "query",
    "max_expansions",
}
OPTIONS |= {"gte", "lte", "gt", "lt"}
REQUEST = {
    "query",
    "size",
    "from",
    "sort",
    "search_after",
    "track_total_hits",
    "track_scores",
    "_source",
    "pit",
    "id",
}
REQUEST |= {"keep_alive", "aggs", "ids", "stored_fields"}
AGGREGATIONS = {"terms", "field", "size", "shard_size", "order", "_key", "_count", "min", "max", "sum", "composite"}
AGGREGATIONS |= {"sources", "value", "missing", "include", "after", "groups", "days", "first", "last", "lines"}
AGGREGATIONS |= {
    "section",
    "source",
    "category",
    "entity",
    "month",
    "writings",
    "party",
    "global",
    "filters",
    "all",
    "parts",
}
FIELDS = {
    "id",
    "title",
    "body",
    "title_ends",
    "body_ends",
    "section",
    "source",
    "category",
    "entity",
    "month",
    "desk",
}
FIELDS |= {
    "day",
    "newest",
    "oldest",
    "party",
    "folded",
    "kind",
    "items",
    "ends",
    "group",
    "item",
    "digest",
    "position",
}
FIELDS |= {"_score", "count", "subject", "object", "payload", "path", "name", "gist"}
OURS = CLAUSES | OPTIONS | REQUEST | AGGREGATIONS | FIELDS
SORTED_OR_SHOWN = {"sort", "_source", "stored_fields"}


@dataclass(frozen=True)
class Archives:
    """The same digests in a cluster behind a relay and in a folder."""

    cluster: Any
    prefix: str
    clustered: FlaskClient
    embedded: FlaskClient


@pytest.fixture(scope="module")
def archives(
    elasticsearch_address: str,
    relay: Callable[..., AbstractContextManager[Any]],
    forward: Any,
    zhimai: Callable[..., CompletedProcess[str]],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Archives]:
    prefix = f"smuggling-{uuid.uuid4().hex[:8]}"
    folder = f"embedded:{tmp_path_factory.mktemp('archive') / 'data'}"
    for engine in (f"{elasticsearch_address}/{prefix}", folder):
        assert zhimai({"ZHIMAI_ENGINE": engine}, "index", "--workers", "1", *map(str, DIGESTS)).returncode == 0
    with (
        relay(forward(elasticsearch_address)) as cluster,
        open_engine(f"{cluster.address}/{prefix}") as one,
        open_engine(folder) as other,
    ):
        yield Archives(cluster, prefix, create_app(one).test_client(), create_app(other).test_client())


def answer_of(client: FlaskClient, path: str, query: dict[str, str]) -> tuple[int, Any]:
    """Status and body, without what engines may write in their own way."""
    response = client.get(path, query_string=query)
    body = response.get_json()
    if isinstance(body, dict):
        body["next"] = bool(body.get("next"))
        for item in body.get("items", ()):
            item.pop("score", None)
    return response.status_code, body


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_queries_find_the_same_on_both_engines(archives: Archives, text: str) -> None:
    archives.cluster.received.clear()
    query = {"q": text, "sort": "newest", "limit": "100"}
    found = answer_of(archives.clustered, "/api/v1/search", query)
    assert found == answer_of(archives.embedded, "/api/v1/search", query)
    assert found[0] in (200, 400)
    answer_of(archives.clustered, "/api/v1/search", {"q": text, "sort": "relevance"})  # another kind of request
    check_requests(archives)


@pytest.mark.parametrize("name", PARAMETERS[1:])
def test_hostile_values_of_other_parameters_find_the_same(archives: Archives, name: str) -> None:
    archives.cluster.received.clear()
    for text in HOSTILE[PARAMETERS.index(name) % 3 :: 3]:
        query = {"q": "智谱", "sort": "newest", "facets": "none", name: text}
        found = answer_of(archives.clustered, "/api/v1/search", query)
        assert found == answer_of(archives.embedded, "/api/v1/search", query)
    check_requests(archives)


@pytest.mark.parametrize("path", ["/api/v1/entities?q=", "/api/v1/suggest?q=", "/api/v1/items/", "/api/v1/entities/"])
def test_hostile_names_find_the_same(archives: Archives, path: str) -> None:
    archives.cluster.received.clear()
    for text in HOSTILE[::2]:
        address, _, parameter = path.rstrip("=").partition("?")
        query = {parameter: text} if parameter else {}
        place = address if parameter else address + text.replace("/", "%2F").replace("?", "%3F").replace("#", "%23")
        assert answer_of(archives.clustered, place, query) == answer_of(archives.embedded, place, query), text
    check_requests(archives)


def check_requests(archives: Archives) -> None:
    """Every request that came through goes to an address of ours and says nothing but our own names."""
    names = "|".join((*KINDS, "writer"))
    index = rf"{archives.prefix}-({names}|\*)"
    ours = re.compile(
        rf"/(_search|_msearch|({index})((,|%2C)({index}))*/(_search|_msearch|_mget|_count|_pit|_alias|_doc/journal))"
        r"(\?[a-z_]+=[a-z0-9_,%]*(&[a-z_]+=[a-z0-9_,%]*)*)?"
    )
    for received in archives.cluster.received:
        assert ours.fullmatch(received.path), received.path
        for part in received.objects():
            if isinstance(part, dict) and "index" in part:  # the head of one of several searches
                assert part.keys() <= {"index", "allow_partial_search_results"}
                assert re.fullmatch(index, str(part["index"]))
            else:
                check_shape(part)


def check_shape(part: Any, below: str = "") -> None:
    """Names are ours, and what a wrapper holds is looked at as well."""
    if isinstance(part, list):
        for one in part:
            check_shape(one, below)
    elif isinstance(part, dict):
        foreign = part.keys() - OURS
        assert not foreign or (below == "filters" and all(name.isdigit() for name in foreign)), foreign
        for name, value in part.items():
            if name == "wrapper":
                check_shape(json.loads(base64.b64decode(value["query"])))
            elif name == "wildcard":
                ((field, pattern),) = value.items()
                literal = re.fullmatch(r"\*(.*)\*", pattern["value"], re.DOTALL)
                assert field in FIELDS
                assert literal
                assert not re.search(r"(?<!\\)(?:\\\\)*[*?]", literal[1]), pattern
            else:
                check_shape(value, name)
    elif below in SORTED_OR_SHOWN:
        assert isinstance(part, bool) or part in FIELDS or part in ("asc", "desc")
    else:
        assert isinstance(part, str | int | float | bool | None)


def test_the_check_itself_sees_foreign_names() -> None:
    for foreign in ({"query": {"query_string": {"query": "x"}}}, {"query": {"term": {"a.b": "x"}}}, {"script": "1"}):
        with pytest.raises(AssertionError):
            check_shape(foreign)


def test_browsers_reach_the_web_service_only(archives: Archives) -> None:
    item = archives.clustered.get("/api/v1/search?q=智谱&limit=1").get_json()["items"][0]["id"]
    paths = [
        "/",
        "/?q=智谱",
        "/entities",
        f"/items/{item}",
        "/days/2026-07-28",
        "/path",
        "/nowhere",
        "/readyz",
        "/metrics",
    ]
    paths += [
        "/api/v1/search?q=智谱",
        f"/api/v1/items/{item}",
        "/api/v1/nowhere",
        "/api/v1/openapi.json",
        "/?since=x",
    ]
    answers = [archives.clustered.get(path) for path in paths]
    working, archives.cluster.answer = archives.cluster.answer, lambda _: None
    try:
        answers += [
            archives.clustered.get(path) for path in ("/?q=智谱", "/api/v1/search?q=智谱", "/readyz", "/metrics")
        ]
    finally:
        archives.cluster.answer = working
    assert {answer.status_code for answer in answers} >= {200, 400, 404, 503}
    for answer in answers:
        policy = answer.headers["Content-Security-Policy"]
        assert "connect-src 'self'" in policy
        assert "default-src 'none'" in policy
        text = answer.get_data(as_text=True) + str(answer.headers)
        assert str(archives.cluster.port) not in text
        assert archives.prefix not in text
