"""Any query over any archive finds what a few lines of plain Python find: a search that misses cannot be trusted."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from indexer.folding import fold, index_tokens
from indexer.identity import title_key
from indexer.model import AnnotatedItem
from search_service.engines.contract import FACET_FIELDS, SearchRequest
from search_service.query.tree import (
    AllOf,
    AnyOf,
    Days,
    Everything,
    HanCharacter,
    Keyword,
    KeywordField,
    Node,
    Not,
    Prefix,
    Tokens,
)

WORDS = ["松涛", "云海", "云", "海云杉", "Cedar", "Cedar-3", "ceder", "10亿", "，", " ", "5"]
SECTIONS = ["", "模型", "融资 并购"]
SOURCES = ["甲报", "乙报", "A/B"]
ENTITIES = ["org:松涛", "model:Cedar"]
FIRST_DAY = date(2026, 1, 30)
DAYS = [None, *(FIRST_DAY + timedelta(days=at) for at in range(4))]

texts = st.lists(st.sampled_from(WORDS), min_size=1, max_size=6).map("".join)


@dataclass(frozen=True)
class Story:
    title: str
    body: str
    section: str
    day: date | None
    sources: frozenset[str]
    entities: frozenset[str]


stories = st.lists(
    st.builds(
        Story,
        title=texts,
        body=texts,
        section=st.sampled_from(SECTIONS),
        day=st.sampled_from(DAYS),
        sources=st.frozensets(st.sampled_from(SOURCES)),
        entities=st.frozensets(st.sampled_from(ENTITIES)),
    ),
    min_size=1,
    max_size=12,
    unique_by=lambda story: title_key(story.title),
)
fields = st.sampled_from(["any", "title", "body"])
keywords: dict[KeywordField, list[str]] = {
    "section": ["-", "模型", "融资 并购", "融资"],
    "source": ["-", *SOURCES, "甲"],
    "entity": ["-", *ENTITIES],
    "month": ["-", "2026-01", "2026-02"],
    "category": ["other", "funding"],
    "desk": ["早报", "晚报"],
}
leaves = st.one_of(
    st.just(Everything()),
    st.builds(Tokens, field=fields, tokens=texts.map(lambda text: tuple(index_tokens(text)))),
    st.builds(
        Prefix,
        field=fields,
        tokens=st.sampled_from([(), ("cedar",), ("松涛",), ("cedar", "cedar3")]),
        prefix=st.sampled_from(["c", "ced", "cedar3", "10", "松", "¶", "."]),
    ),
    st.builds(HanCharacter, field=fields, character=st.sampled_from("松云海亿山")),
    st.sampled_from([(name, value) for name, values in keywords.items() for value in values]).map(
        lambda pair: Keyword(field=pair[0], value=pair[1])
    ),
    st.builds(Days, since=st.sampled_from(DAYS), until=st.sampled_from(DAYS)),
)
trees = st.recursive(
    leaves,
    lambda children: st.one_of(
        st.builds(AllOf, children=st.lists(children, max_size=3).map(tuple)),
        st.builds(AnyOf, children=st.lists(children, max_size=3).map(tuple)),
        st.builds(Not, child=children),
    ),
    max_leaves=6,
)


def matches(node: Node, story: Story) -> bool:
    match node:
        case Everything():
            return True
        case AllOf(children=children):
            return all(matches(child, story) for child in children)
        case AnyOf(children=children):
            return any(matches(child, story) for child in children)
        case Not(child=child):
            return not matches(child, story)
    return leaf_matches(node, story)


def leaf_matches(node: Node, story: Story) -> bool:
    match node:
        case Days(since=since, until=until):
            return story.day is not None and (since or date.min) <= story.day <= (until or date.max)
        case Keyword(field=field, value=value):
            return value in values_of(story)[field]
        case Tokens(field=field, tokens=tokens):
            return any(stands_in(tokens, index_tokens(text)) for text in read(field, story))
        case HanCharacter(field=field, character=character):
            return any(character in fold(text).text for text in read(field, story))
        case Prefix(field=field, tokens=tokens, prefix=prefix):
            return any(
                stands_in((*tokens, token), words)
                for text in read(field, story)
                for words in [index_tokens(text)]
                for token in words
                if token.startswith(prefix)
            )
    raise AssertionError(node)


def read(field: str, story: Story) -> list[str]:
    return {"any": [story.title, story.body], "title": [story.title], "body": [story.body]}[field]


def stands_in(tokens: Sequence[str], words: Sequence[str]) -> bool:
    width = len(tokens)
    return any(tuple(words[at : at + width]) == tuple(tokens) for at in range(len(words) - width + 1))


def values_of(story: Story) -> dict[str, set[str]]:
    return {
        "section": {story.section or "-"},
        "source": set(story.sources) or {"-"},
        "entity": set(story.entities) or {"-"},
        "month": {f"{story.day:%Y-%m}" if story.day else "-"},
        "category": {"other"},
        "desk": {"早报"},
    }


def facets_of(found: Sequence[Story]) -> dict[str, list[tuple[str, int]]]:
    facets = {}
    for field in FACET_FIELDS:
        counts = Counter(value for story in found for value in values_of(story)[field])
        if field == "entity":
            counts.pop("-", None)
        facets[field] = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    return facets


def written(story: Story, news: Any) -> AnnotatedItem:
    """The item of a story; its entities are said in relations, so that no text needs to name them."""
    return news.item(
        story.title,
        story.body,
        section=story.section,
        day=story.day,
        sources=[(source, "") for source in sorted(story.sources)],
        relations=[("developed", entity, entity) for entity in sorted(story.entities)],
    )


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(stories=stories, asked=st.lists(trees, min_size=20, max_size=40), cut=st.integers(0, 12))
def test_a_search_finds_what_reading_everything_finds(
    engine_factory: Callable[[], Any], news: Any, stories: list[Story], asked: list[Node], cut: int
) -> None:
    place = engine_factory()
    items = {story.title: written(story, news) for story in stories}
    by_title = {story.title: story for story in stories}
    parts = [stories[:cut], stories[cut:]]
    with place.open(write=True) as engine:
        for number, part in enumerate(parts):
            engine.replace([news.digest(f"{number}.md", *(items[story.title] for story in part))])
        for tree in asked:
            expected = [story for story in stories if matches(tree, story)]
            page = engine.search(SearchRequest(tree=tree, limit=100, facets=FACET_FIELDS))
            found = [by_title[title] for title in news.titles(page)]
            assert {story.title for story in found} == {story.title for story in expected}, tree
            assert page.total == len(expected)
            assert {f: [(v.value, v.count) for v in vs] for f, vs in page.facets.items()} == facets_of(expected)
            newest = news.pages(engine, SearchRequest(tree=tree, sort="newest", limit=3))
            assert newest == sorted(
                (story.title for story in expected),
                key=lambda title: (-(by_title[title].day or date.min).toordinal(), items[title].item.id),
            )
