"""Dry runs: what they say must be what a run then does, however the files are cut into batches."""

from datetime import date
from typing import Any

import pytest

from indexer.archive import ArchiveMissing, Changes
from search_service.engines.contract import SearchRequest
from search_service.engines.merging import in_sequence
from search_service.query.tree import Everything


def test_what_repeats_in_a_later_batch_is_added_once(place: Any, news: Any) -> None:
    first = news.digest("b.md", news.item("甲", "同一条"), news.item("乙"))
    again = news.digest("a.md", news.item("甲", "同一条", day=date(2026, 2, 1)), news.item("丙"))
    place.store()
    with place.open() as reader:
        told = in_sequence([reader.preview([first]), reader.preview([again]), reader.preview([again])])
    with place.open(write=True) as engine:
        done = in_sequence([engine.replace([first]), engine.replace([again])])
    assert (told.added, told.removed) == (done.added, done.removed)
    assert len(told.added) == 3


def test_previews_build_on_one_another_and_on_what_is_stored(place: Any, news: Any) -> None:
    old = [
        news.digest("a.md", news.item("甲"), news.item("乙", "短", sources=[("", "https://a.example/1")])),
        news.digest("b.md", news.item("丙")),
    ]
    new = [
        [news.digest("a.md", news.item("甲"))],
        [news.digest("c.md", news.item("乙", "短一些", sources=[("", "https://a.example/1")]))],
        [news.digest("c.md", news.item("丁")), news.digest("b.md", news.item("丙", "改"))],
        [
            news.digest(
                "d.md", news.item("乙", "另一条", sources=[("", "https://a.example/2")]), news.item("丙", "改")
            )
        ],
        [news.digest("a.md"), news.digest("b.md", news.item("丙", "又改了"))],
    ]
    place.store(*old)
    with place.open(write=True) as engine:
        told = [engine.preview(batch) for batch in new]
        assert engine.search(SearchRequest(tree=Everything())).total == 3
        assert told == [engine.replace(batch) for batch in new]


def test_a_write_forgets_what_was_previewed(place: Any, news: Any) -> None:
    one, other = news.digest("a.md", news.item("甲")), news.digest("b.md", news.item("乙"))
    with place.open(write=True) as engine:
        assert len(engine.preview([one]).added) == 1
        assert engine.preview([one]) == Changes(unchanged=frozenset({one.items[0].item.id}))
        engine.replace([other])
        assert len(engine.preview([one]).added) == 1


def test_an_archive_opened_for_reading_answers_what_a_dry_run_asks(place: Any, news: Any) -> None:
    with pytest.raises(ArchiveMissing):
        place.open()
    digest = news.digest("a.md", news.item("甲"), fingerprint="f")
    place.store(digest)
    with place.open() as reader:
        assert dict(reader.fingerprints([digest.digest.id])) == {digest.digest.id: "f"}
        assert reader.items_in([digest.digest.id]) == {digest.items[0].item.id}
        assert list(reader.digest_ids("早报")) == [digest.digest.id]
        assert reader.preview([digest]).unchanged == {digest.items[0].item.id}
