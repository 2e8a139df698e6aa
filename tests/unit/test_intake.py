"""A run accounts for every file and item: what extraction or the engine would not take waits until it does."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from indexer.archive import Changes, Refusal
from indexer.extraction_pool import ExtractionPool
from indexer.ingest import IngestReport
from indexer.intake import Intake, take_in
from indexer.model import AnnotatedDigest, Annotations, NewsItem
from indexer.sources import find_files
from search_service.engines import Engine, open_engine

LINES = '{"title": "松涛发布山风", "date": "2026-02-12"}\n{"title": "白云开源清泉", "date": "2026-02-12"}\n'
SINCE = "2026-02-12T08:00:00+00:00"


class Plain:
    """Understands everything and finds nothing."""

    version = "plain"

    def annotate(self, item: NewsItem) -> Annotations:  # noqa: ARG002 - the protocol's signature
        return Annotations()


class Choosy(Plain):
    """Fails on one title."""

    def annotate(self, item: NewsItem) -> Annotations:
        if "山风" in item.title:
            raise ValueError("unheard of")
        return super().annotate(item)


class Refusing:
    """An archive that would not take items of one title, as engines tell it."""

    def __init__(self, archive: Engine, title: str) -> None:
        self._archive = archive
        self._title = title

    def __getattr__(self, name: str) -> Any:
        return getattr(self._archive, name)

    def replace(self, digests: Sequence[AnnotatedDigest]) -> Changes:
        refused = [
            Refusal(item_id=item.id, digest_id=one.digest.id, reason="too large")
            for one in digests
            for item in one.digest.items
            if self._title in item.title
        ]
        there = [
            AnnotatedDigest(
                digest=replace(one.digest, fingerprint=""),
                items=tuple(item for item in one.items if self._title not in item.item.title),
            )
            for one in digests
        ]
        return replace(self._archive.replace(there), refused=tuple(refused))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    there = tmp_path / "早报"
    there.mkdir()
    (there / "a.jsonl").write_text(LINES, encoding="utf-8")
    return there


def run(
    folder: Path, *, extractor: type[Plain] = Plain, refused: str = "", paths: Iterable[Path] = ()
) -> tuple[IngestReport, Intake]:
    url = f"embedded:{folder.parent / 'archive'}"
    with open_engine(url, write=True) as engine, ExtractionPool(extractor, workers=1) as pool:
        archive: Any = Refusing(engine, refused) if refused else engine
        return take_in(find_files(paths or [folder]), archive, pool, since=SINCE)


def waiting(folder: Path) -> list[tuple[str, int | None, bool]]:
    with open_engine(f"embedded:{folder.parent / 'archive'}") as engine:
        return [(entry.reason, entry.line, bool(entry.item_id)) for entry in engine.quarantined()]


def test_an_item_that_extraction_fails_on_waits_with_its_place(folder: Path) -> None:
    report, _ = run(folder, extractor=Choosy)
    assert (len(report.added), report.quarantined) == (2, 1)
    assert waiting(folder) == [("extraction failed on “松涛发布山风”: ValueError: unheard of", 1, True)]
    report, _ = run(folder)
    assert (len(report.problems), report.quarantined) == (0, 0)
    assert waiting(folder) == []


def test_an_item_that_the_engine_refuses_waits_and_is_tried_again(folder: Path) -> None:
    report, _ = run(folder, refused="清泉")
    assert (len(report.added), report.quarantined) == (1, 1)
    assert [problem.reason for problem in report.problems] == ["not stored: “白云开源清泉”: too large"]
    assert waiting(folder) == [("not stored: “白云开源清泉”: too large", 2, True)]
    report, _ = run(folder)
    assert len(report.added) == 1
    assert waiting(folder) == []


def test_a_file_that_vanishes_before_it_is_read_is_no_problem(folder: Path) -> None:
    (folder / "b.md").write_text("# 2026-02-12\n", encoding="utf-8")
    found = list(find_files([folder]))
    (folder / "b.md").unlink()
    url = f"embedded:{folder.parent / 'archive'}"
    with open_engine(url, write=True) as archive, ExtractionPool(Plain, workers=1) as pool:
        report, _ = take_in(found, archive, pool, since=SINCE)
    assert (len(report.added), report.problems) == (2, [])


def test_bytes_of_what_is_dealt_with_are_told(folder: Path) -> None:
    """Otherwise one huge file shows a bar that stands still."""
    line = LINES.splitlines()[0].replace("山风", "第{0}号").replace('"}', '", "source_name": "' + "报" * 400 + '"}')
    text = "".join(f"{line.replace('{0}', str(number))}\n" for number in range(4000))
    (folder / "a.jsonl").write_text(text, encoding="utf-8")
    told: list[tuple[int, int]] = []
    url = f"embedded:{folder.parent / 'archive'}"
    with open_engine(url, write=True) as archive, ExtractionPool(Plain, workers=1) as pool:
        take_in(find_files([folder]), archive, pool, since=SINCE, show=lambda done, items: told.append((done, items)))
    size = (folder / "a.jsonl").stat().st_size
    assert told[-1] == (size, 4000)
    assert told == sorted(told)
    assert 0 < told[0][0] < 0.7 * size
