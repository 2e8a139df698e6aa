"""Markdown by lines: each line of a text with what kind of line it is and where it stands.

News digests use a small part of Markdown, so lines are enough: headings, lists, quotes, rules, fences. Every reader
of Markdown works on these lines, and each keeps its number.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto
from functools import lru_cache

from indexer.readers.documents import MAX_LINE, TextDocument
from indexer.readers.lines import is_frame_line, is_rule


class Kind(Enum):
    """What a line is."""

    BLANK = auto()
    HEADING = auto()
    BULLET = auto()
    ORDERED = auto()
    QUOTE = auto()
    RULE = auto()
    TAGS = auto()
    FENCED = auto()
    TEXT = auto()
    CONTINUED = auto()
    TOO_LONG = auto()


@dataclass(frozen=True, slots=True)
class Line:
    """A line: ``text`` is without its marker, ``level`` that of a heading, ``indent`` in blanks."""

    number: int
    kind: Kind
    text: str
    indent: int = 0
    level: int = 0


_HEADING = re.compile(r"(#{1,6})\s+(\S.*)")
_BULLET = re.compile(r"[-*+•]\s+(?=\S)")
_ORDERED = re.compile(r"\d{1,4}[.、)）]\s*(?=\S)")
_UNCLOSED_LINK = re.compile(r"(\]\(https?://[^\s()\[\]<>]++)\](?=\s|$)")
"""A link closed with the wrong bracket."""
_NUMBER_ONLY = re.compile(r"\d{1,4}\.\d")


@lru_cache(maxsize=1)
def lines_of(document: TextDocument) -> tuple[Line, ...]:
    """All lines of a text below its front matter; kept for the layouts that look at one text in turn."""
    return tuple(_lines(document))


def _lines(document: TextDocument) -> Iterator[Line]:
    fence = ""
    comment = False
    for number, raw in enumerate(document.lines[document.start :], document.start + 1):
        if len(raw) > MAX_LINE:
            yield Line(number, Kind.TOO_LONG, "")
            continue
        stripped = raw.strip()
        if comment or (not fence and stripped.startswith("<!--") and "-->" not in stripped):
            comment = "-->" not in stripped
            yield Line(number, Kind.TAGS if stripped else Kind.BLANK, stripped)
        elif fence or stripped.startswith(("```", "~~~")):
            yield Line(number, Kind.FENCED if stripped else Kind.BLANK, stripped)
            if not fence:
                fence = stripped[:3]
            elif stripped.startswith(fence):
                fence = ""
        else:
            yield _line(number, raw, stripped)


def _line(number: int, raw: str, stripped: str) -> Line:
    kind = _plain_kind(stripped)
    if "](" in stripped:
        stripped = _UNCLOSED_LINK.sub(r"\1)", stripped)
    if kind is not Kind.TEXT:
        return Line(number, kind, stripped)
    indent = len(raw) - len(raw.lstrip())
    if heading := _HEADING.fullmatch(stripped):
        return Line(number, Kind.HEADING, heading[2].rstrip("#").rstrip() or heading[2], indent, len(heading[1]))
    if bullet := _BULLET.match(stripped):
        return Line(number, Kind.BULLET, stripped[bullet.end() :], indent)
    if (ordered := _ORDERED.match(stripped)) and not _NUMBER_ONLY.match(stripped):
        return Line(number, Kind.ORDERED, stripped[ordered.end() :], indent)
    if stripped.startswith(">"):
        return Line(number, Kind.QUOTE, stripped.lstrip("> "), indent)
    return Line(number, Kind.TEXT, stripped, indent)


def _plain_kind(stripped: str) -> Kind:
    """The kind of a line that has nothing inside; ``TEXT`` for all others."""
    if not stripped:
        return Kind.BLANK
    if is_rule(stripped):
        return Kind.RULE
    return Kind.TAGS if is_frame_line(stripped) else Kind.TEXT
