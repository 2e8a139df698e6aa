"""Small digests in every layout with what must be read from them, for a person to review.

When a reader changes on purpose, ``python tests/golden/test_golden_layouts.py`` writes the expected files anew; look
at the difference before committing it.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from indexer.model import Digest, NewsItem, Problem
from indexer.readers import read_digests, read_document
from indexer.readers.documents import TextDocument, document_from
from indexer.sources import SourceFile

FOLDER = Path(__file__).parent / "layouts"
TWINS = sorted(path for path in FOLDER.iterdir() if not path.name.endswith(".expected.json"))


def read_twin(path: Path) -> list[Digest | Problem]:
    return list(read_digests(SourceFile(desk="golden", path=path.name, location=path)))


def rendered(path: Path) -> list[dict[str, Any]]:
    return [digest_as_json(entry) for entry in read_twin(path)]


def digest_as_json(entry: Digest | Problem) -> dict[str, Any]:
    if isinstance(entry, Problem):
        return {"problem": entry.reason, "line": entry.line}
    return {
        "path": entry.path,
        "layout": entry.layout,
        "day": entry.day and entry.day.isoformat(),
        "items": [item_as_json(item) for item in entry.items],
        "problems": [f"{problem.line or problem.pointer}: {problem.reason}" for problem in entry.problems],
        "unparsed": [f"{problem.line or problem.pointer}: {problem.reason}" for problem in entry.unparsed],
    }


def item_as_json(item: NewsItem) -> dict[str, Any]:
    told = {
        "title": item.title,
        "day": item.day and item.day.isoformat(),
        "desk": item.desk,
        "section": item.section,
        "summary": item.summary,
        "background": item.background,
        "points": list(item.points),
        "sources": [f"{source.name} <{source.url}>" for source in item.sources],
        "places": [p.pointer if p.first_line is None else f"{p.first_line}-{p.last_line}" for p in item.places],
        "external_ids": list(item.external_ids),
        "published": item.published,
        "extra": dict(item.extra),
    }
    return {key: value for key, value in told.items() if value not in (None, "", [], {})}


def expected_of(path: Path) -> Path:
    return FOLDER / f"{path.name}.expected.json"


@pytest.mark.parametrize("path", TWINS, ids=lambda path: path.name)
def test_a_layout_is_read_as_reviewed(path: Path) -> None:
    """Otherwise people find news under a wrong title, day or source."""
    assert rendered(path) == json.loads(expected_of(path).read_text("utf-8"))


@pytest.mark.parametrize("path", [path for path in TWINS if path.suffix == ".md"], ids=lambda path: path.name)
def test_every_line_belongs_to_an_item_to_the_frame_or_is_reported(path: Path) -> None:
    """Otherwise news could vanish without anybody being told."""
    document = document_from(path.name, path.read_text("utf-8"))
    assert isinstance(document, TextDocument)
    found = read_document(document)
    assert found is not None
    _, draft = found
    items = {number for item in draft.items if item.lines for number in range(item.lines[0], item.lines[1] + 1)}
    reported = {problem.line for problem in draft.unparsed}
    written = {number for number, line in enumerate(document.lines, 1) if line.strip()}
    assert written <= items | draft.frame | reported
    assert not reported & items
    assert not reported & draft.frame


def test_twins_in_markdown_and_json_give_the_same_items() -> None:
    """Otherwise a desk that publishes both formats fills the archive with doubles."""
    markdown, structured = (rendered(FOLDER / f"headings-entity.{suffix}")[0]["items"] for suffix in ("md", "json"))
    kept = ("title", "day", "section", "summary", "sources")
    assert [[item[key] for key in kept] for item in markdown] == [[item[key] for key in kept] for item in structured]


if __name__ == "__main__":
    for twin in TWINS:
        text = json.dumps(rendered(twin), ensure_ascii=False, indent=1)
        expected_of(twin).write_text(text + "\n", "utf-8")
