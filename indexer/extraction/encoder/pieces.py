"""Pieces of words as the encoder reads them: the most probable split under a unigram model (Kudo, 2018).

The vocabulary is a selection of multilingual-e5-small's. All pieces that occur in a text are found by one automaton,
and a Viterbi pass over them takes the best path; only its offsets need Python.
"""

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import ahocorasick_rs

BEGIN, PAD, END, UNKNOWN = range(4)
SPECIAL = 4
"""So many pieces at the head of the vocabulary stand for no text."""

_BLANK = "\u2581"
_UNKNOWN_PENALTY = 10.0


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of the vocabulary at a place of the text; offsets count characters, half-open."""

    id: int
    start: int
    end: int


class PieceTokeniser:
    """Splits texts into pieces; ``pieces`` and their log probabilities ``scores`` start with the special ones."""

    def __init__(self, pieces: Sequence[str], scores: Sequence[float]) -> None:
        self._scores = list(scores[SPECIAL:])
        self._unknown = min(self._scores) - _UNKNOWN_PENALTY
        self._automaton = ahocorasick_rs.AhoCorasick(pieces[SPECIAL:], matchkind=ahocorasick_rs.MatchKind.Standard)
        self._plain: dict[str, str] = {}

    def split(self, text: str) -> list[Piece]:
        """The pieces of ``text`` in order. Characters that stand for nothing (blanks after blanks) are in none."""
        plain, places = self._normalise(text)
        return [Piece(piece, places[start][0], places[end - 1][1]) for piece, start, end in self._best_path(plain)]

    def _normalise(self, text: str) -> tuple[str, list[tuple[int, int]]]:
        """The text in compatibility form with one mark for each run of blanks, and the place of each character."""
        characters = [_BLANK]
        places = [(0, 0)]
        plain = self._plain
        for at, character in enumerate(text):
            form = plain.get(character)
            if form is None:
                form = plain[character] = normal_form(character)
            for one in form:
                if one != _BLANK or characters[-1] != _BLANK:
                    characters.append(one)
                    places.append((at, at + 1))
        return "".join(characters), places

    def _best_path(self, plain: str) -> Iterator[tuple[int, int, int]]:
        """Piece, start and end along the most probable path through ``plain``."""
        size = len(plain)
        best = [0.0] + [-1e30] * size
        begins = list(range(-1, size))
        ids = [UNKNOWN] * (size + 1)
        settled = 0
        unknown, scores = self._unknown, self._scores
        for index, start, end in self._automaton.find_matches_as_indexes(plain, overlapping=True):
            while settled < end - 1:  # matches come in order of their ends
                settled += 1
                best[settled] = max(best[settled], best[settled - 1] + unknown)
            score = best[start] + scores[index]
            if score > best[end]:
                best[end], begins[end], ids[end] = score, start, index + SPECIAL
        path = []
        end = size
        while end > 0:
            path.append((ids[end], begins[end], end))
            end = begins[end]
        return reversed(path)


def normal_form(character: str) -> str:
    """Compatibility form of one character; blanks become the mark for blanks, controls nothing."""
    form = unicodedata.normalize("NFKC", character)
    return "".join(_BLANK if one.isspace() else one for one in form if one.isspace() or one.isprintable())


def pieces_from_lines(lines: Iterable[str]) -> tuple[list[str], list[float]]:
    """Pieces and scores from lines of a piece, a tab and its score."""
    pieces, scores = [], []
    for line in lines:
        piece, _, score = line.rstrip("\n").rpartition("\t")
        pieces.append(piece)
        scores.append(float(score))
    return pieces, scores


def pieces_to_lines(pieces: Sequence[str], scores: Sequence[float]) -> Iterator[str]:
    """The lines that ``pieces_from_lines`` reads."""
    for piece, score in zip(pieces, scores, strict=True):
        yield f"{piece}\t{score:.9g}\n"
