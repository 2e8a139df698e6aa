"""Understood searches against plain reading of folded texts: parts, relaxing, facets, chips, highlights."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from indexer.folding import fold, fold_key, index_tokens, query_tokens
from indexer.identity import title_key
from search_service.engines import Engine
from search_service.engines.contract import SearchRequest
from search_service.query.reading import read_query
from search_service.views.exports import exported
from search_service.views.names import EntityNames
from search_service.views.parameters import CURSOR, read_values
from search_service.views.search import SearchParameters, search

NAMES = EntityNames()
TODAY = date(2026, 2, 20)
DAYS = [None, *(TODAY - timedelta(days=age) for age in (0, 3, 9, 40))]
FILTERED = ("section", "month", "source")
PIECES = [
    *("智谱", "Zhipu", "智譜", "月之暗面", "Kimi", "GLM-5", "ＧＬＭ 5", "宇树科技", "Unitree"),
    *("融资", "募资", "投资", "发布", "机器人", "数字人", "云海", "Zeta-9", "1,000万元", "，", "。", " ", "的"),
]
ASKED = ["智谱", "智譜", "月之暗面", "GLM-5", "宇树科技", "融资", "发布", "机器人", "云海", "Zeta-9", "1000万", "云"]
WINDOWS = {"近7天": 7, "今天": 0, "近30天": 30}
FEW = settings(max_examples=4, deadline=None, suppress_health_check=list(HealthCheck))

texts = st.lists(st.sampled_from(PIECES), min_size=1, max_size=7).map("".join)
stories = st.lists(
    st.fixed_dictionaries(
        {
            "title": texts.filter(lambda text: bool(title_key(text))),
            "body": texts,
            "section": st.sampled_from(["", "模型", "融资 并购"]),
            "day": st.sampled_from(DAYS),
            "sources": st.lists(st.sampled_from([("甲报", ""), ("乙报", "")]), max_size=2, unique=True),
        }
    ),
    min_size=1,
    max_size=14,
    unique_by=lambda story: title_key(story["title"]),
)
queries = st.lists(
    st.tuples(
        st.lists(st.sampled_from(ASKED), min_size=1, max_size=3, unique_by=fold_key),
        st.sampled_from(["", "", "近7天", "今天", "近30天"]),
        st.sampled_from(["", "", "谁", "哪些"]),
    ),
    min_size=3,
    max_size=6,
)
Story = dict[str, Any]


class Archive:
    """An archive of stories, asked as readers ask."""

    def __init__(self, engine: Engine, written: Sequence[Story]) -> None:
        self.engine = engine
        self.stories = {story["title"]: story for story in written}

    def ask(self, text: str, **more: Any) -> dict[str, Any]:
        chosen = {"facets": (), "today": TODAY, "limit": 100, **more}
        return search(self.engine, SearchParameters(q=text, **chosen), names=NAMES)

    def pages(self, text: str, **more: Any) -> list[str]:
        """Ids page after page, each cursor going through what reads requests."""
        ids: list[str] = []
        cursor = None
        while True:
            answer = self.ask(text, cursor=cursor, **more)
            ids += [item["id"] for item in answer["items"]]
            if answer["next"] is None:
                return ids
            cursor = read_values((CURSOR,), {"cursor": [answer["next"]]})["cursor"]


def with_archive(place: Any, news: Any, written: Sequence[Story], check: Callable[[Archive], None]) -> None:
    """Checks an archive of these stories."""
    place.store(news.digest("a.md", *(news.item(**story) for story in written)))
    with place.open() as engine:
        check(Archive(engine, written))


def holds(story: Story, form: str) -> bool:
    """Whether the title or the body has the form: Han as a substring, words and numbers whole."""
    if not form.isascii() and all("\u4e00" <= character <= "\u9fff" for character in fold(form).text):
        return any(fold(form).text in fold(story[field]).text for field in ("title", "body"))
    wanted = query_tokens(form)
    runs = (index_tokens(story[field]) for field in ("title", "body"))
    return any(tuple(run[at : at + len(wanted)]) == wanted for run in runs for at in range(len(run)))


def sought(answer: dict[str, Any]) -> list[dict[str, Any]]:
    """The parts that have to be there."""
    return [part for part in answer["query"]["parts"] if part["sought"] and part["kind"] not in ("window", "days")]


def within(story: Story, window: str) -> bool:
    if not window:
        return True
    day = story["day"]
    return day is not None and TODAY - timedelta(days=WINDOWS[window]) <= day <= TODAY


def covered(marked: str, forms: Sequence[str]) -> bool:
    """Whether forms leave nothing of a highlight over, blanks and dashes aside."""
    key = fold_key(marked).replace(",", "")  # 1,000 is 1000
    places: set[int] = set()
    for form in map(fold_key, forms):
        for at in range(len(key)):
            if form and key.startswith(form, at):
                places.update(range(at, at + len(form)))
    return len(places) == len(key)


def check_answered(archive: Archive, text: str, window: str) -> dict[str, Any]:
    """The answered set is what has every part in one of its forms, and nothing relaxed is of it."""
    answer = archive.ask(text, facets=FILTERED, explain=True)
    forms = [[part["value"], *part["also"]] for part in sought(answer)]
    expected = {
        title
        for title, story in archive.stories.items()
        if within(story, window) and all(any(holds(story, form) for form in one) for one in forms)
    }
    titles = [item["title"] for item in answer["items"]]
    assert set(titles[: answer["total"]]) == expected, text
    assert answer["total"] == len(expected)
    assert not set(titles[answer["total"] :]) & expected
    assert len(titles) == len(set(titles)) == answer["total"] + answer["total_relaxed"]
    assert all(within(archive.stories[title], window) for title in titles)
    return answer


@FEW
@given(written=stories, asked=queries)
def test_understood_searches_answer_what_reading_everything_answers(
    engine_factory: Callable[[], Any], news: Any, written: list[Story], asked: list[Any]
) -> None:
    def check(archive: Archive) -> None:
        for words, window, question in asked:
            text = " ".join(filter(None, [question, *words, window]))
            answer = check_answered(archive, text, window)
            assert answer["query"]["understood"]
            ids = [item["id"] for item in answer["items"]]
            assert archive.ask(text, facets=FILTERED, explain=True) == answer
            assert archive.pages(text, limit=3) == ids
            parameters = SearchParameters(q=text, today=TODAY)
            records = exported(lambda page: search(archive.engine, page, names=NAMES), parameters)
            assert [record["id"] for record in records] == ids

    with_archive(engine_factory(), news, written, check)


@FEW
@given(written=stories, asked=queries)
def test_facets_chips_and_the_literal_query_lead_where_they_say(
    engine_factory: Callable[[], Any], news: Any, written: list[Story], asked: list[Any]
) -> None:
    def check(archive: Archive) -> None:
        for words, window, _question in asked:
            text = " ".join(filter(None, [*words, window]))
            answer = archive.ask(text, facets=FILTERED)
            for field, values in answer["facets"].items():
                for value in values:
                    there = archive.ask(text, **{field: (value["value"],)})
                    assert there["total"] == value["count"], (text, field, value)
            for part in answer["query"]["parts"]:
                others = [one["value"] for one in answer["query"]["parts"] if one is not part]
                left = archive.ask(part["without"])["query"]
                assert [one["value"] for one in left["parts"]] == others, (text, part)
            literal = {item["id"] for item in archive.ask(text, mode="literal")["items"]}
            request = SearchRequest(tree=read_query(text).tree, limit=100)
            assert literal == {hit.item.item.id for hit in archive.engine.search(request).hits}
            if not window:
                assert literal <= {item["id"] for item in answer["items"][: answer["total"]]}

    with_archive(engine_factory(), news, written, check)


@FEW
@given(written=stories, asked=queries)
def test_highlights_and_reasons_tell_what_was_found(
    engine_factory: Callable[[], Any], news: Any, written: list[Story], asked: list[Any]
) -> None:
    def check(archive: Archive) -> None:
        for words, _window, question in asked:
            answer = archive.ask(" ".join(filter(None, [question, *words])), explain=True)
            forms = [form for part in sought(answer) for form in (part["value"], *part["also"])]
            for item in answer["items"]:
                marked = [
                    item[field][start:end] for field in ("title", "body") for start, end in item["highlights"][field]
                ]
                assert marked
                assert all(covered(text, forms) for text in marked), (marked, forms)
                gave = sum(reason["gave"] for reason in item["explained"])
                assert gave == pytest.approx(item["score"], abs=2e-3)

    with_archive(engine_factory(), news, written, check)


@pytest.mark.parametrize("sort", ["relevance", "newest", "oldest"])
def test_pages_of_understood_searches_fit_together_while_indexing_goes_on(place: Any, news: Any, sort: str) -> None:
    old = [news.item(f"智谱消息{number}", "融资" * (number % 3), day=TODAY) for number in range(12)]
    with place.open(write=True) as engine:
        engine.replace([news.digest("a.md", *old)])
        archive, cursor, ids, notices = Archive(engine, ()), None, [], []
        for number in range(60):
            answer = archive.ask("智谱 消息", sort=sort, limit=3, cursor=cursor)
            ids += [item["id"] for item in answer["items"]]
            notices += answer["query"]["problems"]
            cursor = answer["next"]
            if cursor is None:
                break
            engine.replace([news.digest(f"new{number}.md", news.item(f"智谱新消息{number}", day=TODAY))])
    assert len(ids) == len(set(ids))
    assert {item.item.id for item in old} <= set(ids) or notices


@pytest.mark.parametrize("mode", [None, "literal"])
def test_pages_go_on_however_many_were_shown(place: Any, news: Any, mode: str | None) -> None:
    items = [news.item(f"智谱第{number}条消息", day=TODAY - timedelta(days=number)) for number in range(1150)]
    place.store(news.digest("a.md", *items))
    with place.open() as engine:
        ids = Archive(engine, ()).pages("智谱", mode=mode, limit=100)
    assert len(ids) == len(set(ids)) == len(items)
