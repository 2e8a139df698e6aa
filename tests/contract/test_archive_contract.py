"""Writing: what stays when digests come again, change, or are taken down."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from indexer.archive import ArchiveError, ArchiveLocked, ArchiveUnavailable, Changes, Selection
from indexer.identity import digest_id
from search_service.engines.contract import SearchRequest
from search_service.query.tree import Everything, Keyword, Tokens

EVERYTHING = SearchRequest(tree=Everything(), sort="oldest", limit=100)


def ids(*items: Any) -> frozenset[str]:
    return frozenset(one.item.id for one in items)


def test_an_archive_that_is_not_there_says_what_to_run(place: Any) -> None:
    with pytest.raises(ArchiveUnavailable, match="zhimai index"):
        place.open()


def test_a_digest_stored_twice_changes_nothing(place: Any, news: Any) -> None:
    digest = news.digest("a.md", news.item("甲"), news.item("乙"), fingerprint="1")
    with place.open(write=True) as engine:
        first = engine.replace([digest])
        state = engine.state()
        second = engine.replace([digest])
        assert first == Changes(added=ids(*digest.items))
        assert second == Changes(unchanged=ids(*digest.items))
        assert engine.state() == state


def test_a_corrected_text_keeps_the_item_and_a_new_title_makes_a_new_one(place: Any, news: Any) -> None:
    kept, corrected, renamed = news.item("甲", "正文"), news.item("乙", "旧的说法"), news.item("丙")
    with place.open(write=True) as engine:
        engine.replace([news.digest("a.md", kept, corrected, renamed)])
        new, other = news.item("乙", "新的说法"), news.item("丁")
        changes = engine.replace([news.digest("a.md", kept, new, other)])
        assert changes == Changes(added=ids(other), changed=ids(corrected), removed=ids(renamed), unchanged=ids(kept))
        assert news.pages(engine, EVERYTHING) and set(news.pages(engine, EVERYTHING)) == {"甲", "乙", "丁"}
        assert engine.items(ids(new))[new.item.id].item.summary == "新的说法"
        for words, total in ((("旧的", "的说", "说法"), 0), (("新的", "的说", "说法"), 1)):
            tree = Tokens(field="body", tokens=words)
            assert engine.search(SearchRequest(tree=tree)).total == total


def test_one_item_in_two_digests_is_one_with_both_places(place: Any, news: Any) -> None:
    short, long = (
        news.item("甲", "同一条", sources=[("甲报", "https://a.example/1")]),
        news.item("甲", "同一条，写得更长", sources=[("乙报", "https://a.example/1")]),
    )
    with place.open(write=True) as engine:
        engine.replace([news.digest("a.md", short)])
        changes = engine.replace([news.digest("b.json", long)])
        assert changes == Changes(changed=ids(short))
        (merged,) = engine.items(ids(short)).values()
        assert {place.path for place in merged.item.places} == {"a.md", "b.json"}
        assert merged.item.summary == "同一条，写得更长"
        assert engine.search(EVERYTHING).total == 1
        assert [len(digest.items) for digest in engine.digests_of(news.day)] == [1, 1]

        assert engine.remove(Selection(digest_id=digest_id("早报", "b.json"))) == Changes(changed=ids(short))
        (alone,) = engine.items(ids(short)).values()
        assert alone.item.summary == "同一条"
        assert [place.path for place in alone.item.places] == ["a.md"]


def test_two_texts_of_one_title_on_one_day_stay_two(place: Any, news: Any) -> None:
    one = news.item("快讯", "第一条", sources=[("甲报", "https://a.example/1")])
    two = news.item("快讯", "第二条", sources=[("甲报", "https://a.example/2")])
    with place.open(write=True) as engine:
        engine.replace([news.digest("a.md", one)])
        assert len(engine.replace([news.digest("b.md", two)]).added) == 2  # both take the link into their ids
        assert engine.search(EVERYTHING).total == 2
        assert sorted(len(digest.items) for digest in engine.digests_of(news.day)) == [1, 1]
        engine.remove(Selection(digest_id=digest_id("早报", "a.md")))
        assert set(engine.items(ids(two))) == ids(two)


def test_a_preview_tells_the_changes_and_makes_none(place: Any, news: Any) -> None:
    old, new = (
        news.digest("a.md", news.item("甲"), news.item("乙")),
        news.digest("a.md", news.item("甲"), news.item("丙")),
    )
    with place.open(write=True) as engine:
        engine.replace([old])
        state = engine.state()
        told = engine.preview([new])
        assert engine.state() == state
        assert news.pages(engine, EVERYTHING) and set(news.pages(engine, EVERYTHING)) == {"甲", "乙"}
        assert engine.replace([new]) == told


def test_the_items_of_digests_are_told_as_they_were_merged(place: Any, news: Any) -> None:
    first = news.digest("a.md", news.item("甲", "同一条"), news.item("乙"))
    again = news.digest("b.md", news.item("甲", "同一条", day=date(2026, 2, 1)))
    with place.open(write=True) as engine:
        engine.replace([first, again])
        (merged,) = engine.items_in([again.digest.id])
        assert engine.items_in([first.digest.id, again.digest.id]) == {merged, first.items[1].item.id}
        assert set(engine.items(engine.items_in([first.digest.id]))) == engine.items_in([first.digest.id])
        assert engine.items_in([]) == engine.items_in([digest_id("早报", "elsewhere.md")]) == frozenset()


def test_fingerprints_are_those_of_stored_digests(place: Any, news: Any) -> None:
    known, unknown = news.digest("a.md", news.item("甲"), fingerprint="f1"), digest_id("早报", "b.md")
    with place.open(write=True) as engine:
        engine.replace([known])
        assert dict(engine.fingerprints([known.digest.id, unknown])) == {known.digest.id: "f1"}
        engine.replace([replace(known, digest=replace(known.digest, fingerprint="f2"))])
        assert dict(engine.fingerprints([known.digest.id])) == {known.digest.id: "f2"}


def test_a_removed_item_is_gone_everywhere_until_its_digest_is_indexed_again(place: Any, news: Any) -> None:
    gone = news.item("甲与乙合作", names=["org:甲", "org:乙"], relations=[("partnered_with", "org:甲", "org:乙")])
    kept = news.item("乙的消息", names=["org:乙"])
    digest = news.digest("a.md", gone, kept, fingerprint="f1")
    with place.open(write=True) as engine:
        engine.replace([digest])
        assert engine.remove(Selection(item_id=gone.item.id)) == Changes(removed=ids(gone))
        assert engine.items(ids(gone)) == {}
        assert engine.search(EVERYTHING).total == 1
        assert engine.entity("org:甲") is None
        assert engine.relations("org:乙") == ((), 0)
        assert engine.neighbours("org:乙") == ((), 0)
        assert dict(engine.fingerprints([digest.digest.id])) != {digest.digest.id: "f1"}
        assert engine.replace([digest]).added == ids(gone)
        assert engine.relations("org:乙")[1] == 1


def test_a_removed_digest_or_desk_takes_its_items_along(place: Any, news: Any) -> None:
    morning = [news.digest(f"{at}.md", news.item(f"早{at}")) for at in range(2)]
    evening = news.digest("0.md", news.item("晚", desk="晚报"), desk="晚报")
    with place.open(write=True) as engine:
        engine.replace([*morning, evening])
        assert list(engine.digest_ids("早报")) == sorted(digest.digest.id for digest in morning)
        assert engine.remove(Selection(digest_id=morning[0].digest.id)).removed == ids(*morning[0].items)
        assert engine.remove(Selection(desk="早报")).removed == ids(*morning[1].items)
        assert list(engine.digest_ids("早报")) == []
        assert news.pages(engine, EVERYTHING) == ["晚"]
        assert engine.state().digests == 1


def test_a_large_desk_is_taken_down_whole_and_counted_once(place: Any, news: Any) -> None:
    digests = [
        news.digest(f"{at}.md", news.item(f"第{at // 2}条", names=["org:第"]), news.item("天天都有", f"第{at}版"))
        for at in range(30)
    ]
    other = news.digest("x.md", news.item("别家", desk="晚报"), news.item("天天都有", "转载"), desk="晚报")
    with place.open(write=True) as engine:
        added = engine.replace([*digests, other]).added
        kept = {
            hit.item.item.id for hit in engine.search(SearchRequest(tree=Keyword(field="desk", value="晚报"))).hits
        }
        assert engine.remove(Selection(desk="早报")) == Changes(removed=added - kept)
        assert news.pages(engine, EVERYTHING) == ["别家"]
        assert engine.entity("org:第") is None


@pytest.mark.parametrize("selection", [{"item_id": "x"}, {"digest_id": "x"}, {"desk": "x"}])
def test_removing_what_is_not_there_changes_nothing(place: Any, news: Any, selection: dict[str, str]) -> None:
    with place.open(write=True) as engine:
        engine.replace([news.digest("a.md", news.item("甲"))])
        assert engine.remove(Selection(**selection)) == Changes()
        assert engine.search(EVERYTHING).total == 1


def test_a_second_writer_waits_and_is_told_who_writes(place: Any, news: Any) -> None:
    with place.open(write=True), pytest.raises(ArchiveLocked, match=r"process \d+"):
        place.open(write=True, wait_s=0.2)
    place.open(write=True, wait_s=0).__exit__()


def test_readers_work_beside_a_writer_and_see_what_it_stored(place: Any, news: Any) -> None:
    with place.open(write=True) as writer, place.open() as reader:
        assert reader.search(EVERYTHING).total == 0
        writer.replace([news.digest("a.md", news.item("甲"))])
        eventually(lambda: reader.search(EVERYTHING).total == 1)
        assert writer.search(EVERYTHING).total == 1
        writer.remove(Selection(desk="早报"))
        assert reader.search(EVERYTHING).hits == ()
        eventually(lambda: reader.search(EVERYTHING).total == 0)
    with place.open() as reader:
        assert reader.state().waiting == 0


def eventually(holds: Callable[[], bool]) -> None:
    """A contract gives readers two seconds; a busy machine gets more."""
    deadline = time.monotonic() + 20
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_an_archive_opened_for_reading_refuses_to_write(place: Any, news: Any) -> None:
    place.store(news.digest("a.md", news.item("甲")))
    with place.open() as reader, pytest.raises(ArchiveError, match="reading"):
        reader.replace([])


def test_days_and_digests_are_those_of_the_files(place: Any, news: Any) -> None:
    later = date(2026, 2, 13)
    place.store(
        news.digest("b.md", news.item("乙"), news.item("甲")),
        news.digest("a.md", news.item("丙"), news.item("丙")),
        news.digest("c.md", news.item("丁", day=later), day=later),
        news.digest("d.md", news.item("戊", day=None), day=None),
    )
    with place.open() as engine:
        assert [(day.day, day.digests, day.items) for day in engine.days()] == [(later, 1, 1), (news.day, 2, 3)]
        assert [day.day for day in engine.days(limit=1)] == [later]
        assert [day.day for day in engine.days(before=later)] == [news.day]
        digests = engine.digests_of(news.day)
        assert [(digest.desk, digest.path) for digest in digests] == [("早报", "a.md"), ("早报", "b.md")]
        assert [[one.item.title for one in digest.items] for digest in digests] == [["丙"], ["乙", "甲"]]
        assert engine.digests_of(date(2020, 1, 1)) == ()


def test_the_state_counts_what_is_stored(place: Any, news: Any) -> None:
    item = news.item("甲投资乙", names=["org:甲", "org:乙"], relations=[("invested_in", "org:甲", "org:乙")])
    place.store(news.digest("a.md", item, news.item("丙"), unparsed=3))
    with place.open() as engine:
        state = engine.state()
    assert (state.items, state.digests, state.entities, state.relations) == (2, 1, 2, 1)
    assert (state.last_day, state.unparsed_lines, state.waiting) == (news.day, 3, 0)


def test_items_come_back_as_they_were_given(place: Any, news: Any) -> None:
    given = news.item(
        "甲投资乙",
        "一亿元。\n\u2028行分隔\u0000与😀。",
        names=["org:甲", "org:乙"],
        relations=[("invested_in", "org:甲", "org:乙")],
        funding=[news.round("org:乙", "org:甲")],
        sources=[("甲报", "https://a.example/?q=1&x=é"), ("", "")],
    )
    digest = news.digest("路径/甲 乙.md", given)
    place.store(digest)
    with place.open() as engine:
        assert engine.items([given.item.id, "unknown"]) == {given.item.id: digest.items[0]}
        tree = Keyword(field="desk", value="早报")
        assert engine.search(SearchRequest(tree=tree)).hits[0].item == digest.items[0]


def test_the_end_does_not_depend_on_the_order_of_digests(engine_factory: Callable[[], Any], news: Any) -> None:
    digests = [
        news.digest("a.md", news.item("甲发布乙", "短", names=["org:甲"], sources=[("", "https://a.example")])),
        news.digest(
            "b.md", news.item("甲发布乙", "这一篇长一些", names=["model:乙"], sources=[("", "https://a.example")])
        ),
        news.digest("c.md", news.item("甲发布乙", "另一件事", names=["org:甲"])),
        news.digest("d.md", news.item("甲发布乙", "短", day=date(2026, 1, 1)), day=date(2026, 1, 1)),
    ]
    seen = []
    for order in (digests, digests[::-1]):
        place = engine_factory()
        for digest in order:
            place.store(digest)
        with place.open() as engine:
            hits = engine.search(EVERYTHING).hits
            seen.append(([hit.item for hit in hits], engine.find_entities(), engine.state()))
    assert seen[0] == seen[1]


def test_threads_of_a_server_share_one_reader_while_a_writer_works(place: Any, news: Any) -> None:
    name = "org:松涛"

    def read(_number: int) -> None:
        page = engine.search(asked)
        assert all(hit.item.item.title.startswith("松涛") for hit in page.hits)
        record, (_, total) = engine.entity(name), engine.neighbours(name)
        assert record is None or (record.items >= 1 and total >= 0)

    asked = SearchRequest(tree=Tokens(field="title", tokens=("松涛",)), facets=("month", "entity"))
    with place.open(write=True) as writer, place.open() as engine, ThreadPoolExecutor(8) as threads:
        reading = [threads.submit(read, number) for number in range(200)]
        for number in range(5):
            writer.replace([news.digest(f"{number}.md", news.item(f"松涛{number}", names=[name]))])
        for one in reading:
            one.result()
        eventually(lambda: engine.search(asked).total == 5)
