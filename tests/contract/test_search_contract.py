"""What a search finds, in which order, and how pages follow one another."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from search_service.engines import ENGINE_NAMES, UnknownEngine, open_engine
from search_service.engines.contract import BadCursor, SearchRequest
from search_service.query.reading import read_query
from search_service.query.tree import AllOf, AnyOf, Days, Everything, Keyword, Node, Not, Prefix, Tokens

FEBRUARY = date(2026, 2, 1)


def asking(query: str, **rest: Any) -> SearchRequest:
    return SearchRequest(tree=read_query(query).tree, **rest)


@pytest.fixture(scope="module")
def place(engine_factory: Callable[[], Any], news: Any) -> Any:
    """One archive for the reading tests of this module."""
    place = engine_factory()
    place.store(
        news.digest(
            "a.md",
            news.item(
                "青山科技发布 Cedar-3 模型",
                "推理成本下降一半。",
                section="模型",
                sources=[("甲报", "https://a.example/1")],
            ),
            news.item(
                "蓝海资本领投云杉机器人",
                "本轮融资 10 亿元，投资方还有远山。",
                section="融资",
                sources=[("乙报", ""), ("甲报", "")],
            ),
            news.item("云杉机器人开源仿真平台", "机器人公司的平台支持 Cedar3。", section="模型"),
        ),
        news.digest(
            "b.md",
            news.item("芯片出口规则更新", "投资，资方观望；青山科技未回应。", day=FEBRUARY, section="政策"),
            news.item("Cedar 社区聚会", "深圳，晴。", day=FEBRUARY),
            day=FEBRUARY,
        ),
        news.digest("c.md", news.item("没有日期的旧闻", "青山科技的历史。", day=None), day=None),
    )
    return place


def test_the_table_of_this_suite_names_every_engine(engine_table: dict[str, Any]) -> None:
    assert sorted(engine_table) == sorted(ENGINE_NAMES)


def test_a_url_of_no_engine_is_told(tmp_path: Path) -> None:
    with pytest.raises(UnknownEngine, match="embedded:FOLDER"):
        open_engine(str(tmp_path))


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("", 6),
        ("青山", 3),
        ("青山科技", 3),
        ("山科", 3),
        ("云杉 融资", 1),
        ("云杉 OR 芯片", 3),
        ("-青山", 3),
        ("云杉 -融资", 1),
        ("-青山 -云杉", 1),
        ("投资方", 1),
        ("投资资方", 0),
        ('"投资，资方"', 1),
        ("cedar", 3),
        ("Cedar-3", 2),
        ("ＣＥＤＡＲ３", 2),
        ("3", 0),
        ("ced*", 3),
        ("云", 2),
        ("晴", 1),
        ("青山科技的历史", 1),
        ("青山历史", 0),
        ("title:青山", 1),
        ("section:模型", 2),
        ("section:-", 2),
        ("source:甲报", 2),
        ("source:乙报", 1),
        ("category:other", 6),
        ("since:2026-02-02", 3),
        ("until:2026-02-01", 2),
        ("since:2026-02-01 until:2026-02-12", 5),
        ("10亿", 1),
    ],
)
def test_what_is_found(place: Any, query: str, count: int) -> None:
    with place.open() as engine:
        page = engine.search(asking(query))
        assert page.total == count
        assert len(page.hits) == count


def test_negations_nested_anywhere_mean_what_they_say(place: Any) -> None:
    cedar = Tokens(field="any", tokens=("cedar",))
    nothing = AllOf(children=(cedar, Not(child=cedar)))
    either = AnyOf(children=(cedar, Not(child=cedar)))
    with place.open() as engine:
        for tree, total in [
            (nothing, 0),
            (either, 6),
            (Not(child=Not(child=cedar)), 3),
            (Not(child=Everything()), 0),
            (AnyOf(children=(Not(child=cedar), Keyword(field="section", value="融资"))), 3),
            (AllOf(children=()), 6),
            (AnyOf(children=()), 0),
        ]:
            assert engine.search(SearchRequest(tree=tree)).total == total, tree


def test_a_prefix_may_follow_words(place: Any) -> None:
    with place.open() as engine:
        for tokens, prefix, total in [(("cedar",), "ceda", 2), (("发布",), "ced", 0), ((), "zzz", 0)]:
            tree = Prefix(field="any", tokens=tokens, prefix=prefix)
            assert engine.search(SearchRequest(tree=tree)).total == total, tree


def test_prefixes_are_not_cut_at_some_number_of_words(engine_factory: Callable[[], Any], news: Any) -> None:
    place = engine_factory()
    place.store(news.digest("a.md", *(news.item(f"产品 zeta{letters(at)} 上架") for at in range(120))))
    with place.open() as engine:
        assert engine.search(asking("zeta*")).total == 120
        tree = Prefix(field="title", tokens=("产品", "品"), prefix="zeta")
        assert engine.search(SearchRequest(tree=tree)).total == 120


def letters(number: int) -> str:
    return chr(97 + number // 26) + chr(97 + number % 26)


def test_characters_of_expressions_are_only_characters(place: Any) -> None:
    with place.open() as engine:
        for prefix in (".*", "c.*", "(", "[a", "\\", "ced.r"):
            assert engine.search(SearchRequest(tree=Prefix(field="any", tokens=(), prefix=prefix))).total == 0


def test_newest_and_oldest_put_items_without_a_day_last(place: Any, news: Any) -> None:
    with place.open() as engine:
        newest = engine.search(asking("青山", sort="newest"))
        oldest = engine.search(asking("青山", sort="oldest"))
    assert news.titles(newest) == ["青山科技发布 Cedar-3 模型", "芯片出口规则更新", "没有日期的旧闻"]
    assert news.titles(oldest) == ["芯片出口规则更新", "青山科技发布 Cedar-3 模型", "没有日期的旧闻"]
    assert {hit.score for hit in newest.hits} == {0.0}


def test_a_search_that_only_filters_is_newest_first(place: Any, news: Any) -> None:
    tree = Keyword(field="desk", value="早报")
    with place.open() as engine:
        assert news.titles(engine.search(SearchRequest(tree=tree))) == news.titles(
            engine.search(SearchRequest(tree=tree, sort="newest"))
        )


def test_a_word_in_the_title_ranks_before_the_same_word_in_the_body(place: Any, news: Any) -> None:
    with place.open() as engine:
        page = engine.search(asking("青山科技"))
    assert news.titles(page)[0] == "青山科技发布 Cedar-3 模型"
    assert page.hits[0].score > page.hits[1].score > 0


def test_filters_do_not_score(place: Any) -> None:
    word = read_query("青山科技").tree
    filtered = AllOf(
        children=(word, Days(since=FEBRUARY, until=None), Not(child=Keyword(field="section", value="x")))
    )
    with place.open() as engine:
        bare = {hit.item.item.id: hit.score for hit in engine.search(SearchRequest(tree=word)).hits}
        for hit in engine.search(SearchRequest(tree=filtered)).hits:
            assert hit.score == pytest.approx(bare[hit.item.item.id])


def test_equal_scores_are_ordered_newest_first_then_by_id(engine_factory: Callable[[], Any], news: Any) -> None:
    place = engine_factory()
    days = [FEBRUARY + timedelta(days=at % 4) for at in range(40)]
    items = [news.item(f"快讯{letters(at)}", "松涛上市。", day=day) for at, day in enumerate(days)]
    place.store(*(news.digest(f"{at}.md", item, day=item.item.day) for at, item in enumerate(items)))
    expected = sorted(items, key=lambda one: (-one.item.day.toordinal(), one.item.id))
    with place.open() as engine:
        found = news.pages(engine, asking("松涛", limit=7))
    assert found == [one.item.title for one in expected]


@pytest.mark.parametrize("sort", ["relevance", "newest", "oldest"])
def test_pages_give_each_item_once(place: Any, news: Any, sort: Any) -> None:
    with place.open() as engine:
        whole = news.titles(engine.search(asking("青山 OR 云杉", sort=sort, limit=100)))
        for limit in (1, 2, 3):
            assert news.pages(engine, asking("青山 OR 云杉", sort=sort, limit=limit)) == whole


@pytest.mark.parametrize("sort", ["newest", "oldest"])
def test_pages_neither_repeat_nor_skip_while_indexing_goes_on(
    engine_factory: Callable[[], Any], news: Any, sort: Any
) -> None:
    place = engine_factory()
    first = [news.item(f"要闻{letters(at)}", day=FEBRUARY + timedelta(days=at % 3)) for at in range(20)]
    place.store(news.digest("a.md", *first))
    with place.open(write=True) as engine:
        seen, request = [], asking("", sort=sort, limit=3)
        for number in range(100):
            page = engine.search(request)
            seen.extend(news.titles(page))
            if page.next is None:
                break
            added = news.item(f"加急{letters(number)}", day=FEBRUARY + timedelta(days=number % 3))
            engine.replace([news.digest(f"more{number}.md", added)])
            request = replace(request, cursor=page.next)
    assert len(seen) == len(set(seen))
    assert {item.item.title for item in first} <= set(seen)


def test_pages_by_relevance_stay_with_the_state_they_began_in(engine_factory: Callable[[], Any], news: Any) -> None:
    place = engine_factory()
    place.store(news.digest("a.md", *(news.item(f"松涛{letters(at)}", "松涛" * at) for at in range(9))))
    with place.open(write=True) as engine:
        request = asking("松涛", limit=4)
        whole = news.titles(engine.search(replace(request, limit=50)))
        page = engine.search(request)
        engine.replace([news.digest("b.md", *(news.item(f"松涛{letters(at)}新", "松涛松涛") for at in range(9)))])
        rest = news.pages(engine, replace(request, cursor=page.next))
    assert news.titles(page) + rest == whole


def test_pages_by_relevance_go_on_elsewhere_without_repeating_and_say_so(
    engine_factory: Callable[[], Any], news: Any
) -> None:
    place = engine_factory()
    old = [news.item(f"松涛{letters(at)}", "松涛" * at) for at in range(9)]
    place.store(news.digest("a.md", *old))
    request = asking("松涛", limit=4)
    with place.open() as engine:
        page = engine.search(request)
    place.store(news.digest("b.md", *(news.item(f"云海{letters(at)}", "松涛和云海" * 9) for at in range(30))))
    with place.open() as engine:
        following = engine.search(replace(request, cursor=page.next))
        rest = news.titles(following) + news.pages(engine, replace(request, cursor=following.next))
    assert following.notices or following.total == page.total  # told, unless the state of the first page is kept
    assert len(rest) == len(set(rest))
    assert not set(rest) & set(news.titles(page))
    assert {item.item.title for item in old} <= {*news.titles(page), *rest}


def test_pages_by_relevance_that_went_on_elsewhere_skip_nothing_later(
    engine_factory: Callable[[], Any], news: Any
) -> None:
    place = engine_factory()
    place.store(
        news.digest("a.md", *(news.item(f"杂谈{letters(at)}", "提到松涛。" + "别的。" * 30) for at in range(9)))
    )
    request = asking("松涛", limit=4)
    with place.open() as engine:
        first = engine.search(request)
    place.store(news.digest("b.md", *(news.item(f"松涛{letters(at)}") for at in range(9))))
    with place.open() as engine:
        second = engine.search(replace(request, cursor=first.next))
        rest = news.titles(second) + news.pages(engine, replace(request, cursor=second.next))
        everything = news.pages(engine, request)
    seen = news.titles(first) + rest
    assert len(seen) == len(set(seen)) == second.total
    assert set(seen) == set(everything) or not second.notices


@pytest.mark.parametrize("cursor", ["", "x", "AAAA", "你好", "=", "a" * 5000])
def test_a_cursor_that_is_none_is_refused(place: Any, cursor: str) -> None:
    with place.open() as engine, pytest.raises(BadCursor):
        engine.search(asking("青山", cursor=cursor))


def test_a_cursor_fits_its_own_search_only(place: Any) -> None:
    with place.open() as engine:
        cursor = engine.search(asking("青山", sort="newest", limit=1)).next
        assert engine.search(asking("青山", sort="newest", limit=2, cursor=cursor)).hits
        for other in (asking("云杉", sort="newest", cursor=cursor), asking("青山", sort="oldest", cursor=cursor)):
            with pytest.raises(BadCursor):
                engine.search(other)
        with pytest.raises(BadCursor):
            engine.search(asking("青山", sort="newest", cursor=cursor[:-2]))


@pytest.mark.parametrize("query", ["(" * 900 + "青山" + ")" * 900, "NOT " * 480 + "青山", "-" * 1999, "青 OR " * 330])
def test_no_query_that_can_be_typed_is_too_deep(place: Any, query: str) -> None:
    with place.open() as engine:
        engine.search(asking(query, facets=("source",)))


def test_trees_nested_deeper_than_people_think_are_answered(place: Any) -> None:
    tree: Node = Tokens(field="any", tokens=("青山",))
    for _ in range(60):
        tree = Not(child=AllOf(children=(AnyOf(children=(tree,)), Everything())))
    with place.open() as engine:
        assert engine.search(SearchRequest(tree=tree)).total == 3
