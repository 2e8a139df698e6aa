"""Extraction measured on the labelled items of ../shared/evaluation, beside the accepted figures and the bars.

    python scripts/quality.py             prints the table
    python scripts/quality.py --check     exit 1 where a figure fell below what was accepted
    python scripts/quality.py --accept    keeps today's figures in docs/quality.json

The scorer is the one beside the labels. Without that folder there is nothing to measure: a sentence, exit 0.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from indexer.extraction.pipeline import load_extraction
from indexer.extraction.records import annotation_record
from indexer.model import NewsItem

ROOT = Path(__file__).resolve().parents[1]
EVALUATION = ROOT.parent / "shared" / "evaluation"
ITEMS, GOLD, SCORER = (EVALUATION / name for name in ("dev.items.jsonl", "dev.gold.jsonl", "score_extraction.py"))
ACCEPTED = ROOT / "docs" / "quality.json"
SPEED = "items/s"
TOLERANCE = 0.002
"""A figure may fall by this much: one mention of the labelled items."""

FIGURES: dict[str, tuple[tuple[str, ...], float | None]] = {
    "mention, org model policy": (("mention", "core_micro", "f1"), 0.82),
    "mention, org": (("mention", "org", "f1"), None),
    "mention, model": (("mention", "model", "f1"), None),
    "mention, policy": (("mention", "policy", "f1"), None),
    "mention, product": (("mention", "product", "f1"), None),
    "mention, person": (("mention", "person", "f1"), None),
    "page, org model policy": (("page", "core_micro", "f1"), 0.80),
    "link, B-cubed": (("link", "f1"), 0.90),
    "relation": (("relation", "micro", "f1"), 0.40),
    "funding": (("funding", "f1"), 0.58),
}
"""Name of a figure: its place in the scorer's JSON, and the least that is asked of it."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Measures, prints, and checks or keeps the figures."""
    options = _parser().parse_args(arguments)
    if not GOLD.exists():
        print(f"no labelled items at {EVALUATION}: nothing to measure")
        return 0
    now, speed = measure()
    accepted = json.loads(ACCEPTED.read_text("utf-8")) if ACCEPTED.exists() else {}
    print(table(now, accepted, speed))
    if options.accept:
        ACCEPTED.write_text(json.dumps(now, ensure_ascii=False, indent=1) + "\n", "utf-8")
    fallen = [name for name, figure in accepted.items() if now.get(name, 0.0) < figure - TOLERANCE]
    if options.check and fallen:
        print(f"below what was accepted: {', '.join(fallen)}")
        return 1
    return 0


def measure() -> tuple[dict[str, float], float]:
    """The figures by name, and items annotated a second of one process."""
    items = [json.loads(line) for line in ITEMS.read_text("utf-8").splitlines() if line.strip()]
    extractor = load_extraction("fast")
    started = time.perf_counter()
    lines = [json.dumps(annotation_record(item["id"], extractor.annotate(_item(item)))) for item in items]
    speed = len(items) / (time.perf_counter() - started)
    with tempfile.TemporaryDirectory() as folder:
        predictions = Path(folder) / "predictions.jsonl"
        predictions.write_text("\n".join(lines), "utf-8")
        command = [sys.executable, str(SCORER), str(GOLD), str(ITEMS), str(predictions), "--json"]
        scores = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    return {name: _at(scores, place) for name, (place, _) in FIGURES.items()}, speed


def _item(record: dict[str, Any]) -> NewsItem:
    title, body = record.get("title") or "", record.get("body") or ""
    return NewsItem(id=record["id"], desk="", day=None, title=title, summary=body)


def _at(scores: dict[str, Any], place: Sequence[str]) -> float:
    value: Any = scores
    for key in place:
        value = value[key]
    return round(float(value), 4)


def table(now: dict[str, float], accepted: dict[str, float], speed: float) -> str:
    """The figures as lines of text: F1 now, accepted, asked for."""
    rows = [("figure (F1)", "now", "accepted", "bar")]
    for name, (_, bar) in FIGURES.items():
        kept = f"{accepted[name]:.3f}" if name in accepted else "-"
        rows.append((name, f"{now[name]:.3f}", kept, f"{bar:.2f}" if bar else "-"))
    rows.append((SPEED, f"{speed:.0f}", "-", "100"))
    return "\n".join(f"{name:28}{figure:>8}{kept:>10}{bar:>7}" for name, figure, kept, bar in rows)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="exit 1 where a figure fell below what was accepted")
    parser.add_argument("--accept", action="store_true", help="keep today's figures in docs/quality.json")
    return parser


if __name__ == "__main__":
    sys.exit(main())
