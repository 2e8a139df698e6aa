"""Words in what is left of a query when names, known words and dates are taken out."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence

import rjieba

from indexer.folding import HAN, folded_tokens
from search_service.query.clauses import text_node
from search_service.query.tree import Node

Counts = Callable[[Sequence[Node]], Sequence[int]]
"""How many items each tree finds."""

TOGETHER = 0.3
"""Neighbouring words are one where this share of the items with the rarer one has them side by side."""

_HAN_CHARACTER = re.compile(f"[{HAN}]")
_NUMBER = re.compile(r"\d[\d,.]*")
_UNITS = frozenset("万亿千百")
_LONGEST_RUN = 24
_JOINED = 3


def cut_words(text: str, start: int, end: int, *, framing: Callable[[str], bool], counts: Counts) -> list[slice]:
    """The words of ``text[start:end]``, a run without blanks, those that the archive writes together as one.

    Words that only frame a query stand apart. A dictionary cuts 数字人 and 提示词 in two; how often they stand
    together tells that they are one word here.
    """
    words = list(_dictionary_words(text, start, end))
    groups: list[list[slice]] = [[]]
    for place in words:
        if framing(text[place]) or not re.search(r"\w", text[place]):
            groups.append([])
        else:
            groups[-1].append(place)
    return [word for group in groups if group for word in _joined(text, group, counts)]


def _dictionary_words(text: str, start: int, end: int) -> Iterator[slice]:
    """Words of a dictionary, save that Latin words and numbers (``1,000``, ``Zeta-9``) are what engines take for one:
    a part of one would find nothing."""
    whole = {
        at
        for token, first, last in folded_tokens(text[start:end])
        if not _HAN_CHARACTER.match(token)
        for at in range(start + first + 1, start + last)
    }
    first = at = start
    for word in rjieba.cut(text[start:end]):
        at += len(word)
        if at not in whole:
            yield slice(first, at)
            first = at


def _joined(text: str, words: list[slice], counts: Counts) -> Iterable[slice]:
    if len(words) == 1 or len(words) > _LONGEST_RUN:
        return words
    found = _frequencies(text, words, counts)
    joined = [words[0]]
    for word in words[1:]:
        whole = slice(joined[-1].start, word.stop)
        if _are_one(text, joined[-1], word, found.get(text[whole], 0), found):
            joined[-1] = whole
        else:
            joined.append(word)
    return joined


def _frequencies(text: str, words: list[slice], counts: Counts) -> dict[str, int]:
    """Items that have each word, and each row of words that may turn out to be one."""
    rows = {
        text[words[first].start : words[last].stop]
        for first in range(len(words))
        for last in range(first, min(len(words), first + _JOINED + 1))
    }
    nodes = {row: node for row in sorted(rows) if (node := text_node(row))}
    return dict(zip(nodes, counts(list(nodes.values())), strict=True))


def _are_one(text: str, one: slice, other: slice, together: int, found: dict[str, int]) -> bool:
    if _NUMBER.fullmatch(text, one.start, one.stop) and text[other.start] in _UNITS:
        return True  # an amount, whether the archive has it or not
    if not together:
        return False
    if 1 in (one.stop - one.start, other.stop - other.start):
        return True
    return together >= TOGETHER * min(found.get(text[one], 0), found.get(text[other], 0))
