"""What an archive holds depends on the digests alone: two people who index the same files must see the same."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graph.kinds import RELATION_KINDS
from graph.model import Evidence, FundingRound, Investor, Relation
from indexer.archive import Selection
from indexer.identity import digest_id
from indexer.model import AnnotatedDigest, AnnotatedItem, Annotations, Digest, Mention, NewsItem, Place, Source
from search_service.engines import open_engine
from search_service.engines.contract import SearchRequest
from search_service.query.tree import Everything

DESK = "早报"
ENTITIES = ["org:松涛", "org:云海", "model:Cedar", "person:何青"]
DAYS = [None, date(2026, 1, 31), date(2026, 2, 1)]

entities = st.sampled_from(ENTITIES)


@st.composite
def annotations(draw: Any, title: str) -> Annotations:
    said = Evidence(item_id="?", field="title", start=0, end=len(title), text=title, trigger=(0, 1))
    mentions = [
        Mention(entity_id=entity, name=name, kind=entity.split(":")[0], field="title", start=0, end=end)
        for entity in draw(st.lists(entities, max_size=3, unique=True))
        for name in [draw(st.sampled_from([entity.split(":")[1], "别名"]))]
        for end in [draw(st.integers(1, len(title)))]
    ]
    relations = [
        Relation(kind=draw(st.sampled_from(RELATION_KINDS[:2])), subject=subject, object=object_, evidence=said)
        for subject, object_ in draw(st.lists(st.tuples(entities, entities), max_size=2))
    ]
    funding = [
        FundingRound(company=company, evidence=said, investors=tuple(Investor(entity=one) for one in investors))
        for company, investors in draw(st.lists(st.tuples(entities, st.lists(entities, max_size=2)), max_size=1))
    ]
    return Annotations(mentions=tuple(mentions), relations=tuple(relations), funding=tuple(funding))


@st.composite
def stories(draw: Any) -> AnnotatedItem:
    title = draw(st.sampled_from(["松涛发布", "云海融资", "松涛 发布"]))
    item = NewsItem(
        id="?",
        desk=DESK,
        day=draw(st.sampled_from(DAYS)),
        title=title,
        summary=draw(st.sampled_from(["", "短文", "长一些的正文"])),
        sources=draw(
            st.sampled_from([(), (Source(name="甲", url="https://a.example"),), (Source(name="乙", url=""),)])
        ),
    )
    return AnnotatedItem(item=item, annotations=draw(annotations(title)))


@dataclass(frozen=True)
class Step:
    """A digest stored, or taken down where there are no stories."""

    path: str
    stories: tuple[AnnotatedItem, ...]


steps = st.builds(
    Step, path=st.sampled_from(["a.md", "b.md", "c.json"]), stories=st.lists(stories(), max_size=3).map(tuple)
)


def digest_of(step: Step) -> AnnotatedDigest:
    items = tuple(
        replace(story, item=replace(story.item, places=(Place(path=step.path, first_line=at, last_line=at),)))
        for at, story in enumerate(step.stories)
    )
    digest = Digest(
        id=digest_id(DESK, step.path),
        desk=DESK,
        path=step.path,
        day=DAYS[1],
        items=tuple(one.item for one in items),
        layout="test",
        fingerprint=step.path,
    )
    return AnnotatedDigest(digest=digest, items=items)


@pytest.fixture(scope="module")
def new_folder(tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Path]:
    root, numbers = tmp_path_factory.mktemp("archives"), count()
    return lambda: root / str(next(numbers))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(history=st.lists(st.lists(steps, max_size=3), max_size=6))
def test_any_history_of_the_same_digests_ends_the_same(
    new_folder: Callable[[], Path], record_rows: Any, history: list[list[Step]]
) -> None:
    final: dict[str, Step] = {}
    used, fresh = new_folder(), new_folder()
    with open_engine(f"embedded:{used}", write=True) as engine:
        for batch in history:
            engine.replace([digest_of(step) for step in batch if step.stories])
            final.update((step.path, step) for step in batch if step.stories)
            for step in batch:
                if not step.stories:
                    engine.remove(Selection(digest_id=digest_id(DESK, step.path)))
                    final.pop(step.path, None)
        found = engine.search(SearchRequest(tree=Everything(), limit=100))
    with open_engine(f"embedded:{fresh}", write=True) as engine:
        engine.replace([digest_of(final[path]) for path in sorted(final)])
        expected = engine.search(SearchRequest(tree=Everything(), limit=100))
    assert record_rows(used) == record_rows(fresh)
    assert found.total == expected.total
    assert found.hits == expected.hits


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(digests=st.lists(steps, min_size=1, max_size=3, unique_by=lambda step: step.path), data=st.data())
def test_a_preview_always_tells_what_storing_does(
    new_folder: Callable[[], Path], record_rows: Any, digests: list[Step], data: Any
) -> None:
    folder = new_folder()
    with open_engine(f"embedded:{folder}", write=True) as engine:
        for step in digests:
            engine.replace([digest_of(step)])
            before = record_rows(folder)
            new = digest_of(data.draw(steps))
            told = engine.preview([new])
            assert record_rows(folder) == before
            assert engine.replace([new]) == told
