"""What an entity's page says: names, relations with their sentences, neighbours, months, rounds."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from graph.model import Qualifiers
from graph.source import Edge, Month
from indexer.archive import Selection

JANUARY, MARCH = date(2026, 1, 20), date(2026, 3, 1)
SONG, CEDAR, HE = "org:松涛", "model:Cedar", "person:何青"


@pytest.fixture(scope="module")
def place(engine_factory: Callable[[], Any], news: Any) -> Any:
    place = engine_factory()
    place.store(
        news.digest(
            "1.md",
            news.item("松涛发布Cedar", day=JANUARY, names=[SONG, CEDAR], relations=[("released", SONG, CEDAR)]),
            day=JANUARY,
        ),
        news.digest(
            "3.md",
            news.item(
                "松涛再发Cedar",
                day=MARCH,
                names=[SONG, CEDAR],
                relations=[("released", SONG, CEDAR)],
                sources=[("甲报", "https://a.example/3")],
            ),
            news.item("何青加入松涛", day=MARCH, names=[SONG, HE], relations=[("works_at", HE, SONG)]),
            news.item("三月其他", day=MARCH),
            news.item("云海领投松涛", day=MARCH, names=[SONG], funding=[news.round(SONG, "org:云海", stage="B轮")]),
            day=MARCH,
        ),
        news.digest("0.md", news.item("松涛旧闻", day=None, names=[SONG], funding=[news.round(SONG)]), day=None),
    )
    return place


def test_an_entity_is_counted_and_dated(place: Any) -> None:
    with place.open() as engine:
        found = engine.entity(SONG)
        assert (found.entity.name, found.entity.kind, found.items) == ("松涛", "org", 5)
        assert (found.first_seen, found.last_seen) == (JANUARY, MARCH)
        assert found.surfaces == (("松涛", 5),)
        assert engine.entity("org:没有") is None
        assert engine.entity("org:云海").items == 1  # only related, never mentioned


def test_refs_are_those_of_known_entities(place: Any) -> None:
    with place.open() as engine:
        refs = engine.refs([SONG, HE, "org:没有"])
    assert {entity: (ref.name, ref.kind) for entity, ref in refs.items()} == {
        SONG: ("松涛", "org"),
        HE: ("何青", "person"),
    }


def test_relations_group_what_items_say_and_keep_each_sentence(place: Any) -> None:
    with place.open() as engine:
        groups, total = engine.relations(CEDAR)
    (group,) = groups
    assert total == 1
    assert (group.kind, group.subject.id, group.object.id, group.day) == ("released", SONG, CEDAR, JANUARY)
    assert [(said.evidence.text, said.day, said.url) for said in group.evidence] == [
        ("松涛发布Cedar", JANUARY, ""),
        ("松涛再发Cedar", MARCH, "https://a.example/3"),
    ]


def test_relations_are_listed_latest_first_and_in_parts(place: Any) -> None:
    with place.open() as engine:
        groups, total = engine.relations(SONG)
        assert total == 2
        assert [group.kind for group in groups] == ["released", "works_at"]
        assert engine.relations(SONG, offset=1, limit=1) == (groups[1:], 2)
        assert engine.relations(SONG, kind="works_at") == (groups[1:], 1)
        assert engine.relations("org:没有") == ((), 0)
        assert engine.relations_between(CEDAR, SONG) == engine.relations_between(SONG, CEDAR) == groups[:1]
        assert engine.relations_between(CEDAR, HE) == ()


def test_qualifiers_are_those_of_the_first_assertion_that_has_any(
    engine_factory: Callable[[], Any], news: Any
) -> None:
    place = engine_factory()
    for path, day, role in (("3.md", MARCH, "总裁"), ("2.md", news.day, "顾问"), ("1.md", JANUARY, None)):
        item = news.item(f"何青与松涛{path}", day=day, relations=[("works_at", HE, SONG)])
        (said,) = item.annotations.relations
        said = replace(said, qualifiers=Qualifiers(role=role), confidence=0.9 if role == "总裁" else 0.5)
        place.store(
            news.digest(path, replace(item, annotations=replace(item.annotations, relations=(said,))), day=day)
        )
    with place.open() as engine:
        ((group,), _) = engine.relations(HE)
    assert (group.qualifiers.role, group.day, group.confidence) == ("顾问", JANUARY, 0.9)


def test_neighbours_are_counted_by_items(place: Any) -> None:
    with place.open() as engine:
        neighbours, total = engine.neighbours(SONG)
        assert [(one.entity.id, one.count, one.kinds, one.last) for one in neighbours] == [
            (CEDAR, 2, ("released",), MARCH),
            ("org:云海", 1, (), MARCH),
            (HE, 1, ("works_at",), MARCH),
        ]
        assert total == 3
        assert engine.neighbours(SONG, offset=1, limit=1) == (neighbours[1:2], 3)
        people, total = engine.neighbours(SONG, kind="person")
        assert ([one.entity.id for one in people], total) == ([HE], 1)
        assert engine.neighbours("org:没有") == ((), 0)


def test_a_timeline_has_every_month_between(place: Any) -> None:
    with place.open() as engine:
        assert engine.timeline(SONG) == (
            Month(month="2026-01", count=1, share=1.0),
            Month(month="2026-02", count=0, share=0.0),
            Month(month="2026-03", count=3, share=0.75),
        )
        assert engine.timeline("org:没有") == ()


def test_rounds_are_newest_first_for_company_and_investor(place: Any) -> None:
    with place.open() as engine:
        assert [(one.round, one.day) for one in engine.rounds(SONG)] == [("B轮", MARCH), ("A轮", None)]
        assert [one.round for one in engine.rounds("org:云海")] == ["B轮"]
        assert engine.rounds(HE) == ()


def test_edges_and_degrees_are_enough_to_walk_the_network(place: Any) -> None:
    released = Edge(subject=SONG, object=CEDAR, kind="released", count=2)
    works = Edge(subject=HE, object=SONG, kind="works_at", count=1)
    with place.open() as engine:
        assert engine.edges([SONG], limit=10) == (released, works)
        assert engine.edges([SONG], limit=1) == (released,)
        assert set(engine.edges([CEDAR, HE, "org:没有"], limit=5)) == {released, works}
        assert engine.degrees([SONG, CEDAR, "org:没有"]) == {SONG: 2, CEDAR: 1}


def test_entities_are_found_by_any_part_of_a_name_however_written(
    engine_factory: Callable[[], Any], news: Any
) -> None:
    place = engine_factory()
    place.store(
        news.digest(
            "a.md",
            news.item("Cedar-3 与云杉機器人", names=["model:Cedar-3", "org:云杉機器人"]),
            news.item("云杉機器人", names=["org:云杉機器人"]),
            news.item("云海", names=["org:云海"]),
        )
    )
    with place.open() as engine:
        for text, kind, found in [
            ("", None, ["org:云杉機器人", "model:Cedar-3", "org:云海"]),
            ("cedar3", None, ["model:Cedar-3"]),
            ("ＣＥＤＡＲ 3", None, ["model:Cedar-3"]),
            ("机器", None, ["org:云杉機器人"]),
            ("云", None, ["org:云杉機器人", "org:云海"]),
            ("云", "model", []),
            ("", "org", ["org:云杉機器人", "org:云海"]),
            ("%", None, []),
            ("  ", None, ["org:云杉機器人", "model:Cedar-3", "org:云海"]),
            ("--", None, []),
        ]:
            records, total = engine.find_entities(text=text, kind=kind)
            assert [record.entity.id for record in records] == found, text
            assert total == len(found)
        records, total = engine.find_entities(offset=1, limit=1)
        assert ([record.entity.id for record in records], total) == (["model:Cedar-3"], 3)


def test_the_name_most_items_use_is_shown(engine_factory: Callable[[], Any], news: Any) -> None:
    place = engine_factory()
    for at, name in enumerate(["松涛科技", "松涛", "松涛", "松涛集团", "松涛集团"]):
        item = news.item(f"{name}第{at}条", names=[f"org:{name}"])
        mentions = tuple(replace(mention, entity_id=SONG) for mention in item.annotations.mentions)
        place.store(news.digest(f"{at}.md", replace(item, annotations=replace(item.annotations, mentions=mentions))))
    with place.open(write=True) as engine:
        assert engine.entity(SONG).entity.name == "松涛"  # two names tie: the smaller one
        assert engine.entity(SONG).surfaces == (("松涛", 2), ("松涛集团", 2), ("松涛科技", 1))
        first = next(iter(engine.digest_ids("早报")))
        engine.remove(Selection(digest_id=first))
        assert engine.entity(SONG).items == 4


def test_what_is_taken_down_leaves_counts_days_and_names_as_if_it_never_was(
    engine_factory: Callable[[], Any], news: Any
) -> None:
    early = news.digest("1.md", news.item("松涛Cedar", day=JANUARY, names=[SONG, CEDAR]), day=JANUARY)
    late = news.digest(
        "3.md",
        news.item("Cedar松涛", day=MARCH, names=[SONG, CEDAR], relations=[("released", SONG, CEDAR)]),
        day=MARCH,
    )
    place = engine_factory()
    with place.open(write=True) as engine:
        engine.replace([early])
        before = [engine.entity(SONG), engine.neighbours(SONG), engine.timeline(SONG), engine.edges([SONG], limit=9)]
        engine.replace([late])
        assert engine.neighbours(SONG)[0][0].last == MARCH
        engine.remove(Selection(digest_id=late.digest.id))
        after = [engine.entity(SONG), engine.neighbours(SONG), engine.timeline(SONG), engine.edges([SONG], limit=9)]
    assert before == after
