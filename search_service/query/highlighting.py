"""Where a text matches: spans of the original, found with the same tokens that engines match."""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import pairwise

from indexer.folding import BREAK, HAN, fold, folded_text, folded_tokens
from search_service.query.tree import HanCharacter, MatchField, Node, Prefix, Tokens

Span = tuple[int, int]
Leaf = Tokens | Prefix | HanCharacter

_BIGRAM = re.compile(f"[{HAN}]{{2}}")
_CLAUSE = re.compile(r"(?:[^\n。、;!?:()《》“”…,.]|(?<=\d),(?=\d)|\.(?=\w))+")
"""A stretch of folded text that no token leaves: everything between two signs that always break runs."""


def highlight(text: str, leaves: Iterable[Node], field: MatchField) -> tuple[Span, ...]:
    """Half-open spans of ``text``, the text of ``field``, that the leaves match; ordered, merged where they touch."""
    return Highlighter(leaves).spans(text, field)


class Highlighter:
    """Finds the matches of the same leaves in many texts."""

    def __init__(self, leaves: Iterable[Node]) -> None:
        distinct = dict.fromkeys(leaf for leaf in leaves if isinstance(leaf, Leaf))
        self._leaves = [(leaf, _literal(leaf)) for leaf in distinct]

    def spans(self, text: str, field: MatchField) -> tuple[Span, ...]:
        """As ``highlight``."""
        folded = folded_text(text)
        present = [
            (leaf, literal) for leaf, literal in self._leaves if literal in folded and leaf.field in ("any", field)
        ]
        spans = _merged(_found(present, folded)) if present else []
        if not spans:
            return ()
        back = fold(text)
        return tuple(back.span(start, end) for start, end in spans)


def _found(leaves: Sequence[tuple[Leaf, str]], folded: str) -> Iterator[Span]:
    """Spans of folded text. Only clauses that hold what a leaf begins with are cut into tokens, each once."""
    across = [leaf for leaf, _ in leaves if isinstance(leaf, Tokens) and BREAK in leaf.tokens]
    if across:
        tokens = list(folded_tokens(folded))
        for phrase in across:
            yield from _spans(phrase, tokens)
    for leaf, _ in leaves:
        if run := _han_run(leaf):
            for at in _places(folded, run):
                yield at, at + len(run)
    within = [(leaf, literal) for leaf, literal in leaves if leaf not in across and not _han_run(leaf)]
    for clause in _CLAUSE.finditer(folded) if within else ():
        words = clause.group()
        begun = [leaf for leaf, literal in within if literal in words]
        if begun:
            tokens = list(folded_tokens(words))
            for leaf in begun:
                for start, end in _spans(leaf, tokens):
                    yield clause.start() + start, clause.start() + end


@lru_cache(maxsize=8192)
def _han_run(leaf: Leaf) -> str:
    """The text that a leaf of overlapping Han bigrams matches, which needs no cutting; empty for other leaves."""
    if isinstance(leaf, HanCharacter):
        return leaf.character
    if not isinstance(leaf, Tokens) or not all(map(_BIGRAM.fullmatch, leaf.tokens)):
        return ""
    overlap = all(one[1] == other[0] for one, other in pairwise(leaf.tokens))
    return leaf.tokens[0] + "".join(token[1] for token in leaf.tokens[1:]) if overlap else ""


def _places(text: str, part: str) -> Iterator[int]:
    at = text.find(part)
    while at >= 0:
        yield at
        at = text.find(part, at + 1)


def _literal(leaf: Leaf) -> str:
    """A text that every match of the leaf contains: Han as it is, of Latin words the letters, of numbers a digit."""
    if isinstance(leaf, HanCharacter):
        return leaf.character
    first = leaf.tokens[0] if leaf.tokens else getattr(leaf, "prefix", "")
    letters = re.match(r"[^\W\d_]+", first)
    return letters.group() if letters else first[0]


def _spans(leaf: Leaf, tokens: Sequence[tuple[str, int, int]]) -> Iterator[Span]:
    texts = [token for token, _, _ in tokens]
    match leaf:
        case Tokens(tokens=words):
            for at in _runs(texts, words):
                yield tokens[at][1], _end(tokens[at : at + len(words)])
        case Prefix(tokens=words, prefix=prefix):
            for at, text in enumerate(texts):
                before = at - len(words)
                if before >= 0 and text.startswith(prefix) and tuple(texts[before:at]) == words:
                    yield tokens[before][1], _end(tokens[before : at + 1])


def _runs(texts: Sequence[str], words: tuple[str, ...]) -> Iterator[int]:
    """Where ``words`` stand in a row."""
    for at, text in enumerate(texts):
        if text == words[0] and tuple(texts[at : at + len(words)]) == words:
            yield at


def _end(run: Sequence[tuple[str, int, int]]) -> int:
    return max(end for text, _, end in run if text != BREAK)


def _merged(spans: Iterable[Span]) -> list[Span]:
    merged: list[Span] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return merged
