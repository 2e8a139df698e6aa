"""Digests whose items are the entries of lists: numbered ones, or bullets that lead with a link.

1. **甲公司发布乙模型** — 某报 · 2026-06-11
   - 链接：[某报](https://…)
   - 摘要：……

2. 一段没有标题的新闻……

- [丙公司融资](https://…) — 某报
"""

import re
from collections.abc import Sequence
from functools import lru_cache

from indexer.model import Source
from indexer.readers import tables
from indexer.readers.asides import asides_in, is_anchor
from indexer.readers.dates import day_of, iso_of, moment_from
from indexer.readers.documents import Document, TextDocument
from indexer.readers.drafts import DigestDraft
from indexer.readers.entries import Entry
from indexer.readers.inline import KEPT, LINK, plain_text, target_of
from indexer.readers.labels import labelled
from indexer.readers.links import has_address, is_generic
from indexer.readers.loose_entries import open_unit
from indexer.readers.outline import Kind, Line, lines_of
from indexer.readers.walk import Walk, coverage

_BOLD = re.compile(r"\*\*(?P<title>[^*]++(?:\*(?!\*)[^*]++)*+)\*\*\s*+(?P<rest>.*)")
_CREDIT = re.compile(r"\s*(?:—+|–|--|·|\|)\s+(?P<text>\S.{0,200})")
_TAG = re.compile(r"\*\*\[(?P<tag>[^\[\]*]{1,6})\]\*\*\s*")
"""What kind of news a bullet has, before its link."""
_COLON = re.compile(r"\s*[：:]\s*(?P<text>\S.*)")
_ENCLOSED = re.compile(r"[*_]{0,2}[（(【\[][^（()）【】\[\]]{1,60}[)）】\]][*_]{0,2}")
"""A credit in brackets behind a bold title, and nothing else."""
_CREDITED = re.compile(r"(?P<title>[^。—]{8,80}?)\s+——\s?(?P<source>[^，。、；：—\[\]()（）]{2,14})")
"""A title with its source behind a long dash."""
_LOOKED_AT = 2000
"""Characters of an entry in which its leading link ends."""
_SHORTEST_TITLE = 8
"""Characters a bold opening before a colon needs to be a title rather than a name."""
_MOST_JOINED = 8
"""Lines a bold title may run over."""


def recognises(document: Document) -> bool:
    """Whether the entries take at least half of the lines that are not frame."""
    if not isinstance(document, TextDocument):
        return False
    lines = lines_of(document)
    starts = _starts(lines)
    return bool(starts) and _are_most_bullets(lines, starts) and coverage(lines, read(document)) >= 0.5


@lru_cache(maxsize=1)
def read(document: TextDocument) -> DigestDraft:
    """The items of all such entries, headings as their sections."""
    lines = _titles_joined(lines_of(document))
    starts = dict.fromkeys(_starts(lines), open_entry)
    rows = tables.starts_in(lines) if starts else {}
    return Walk(starts={**starts, **rows}, frame=tables.frame_in(lines), aside_until_rule=False).over(lines)


def _starts(lines: Sequence[Line]) -> list[int]:
    """Numbers of the outermost entries; those in overviews only where there are no others."""
    asides = asides_in(lines)
    found: list[tuple[Line, bool]] = []
    in_aside = False
    for line in lines:
        if line.kind is Kind.HEADING:
            in_aside = line.number in asides
        elif _is_entry(line):
            found.append((line, in_aside))
    outermost = min((line.indent for line, _ in found), default=0) + 1
    inside = [line.number for line, aside in found if not aside and line.indent <= outermost]
    return inside or [line.number for line, _ in found if line.indent <= outermost]


def _are_most_bullets(lines: Sequence[Line], starts: Sequence[int]) -> bool:
    """Whether the entries, where they are bullets, are most of the bullets beside them: others are news as well."""
    begins = set(starts)
    bullets = [line for line in lines if line.number in begins and line.kind is Kind.BULLET]
    if 2 * len(bullets) < len(starts):
        return True
    indent = max(line.indent for line in bullets)
    asides = asides_in(lines)
    beside, in_aside = 0, False
    for line in lines:
        if line.kind is Kind.HEADING:
            in_aside = line.number in asides
        elif line.kind is Kind.BULLET and line.indent <= indent and not in_aside:
            beside += line.number not in begins and has_address(line.text) and not labelled(line.text)
    return 2 * beside <= len(bullets)


def _is_entry(line: Line) -> bool:
    if line.kind not in {Kind.ORDERED, Kind.BULLET} or labelled(line.text) or is_anchor(line.text):
        return False
    return line.kind is Kind.ORDERED or leads_with_link(line.text)


def leads_with_link(text: str) -> bool:
    """Whether an entry begins with a link that is its title."""
    return "](" in text and _leads_with_link(text[:_LOOKED_AT])


@lru_cache(KEPT)
def _leads_with_link(text: str) -> bool:
    match = LINK.search(text)
    if match is None or match.start() > 40 or text[: match.start()].rstrip().endswith(("（", "(", "[", "【")):
        return False
    label = plain_text(match["label"])
    words_before = sum(map(str.isalnum, text[: match.start()]))
    return not is_generic(label) and words_before <= max(1.5 * len(label), _SHORTEST_TITLE)


def _titles_joined(lines: Sequence[Line]) -> tuple[Line, ...]:
    """The lines, with bold titles of list entries that run over several lines put together in their first."""
    joined: list[Line] = []
    open_lines = 0
    for line in lines:
        if open_lines and line.kind is not Kind.BLANK:
            first = joined[-open_lines]
            joined[-open_lines] = Line(first.number, first.kind, f"{first.text} {line.text}", first.indent)
            joined.append(Line(line.number, Kind.CONTINUED, "", first.indent))
            open_lines += 1
        else:
            joined.append(line)
            open_lines = 1 if line.kind in {Kind.ORDERED, Kind.BULLET} else 0
        if open_lines and (joined[-open_lines].text.count("**") % 2 == 0 or open_lines > _MOST_JOINED):
            open_lines = 0
    return tuple(joined)


def open_entry(line: Line, section: str) -> Entry:
    """Begins an item at an entry of a list."""
    entry = Entry(title="", section=section, first=line.number, last=line.number)
    link = LINK.search(line.text) if leads_with_link(line.text) and line.kind is not Kind.ORDERED else None
    bold = _BOLD.fullmatch(line.text)
    if link:
        before, after = line.text[: link.start()], line.text[link.end() :]
        if not any(map(str.isalnum, before)) and "**" not in before:
            before = ""  # a pictogram
        if before.endswith("**") and after.startswith("**"):
            before, after = before[:-2], after[2:]
        if tag := _TAG.fullmatch(before):
            before, entry.section = "", tag["tag"]
        entry.title = before + link[0]
        entry.links.append(Source(name="", url=target_of(link)))
        _take_rest(entry, after)
    elif bold and (not bold["rest"] or _CREDIT.fullmatch(bold["rest"]) or len(bold["title"]) >= _SHORTEST_TITLE):
        if _ENCLOSED.fullmatch(bold["rest"]):
            return open_unit(line, section)
        if bold["rest"] and not (_CREDIT.fullmatch(bold["rest"]) or _COLON.fullmatch(bold["rest"])):
            entry.say(line.text)
        else:
            entry.title = bold["title"]
            _take_rest(entry, bold["rest"])
    elif credited := _CREDITED.fullmatch(line.text):
        entry.title = credited["title"]
        entry.sources.append(Source(name=credited["source"], url=""))
    else:
        entry.say(line.text)
    return entry


def _take_rest(entry: Entry, rest: str) -> None:
    """What stands behind a title: `` — source · time``, or a text."""
    if credit := _CREDIT.fullmatch(rest):
        parts = [part.strip() for part in credit["text"].split(" · ")]
        moment = moment_from(parts[-1]) if len(parts) > 1 else None
        if moment:
            entry.published, entry.day = iso_of(moment), day_of(moment)
            parts.pop()
        entry.sources.append(Source(name=plain_text(" · ".join(parts)), url=""))
    elif any(map(str.isalnum, text := rest.lstrip("：:，,。-—· ").strip())):
        entry.say(text)
