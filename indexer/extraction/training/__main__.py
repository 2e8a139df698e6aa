"""``python -m indexer.extraction.training``: trains the tagger and writes its model and its names."""

import argparse
import random
import re
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pycrfsuite

from indexer.extraction.features import FeatureExtractor
from indexer.extraction.lexicon import NAMES_FILE, build_lexicon, catalogue_hints, count_uses, names_to_tsv
from indexer.extraction.propagation import propagate
from indexer.extraction.tagger import Tagger
from indexer.extraction.training.labelled import LabelledItem, load_labelled
from indexer.extraction.training.scoring import score_mentions
from indexer.extraction.word_classes import load_word_classes
from indexer.model import IndexerError

LASSO = 0.15
RIDGE = 0.1
ITERATIONS = 100


def main(arguments: Sequence[str] | None = None) -> int:
    """Trains as the arguments say; 0 when the model was written, 2 for input that cannot be used."""
    options = _parser().parse_args(arguments)
    try:
        items = list(load_labelled(options.items, options.labels))
    except (IndexerError, OSError) as error:
        _say(str(error))
        return 2
    random.Random(options.seed).shuffle(items)  # noqa: S311 -- a reproducible order, not a secret
    held_out, items = items[: options.hold_out], items[options.hold_out :]
    features = _features(items, options.out.with_name(NAMES_FILE))
    train_tagger(items, features, options.out, iterations=options.iterations)
    if held_out:
        tagger = Tagger(options.out.read_bytes(), features)
        for line in score_mentions(held_out, lambda title, body: propagate(title, body, tagger.tag(title, body))):
            _say(line)
    return 0


def _features(items: Sequence[LabelledItem], names_file: Path) -> FeatureExtractor:
    used = count_uses((item.text.text, item.names) for item in items)
    names_file.write_text("".join(names_to_tsv(used)), "utf-8")
    return FeatureExtractor(build_lexicon(used, catalogue_hints()), load_word_classes())


def train_tagger(
    items: Sequence[LabelledItem], features: FeatureExtractor, out: Path, *, iterations: int = ITERATIONS
) -> None:
    """Writes a CRFsuite model for labelled items; the same items in the same order give the same file.

    L-BFGS with elastic-net regularisation: the lasso part keeps the model small, most features get no weight.
    """
    trainer = _ReportingTrainer(algorithm="lbfgs", verbose=True)
    trainer.set_params({"c1": LASSO, "c2": RIDGE, "max_iterations": iterations})
    for item in items:
        trainer.append(features.rows(item.text, len(item.title), item.names), item.token_labels())
    _say(f"{len(items)} items read, training")
    trainer.train(str(out))
    _say(f"{out}: {out.stat().st_size / 1e6:.1f} MB")


class _ReportingTrainer(pycrfsuite.BaseTrainer):  # type: ignore[misc]
    """Says the loss of every tenth iteration."""

    _tenth = False

    def message(self, message: str) -> None:
        if iteration := re.match(r"\*+ Iteration #(\d+)", message):
            self._tenth = int(iteration[1]) % 10 == 0
        elif self._tenth and message.startswith("Loss:"):
            _say(f"{time.strftime('%H:%M:%S')} {message.strip().lower()}")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m indexer.extraction.training", description=__doc__)
    parser.add_argument("--items", type=Path, required=True, help='lines {"id", "title", "body"}')
    parser.add_argument("--labels", type=Path, required=True, help='lines {"id", "entities": [{"type", "surfaces"}]}')
    parser.add_argument("--out", type=Path, required=True, help=f"the model; {NAMES_FILE} is written beside it")
    parser.add_argument("--iterations", type=int, default=ITERATIONS)
    parser.add_argument("--hold-out", type=int, default=0, help="items to leave out of training and score at the end")
    parser.add_argument("--seed", type=int, default=0, help="which items those are")
    return parser


def _say(message: str) -> None:
    print(message, file=sys.stderr, flush=True)  # noqa: T201 -- a command's progress


if __name__ == "__main__":
    sys.exit(main())
