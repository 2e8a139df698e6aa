"""Tokens of the tagger: runs of Latin letters, runs of digits, every other character by itself.

Chinese names have no blanks around them, so a token is a Han character and a name is a run of tokens; Latin words
and numbers stay whole because no name starts inside them.
"""

import re
from dataclasses import dataclass

_TOKEN = re.compile(r"[A-Za-zÀ-ÖØ-öø-ɏ]+|[0-9]+|.", re.DOTALL)
_HALF_WIDTH = {
    code: code - 0xFEE0 for first, last in ("０９", "ＡＺ", "ａｚ") for code in range(ord(first), ord(last) + 1)
}
_HALF_WIDTH |= dict.fromkeys((0x2010, 0x2011, 0x2012, 0x2013), ord("-")) | {0xA0: ord(" ")}


@dataclass(frozen=True, slots=True)
class TokenisedText:
    """A text and its tokens; token ``i`` is ``text[starts[i]:ends[i]]``.

    ``text`` is the original in half width, of the same length, so offsets hold in both.
    """

    text: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]

    @property
    def words(self) -> list[str]:
        return [self.text[start:end] for start, end in zip(self.starts, self.ends, strict=True)]


def tokenise(text: str) -> TokenisedText:
    """Tokens of ``text`` that cover all of it, blanks and line ends included."""
    plain = half_width(text)
    spans = [match.span() for match in _TOKEN.finditer(plain)]
    return TokenisedText(plain, tuple(start for start, _ in spans), tuple(end for _, end in spans))


def half_width(text: str) -> str:
    """Full-width letters and digits as ASCII, dashes as hyphens; the length stays."""
    return text.translate(_HALF_WIDTH)


def stands_free(text: str, start: int, end: int) -> bool:
    """Whether no Latin word or number goes on across either end of the span.

    ``GPT-5`` does not stand free in ``GPT-5.2``, ``R1`` not in ``R100``; Han characters never bind.
    """
    if start and _binds(text[start - 1], text[start]):
        return False
    if end >= len(text):
        return True
    if _binds(text[end - 1], text[end]):
        return False
    return not (text[end - 1].isdigit() and text[end] == "." and text[end + 1 : end + 2].isdigit())


def _binds(left: str, right: str) -> bool:
    return left.isalnum() and right.isalnum() and left < "⺀" and right < "⺀"
