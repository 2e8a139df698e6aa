"""Extraction measured on the labelled items of ../shared/evaluation, beside the accepted figures and the bars.

    python scripts/quality.py                        prints a table for each setting
    python scripts/quality.py --extraction fast      for one setting
    python scripts/quality.py --errors 40            lists wrong and missed names by class too
    python scripts/quality.py --check                exit 1 where a figure fell by more than two points
    python scripts/quality.py --accept               keeps today's figures in docs/quality.json

The scorer is the one beside the labels. Without that folder there is nothing to measure: a sentence, exit 0.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from indexer.extraction.encoder.tagger import MissingModel
from indexer.extraction.lexicon import load_lexicon
from indexer.extraction.pipeline import load_extraction
from indexer.extraction.records import annotation_record
from indexer.extraction.tokens import half_width
from indexer.extraction.training.labelled import LabelledItem, load_labelled
from indexer.model import NewsItem

ROOT = Path(__file__).resolve().parents[1]
EVALUATION = ROOT.parent / "shared" / "evaluation"
ITEMS, GOLD, SCORER = (EVALUATION / name for name in ("dev.items.jsonl", "dev.gold.jsonl", "score_extraction.py"))
ACCEPTED = ROOT / "docs" / "quality.json"
LEVELS = ("fast", "accurate")
TOLERANCE = 0.02
"""A figure may fall by this much: two points."""

FIGURES: dict[str, tuple[tuple[str, ...], tuple[float | None, float | None]]] = {
    "mention, org model policy": (("mention", "core_micro", "f1"), (0.86, 0.91)),
    "mention, org": (("mention", "org", "f1"), (None, None)),
    "mention, model": (("mention", "model", "f1"), (0.81, 0.84)),
    "mention, policy": (("mention", "policy", "f1"), (0.76, 0.76)),
    "mention, product": (("mention", "product", "f1"), (0.68, 0.77)),
    "mention, person": (("mention", "person", "f1"), (0.87, 0.94)),
    "page, org model policy": (("page", "core_micro", "f1"), (0.84, 0.89)),
    "link, B-cubed": (("link", "f1"), (0.95, 0.95)),
    "relation": (("relation", "micro", "f1"), (0.44, 0.52)),
    "funding": (("funding", "f1"), (0.58, 0.65)),
}
"""Name of a figure: its place in the scorer's JSON, and the least that is asked of each setting."""

Place = tuple[str, int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """A setting's figures by name, its items a second of one process, and what it found in each labelled item."""

    figures: Mapping[str, float]
    speed: float
    found: Mapping[str, Mapping[Place, str]]


def main(arguments: Sequence[str] | None = None) -> int:
    """Measures, prints, and checks or keeps the figures."""
    options = _parser().parse_args(arguments)
    if not GOLD.exists():
        print(f"no labelled items at {EVALUATION}: nothing to measure")
        return 0
    labelled = load_labelled(ITEMS, GOLD)
    accepted = json.loads(ACCEPTED.read_text("utf-8")) if ACCEPTED.exists() else {}
    fallen = []
    for level in [options.extraction] if options.extraction else LEVELS:
        try:
            now = measure(level)
        except MissingModel as error:
            print(error)
            continue
        kept = accepted.get(level, {})
        print("\n".join((level, *table(level, now, kept), *recall_lines(labelled, now.found))))
        print("\n".join(error_lines(labelled, now.found, options.errors)))
        fallen += [f"{level}: {name}" for name, figure in kept.items() if now.figures[name] < figure - TOLERANCE]
        accepted[level] = now.figures
    if options.accept:
        ACCEPTED.write_text(json.dumps(accepted, ensure_ascii=False, indent=1) + "\n", "utf-8")
    if options.check and fallen:
        print(f"more than two points below what was accepted: {', '.join(fallen)}")
        return 1
    return 0


def measure(level: str) -> Measured:
    """What a setting finds in the labelled items, and how the scorer judges it."""
    items = [json.loads(line) for line in ITEMS.read_text("utf-8").splitlines() if line.strip()]
    extractor = load_extraction(level)
    started = time.perf_counter()
    records = [annotation_record(item["id"], extractor.annotate(_item(item))) for item in items]
    speed = len(items) / (time.perf_counter() - started)
    with tempfile.TemporaryDirectory() as folder:
        predictions = Path(folder) / "predictions.jsonl"
        predictions.write_text("\n".join(map(json.dumps, records)), "utf-8")
        command = [sys.executable, str(SCORER), str(GOLD), str(ITEMS), str(predictions), "--json"]
        scores = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    figures = {name: _at(scores, place) for name, (place, _) in FIGURES.items()}
    return Measured(figures=figures, speed=speed, found={record["id"]: _places(record) for record in records})


def _item(record: dict[str, Any]) -> NewsItem:
    title, body = record.get("title") or "", record.get("body") or ""
    return NewsItem(id=record["id"], desk="", day=None, title=title, summary=body)


def _at(scores: dict[str, Any], place: Sequence[str]) -> float:
    value: Any = scores
    for key in place:
        value = value[key]
    return round(float(value), 4)


def _places(record: dict[str, Any]) -> dict[Place, str]:
    return {(one["field"], one["start"], one["end"]): one["type"] for one in record["mentions"]}


def table(level: str, now: Measured, accepted: Mapping[str, float]) -> Iterator[str]:
    """The figures as lines of text: F1 now, accepted, asked for."""
    row = "{:28}{:>8}{:>10}{:>7}".format
    yield row("figure (F1)", "now", "accepted", "bar")
    for name, (_, bars) in FIGURES.items():
        kept, bar = accepted.get(name), bars[LEVELS.index(level)]
        yield row(name, f"{now.figures[name]:.3f}", f"{kept:.3f}" if kept else "-", f"{bar:.2f}" if bar else "-")
    yield row("items/s, one process", f"{now.speed:.0f}", "-", "-")


def recall_lines(items: Sequence[LabelledItem], found: Mapping[str, Mapping[Place, str]]) -> Iterator[str]:
    """Share of the true mentions found, those with names of the training labels apart from new ones."""
    seen = load_lexicon().used
    right: Counter[tuple[str, bool]] = Counter()
    wanted: Counter[tuple[str, bool]] = Counter()
    for item in items:
        for field, start, end, kind in item.mentions():
            key = kind, half_width(_surface(item, (field, start, end))) in seen
            wanted[key] += 1
            right[key] += found[item.id].get((field, start, end)) == kind
    row = "{:28}{:>8}{:>10}{:>7}".format
    yield row("recall", "known", "new", "of new")
    for kind in sorted({kind for kind, _ in wanted}):
        shares = (f"{right[kind, known] / max(1, wanted[kind, known]):.3f}" for known in (True, False))
        yield row(kind, *shares, wanted[kind, False])


def _surface(item: LabelledItem, place: Place) -> str:
    field, start, end = place
    return (item.title if field == "title" else item.body)[start:end]


def error_lines(items: Sequence[LabelledItem], found: Mapping[str, Mapping[Place, str]], most: int) -> Iterator[str]:
    """How many names are wrong in which way, with the first ``most`` of each class."""
    classes: dict[str, list[str]] = defaultdict(list)
    for item in items:
        truth = {(field, start, end): kind for field, start, end, kind in item.mentions()}
        for name, line in _errors(item, truth, dict(found[item.id])):
            classes[name].append(line)
    for name, lines in sorted(classes.items()):
        yield f"{name}: {len(lines)}"
        yield from (f"    {line}" for line in lines[:most])


def _errors(item: LabelledItem, truth: dict[Place, str], guess: dict[Place, str]) -> Iterator[tuple[str, str]]:
    for place, kind in truth.items():
        if guess.get(place) == kind:
            continue
        surface = _surface(item, place)
        touching = [other for other in guess if _touch(place, other)]
        if place in guess:
            yield "wrong kind", f"{item.id} {surface}: {guess[place]}, is {kind}"
        elif touching:
            yield "wrong edges", f"{item.id} {_surface(item, touching[0])}, is {surface}"
        else:
            yield "missed", f"{item.id} {kind} {surface}"
    for place, kind in guess.items():
        if not any(_touch(place, other) for other in truth):
            yield "no name", f"{item.id} {kind} {_surface(item, place)}"


def _touch(one: Place, other: Place) -> bool:
    return one[0] == other[0] and one[1] < other[2] and other[1] < one[2]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--extraction", choices=LEVELS, help="measure one setting only")
    parser.add_argument("--errors", type=int, default=0, help="list so many errors of each class")
    parser.add_argument("--check", action="store_true", help="exit 1 where a figure fell by more than two points")
    parser.add_argument("--accept", action="store_true", help="keep today's figures in docs/quality.json")
    return parser


if __name__ == "__main__":
    sys.exit(main())
