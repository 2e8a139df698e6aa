"""Who else tells it: on the item's page and in the API; and hits folded into one for each report."""

from collections.abc import Collection, Iterator
from datetime import date
from typing import Any

import pytest
from flask.testing import FlaskClient
from jsonschema import Draft202012Validator

from indexer.identity import digest_id, item_id
from indexer.model import AnnotatedDigest, AnnotatedItem, Digest, NewsItem, Source
from search_service.api.openapi import PREFIX
from search_service.engines import open_engine
from search_service.engines.contract import SameText
from search_service.views.same_texts import fold
from search_service.web.app import create_app

DAY = date(2026, 2, 12)
TITLE = "松涛科技发布新一代仓储机器人"
BODY = "松涛科技今天在杭州发布新一代仓储机器人，整机重量减轻三成，单次充电可以连续工作12小时，首批交付50台。"
MARKUP = "<b>晚报</b>"


def digest(desk: str, title: str, body: str, *sources: Source) -> AnnotatedDigest:
    item = NewsItem(id=item_id(desk, DAY, title), desk=desk, day=DAY, title=title, summary=body, sources=sources)
    plain = Digest(id=digest_id(desk, "a.md"), desk=desk, path="a.md", day=DAY, items=(item,), layout="seed")
    return AnnotatedDigest(digest=plain, items=(AnnotatedItem(item=item),))


DIGESTS = (
    digest("早报", TITLE, BODY),
    digest(
        MARKUP,
        "松涛科技新品亮相，仓储机器人更轻",
        f"{BODY}（何青）",
        Source(name="示例网", url="https://a.example/1"),
    ),
    digest("周报", "云海汽车与柏川智能成立合资公司", "云海汽车宣布与柏川智能成立合资公司，双方各占一半股份。"),
)
FIRST, SECOND, THIRD = (one.items[0].item.id for one in DIGESTS)


@pytest.fixture(scope="module")
def readers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    url = f"embedded:{tmp_path_factory.mktemp('same')}"
    with open_engine(url, write=True) as archive:
        archive.replace(DIGESTS)
    with open_engine(url) as engine:
        yield create_app(engine, today=lambda: DAY).test_client()


def test_the_api_tells_who_else_tells_it(readers: FlaskClient) -> None:
    (same,) = readers.get(f"{PREFIX}/items/{FIRST}").json["same_text_as"]
    assert same.pop("similarity") > 0.9
    assert same == {
        "id": SECOND,
        "title": "松涛科技新品亮相，仓储机器人更轻",
        "date": "2026-02-12",
        "desk": MARKUP,
        "source": "示例网",
        "url": "https://a.example/1",
    }
    assert readers.get(f"{PREFIX}/items/{SECOND}").json["same_text_as"][0]["source"] is None
    assert readers.get(f"{PREFIX}/items/{THIRD}").json["same_text_as"] == []


def test_the_answer_has_the_described_shape(readers: FlaskClient) -> None:
    document = readers.get(f"{PREFIX}/openapi.json").json
    schema = {"$ref": "#/components/schemas/ItemDetails", "components": document["components"]}
    Draft202012Validator(schema).validate(readers.get(f"{PREFIX}/items/{FIRST}").json)


def test_the_page_lists_them_and_says_nothing_where_there_are_none(readers: FlaskClient) -> None:
    page = readers.get(f"/items/{FIRST}").get_data(as_text=True)
    assert "1 篇相同报道" in page
    assert f'href="/items/{SECOND}"' in page
    assert 'href="https://a.example/1"' in page
    assert MARKUP not in page
    assert "相同报道" not in readers.get(f"/items/{THIRD}").get_data(as_text=True)


class Alike:
    """An engine in which neighbours of a chain tell the same."""

    def __init__(self, *chain: str) -> None:
        self._chain = chain

    def same_texts(self, item_ids: Collection[str]) -> dict[str, tuple[SameText, ...]]:
        pairs = [*zip(self._chain, self._chain[1:], strict=False), *zip(self._chain[1:], self._chain, strict=False)]
        return {
            item: tuple(SameText(item_id=other, similarity=0.9) for one, other in pairs if one == item)
            for item in item_ids
            if item in self._chain
        }


@pytest.mark.parametrize(
    ("hits", "groups"),
    [
        ("", ()),
        ("abc", (("a",), ("b",), ("c",))),
        ("axby", (("a",), ("x", "y"), ("b",))),
        ("yxa", (("y", "x"), ("a",))),
        ("xyz", (("x", "y"), ("z",))),
        ("yzx", (("y", "z", "x"),)),
        ("xax", (("x",), ("a",))),
    ],
)
def test_hits_are_folded_below_the_first_of_each_report_and_none_is_lost(hits: str, groups: Any) -> None:
    assert fold(Alike("x", "y", "z"), list(hits)) == groups
