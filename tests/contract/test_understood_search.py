"""Understood searches on every engine: what is found is exact, what is ranked is explained, pages fit together."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.folding import index_tokens
from indexer.model import AnnotatedItem
from search_service.engines import Engine
from search_service.engines.contract import BadCursor, SearchRequest
from search_service.query.ranking import DEPTH, RankedPart, Ranking
from search_service.query.tree import AtLeast, Node, Tokens
from search_service.query.understanding import understand
from search_service.views.names import EntityNames
from search_service.views.search import SearchParameters, search

TODAY = date(2026, 2, 20)
NAMES = EntityNames()
ITEMS = (
    ("智谱完成新一轮融资", "北京的智谱获得数亿元投资。", 0),
    ("Zhipu 获得投资", "这家公司估值上升，募资完成。", 1),
    ("智谱发布新模型", "模型开源。", 2),
    ("宇树机器人亮相春晚", "机器狗翻跟头。", 5),
    ("阿里领投宇树科技", "多家机构跟投。", 40),
    ("Unitree opens a shop", "Sells robots.", 41),
    ("特斯拉 FSD 进入中国", "时间未定。", 100),
    ("可灵 2.0 上线", "视频生成更清楚。", 9),
    ("可灵更新", "上一版叫 2.0。", 8),
    ("可灵 1.6 上线", "更快。", 300),
    ("人形机器人租赁平台上线", "按天计价。", 3),
)


@dataclass(frozen=True)
class Desk:
    engine: Engine
    titles: tuple[str, ...]

    def ask(self, text: str, **parameters: Any) -> dict[str, Any]:
        chosen = {"facets": (), "today": TODAY, **parameters}
        return search(self.engine, SearchParameters(q=text, **chosen), names=NAMES)

    def found(self, text: str, **parameters: Any) -> list[str]:
        return [item["title"] for item in self.ask(text, **parameters)["items"]]


@pytest.fixture(scope="module")
def desk(engine_factory: Any, news: Any) -> Any:
    place = engine_factory()
    items = [
        news.item(title, body, day=TODAY - timedelta(days=age), names=("org:智谱",) if "智谱" in title else ())
        for title, body, age in ITEMS
    ]
    place.store(news.digest("a.md", *items))
    with place.open() as engine:
        yield Desk(engine=engine, titles=tuple(title for title, _, _ in ITEMS))


def test_aliases_and_equal_words_are_found_below_what_was_typed(desk: Desk) -> None:
    assert desk.found("智谱 融资") == ["智谱完成新一轮融资", "Zhipu 获得投资"]
    assert desk.found("智谱 融资", mode="literal") == ["智谱完成新一轮融资"]


def test_nothing_is_relaxed_where_all_parts_find_something(desk: Desk) -> None:
    answer = desk.ask("智谱 融资")
    assert (answer["total"], answer["total_relaxed"], answer["query"]["relaxed_note"]) == (2, 0, None)


def test_where_all_parts_find_nothing_most_of_them_are_enough_and_it_is_said(desk: Desk) -> None:
    answer = desk.ask("智谱 机器狗", facets=("month",))
    assert answer["total"] == 0
    assert answer["total_relaxed"] == len(answer["items"]) == 4
    assert "4" in answer["query"]["relaxed_note"]
    assert answer["facets"] == {"month": []}


def test_a_question_finds_items_that_have_a_part_of_it_after_those_that_have_all(desk: Desk) -> None:
    answer = desk.ask("谁投资了宇树科技？")
    titles = [item["title"] for item in answer["items"]]
    assert answer["query"]["question"]
    assert titles[0] == "阿里领投宇树科技"
    assert (answer["total"], answer["total_relaxed"]) == (1, len(titles) - 1)
    assert {"宇树机器人亮相春晚", "Unitree opens a shop"} <= set(titles)


def test_a_version_belongs_to_the_name_before_it(desk: Desk) -> None:
    assert desk.found("可灵 2.0") == ["可灵 2.0 上线", "可灵更新"]


@pytest.mark.parametrize(
    ("text", "found"),
    [("智谱 近7天", 3), ("宇树 上周", 1), ("宇树 本周", 0), ("宇树 上个月", 2), ("机器人 昨天", 0), ("上周", 3)],
)
def test_a_relative_window_filters(desk: Desk, text: str, found: int) -> None:
    assert desk.ask(text)["total"] == found


def test_an_empty_window_is_offered_before_the_last_day_of_the_archive(desk: Desk) -> None:
    answer = desk.ask("智谱 近7天", today=date(2027, 1, 1))
    (offer,) = answer["query"]["offers"]
    assert (answer["total"], offer["total"], offer["text"]) == (0, 3, "智谱")
    days = {"since": date.fromisoformat(offer["since"]), "until": date.fromisoformat(offer["until"])}
    assert desk.ask(offer["text"], **days)["total"] == offer["total"]


def test_named_months_are_preferred_and_filter_nothing(desk: Desk) -> None:
    assert desk.found("可灵 2025年4月")[0] == "可灵 1.6 上线"
    assert desk.ask("可灵 2025年4月")["total"] == 3


def test_reasons_add_up_to_the_score(desk: Desk) -> None:
    for item in desk.ask("智谱 融资", explain=True)["items"]:
        assert sum(reason["gave"] for reason in item["explained"]) == pytest.approx(item["score"], abs=1e-3)
    (first, *_rest) = desk.ask("智谱 融资", explain=True)["items"]
    assert {"coverage", "literal", "mention", "subject"} <= {reason["why"] for reason in first["explained"]}
    assert all(item["explained"] is None for item in desk.ask("智谱 融资")["items"])


def test_highlights_mark_what_was_found_in_place_of_what_was_typed(desk: Desk) -> None:
    zhipu = desk.ask("智谱 融资")["items"][1]
    assert [zhipu["title"][start:end] for start, end in zhipu["highlights"]["title"]] == ["Zhipu", "投资"]


@pytest.mark.parametrize("text", ["智谱 融资", "谁投资了宇树科技？", "智谱 机器狗", "上线", "近90天"])
@pytest.mark.parametrize("sort", ["relevance", "newest", "oldest"])
def test_pages_neither_repeat_nor_skip(desk: Desk, text: str, sort: str) -> None:
    whole = desk.found(text, sort=sort, limit=100)
    paged: list[str] = []
    cursor = None
    while True:
        # midnight passes between two pages
        answer = desk.ask(text, sort=sort, limit=2, cursor=cursor, today=TODAY + timedelta(days=bool(cursor)))
        paged += [item["title"] for item in answer["items"]]
        assert answer["total"] + answer["total_relaxed"] == len(whole)
        cursor = answer["next"]
        if cursor is None:
            break
    assert paged == whole


def test_a_cursor_of_another_search_is_refused(desk: Desk) -> None:
    cursor = desk.ask("上线", limit=1)["next"]
    for text, mode in (("机器人", None), ("上线", "literal"), ("上线 OR 融资", None)):
        with pytest.raises(BadCursor):
            desk.ask(text, limit=1, cursor=cursor, mode=mode)
    with pytest.raises(BadCursor):
        desk.ask("上线", limit=1, cursor="u.bm9uc2Vuc2U")


WORDS = ("智谱", "融资", "机器人", "上线", "模型", "公司", "宇树", "可灵")


@settings(max_examples=40, deadline=None)
@given(st.lists(st.sampled_from(WORDS), min_size=1, max_size=4, unique=True))
def test_the_understood_set_is_what_its_tree_says(desk: Desk, words: list[str]) -> None:
    text = " ".join(words)
    reading = understand(text, lexicon=NAMES.lexicon, counts=desk.engine.counts, today=TODAY)
    assert reading is not None
    assert reading.ranking is not None
    expected = {
        title
        for title, body, _ in ITEMS
        if all(any(_has(title, body, form.node) for form in part.forms) for part in reading.ranking.parts)
    }
    answer = desk.ask(text, limit=100)
    assert answer["total"] == len(expected)
    assert {item["title"] for item in answer["items"][: answer["total"]]} == expected


def _has(title: str, body: str, node: Node) -> bool:
    assert isinstance(node, Tokens)
    return any(_in_a_row(node.tokens, index_tokens(text)) for text in (title, body))


def _in_a_row(words: Sequence[str], tokens: Sequence[str]) -> bool:
    return any(tuple(tokens[at : at + len(words)]) == tuple(words) for at in range(len(tokens)))


@pytest.mark.parametrize(("least", "found"), [(1, 3), (2, 2), (3, 1), (4, 0)])
def test_at_least_so_many_of_several(desk: Desk, least: int, found: int) -> None:
    children = tuple(Tokens(field="any", tokens=(word,)) for word in ("智谱", "融资", "投资", "估值"))
    assert desk.engine.counts([AtLeast(least=least, children=children)]) == (found,)


def _ranking(*words: str) -> Ranking:
    readings = [understand(word, lexicon=NAMES.lexicon, counts=lambda nodes: [0] * len(nodes)) for word in words]
    parts: list[RankedPart] = [part for one in readings if one and one.ranking for part in one.ranking.parts]
    return Ranking(parts=tuple(parts))


def test_behind_the_depth_of_a_ranking_the_first_order_goes_on(engine_factory: Any, news: Any) -> None:
    count = DEPTH + 30
    items: list[AnnotatedItem] = [
        news.item(f"第{number}条 芯片", "芯片" * (number % 7) + "。", day=TODAY - timedelta(days=number))
        for number in range(count)
    ]
    place = engine_factory()
    place.store(news.digest("a.md", *items))
    with place.open() as engine:
        tree = Tokens(field="any", tokens=("芯片",))
        plain = SearchRequest(tree=tree, limit=100)
        ranked = SearchRequest(tree=tree, limit=37, ranking=_ranking("芯片"))
        first, second = news.pages(engine, plain), news.pages(engine, ranked)
    assert sorted(first) == sorted(second)
    assert second[DEPTH:] == first[DEPTH:]
    assert second[:DEPTH] != first[:DEPTH]
