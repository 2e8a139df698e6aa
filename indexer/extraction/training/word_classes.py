"""``python -m indexer.extraction.training.word_classes``: groups the words of unlabelled items into classes."""

import argparse
import json
import lzma
import sys
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

import rjieba

from indexer.extraction.tokens import half_width
from indexer.extraction.training.clustering import cluster_words
from indexer.extraction.word_classes import classes_to_lines

CLASSES = 64
LEAST_COUNT = 6
_OPENING_LENGTH = 60


def main(arguments: Sequence[str] | None = None) -> int:
    """Writes the classes; 0 when done."""
    options = _parser().parse_args(arguments)
    known = {title for path in options.leave_out for title in _titles(path)}
    texts = (_words(text) for text in _texts(options.items, known))
    grouped = cluster_words(texts, classes=options.classes, least_count=LEAST_COUNT, seed=options.seed)
    options.out.write_text("".join(classes_to_lines(grouped)), "utf-8")
    return 0


def _titles(path: Path) -> Iterator[str]:
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)["title"]


def _texts(path: Path, left_out: Collection[str]) -> Iterator[str]:
    """Texts of items; one with a known opening is left out, one about AI comes twice: that is what is read here."""
    openings: set[str] = set()
    with lzma.open(path, "rt", encoding="utf-8") if path.suffix == ".xz" else path.open(encoding="utf-8") as lines:
        for line in lines:
            item = json.loads(line)
            text = half_width(f"{item['title']}\n{item.get('body') or ''}")
            if text[:_OPENING_LENGTH] not in openings and item["title"] not in left_out:
                openings.add(text[:_OPENING_LENGTH])
                yield text
                if item.get("ai"):
                    yield text


def _words(text: str) -> list[str]:
    return [word for word, _ in rjieba.tag(text)]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m indexer.extraction.training.word_classes", description=__doc__)
    parser.add_argument("--items", type=Path, required=True, help='lines {"title", "body", "ai"}, plain or .xz')
    parser.add_argument(
        "--leave-out", type=Path, action="append", default=[], help='lines {"title"}: items kept for measuring'
    )
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--classes", type=int, default=CLASSES)
    parser.add_argument("--seed", type=int, default=0)
    return parser


if __name__ == "__main__":
    sys.exit(main())
