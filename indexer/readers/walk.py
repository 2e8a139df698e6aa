"""The walk through a Markdown digest: sections, items where a layout says they begin, and the frame around them.

Frame is what a digest has beside its news: headings, rules, tags and pictures, quotes that stand outside items
(notes, lists of contents), credits in italics, counts, and whole parts that sum up or advertise the digest.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from indexer.readers.drafts import DigestDraft, ItemDraft
from indexer.readers.entries import Entry
from indexer.readers.inline import plain_text
from indexer.readers.lines import without_ordinal
from indexer.readers.outline import Kind, Line

Opener = Callable[[Line, str], Entry]
"""Begins an item at a line, under a section."""

_ASIDE = re.compile(
    r"内容摘要|今日摘要|导览|总览|概览|简报$|今日总结|看点|导读|目录|速览|导航|每日分析|点评|统计|收听|订阅|关注我们|关于本|广告|声明"
    r"|overview|contents|subscribe",
    re.IGNORECASE,
)
_NO_SECTION = re.compile(
    r"^(?:次日)?\s?\d{1,2}[:：]\d\d|今日\s?(?:AI)?\s?(?:资讯|新闻|要闻)$|today['’]s|日报|\d{4}[-/年.]\d{1,2}[-/月.]",
    re.IGNORECASE,
)
"""Headings that say when or that there is news, not of what kind: they give no section."""
_COUNT = re.compile(r"\d[\d\s*]*[条篇则项个]")
_ITALIC = re.compile(r"\*[^*]+\*|_[^_]+_")
_FRAME_KINDS = frozenset({Kind.HEADING, Kind.RULE, Kind.TAGS, Kind.QUOTE})


def is_aside(heading: str) -> bool:
    """Whether a heading opens a part about the digest: overview, contents, comment, statistics, subscription."""
    return len(heading) < 60 and _ASIDE.search(plain_text(heading)) is not None


@dataclass(slots=True, kw_only=True)
class Walk:
    """One pass over the lines. ``starts`` maps the lines at which items begin to how they begin."""

    starts: Mapping[int, Opener]
    aside_until_rule: bool
    """Whether an overview has headings of its own, so that only a rule or an item ends it."""
    items: list[ItemDraft] = field(default_factory=list)
    frame: set[int] = field(default_factory=set)
    _sections: list[tuple[int, str]] = field(default_factory=list)
    _current: Entry | None = None
    _indent: int = 0
    _aside: bool = False
    _blank: bool = False

    def over(self, lines: Sequence[Line]) -> DigestDraft:
        """The draft of all lines; those that are neither item nor frame are left for assembly to report."""
        for line in lines:
            self._step(line)
            self._blank = line.kind is Kind.BLANK
        self._close()
        return DigestDraft(items=tuple(self.items), frame=frozenset(self.frame))

    def _step(self, line: Line) -> None:
        if line.number in self.starts:
            self._close()
            self._aside = False
            self._current = self.starts[line.number](line, self._section)
            self._indent = line.indent if line.kind in {Kind.BULLET, Kind.ORDERED} else -1
        elif line.kind is Kind.BLANK:
            if self._current:
                self._current.take(line)
        elif line.kind is Kind.CONTINUED and self._current:
            self._current.last = line.number
        elif line.kind in {Kind.HEADING, Kind.RULE} or self._ends_entry(line):
            self._close()
            self._outside(line)
        elif self._current:
            self._current.take(line)
        else:
            self._outside(line)

    def _ends_entry(self, line: Line) -> bool:
        """A list's item ends at a line neither indented nor directly below it; another at a note below its credit."""
        if self._current is None:
            return False
        if self._indent < 0:
            return self._blank and self._current.credited and _ITALIC.fullmatch(line.text) is not None
        return line.kind is Kind.TAGS or (self._blank and line.indent <= self._indent)

    def _outside(self, line: Line) -> None:
        if line.kind is Kind.HEADING:
            self._enter(line)
        elif line.kind is Kind.RULE:
            self._aside = False
        if line.kind in _FRAME_KINDS or self._aside or _is_note(line.text):
            self.frame.add(line.number)

    def _enter(self, line: Line) -> None:
        self._sections = [(level, name) for level, name in self._sections if level < line.level]
        self._sections.append((line.level, without_ordinal(plain_text(line.text))))
        self._aside = is_aside(line.text) or (self._aside and self.aside_until_rule)

    @property
    def _section(self) -> str:
        """The nearest heading, the title of the whole digest left out."""
        named = [name for level, name in self._sections if level > 1]
        return named[-1] if named and not _NO_SECTION.search(named[-1]) else ""

    def _close(self) -> None:
        if self._current and (draft := self._current.draft()):
            self.items.append(draft)
        self._current = None


def coverage(lines: Sequence[Line], draft: DigestDraft) -> float:
    """The part of the lines outside the frame that items take, from 0 to 1."""
    words = {line.number for line in lines if line.kind is not Kind.BLANK} - draft.frame
    taken = {number for item in draft.items if item.lines for number in range(item.lines[0], item.lines[1] + 1)}
    return len(words & taken) / len(words) if words else 0.0


def _is_note(text: str) -> bool:
    return len(text) < 200 and (
        _ITALIC.fullmatch(text) is not None or (len(text) < 100 and _COUNT.search(text) is not None)
    )
