"""Names in an item's text with their kinds: the encoder's answer to the same question as the linear tagger's."""

import json
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Any, Protocol, Self, cast

import numpy as np

from graph.model import EntityKind
from indexer.extraction.encoder.decoding import Scores, best_labels, label_probabilities
from indexer.extraction.encoder.layers import LayerReader
from indexer.extraction.encoder.network import Network
from indexer.extraction.encoder.pieces import PieceTokeniser, pieces_from_lines
from indexer.extraction.encoder.reading import EncodedText, TextReader
from indexer.extraction.lexicon import load_lexicon
from indexer.extraction.span import Span
from indexer.extraction.tagger import runs
from indexer.extraction.tokens import TokenisedText, tokenise
from indexer.extraction.word_classes import load_word_classes
from indexer.model import IndexerError

MODELS = "indexer.extraction.models.encoder"
NETWORK_FILE, FIELD_FILE, PIECES_FILE = "tagger.onnx", "tagger.json", "pieces.tsv"

LEAST_CONFIDENCE = 0.45
"""What the tagger believes less is left out."""


class MissingModel(IndexerError):
    """The files of the encoder's tagger are not all there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelField:
    """The conditional random field over a network's scores: which label may begin, and which follows which."""

    labels: tuple[str, ...]
    begins: Scores
    follows: Scores

    @classmethod
    def from_record(cls, record: Mapping[str, Any]) -> Self:
        """Reads {"labels", "begins", "follows"}."""
        return cls(
            labels=tuple(record["labels"]),
            begins=np.asarray(record["begins"], dtype=np.float32),
            follows=np.asarray(record["follows"], dtype=np.float32),
        )

    def spans(self, text: TokenisedText, title_length: int, emissions: Scores) -> tuple[Span, ...]:
        """The names along the best path, each as probable as its least certain token, none from title into body."""
        best = best_labels(emissions, self.begins, self.follows)
        sure = label_probabilities(emissions, self.begins, self.follows)
        labels = [self.labels[number] for number in best]
        labels[bisect_left(text.starts, title_length)] = "O"
        spans = []
        for first, last in runs(labels):
            confidence = min(float(sure[at, best[at]]) for at in range(first, last + 1))
            spans.append(_span(text, title_length, (first, last), labels[first][2:], confidence))
        return tuple(spans)


def _span(text: TokenisedText, title_length: int, run: tuple[int, int], kind: str, confidence: float) -> Span:
    start, end = text.starts[run[0]], text.ends[run[1]]
    if end <= title_length:
        return Span("title", start, end, cast(EntityKind, kind), confidence)
    shift = title_length + 1
    return Span("body", start - shift, end - shift, cast(EntityKind, kind), confidence)


class LabelScorer(Protocol):
    """What scores the labels of a text's tokens: ``Network`` in the program."""

    def emissions(self, text: EncodedText) -> Scores:
        """A score for each token and label."""


class EncoderTagger:
    """A trained network with the reader and the field it was trained with."""

    def __init__(self, reader: TextReader, network: LabelScorer, field: LabelField) -> None:
        self._reader = reader
        self._network = network
        self._field = field

    def tag(self, title: str, body: str) -> tuple[Span, ...]:
        """The names in title and body with a confidence that counts, in order, none overlapping another."""
        text = tokenise(f"{title}\n{body}")
        emissions = self._network.emissions(self._reader.read(text, len(title)))
        spans = self._field.spans(text, len(title), emissions)
        return tuple(span for span in spans if span.confidence >= LEAST_CONFIDENCE)


def load_tagger_from(folder: Traversable, layers: LayerReader) -> EncoderTagger:
    """The tagger whose files lie in ``folder``. Raises MissingModel where one is missing."""
    check_model(folder)
    record = json.loads((folder / FIELD_FILE).read_text("utf-8"))
    pieces, scores = pieces_from_lines((folder / PIECES_FILE).read_text("utf-8").removesuffix("\n").split("\n"))
    alphabets = [_numbered(values) for values in record["layers"]]
    reader = TextReader(PieceTokeniser(pieces, scores), layers, _numbered(record["words"]), alphabets)
    return EncoderTagger(reader, Network((folder / NETWORK_FILE).read_bytes()), LabelField.from_record(record))


def check_model(folder: Traversable | None = None) -> None:
    """Raises MissingModel where a file of the tagger is missing in ``folder``, else in the installed program."""
    folder = folder or resources.files(MODELS)
    for name in (NETWORK_FILE, FIELD_FILE, PIECES_FILE):
        if not (folder / name).is_file():
            raise MissingModel(f"the model of extraction 'accurate' is not installed ({name} is missing); use 'fast'")


def _numbered(values: Sequence[str]) -> dict[str, int]:
    return {value: number for number, value in enumerate(values, 1)}


@cache
def load_encoder_tagger() -> EncoderTagger:
    """The shipped tagger, read once per process. Raises MissingModel."""
    return load_tagger_from(resources.files(MODELS), LayerReader(load_lexicon(), load_word_classes()))
