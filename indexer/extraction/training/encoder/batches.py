"""Examples side by side in batches, in a random order that a seed fixes."""

import random
from collections.abc import Iterable, Iterator, Sequence

import torch

from indexer.extraction.encoder.layers import LAYERS, LISTED, USED
from indexer.extraction.encoder.pieces import PAD
from indexer.extraction.encoder.reading import LONGEST
from indexer.extraction.training.encoder.examples import Example
from indexer.extraction.training.encoder.network import Batch

BLANKED = {LISTED: 0.3, USED: 0.1}
"""How often an item is shown without the hints of a layer: lists know the labelled months too well, and a tagger that
trusts them fails on names to come."""

_POOL = 128


class Batches:
    """The batches of each epoch; ``outside`` is the number of "no known name" in each layer."""

    def __init__(self, examples: Sequence[Example], outside: Sequence[int], *, size: int, seed: int) -> None:
        self._examples = examples
        self._outside = outside
        self._size = size
        self._seed = seed

    def __len__(self) -> int:
        """Batches in an epoch."""
        return len(self.epoch(0))

    def epoch(self, number: int) -> list[list[int]]:
        """Which examples are in each batch of an epoch: texts of like length together, in random order."""
        chance = random.Random(f"{self._seed} {number}")  # noqa: S311 -- a reproducible order, not a secret
        order = list(range(len(self._examples)))
        chance.shuffle(order)
        batches = []
        for start in range(0, len(order), _POOL):
            pool = sorted(order[start : start + _POOL], key=lambda at: len(self._examples[at].text.pieces))
            batches += [pool[at : at + self._size] for at in range(0, len(pool), self._size)]
        chance.shuffle(batches)
        return batches

    def batch(self, chosen: Sequence[int], step: int) -> Batch:
        """The tensors of a batch, with hints blanked as ``BLANKED`` says."""
        chance = random.Random(f"{self._seed} {step}")  # noqa: S311 -- as above
        examples = [self._examples[at] for at in chosen]
        return collate(examples, [self._blanked(example, chance) for example in examples])

    def _blanked(self, example: Example, chance: random.Random) -> list[list[int]]:
        rows = list(example.text.layers)
        for name, share in BLANKED.items():
            if chance.random() < share:
                at = LAYERS.index(name)
                rows[at] = [self._outside[at]] * len(rows[at])
        return rows


def collate(examples: Sequence[Example], layers: Sequence[list[list[int]]]) -> Batch:
    """Examples side by side with these hints; pieces beyond the encoder's length are cut off."""
    texts = [example.text for example in examples]
    pieces = [text.pieces[: LONGEST + 2] for text in texts]
    most = max(map(len, pieces))
    top = max(len(text.words) for text in texts)
    return Batch(
        pieces=_filled(pieces, most, PAD),
        keep=_filled([[1.0] * len(row) for row in pieces], most, 0.0),
        first=_filled([text.first for text in texts], top, 0).clamp_max(most - 1),
        last=_filled([text.last for text in texts], top, 0).clamp_max(most - 1),
        words=_filled([text.words for text in texts], top, 0),
        layers=torch.stack([_filled([rows[at] for rows in layers], top, 0) for at in range(len(LAYERS))]),
        real=_filled([[1.0] * len(text.words) for text in texts], top, 0.0),
        labels=_filled([example.labels for example in examples], top, 0),
    )


def _filled(rows: Iterable[Sequence[float]], length: int, fill: float) -> torch.Tensor:
    return torch.tensor([[*row, *[fill] * (length - len(row))] for row in rows])


def of_like_length(examples: Sequence[Example], size: int) -> Iterator[list[int]]:
    """Numbers of the examples in batches, shortest first: for figures, where the order does not matter."""
    order = sorted(range(len(examples)), key=lambda at: len(examples[at].text.pieces))
    for start in range(0, len(order), size):
        yield order[start : start + size]
