"""A better extraction reaches what is stored, without files: the archive is then as if it had read them anew."""

from typing import Any

import pytest

from indexer.archive import Selection
from indexer.extraction_pool import ExtractionPool
from indexer.model import Annotations, Mention, NewsItem
from indexer.reextraction import reextract
from search_service.engines import Engine


class First:
    """Takes the first two characters of a title for an organisation."""

    version = "words:1"

    def annotate(self, item: NewsItem) -> Annotations:
        return Annotations(mentions=(self.mention(item.title, 0),))

    def mention(self, title: str, start: int) -> Mention:
        name = title[start : start + 2]
        return Mention(entity_id=f"org:{name}", name=name, kind="org", field="title", start=start, end=start + 2)


class Later(First):
    """Takes the last two as well, and stumbles over one item."""

    version = "words:2"

    def annotate(self, item: NewsItem) -> Annotations:
        if "绊" in item.title:
            raise ValueError("stumbled")
        return Annotations(mentions=(self.mention(item.title, 0), self.mention(item.title, len(item.title) - 2)))


@pytest.fixture
def filled(place: Any, news: Any) -> Any:
    with place.open(write=True) as archive, ExtractionPool(First, workers=1) as pool:
        for path in ("a.md", "b.md", "c.md"):
            items = [news.item(f"{word}科技{path}") for word in ("松涛", "云海")]
            written = news.digest(path, *items, fingerprint=f"{path}:words:1")
            (understood,) = pool.annotate([written.digest])
            archive.replace([understood.annotated()])
    return place


def entities(engine: Engine) -> dict[str, int]:
    return {record.entity.id: record.items for record in engine.find_entities(limit=100)[0]}


def read_anew(place: Any, extractor: type[First], **options: Any) -> Any:
    with place.open(write=True) as archive, ExtractionPool(extractor, workers=1) as pool:
        return reextract(archive, pool, **options)


def test_everything_is_read_anew_once(filled: Any) -> None:
    with filled.open() as engine:
        ids = {item.item.id for day in engine.days() for one in engine.digests_of(day.day) for item in one.items}
    report = read_anew(filled, Later)
    assert (report.digests, report.items, report.changed_items, report.passed_over) == (3, 6, 6, 0)
    assert (report.mentions.gained, report.mentions.lost) == (6, 0)
    with filled.open() as engine:
        assert entities(engine) == {"org:松涛": 3, "org:云海": 3, "org:md": 6}
        assert set(engine.items(ids)) == ids
    again = read_anew(filled, Later)
    assert (again.digests, again.passed_over) == (0, 3)
    back = read_anew(filled, First)
    assert (back.mentions.gained, back.mentions.lost) == (0, 6)
    with filled.open() as engine:
        assert entities(engine) == {"org:松涛": 3, "org:云海": 3}


def test_a_dry_run_counts_and_changes_nothing(filled: Any) -> None:
    report = read_anew(filled, Later, dry_run=True)
    assert report.mentions.gained == 6
    with filled.open() as engine:
        assert "org:md" not in entities(engine)


def test_a_stopped_run_goes_on_where_it_was(filled: Any) -> None:
    def stop(digests: int, _items: int) -> None:
        if digests == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        read_anew(filled, Later, on_progress=stop)
    report = read_anew(filled, Later)
    assert report.digests + report.passed_over == 3
    with filled.open() as engine:
        assert entities(engine)["org:md"] == 6


def test_an_item_that_extraction_fails_on_is_told_and_tried_again(filled: Any, news: Any) -> None:
    filled.store(news.digest("d.md", news.item("绊脚石"), fingerprint="content:words:1"))
    assert [problem.path for problem in read_anew(filled, Later).problems] == ["d.md"]
    assert read_anew(filled, Later).digests == 1


def test_what_was_taken_down_stays_down(filled: Any) -> None:
    with filled.open(write=True) as archive:
        (digest, *_rest) = archive.digests_of(archive.days()[0].day)
        item = digest.items[0].item
        archive.remove(Selection(item_id=item.id))
        archive.flush()
    read_anew(filled, Later)
    with filled.open() as engine:
        assert engine.items([item.id]) == {}
