"""Quarantine and feeds: what waits must still be there tomorrow, in whichever engine it waits."""

from dataclasses import replace
from typing import Any

import pytest

from indexer.archive import ArchiveError, Selection
from indexer.quarantine import Quarantined
from indexer.subscriptions import Subscription

FILE = Quarantined(
    desk="早报",
    root="/news/早报",
    path="2026/坏.json",
    reason="broken JSON",
    line=3,
    since="2026-02-12T08:00:00+00:00",
)
MEMBER = Quarantined(
    desk="早报", root="/news/早报", path="all.zip/b.md", reason="damaged", since="2026-02-12T08:00:00+00:00"
)
ODD = Quarantined(
    desk="晚报",
    root="/news/\udcff",
    path="a.jsonl",
    reason="refused",
    pointer="/3",
    item_id="0123",
    since="2026-02-13T08:00:00+00:00",
    desk_given=True,
    content=b"\x00\xff text",
)


def test_what_waits_comes_back_as_it_was_given_by_desk_and_place(place: Any) -> None:
    with place.open(write=True) as engine:
        assert engine.quarantined() == ()
        engine.quarantine([ODD, MEMBER, FILE])
        assert engine.quarantined() == (FILE, MEMBER, ODD)
    with place.open() as reader:
        assert reader.quarantined() == (FILE, MEMBER, ODD)
        with pytest.raises(ArchiveError, match="reading"):
            reader.quarantine([FILE])


def test_what_is_met_again_keeps_since_when_it_waits(place: Any) -> None:
    """Otherwise nobody sees that a file has been broken for weeks."""
    later = replace(FILE, reason="broken JSON at another place", since="2026-02-14T08:00:00+00:00")
    with place.open(write=True) as engine:
        engine.quarantine([FILE])
        engine.quarantine([later, MEMBER])
        assert engine.quarantined() == (replace(later, since=FILE.since), MEMBER)


def test_what_is_released_is_gone_and_counted(place: Any) -> None:
    with place.open(write=True) as engine:
        engine.quarantine([FILE, MEMBER])
        assert engine.release([FILE.id, FILE.id, "unknown"]) == 1
        assert engine.quarantined() == (MEMBER,)
        assert engine.release([]) == engine.release([FILE.id]) == 0
        engine.quarantine([])
        assert engine.quarantined() == (MEMBER,)


def test_many_entries_wait_at_once(place: Any) -> None:
    many = [replace(FILE, path=f"{number:04}.md") for number in range(1200)]
    with place.open(write=True) as engine:
        engine.quarantine(many)
        assert engine.quarantined() == tuple(many)
        assert engine.release([one.id for one in many]) == 1200


def test_a_feed_is_remembered_while_its_digests_are_stored(place: Any, news: Any) -> None:
    """Otherwise a feed whose items were taken down could never bring them back."""
    digest = news.digest("feed.xml#2026-02-12", news.item("甲"), fingerprint="f1")
    heard = Subscription(
        url="https://a.example/feed.xml",
        etag='"abc"',
        last_modified="Thu, 12 Feb 2026 08:00:00 GMT",
        version="2:fast",
        digest_ids=(digest.digest.id,),
    )
    with place.open(write=True) as engine:
        engine.replace([digest])
        assert engine.subscription(heard.url) is None
        engine.subscribe(heard)
        engine.subscribe(replace(heard, etag='"def"'))
    with place.open() as reader:
        assert reader.subscription(heard.url) == replace(heard, etag='"def"')
        assert reader.subscription("https://a.example/other.xml") is None
    with place.open(write=True) as engine:
        engine.remove(Selection(item_id=digest.items[0].item.id))
        assert engine.subscription(heard.url) is None
        engine.replace([digest])
        assert engine.subscription(heard.url) is not None
        engine.remove(Selection(desk="早报"))
        assert engine.subscription(heard.url) is None
