"""Cutting a text into sentences and clauses, as the places where evidence stands."""

import re
from bisect import bisect_right
from collections.abc import Sequence

_SENTENCE = re.compile(r"[^。！？!?；;\n]+[。！？!?；;]*[”’」』）)]?")
_CLAUSE = re.compile(r"[^，,：:。！？!?；;\n]+")

SentenceSpan = tuple[int, int]
"""Half-open, without blanks at either end."""


def sentence_spans(text: str) -> tuple[SentenceSpan, ...]:
    """The sentences of a text in order; ends of lines end sentences, and so do semicolons."""
    return tuple(span for match in _SENTENCE.finditer(text) if (span := _trimmed(text, *match.span())))


def clause_around(text: str, sentence: SentenceSpan, at: int) -> SentenceSpan:
    """The part of a sentence between commas or colons that holds position ``at``."""
    for match in _CLAUSE.finditer(text, *sentence):
        if match.start() <= at < match.end():
            return match.span()
    return sentence


def sentence_at(sentences: Sequence[SentenceSpan], at: int) -> int:
    """Index of the sentence that holds position ``at``, or of the last one before it."""
    return max(0, bisect_right(sentences, (at, at + 1_000_000_000)) - 1)


def _trimmed(text: str, start: int, end: int) -> SentenceSpan | None:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return (start, end) if start < end else None
