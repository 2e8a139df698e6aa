"""What is read back digest by digest makes the same archive again: what migration, reindexing and backups rest on."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from indexer.archive import Selection
from indexer.model import AnnotatedDigest, Problem
from search_service.engines import Engine, open_engine
from search_service.engines.contract import FACET_FIELDS, SearchRequest
from search_service.query.tree import Everything, Tokens

NAMES = ["org:松涛", "org:云海", "model:青鸟"]
EARLIER = date(2026, 1, 5)


@pytest.fixture
def digests(news: Any) -> list[AnnotatedDigest]:
    """Digests that quote one another, repeat titles, say things about entities, have no day, are empty."""
    deal = ("invested_in", NAMES[0], NAMES[1])
    short = news.item("松涛投资云海", "短", names=NAMES[:2], relations=[deal])
    long = news.item(
        "松涛投资云海",
        "同一条，写得更长\u0000\u2028😀",
        names=NAMES[:2],
        relations=[deal],
        funding=[news.round(NAMES[1], NAMES[0])],
        sources=[("甲报", "https://a.example/1"), ("", "")],
    )
    quoted = replace(short, item=replace(short.item, sources=long.item.sources))
    twice = [news.item("快讯", f"第{at}条", sources=[("", f"https://a.example/{at}")]) for at in range(3)]
    broken = news.digest("b.md", long, twice[0], news.item("青鸟发布", names=[NAMES[2]]), fingerprint="2", unparsed=2)
    problems = (Problem(path="b.md", reason="不是日期", line=3), Problem(path="b.md", reason="?", pointer="/1"))
    return [
        news.digest("a.md", quoted, twice[1], news.item("旧闻", day=EARLIER), fingerprint="1", unparsed=1),
        replace(broken, digest=replace(broken.digest, problems=problems)),
        news.digest("c.json", twice[2], news.item("无日期", day=None), day=None, fingerprint="3"),
        news.digest("空.md", fingerprint="4", day=EARLIER),
        news.digest("晚.md", news.item("松涛发布青鸟", desk="晚报", names=NAMES), long, desk="晚报", fingerprint="5"),
    ]


def told_by(engine: Engine, known: list[str]) -> list[Any]:
    """All that people can ask for."""
    everything = SearchRequest(tree=Everything(), sort="oldest", limit=100, facets=FACET_FIELDS)
    word = SearchRequest(tree=Tokens(field="any", tokens=("松涛",)), sort="newest", limit=100, facets=FACET_FIELDS)
    found: list[Any] = [engine.search(everything), engine.search(word), engine.state(), engine.find_entities()]
    found += [engine.days(), *map(engine.digests_of, [EARLIER, date(2026, 2, 12)])]
    for name in NAMES:
        found += [engine.entity(name), engine.relations(name), engine.rounds(name), engine.neighbours(name)]
        found += [engine.timeline(name), engine.edges([name], limit=9), engine.degrees([name])]
    return [*found, list(engine.stored_digests()), known]


def test_digests_come_back_as_they_were_given(place: Any, digests: list[AnnotatedDigest]) -> None:
    place.store(*digests)
    with place.open() as engine:
        assert list(engine.stored_digests()) == sorted(digests, key=lambda one: one.digest.id)


def test_an_archive_stored_in_another_is_the_same_archive(
    place: Any, digests: list[AnnotatedDigest], every_engine: Callable[[], list[str]]
) -> None:
    ids = [one.digest.id for one in digests]
    with place.open(write=True) as source:
        source.replace(digests)
        gone = next(item for item in digests[1].items if item.item.title == "青鸟发布")
        assert source.remove(Selection(item_id=gone.item.id)).removed
        expected = told_by(source, sorted(source.fingerprints(ids).items()))
        assert gone.item.id not in {one.item.id for d in source.stored_digests() for one in d.items}
        for url in every_engine():
            with open_engine(url, write=True) as copy:
                for digest in source.stored_digests():
                    copy.replace([digest])
                assert told_by(copy, sorted(copy.fingerprints(ids).items())) == expected


def test_reading_goes_on_after_any_digest(place: Any, news: Any) -> None:
    with place.open(write=True) as archive:
        assert list(archive.stored_digests()) == []
        archive.replace([news.digest(f"{at}.md", news.item(f"第{at}条")) for at in range(60)])
    with place.open() as engine:
        every = [one.digest.id for one in engine.stored_digests()]
        assert every == sorted(every) and len(every) == 60
        for at in (0, 30, 59):
            assert [one.digest.id for one in engine.stored_digests(after=every[at])] == every[at + 1 :]
        reading = engine.stored_digests()
        assert next(reading).digest.id == every[0]  # whoever stops half way blocks nothing
    place.store(news.digest("0.md", news.item("改了")))
