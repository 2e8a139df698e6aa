"""Texts that hold the news of several days: lines that say a day and nothing else date the items below them.

## 2026-04-08
- [甲公司发布乙模型](https://…)

## 周二（4月7日）
- ……

Days without a year are those of the one year that the file's name, front matter or opening names.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from indexer.readers.dates import MONTH, days_in, one_day_in, with_year
from indexer.readers.documents import TextDocument
from indexer.readers.drafts import DigestDraft, ItemDraft
from indexer.readers.inline import plain_text
from indexer.readers.outline import Kind, Line, lines_of

_LONGEST = 40
_OPENING_LINES = 12
_YEAR = re.compile(r"(?<!\d)20\d\d(?!\d)")
_DAY_WORDS = re.compile(
    r"(?:19|20)\d\d\s?[-_./年]\s?\d{1,2}\s?[-_./月]\s?\d{1,2}\s?日?|(?:20\d\d)?\d{1,2}\s?[-./月]\s?\d{1,2}\s?日?"
    r"|20\d{6}|(?:星期|周|礼拜)[一二三四五六日天]|(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?"
    rf"|{MONTH}\.?|\b\d{{1,2}}(?:st|nd|rd|th)?\b|\b20\d\d\b|今天|昨天|前天|today|yesterday",
    re.IGNORECASE,
)
_WORD = re.compile(r"\w")


def with_days(draft: DigestDraft, document: TextDocument) -> DigestDraft:
    """The draft with its items dated by the day lines above them, where these are of two or more days."""
    marks = [(line.number, day) for line, day in _day_lines(document)]
    starts = {item.lines[0] for item in draft.items if item.lines}
    inside = {number for item in draft.items if item.lines for number in range(item.lines[0], item.lines[1] + 1)}
    marks = [(number, day) for number, day in marks if number not in starts]
    used = {day for _, day in _dated(draft, marks) if day}
    if len(used) < 2:
        return draft
    items = tuple(replace(item, day=item.day or day) for item, day in _dated(draft, marks))
    frame = draft.frame | {number for number, _ in marks if number not in inside}
    return replace(draft, items=items, frame=frame, several_days=True)


def is_day_line(text: str, year: int | None = None) -> bool:
    """Whether a line says a day and nothing else."""
    return _day_said(text, year or 2000) is not None


def _dated(draft: DigestDraft, marks: list[tuple[int, date]]) -> Iterator[tuple[ItemDraft, date | None]]:
    """The items in their order, each with the day of the nearest line above it."""
    pending = sorted(marks)
    position, current = 0, None
    for item in sorted(draft.items, key=lambda one: one.lines or (0, 0)):
        while position < len(pending) and item.lines and pending[position][0] < item.lines[0]:
            current = pending[position][1]
            position += 1
        yield item, current


def _day_lines(document: TextDocument) -> Iterator[tuple[Line, date]]:
    year = _year_of(document)
    for line in lines_of(document):
        if line.kind in {Kind.HEADING, Kind.TEXT} and (day := _day_said(line.text, year)):
            yield line, day


def _day_said(text: str, year: int | None) -> date | None:
    if len(text) > _LONGEST or not any(map(str.isdigit, text)):
        return None
    text = plain_text(text)
    day = one_day_in(text) or (one_day_in(with_year(text, year)) if year and not days_in(text) else None)
    return day if day and not _WORD.search(_DAY_WORDS.sub("", text)) else None


def _year_of(document: TextDocument) -> int | None:
    """The year that the file speaks of, where it names one and only one."""
    opening = [line for line in document.lines[document.start : document.start + 60] if line.strip()][:_OPENING_LINES]
    told = (document.path[-80:], *document.front_matter.values(), *(line for line in opening if "http" not in line))
    years = {int(year) for text in told for year in _YEAR.findall(text[:200])}
    return years.pop() if len(years) == 1 else None
