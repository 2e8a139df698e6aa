"""A reader who follows a facet must get exactly as many items as it promised."""

from collections.abc import Callable
from datetime import date
from typing import Any

from search_service.engines.contract import FACET_FIELDS, SearchRequest
from search_service.query.tree import AllOf, Everything, Keyword, Tokens

WORD = Tokens(field="any", tokens=("松涛",))


def fill(place: Any, news: Any, *, sources: int, digests: int) -> None:
    """Items in several digests, with sources of few and of many items."""
    with place.open(write=True) as archive:
        for number in range(digests):
            items = [
                news.item(
                    f"松涛{number}号第{at}条" if at % 3 else f"杉林{number}号第{at}条",
                    section=["", "模型", "融资"][at % 3],
                    day=[None, date(2026, 1 + at % 12, 3)][at % 5 > 0],
                    sources=[(f"来源{at % sources}", ""), (f"来源{at * at % sources}", "")],
                    names=["org:松涛"] if at % 2 else [],
                )
                for at in range(150)
            ]
            archive.replace([news.digest(f"{number}.md", *items)])


def test_each_value_leads_to_as_many_items_as_it_says(engine_factory: Callable[[], Any], news: Any) -> None:
    place = engine_factory()
    fill(place, news, sources=40, digests=3)
    with place.open() as engine:
        for tree in (Everything(), WORD):
            facets = engine.search(SearchRequest(tree=tree, facets=FACET_FIELDS)).facets
            assert set(facets) == set(FACET_FIELDS)
            for field, values in facets.items():
                assert list(values) == sorted(values, key=lambda value: (-value.count, value.value))
                for value in values:
                    both = AllOf(children=(tree, Keyword(field=field, value=value.value)))
                    assert engine.search(SearchRequest(tree=both)).total == value.count, (field, value)


def crowd(news: Any, number: int) -> list[Any]:
    """Two items that share six hundred sources which no other part of the archive has."""
    names = [(f"独家{number}-{at}", "") for at in range(600)]
    return [news.item(f"第{number}日{which}", sources=names) for which in "甲乙"]


def most_frequent(place: Any) -> list[tuple[str, int]]:
    with place.open() as engine:
        values = engine.search(SearchRequest(tree=Everything(), facets=("source",))).facets["source"]
    return [(value.value, value.count) for value in values]


def test_a_value_that_is_rare_everywhere_is_listed_where_its_sum_is_high(
    engine_factory: Callable[[], Any], news: Any
) -> None:
    place = engine_factory()
    steady = [f"常客{at:02}" for at in range(25)]
    with place.open(write=True) as archive:
        for number in range(4):
            item = news.item(f"第{number}日丙", sources=[(name, "") for name in steady])
            archive.replace([news.digest(f"{number}.md", *crowd(news, number), item)])
    assert most_frequent(place) == [(name, 4) for name in steady[:20]]


def test_a_frequent_value_is_counted_where_it_is_rare_as_well(engine_factory: Callable[[], Any], news: Any) -> None:
    place = engine_factory()
    loud = [f"大社{at:02}" for at in range(20)]
    with place.open(write=True) as archive:
        for number in range(4):
            items = [
                news.item(f"第{number}日第{at}条", sources=[(name, "") for name in loud])
                for at in range(1 if number else 30)
            ]
            archive.replace([news.digest(f"{number}.md", *crowd(news, number), *items)])
    assert most_frequent(place) == [(name, 33) for name in loud]


def test_ties_at_the_end_of_a_facet_go_by_value(engine_factory: Callable[[], Any], news: Any) -> None:
    place = engine_factory()
    names = [f"来源{number:03}" for number in range(300)]
    place.store(news.digest("a.md", *(news.item(name, sources=[(name, "")]) for name in reversed(names))))
    with place.open() as engine:
        values = engine.search(SearchRequest(tree=Everything(), facets=("source",))).facets["source"]
    assert [value.value for value in values] == names[:20]


def test_all_months_are_listed_and_no_value_is_a_dash(engine_factory: Callable[[], Any], news: Any) -> None:
    place = engine_factory()
    days = [date(2020 + at // 12, 1 + at % 12, 1) for at in range(30)]
    items = [*(news.item(f"第{at}条", day=day) for at, day in enumerate(days)), news.item("旧闻", day=None)]
    place.store(news.digest("a.md", *items, day=None))
    with place.open() as engine:
        facets = engine.search(SearchRequest(tree=Everything(), facets=FACET_FIELDS)).facets
    assert {value.value for value in facets["month"]} == {*(f"{day:%Y-%m}" for day in days), "-"}
    assert [(value.value, value.count) for value in facets["section"]] == [("-", 31)]
    assert facets["entity"] == ()
    assert [(value.value, value.count) for value in facets["category"]] == [("other", 31)]


def test_no_facets_are_made_where_none_are_asked_for(engine_factory: Callable[[], Any], news: Any) -> None:
    place = engine_factory()
    place.store(news.digest("a.md", news.item("一条")))
    with place.open() as engine:
        assert engine.search(SearchRequest(tree=Everything())).facets == {}
        assert set(engine.search(SearchRequest(tree=Everything(), facets=("month",))).facets) == {"month"}


def test_all_values_of_a_field_are_told_beyond_those_that_facets_show(
    engine_factory: Callable[[], Any], news: Any
) -> None:
    place = engine_factory()
    fill(place, news, sources=40, digests=2)
    with place.open() as engine:
        told = engine.values("source", limit=100)
        shown = engine.search(SearchRequest(tree=Everything(), facets=("source",))).facets["source"]
        assert len(told) == 40
        assert told[: len(shown)] == shown
        assert engine.values("source", limit=3) == told[:3]
