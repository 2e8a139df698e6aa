"""Markdown by lines: each line of a text with what kind of line it is and where it stands.

News digests use a small part of Markdown, so lines are enough: headings, lists, quotes, rules, fences. Every reader
of Markdown works on these lines, and each keeps its number.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import Enum, auto
from functools import lru_cache

from indexer.readers.documents import MAX_LINE, TextDocument
from indexer.readers.lines import is_frame_line, is_rule


class Kind(Enum):
    """What a line is."""

    __hash__ = object.__hash__  # members are single; Enum's own hash is a call in Python for each look into a set

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


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """A line: ``text`` is without its marker, ``level`` that of a heading, ``indent`` in blanks.

    Lines are told apart by identity, so that what was found in all lines of a text is found again at no cost.
    """

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
_CHECK_BOX = re.compile(r"\[[ xX]\]\s+(?=\S)")
_ANCHOR = re.compile(r"<a\s(?P<attributes>[^<>]*+)>(?P<label>[^<>]*+)</a>", re.IGNORECASE)
_TARGET = re.compile(r"\bhref\s*=\s*[\"']?(?P<url>[^\"'\s<>]++)", re.IGNORECASE)
_SUMMARY = re.compile(r"(?:<details[^<>]*+>\s*)?<summary[^<>]*+>(?P<text>[^<>]*+)</summary>", re.IGNORECASE)
_SUMMARY_OPENS = re.compile(r"(?:<details[^<>]*+>\s*)?<summary[^<>]*+>", re.IGNORECASE)
_DEFINITION = re.compile(r"\[(?P<name>[^\[\]]{1,100})\]:\s+<?(?P<url>https?://[^\s<>]++)>?")
_FOOTNOTE = re.compile(r"\[(?P<name>\^[^\[\]]{1,100})\]")
_REFERENCE = re.compile(r"\[(?P<label>(?:[^\[\]]++|\[[^\[\]]*+\])++)\]\[(?P<name>[^\[\]]{0,100})\]")


@lru_cache(maxsize=1)
def lines_of(document: TextDocument) -> tuple[Line, ...]:
    """All lines of a text below its front matter; kept for the layouts that look at one text in turn."""
    return tuple(_lines(document))


def _lines(document: TextDocument) -> Iterator[Line]:
    fence = ""
    comment = summary = False
    targets = _targets(document)
    for number, raw in enumerate(document.lines[document.start :], document.start + 1):
        if len(raw) > MAX_LINE:
            yield Line(number, Kind.TOO_LONG, "")
            continue
        stripped = raw.strip()
        if comment or (not fence and stripped.startswith("<!--") and "-->" not in stripped):
            comment = "-->" not in stripped
            yield Line(number, Kind.TAGS if stripped else Kind.BLANK, stripped)
        elif targets and _DEFINITION.fullmatch(stripped):
            yield Line(number, Kind.TAGS, stripped)
        elif fence or stripped.startswith(("```", "~~~")):
            yield Line(number, Kind.FENCED if stripped else Kind.BLANK, stripped)
            if not fence:
                fence = stripped[:3]
            elif stripped.startswith(fence):
                fence = ""
        else:
            line = _line(number, raw, _with_plain_links(stripped, targets))
            yield replace(line, text=f"**{line.text}**") if summary and line.kind is Kind.TEXT else line
            summary = bool(_SUMMARY_OPENS.fullmatch(stripped)) or (summary and line.kind is not Kind.TAGS)


def _targets(document: TextDocument) -> dict[str, str]:
    """What ``[name]: address`` lines say, by name."""
    found: dict[str, str] = {}
    for line in document.lines[document.start :]:
        if "]:" in line and len(line) <= MAX_LINE and (match := _DEFINITION.fullmatch(line.strip())):
            found.setdefault(match["name"].lower(), match["url"])
    return found


def _with_plain_links(text: str, targets: Mapping[str, str]) -> str:
    """A line with its HTML links and ``[label][name]`` written as ``[label](address)``, a summary as bold."""
    if "<" in text:
        text = _ANCHOR.sub(_link, text)
        if summary := _SUMMARY.fullmatch(text):
            text = f"**{summary['text'].strip()}**" if summary["text"].strip() else text
    if targets and "[^" in text:
        text = _FOOTNOTE.sub(lambda match: _original(match, targets), text)
    if targets and "][" in text:
        text = _REFERENCE.sub(lambda match: _linked(match, targets), text)
    return text


def _link(match: re.Match[str]) -> str:
    target = _TARGET.search(match["attributes"])
    label = match["label"].strip().replace("[", "(").replace("]", ")")
    return f"[{label}]({target['url']})" if target and label else match[0]


def _original(match: re.Match[str], targets: Mapping[str, str]) -> str:
    """A link to the original in place of a footnote's mark."""
    target = targets.get(match["name"].lower())
    return f" [原文]({target})" if target else match[0]


def _linked(match: re.Match[str], targets: Mapping[str, str]) -> str:
    target = targets.get((match["name"] or match["label"]).lower())
    return f"[{match['label']}]({target})" if target else match[0]


def _line(number: int, raw: str, stripped: str) -> Line:
    kind = _plain_kind(stripped)
    if "](" in stripped:
        stripped = _UNCLOSED_LINK.sub(r"\1)", stripped)
    if kind is not Kind.TEXT:
        return Line(number, kind, stripped)
    indent = len(raw) - len(raw.lstrip())
    first = stripped[0]
    if first == "#" and (heading := _HEADING.fullmatch(stripped)):
        return Line(number, Kind.HEADING, heading[2].rstrip("#").rstrip() or heading[2], indent, len(heading[1]))
    if first in "-*+•" and (bullet := _BULLET.match(stripped)):
        text = stripped[bullet.end() :]
        return Line(number, Kind.BULLET, _CHECK_BOX.sub("", text, count=1), indent)
    if first.isdigit() and (ordered := _ORDERED.match(stripped)) and not _NUMBER_ONLY.match(stripped):
        return Line(number, Kind.ORDERED, stripped[ordered.end() :], indent)
    if first == ">":
        return Line(number, Kind.QUOTE, stripped.lstrip("> "), indent)
    return Line(number, Kind.TEXT, stripped, indent)


def _plain_kind(stripped: str) -> Kind:
    """The kind of a line that has nothing inside; ``TEXT`` for all others."""
    if not stripped:
        return Kind.BLANK
    if stripped[0].isalnum():
        return Kind.TEXT
    if is_rule(stripped):
        return Kind.RULE
    return Kind.TAGS if is_frame_line(stripped) else Kind.TEXT
