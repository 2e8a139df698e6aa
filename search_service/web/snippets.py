"""The part of a body that a hit shows: about two lines around the matches."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from search_service.web.marking import Piece, marked

LENGTH = 110
LEAD = 24
"""Characters before the first match."""

_STOPS = "。！？；\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Snippet:
    """Pieces of text; ``before`` and ``after`` tell whether more of the body lies there."""

    pieces: tuple[Piece, ...]
    before: bool
    after: bool


def snippet(body: str, spans: Sequence[Sequence[int]], length: int = LENGTH) -> Snippet:
    """The ``length`` characters that hold most of what matched, from a sentence's start where one is near."""
    start = _start(body, spans, length)
    end = min(len(body), start + length)
    inside = [(max(a, start) - start, min(b, end) - start) for a, b in spans if a < end and b > start]
    pieces = (replace(piece, text=_one_line(piece.text)) for piece in marked(body[start:end], inside))
    return Snippet(pieces=tuple(pieces), before=start > 0, after=end < len(body))


def _one_line(text: str) -> str:
    """Line ends as blanks, or as nothing where Chinese punctuation parts enough."""
    return re.sub(r"(?<=[。！？；：，、])\n", "", text).replace("\n", " ")


def _start(body: str, spans: Sequence[Sequence[int]], length: int) -> int:
    if not spans or len(body) <= length:
        return 0
    starts = [max(0, first - LEAD) for first, _last in spans]
    best = max(starts, key=lambda start: (_matched(spans, start, start + length), -start))
    best = min(best, len(body) - length)
    first = next((a for a, b in spans if b > best), best)
    sentence = max(body.rfind(stop, 0, first) for stop in _STOPS) + 1
    return sentence if best - LEAD <= sentence <= first else best


def _matched(spans: Sequence[Sequence[int]], start: int, end: int) -> int:
    return sum(max(0, min(last, end) - max(first, start)) for first, last in spans)
