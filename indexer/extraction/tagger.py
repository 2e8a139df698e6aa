"""Names in an item's text with their kinds: a linear-chain CRF over the tokens of title and body."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from functools import cache
from importlib import resources
from typing import cast

import pycrfsuite

from graph.model import EntityKind
from indexer.extraction.features import FeatureExtractor
from indexer.extraction.lexicon import load_lexicon
from indexer.extraction.span import Span
from indexer.extraction.tokens import TokenisedText, tokenise
from indexer.extraction.word_classes import load_word_classes

__all__ = ["Span", "Tagger", "load_tagger"]

LEAST_CONFIDENCE = 0.45
"""What the tagger believes less is left out: on held-out items that gains half a point of F1."""

MODEL_FILE = "tagger.crfsuite"


class Tagger:
    """A trained CRF with the features it was trained on."""

    def __init__(self, model: bytes, features: FeatureExtractor) -> None:
        """``model`` is a file of CRFsuite."""
        self._features = features
        self._model = model  # CRFsuite reads it in place and does not keep it alive
        self._crf = pycrfsuite.Tagger()
        self._crf.open_inmemory(model)

    def tag(self, title: str, body: str) -> tuple[Span, ...]:
        """The names in title and body with a confidence that counts, in order, none overlapping another."""
        text = tokenise(f"{title}\n{body}")
        self._crf.set(self._features.rows(text, len(title)))
        labels: list[str] = self._crf.tag()
        labels[bisect_left(text.starts, len(title))] = "O"  # no name runs from the title into the body
        spans = (self._span(text, len(title), labels, first, last) for first, last in runs(labels))
        return tuple(span for span in spans if span.confidence >= LEAST_CONFIDENCE)

    def _span(self, text: TokenisedText, title_length: int, labels: Sequence[str], first: int, last: int) -> Span:
        start, end = text.starts[first], text.ends[last]
        confidence = min(self._crf.marginal(labels[at], at) for at in range(first, last + 1))
        kind = cast(EntityKind, labels[first][2:])
        if end <= title_length:
            return Span("title", start, end, kind, confidence)
        shift = title_length + 1
        return Span("body", start - shift, end - shift, kind, confidence)


def runs(labels: Sequence[str]) -> Iterator[tuple[int, int]]:
    """First and last token of each name in BIO labels; an ``I`` that continues no name of its kind begins one."""
    first = 0
    kind = ""
    for at, label in enumerate((*labels, "O")):
        if kind and label != "I-" + kind:
            yield first, at - 1
            kind = ""
        if not kind and label != "O":
            first, kind = at, label[2:]


@cache
def load_tagger() -> Tagger:
    """The shipped tagger, read once per process."""
    model = (resources.files("indexer.extraction.models") / MODEL_FILE).read_bytes()
    return Tagger(model, FeatureExtractor(load_lexicon(), load_word_classes()))
