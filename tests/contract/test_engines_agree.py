"""The same archive on any engine reads the same: who moves to a cluster finds every page as it was."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from search_service.engines import Engine, open_engine
from search_service.engines.contract import FACET_FIELDS, SearchRequest
from search_service.query.highlighting import highlight
from search_service.query.reading import read_query

NAMES = ["松涛", "云海", "海云杉", "Cedar-3", "岭南"]
WORDS = [*NAMES, "发布", "投资", "10亿", "，", "新"]
KINDS = ["released", "invested_in", "partnered_with"]
FEW = settings(max_examples=5, deadline=None, suppress_health_check=list(HealthCheck))

texts = st.lists(st.sampled_from(WORDS), min_size=2, max_size=12).map("".join)
facts = st.tuples(st.sampled_from(KINDS), st.sampled_from(NAMES), st.sampled_from(NAMES))
stories = st.lists(
    st.fixed_dictionaries(
        {
            "title": texts,
            "body": texts,
            "day": st.integers(1, 28),
            "desk": st.sampled_from(["早报", "晚报"]),
            "facts": st.lists(facts, max_size=2),
        }
    ),
    min_size=1,
    max_size=30,
    unique_by=lambda story: story["title"].casefold(),
)
queries = st.lists(
    st.one_of(
        st.lists(st.sampled_from(WORDS), min_size=1, max_size=3).map(" ".join),
        st.sampled_from(
            ["", "云 OR 松涛", "-发布", '"松涛发布"', "ced*", "松涛 (投资 OR 发布) -云海", "title:新", "海"]
        ),
    ),
    min_size=6,
    max_size=12,
)


def build(url: str, news: Any, written: list[dict[str, Any]]) -> Engine:
    """An archive that is written once and never changed: only then do engines count words alike."""
    digests = []
    for desk in sorted({story["desk"] for story in written}):
        items = [
            news.item(
                story["title"],
                story["body"],
                desk=desk,
                day=news.day.replace(day=story["day"]),
                sources=[(f"来源{story['day'] % 3}", "")],
                names=[f"org:{name}" for name in NAMES if name in story["title"] + story["body"]],
                relations=[(kind, f"org:{one}", f"org:{other}") for kind, one, other in story["facts"]],
            )
            for story in written
            if story["desk"] == desk
        ]
        digests.append(news.digest("a.md", *items, desk=desk))
    with open_engine(url, write=True) as archive:
        archive.replace(digests)
    return open_engine(url)


def found(engine: Engine, text: str, sort: Any) -> list[Any]:
    """All that pages of a search show, page after page."""
    reading, cursor, shown = read_query(text), None, []
    while True:
        request = SearchRequest(tree=reading.tree, sort=sort, limit=4, cursor=cursor, facets=FACET_FIELDS)
        page = engine.search(request)
        shown.append((page.total, page.facets))
        for hit in page.hits:
            marks = [highlight(text, reading.leaves, where) for where, text in texts_of(hit.item.item)]
            shown.append((hit.item, pytest.approx(hit.score, rel=1e-4), marks))
        if page.next is None:
            return shown
        cursor = page.next


def texts_of(item: Any) -> list[tuple[Any, str]]:
    return [("title", item.title), ("body", item.body)]


def known(engine: Engine, name: str) -> list[Any]:
    """All that an entity's page shows."""
    entity = f"org:{name}"
    return [
        engine.entity(entity),
        engine.relations(entity),
        engine.rounds(entity),
        engine.neighbours(entity),
        engine.timeline(entity),
        engine.edges([entity], limit=50),
        engine.degrees([entity]),
        engine.find_entities(text=name),
        *(engine.relations_between(entity, f"org:{other}") for other in NAMES),
    ]


@FEW
@given(written=stories, asked=queries)
def test_searches_answer_alike_page_by_page(
    every_engine: Callable[[], list[str]], news: Any, written: list[dict[str, Any]], asked: list[str]
) -> None:
    engines = [build(url, news, written) for url in every_engine()]
    for text in asked:
        for sort in ("relevance", "newest", "oldest"):
            first, *others = [found(engine, text, sort) for engine in engines]
            assert all(other == first for other in others), (text, sort)
    for engine in engines:
        engine.__exit__(None, None, None)


@FEW
@given(written=stories)
def test_entities_and_days_read_alike(
    every_engine: Callable[[], list[str]], news: Any, written: list[dict[str, Any]]
) -> None:
    engines = [build(url, news, written) for url in every_engine()]
    for name in NAMES:
        first, *others = [known(engine, name) for engine in engines]
        assert all(other == first for other in others), name
    first, *others = [(engine.days(), engine.state(), engine.digests_of(news.day)) for engine in engines]
    assert all(other == first for other in others)
    for engine in engines:
        engine.__exit__(None, None, None)
