"""Analysis of text: one folding and one tokenisation for every engine, for names and for highlights.

Folding maps each character by NFKC, lower case, no diacritics, traditional to simplified Han (OpenCC, character by
character) and keeps where each folded character came from. The result only ever serves comparison: texts are
stored and shown as written.

Tokens: overlapping bigrams of Han characters; whole Latin words and numbers; a word with its version number as one
token after the bare word, so that ``GLM-5``, ``glm5``, ``GLM 5`` and ``ＧＬＭ－５`` all give ``glm glm5``,
``GLM`` finds them and ``5`` does not. Where runs of different scripts touch, the Han character at the seam stands
alone as well, which makes ``10亿`` a phrase in ``10亿元``. Punctuation leaves a break token that no query word
holds, so no phrase runs across it. Bigrams find every substring (a dictionary's words lose 12 % of them), hence no
segmentation here.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from operator import add

import opencc

BREAK = "¶"
"""Token between two runs that punctuation or a line end separates."""

HAN = (
    "\u3005-\u3007\u3040-\u30fa\u30fc-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003134f"
)
"""Characters of scripts written without blanks (Han, kana, Hangul), as the inside of a character class."""

_DROPPED = "™®©\u200b\u200c\u200d\u2060\ufeff\u00ad\ufe0f"
_DASHES = "‐‑‒–—−﹣－"
_UNITS = "年月日号亿万千百倍个家位名人款项条天次元美小轮台种届岁期类大强篇秒分点%"

_WORD = rf"[^\W\d_{HAN}]+"
_NUMBER = r"(?:\d{1,3}(?:,\d{3})+(?!,?\d)|\d+(?:\.\d+)*)(?:[a-z](?![a-z]))?"
_YEAR = r"(?:19|20)\d\d(?!\d)"
# A number belongs to the word before it when it stands right behind it (but not a year before 年), behind a
# dash (but not a year), or behind one blank with at most five digits (but neither a year nor a count: 5 倍).
_VERSIONED = (
    rf"(?P<base>{_WORD})(?:(?!{_YEAR}年)|(?P<seam>[-_])(?!{_YEAR})|(?P<gap>[ ])(?!{_YEAR})(?=\d{{1,5}}(?!\d)))"
    rf"(?P<version>{_NUMBER})(?![\d.]*\d|(?(gap)[ ]?)[{_UNITS}])"
)
_ATOM = re.compile(
    rf"(?P<versioned>{_VERSIONED})|(?P<han>[{HAN}]+)|(?P<word>{_WORD})|(?P<number>{_NUMBER})"
    r"|(?P<plus>(?<=[\w+])\+)|(?P<joint>(?<=\w)[.&'@·•・](?=\w)|[ \t\u3000_-]+)|(?P<break>.)",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Token:
    """A token and the half-open span of the original text it stands for."""

    text: str
    start: int
    end: int


class _FoldTable(dict[int, str]):
    """Folded form of each character, worked out when first met; ``resizing`` holds those that change length."""

    def __init__(self) -> None:
        super().__init__()
        self.resizing: set[str] = set()
        self._to_simplified = opencc.OpenCC("t2s")

    def __missing__(self, code: int) -> str:
        folded = self._fold(chr(code))
        self[code] = folded
        if len(folded) != 1:
            self.resizing.add(chr(code))
        return folded

    def _fold(self, character: str) -> str:
        if character in _DROPPED or unicodedata.category(character) == "Mn":
            return ""
        if character in _DASHES:
            return "-"
        if character < "\u3000":
            bare = unicodedata.normalize("NFKD", character)
            kept = "".join(c for c in bare if unicodedata.category(c) != "Mn").lower()
            return "'" if kept in "’‘ʼ" and kept else kept
        plain = unicodedata.normalize("NFKC", character).lower()
        simplified: str = self._to_simplified.convert(plain)
        return simplified


@cache
def _fold_table() -> _FoldTable:
    return _FoldTable()


@dataclass(frozen=True, slots=True)
class Folded:
    """Folded text. ``offsets[i]`` is the original position of folded character ``i``; None means equal positions."""

    text: str
    offsets: tuple[int, ...] | None

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The original half-open span of the folded span ``start``..``end`` (not empty)."""
        if self.offsets is None:
            return start, end
        return self.offsets[start], self.offsets[end - 1] + 1


def fold(text: str) -> Folded:
    """Folds a text for comparison, keeping the way back to it."""
    table = _fold_table()
    folded = text.translate(table)
    if table.resizing.isdisjoint(text):
        return Folded(folded, None)
    offsets = tuple(at for at, character in enumerate(text) for _ in table[ord(character)])
    return Folded(folded, offsets)


def folded_text(text: str) -> str:
    """``fold(text).text``, for where there is no way back to go."""
    return text.translate(_fold_table())


_JOINTS = re.compile(r"[\s\-_·•]+")
_JOINT_OF_NUMBERS = re.compile(r"(?<=\d)[\s\-_]+(?=\d)")


def fold_key(text: str) -> str:
    """What two writings of one title or name share: folded, without blanks, dashes and middle dots.

    ``GLM-5``, ``glm 5`` and ``ＧＬＭ－５`` give ``glm5``; ``Llama 3 70B`` gives ``llama3-70b``: numbers stay apart.
    """
    folded = text.translate(_fold_table())
    return _JOINTS.sub("", _JOINT_OF_NUMBERS.sub("\0", folded)).replace("\0", "-")


def tokenise(text: str) -> tuple[Token, ...]:
    """All tokens of a text in order, with their places in it; what is indexed and what a query looks for."""
    folded = fold(text)
    return tuple(Token(token, *folded.span(start, end)) for token, start, end in folded_tokens(folded.text))


def index_tokens(text: str) -> list[str]:
    """The texts of ``tokenise(text)``: join by blanks for a whitespace tokeniser."""
    return [token for token, _, _ in folded_tokens(text.translate(_fold_table()))]


def folded_tokens(text: str) -> Iterator[tuple[str, int, int]]:
    """Tokens of a text that is folded already, with their half-open spans in it."""
    touching = False  # whether the token before stands in the same run
    pending = False
    atoms = [m for m in _ATOM.finditer(text) if m.lastgroup != "joint"]
    for at, match in enumerate(atoms):
        kind = match.lastgroup
        if kind == "break":
            pending = touching or pending
            touching = False
            continue
        if pending:
            yield BREAK, match.start(), match.start() + 1
            pending = False
        if kind == "han":
            followed = at + 1 < len(atoms) and atoms[at + 1].lastgroup != "break"
            yield from _han_tokens(match, after_seam=touching, before_seam=followed)
        else:
            yield from _latin_tokens(match, kind)
        touching = True


def _han_tokens(match: re.Match[str], *, after_seam: bool, before_seam: bool) -> Iterator[tuple[str, int, int]]:
    run, start, end = match.group(), match.start(), match.end()
    if len(run) == 1:
        yield run, start, end
        return
    if after_seam:
        yield run[0], start, start + 1
    for at in range(len(run) - 1):
        yield run[at : at + 2], start + at, start + at + 2
    if before_seam:
        yield run[-1], end - 1, end


def _latin_tokens(match: re.Match[str], kind: str | None) -> Iterator[tuple[str, int, int]]:
    if kind != "versioned":
        yield match.group().replace(",", ""), match.start(), match.end()
        return
    base, version = match.group("base"), match.group("version").replace(",", "")
    start, end = match.span()
    if len(base) == 1 and match.group("gap"):
        yield base, start, start + 1
        yield version, match.start("version"), end
    elif len(base) == 1:
        yield base + version, start, end
    elif len(base) > 2 and base.endswith("v") and not match.group("gap") and not match.group("seam"):
        yield base[:-1], start, match.end("base") - 1
        yield "v" + version, match.end("base") - 1, end
    else:
        yield base, start, match.end("base")
        yield base + version, start, end


_HAN_RUN = re.compile(f"[{HAN}]{{2,}}")
_LATIN = re.compile(rf"(?P<versioned>{_VERSIONED})|(?P<word>{_WORD})|{_NUMBER}")


def folded_words(text: str) -> Iterator[str]:
    """The texts of ``folded_tokens`` that have two characters or more and do not begin with a digit, in any order:
    for counting, at a tenth of the price."""
    for run in _HAN_RUN.findall(text):
        yield from map(add, run, run[1:])
    for match in _LATIN.finditer(text):
        for token, _start, _end in _latin_tokens(match, match.lastgroup):
            if len(token) > 1 and not token[0].isdigit():
                yield token


def query_tokens(text: str) -> tuple[str, ...]:
    """Tokens that must stand in a row where the text occurs: ``tokenise`` without a bare word before its versioned
    form at the start (``glm5`` implies ``glm``)."""
    tokens = index_tokens(text)
    if len(tokens) > 1 and tokens[1] != tokens[0] and re.match(r"\d", tokens[1].removeprefix(tokens[0])):
        starts_with_base = tokens[1].startswith(tokens[0]) and not tokens[0][0].isdigit()
        return tuple(tokens[1:] if starts_with_base else tokens)
    return tuple(tokens)
