"""Texts that are longer than the encoder reads at once, in windows that overlap."""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

from indexer.extraction.encoder.pieces import BEGIN, END
from indexer.extraction.encoder.reading import LONGEST, EncodedText

CORE = 384
"""So many pieces of a window are its own; the others, half on each side, are context."""

_MARGIN = (LONGEST - CORE) // 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """A part of a text; its tokens ``own`` (a range of the part's) are in no other window's."""

    text: EncodedText
    own: slice


def windows(text: EncodedText) -> Iterator[Window]:
    """A text in parts of at most ``LONGEST`` pieces; every token is one part's own, in order."""
    count = len(text.pieces) - 2
    if count <= LONGEST:
        yield Window(text=text, own=slice(0, len(text.words)))
        return
    for start in range(0, count, CORE):
        low, high = max(0, start - _MARGIN), min(count, start + CORE + _MARGIN)
        end = start + CORE if start + CORE < count else count
        first, last = bisect_right(text.first, low), bisect_right(text.first, high)
        own = slice(bisect_right(text.first, start) - first, bisect_right(text.first, end) - first)
        if own.start < own.stop:
            yield Window(text=_part(text, low, high, first, last), own=own)


def _part(text: EncodedText, low: int, high: int, first: int, last: int) -> EncodedText:
    """Pieces ``low`` to ``high`` and the tokens that begin there; a token that ends beyond ends with the part."""
    return EncodedText(
        pieces=[BEGIN, *text.pieces[low + 1 : high + 1], END],
        first=[place - low for place in text.first[first:last]],
        last=[min(place, high) - low for place in text.last[first:last]],
        words=text.words[first:last],
        layers=[row[first:last] for row in text.layers],
    )
