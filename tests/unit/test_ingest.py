"""The journey of digests: what a second run, a correction, a dry run and a bad file do to an archive."""

import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from multiprocessing import parent_process
from pathlib import Path

import pytest

from indexer.archive import Changes
from indexer.extraction_pool import INLINE_ITEMS, ExtractionPool, WorkerLost
from indexer.identity import digest_id, item_id
from indexer.ingest import IngestReport, Progress, ingest
from indexer.model import Annotations, Digest, Mention, NewsItem, Problem
from search_service.engines import open_engine

DAY = date(2026, 2, 12)


class FirstWord:
    """Takes the first two characters of a title for an organisation."""

    version = "first-word-1"

    def annotate(self, item: NewsItem) -> Annotations:
        name = item.title[:2]
        return Annotations(
            mentions=(Mention(entity_id=f"org:{name}", name=name, kind="org", field="title", start=0, end=2),)
        )


class FirstWordLater(FirstWord):
    """The same, in a later version."""

    version = "first-word-2"


def digest(path: str, *titles: str, fingerprint: str = "1") -> Digest:
    items = tuple(
        NewsItem(id=item_id("早报", DAY, title), desk="早报", day=DAY, title=title, summary=f"{title}的经过")
        for title in titles
    )
    return Digest(
        id=digest_id("早报", path),
        desk="早报",
        path=path,
        day=DAY,
        items=items,
        layout="seed",
        fingerprint=fingerprint,
    )


class Desk:
    """An archive on disk and what is sent to it."""

    def __init__(self, folder: Path) -> None:
        self.url = f"embedded:{folder / 'archive'}"

    def send(
        self, *digests: Digest | Problem, extractor: type[FirstWord] = FirstWord, **options: object
    ) -> IngestReport:
        with open_engine(self.url, write=True) as archive, ExtractionPool(extractor, workers=1) as pool:
            return ingest(digests, archive, pool, **options)

    def titles(self) -> set[str]:
        with open_engine(self.url) as engine:
            return {item.item.title for stored in engine.digests_of(DAY) for item in stored.items}


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    yield Desk(tmp_path)


def counts(report: IngestReport) -> tuple[int, int, int, int]:
    return len(report.added), len(report.changed), len(report.removed), len(report.unchanged)


def test_a_second_run_writes_nothing(desk: Desk) -> None:
    assert counts(desk.send(digest("a.md", "智谱发布模型", "字节推出应用"))) == (2, 0, 0, 0)
    assert counts(desk.send(digest("a.md", "智谱发布模型", "字节推出应用"))) == (0, 0, 0, 2)


def test_a_corrected_digest_takes_the_place_of_the_old_one(desk: Desk) -> None:
    desk.send(digest("a.md", "智谱发布模型", "字节推出应用"))
    report = desk.send(digest("a.md", "智谱发布模型", "百度推出应用", fingerprint="2"))
    assert counts(report) == (1, 0, 1, 1)
    assert desk.titles() == {"智谱发布模型", "百度推出应用"}


def test_a_new_version_of_extraction_reads_everything_anew(desk: Desk) -> None:
    desk.send(digest("a.md", "智谱发布模型"))
    again = desk.send(digest("a.md", "智谱发布模型"), extractor=FirstWordLater)
    assert again.skipped == 0
    assert desk.send(digest("a.md", "智谱发布模型"), extractor=FirstWordLater).skipped == 1


def test_a_dry_run_says_what_would_be_and_writes_nothing(desk: Desk) -> None:
    desk.send(digest("a.md", "智谱发布模型"))
    report = desk.send(digest("a.md", "智谱开源模型", fingerprint="2"), digest("b.md", "腾讯更新"), dry_run=True)
    assert counts(report) == (2, 0, 1, 0)
    assert desk.titles() == {"智谱发布模型"}


def test_a_bad_file_is_listed_and_the_run_goes_on(desk: Desk) -> None:
    bad = Problem(path="坏.json", reason="broken JSON", line=3)
    report = desk.send(bad, digest("a.md", "智谱发布模型"))
    assert report.problems == [bad]
    assert desk.titles() == {"智谱发布模型"}


def test_progress_is_told_and_unparsed_lines_are_counted(desk: Desk) -> None:
    told: list[Progress] = []
    line = Problem(path="a.md", reason="belongs to no item", line=9)
    report = desk.send(replace(digest("a.md", "智谱发布模型"), unparsed=(line,)), on_progress=told.append)
    assert report.unparsed == [line]
    assert told[-1] == Progress(entries=1, items=1)


def test_workers_give_the_same_annotations_in_the_same_order() -> None:
    many = [digest(f"{n}.md", *(f"{n:02}号消息{m}" for m in range(10))) for n in range(INLINE_ITEMS // 10 + 4)]
    with ExtractionPool(FirstWord, workers=1) as here, ExtractionPool(FirstWord, workers=2) as beside:
        alone = list(here.annotate(many))
        assert list(beside.annotate(many)) == alone
    assert [understood.digest.path for understood in alone] == [sent.path for sent in many]


class Choosy(FirstWord):
    """Fails on one title."""

    def annotate(self, item: NewsItem) -> Annotations:
        if item.title == "怪题":
            raise ValueError("unheard of")
        return super().annotate(item)


def test_an_item_that_extraction_fails_on_is_stored_told_and_tried_again(desk: Desk) -> None:
    report = desk.send(digest("a.md", "智谱发布模型", "怪题"), extractor=Choosy)
    assert desk.titles() == {"智谱发布模型", "怪题"}
    (problem,) = report.problems
    assert "怪题" in problem.reason and "unheard of" in problem.reason
    again = desk.send(digest("a.md", "智谱发布模型", "怪题"))
    assert counts(again) == (0, 1, 0, 1)


class Fatal(FirstWord):
    """Ends its process."""

    def annotate(self, item: NewsItem) -> Annotations:
        if parent_process():
            os._exit(9)
        return super().annotate(item)


def test_a_worker_that_dies_is_told_in_a_sentence() -> None:
    many = [digest(f"{n}.md", *(f"{n:02}号消息{m}" for m in range(10))) for n in range(INLINE_ITEMS // 10 + 4)]
    with ExtractionPool(Fatal, workers=2) as pool, pytest.raises(WorkerLost, match="next run"):
        list(pool.annotate(many))


def test_what_one_run_adds_and_takes_away_again_counts_as_neither() -> None:
    report = IngestReport()
    report.add(Changes(added=frozenset("ab"), removed=frozenset("c")))
    report.add(Changes(added=frozenset("c"), removed=frozenset("a"), unchanged=frozenset("d")))
    assert counts(report) == (1, 1, 0, 1)
    assert (report.added, report.changed) == ({"b"}, {"c"})
