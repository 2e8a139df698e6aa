"""From an item's text to the numbers that the network reads."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from graph.model import EntityKind
from indexer.extraction.encoder.layers import LayerReader
from indexer.extraction.encoder.pieces import BEGIN, END, PieceTokeniser
from indexer.extraction.tokens import TokenisedText

LONGEST = 510
"""So many pieces fit into the encoder beside the marks of begin and end."""

Alphabet = Mapping[str, int]
"""Numbers of the known values, from 1; 0 stands for every other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EncodedText:
    """A text in numbers. ``pieces`` are those of the vocabulary with begin and end; for each token ``first`` and
    ``last`` are places in it, ``words`` its own number, ``layers`` the numbers of its hints, a row for each layer."""

    pieces: list[int]
    first: list[int]
    last: list[int]
    words: list[int]
    layers: list[list[int]]


class TextReader:
    """Reads tokenised items with the vocabulary and alphabets that a network was trained on."""

    def __init__(
        self, tokeniser: PieceTokeniser, layers: LayerReader, words: Alphabet, alphabets: Sequence[Alphabet]
    ) -> None:
        self._tokeniser = tokeniser
        self._layers = layers
        self._words = words
        self._alphabets = alphabets

    def read(
        self, text: TokenisedText, title_length: int, own: Mapping[str, Sequence[EntityKind]] | None = None
    ) -> EncodedText:
        """The numbers of a text; the title ends at ``title_length``. ``own``: see ``Lexicon.used_spans``."""
        pieces, covering = self._pieces(text.text)
        words, alphabets = self._words, self._alphabets
        hints = self._layers.read(text, title_length, own)
        return EncodedText(
            pieces=pieces,
            first=[covering[start] for start in text.starts],
            last=[covering[end - 1] for end in text.ends],
            words=[words.get(word_key(word), 0) for word in text.words],
            layers=[[alphabet.get(hint, 0) for hint in row] for alphabet, row in zip(alphabets, hints, strict=True)],
        )

    def _pieces(self, text: str) -> tuple[list[int], list[int]]:
        """Numbers of the pieces, and for each character the place of the piece that covers it or the one before."""
        pieces = self._tokeniser.split(text)
        covering = [0] * len(text)
        for place, piece in enumerate(pieces, 1):
            for at in range(piece.start, piece.end):
                covering[at] = place
        last = 1
        for at, place in enumerate(covering):
            last = covering[at] = place or last
        return [BEGIN, *(piece.id for piece in pieces), END], covering


def word_key(word: str) -> str:
    """The form under which a token has its own vector: lower case, long words by their beginning."""
    word = word.lower()
    return word if len(word) < 4 else word[:3] + "~"
