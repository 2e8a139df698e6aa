"""Labelled items in numbers: the alphabets that number their tokens and hints, and the examples."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from graph.kinds import ENTITY_KINDS
from indexer.extraction.encoder.layers import LAYERS, OUTSIDE, LayerReader
from indexer.extraction.encoder.reading import EncodedText, TextReader, word_key
from indexer.extraction.training.labelled import LabelledItem

LABELS = ("O", *(f"{mark}-{kind}" for kind in ENTITY_KINDS for mark in "BI"))

LEAST_USES = 2
"""A token that fewer items hold has no vector of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """An item in numbers with the numbers of its labels."""

    text: EncodedText
    labels: list[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Alphabets:
    """Numbers from 1 of the known tokens, and of the known hints of each layer; 0 is for all others."""

    words: dict[str, int]
    layers: tuple[dict[str, int], ...]

    @property
    def outside(self) -> list[int]:
        """In each layer the number of the hint that no known name is here, 0 where it has none."""
        return [hints.get(OUTSIDE, 0) for hints in self.layers]


def number_values(items: Sequence[LabelledItem], layers: LayerReader) -> Alphabets:
    """The alphabets of items, each without what its own labels say of it."""
    uses = Counter(key for item in items for key in {word_key(word) for word in item.text.words})
    hints: list[set[str]] = [{OUTSIDE} for _ in LAYERS]
    for item in items:
        for seen, row in zip(hints, layers.read(item.text, len(item.title), item.names), strict=True):
            seen.update(row)
    return Alphabets(
        words=_numbered(key for key, n in uses.items() if n >= LEAST_USES), layers=tuple(map(_numbered, hints))
    )


def _numbered(values: Iterable[str]) -> dict[str, int]:
    return {value: number for number, value in enumerate(sorted(values), 1)}


def examples_of(items: Iterable[LabelledItem], reader: TextReader, *, trained_on: bool) -> list[Example]:
    """The items in numbers; those ``trained_on`` do not count as evidence for their own names."""
    return [
        Example(
            text=reader.read(item.text, len(item.title), item.names if trained_on else None),
            labels=[LABELS.index(label) for label in item.token_labels()],
        )
        for item in items
    ]
