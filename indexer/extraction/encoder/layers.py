"""What the encoder's tagger is told of each token beside its context: a few layers of short hints.

The text encoder has read far more text than there are labels, so fewer hints pay than for the linear tagger:
part of speech, known names, forms of names, quotes, shapes, repetition, classes of words.
"""

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence

import rjieba

from graph.model import EntityKind
from indexer.extraction.features import layer, quote_states, repetitions, shape
from indexer.extraction.lexicon import Lexicon
from indexer.extraction.patterns import find_models, find_policies
from indexer.extraction.tokens import TokenisedText
from indexer.extraction.word_classes import class_key

LISTED, USED = "listed", "used"
LAYERS = ("part_of_speech", "word_class", LISTED, USED, "formed", "quote", "shape", "repetition", "field")

OUTSIDE = "O"
"""The hint of a token that no known name covers."""


class LayerReader:
    """Reads the layers of a text with the help of known names and word classes."""

    def __init__(self, lexicon: Lexicon, word_classes: Mapping[str, str]) -> None:
        self._lexicon = lexicon
        self._word_classes = word_classes

    def read(
        self, text: TokenisedText, title_length: int, own: Mapping[str, Sequence[EntityKind]] | None = None
    ) -> tuple[list[str], ...]:
        """A hint for each token in each of ``LAYERS``. ``own``: see ``Lexicon.used_spans``."""
        words = text.words
        lower = [word.lower() for word in words]
        title_tokens = bisect_right(text.ends, title_length)
        return (
            *self._segment_layers(text),
            *self._name_layers(text, own),
            quote_states(text.text, text.starts),
            [shape(word) for word in words],
            repetitions(lower, title_tokens),
            ["t"] * title_tokens + ["b"] * (len(words) - title_tokens),
        )

    def _segment_layers(self, text: TokenisedText) -> tuple[list[str], list[str]]:
        """Place in the segmenter's word with its part of speech, and the word's class."""
        places: list[str] = []
        classes: list[str] = []
        for word, tag in rjieba.tag(text.text):
            size = len(word)
            places += ["S" + tag] if size == 1 else ["B" + tag, *["M" + tag] * (size - 2), "E" + tag]
            classes += [self._word_classes.get(class_key(word), "?" + tag[0])] * size
        return [places[start] for start in text.starts], [classes[start] for start in text.starts]

    def _name_layers(
        self, text: TokenisedText, own: Mapping[str, Sequence[EntityKind]] | None
    ) -> Iterator[list[str]]:
        count = len(text.starts)
        starts = {start: at for at, start in enumerate(text.starts)}
        ends = {end: at for at, end in enumerate(text.ends)}
        hits = self._lexicon.find(text.text)
        formal = [(start, end, "m") for start, end in find_models(text.text)]
        formal += [(start, end, "l") for start, end in find_policies(text.text)]
        for spans in (self._lexicon.listed_spans(hits), self._lexicon.used_spans(hits, own), formal):
            yield layer(count, starts, ends, spans)
