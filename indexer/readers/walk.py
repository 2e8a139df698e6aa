"""The walk through a Markdown digest: sections, items where a layout says they begin, and the frame around them.

Frame is what a digest has beside its news: headings, rules, tags and pictures, quotes that stand outside items
(notes, lists of contents), credits in italics, counts, tables that hold no news, and whole parts that sum up or
advertise the digest, answer questions or look ahead.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from indexer.readers.asides import asides_in, is_anchor, is_aside, is_beside_news, says_no_news
from indexer.readers.dates import is_dated
from indexer.readers.drafts import DigestDraft, ItemDraft
from indexer.readers.entries import Entry, Scope
from indexer.readers.inline import plain_text
from indexer.readers.labels import labelled
from indexer.readers.lines import without_ordinal
from indexer.readers.outline import Kind, Line

Opener = Callable[[Line, str], Entry]
"""Begins an item at a line, under a section."""

_NO_SECTION = re.compile(
    r"^(?:次日)?\s?\d{1,2}[:：]\d\d|今日\s?(?:AI)?\s?(?:资讯|新闻|要闻)$|today['’]s|日报|\d{4}[-/年.]\d{1,2}[-/月.]",
    re.IGNORECASE,
)
"""Headings that say when or that there is news, not of what kind: they give no section."""
_COUNT = re.compile(r"\d[\d\s*]*[条篇则项个]")
_SECTION_LINE = re.compile(r"[^：:，。]{2,20}[：:]|【[^【】]{2,20}】|\*\*[^*，。]{2,20}\*\*[：:]?")
_LONGEST_NAME = 40
_LONGEST_SUMMARY = 1000
"""Characters of a line that sums up the digest under its label."""
_BELOW_HEADINGS = 7
"""The level of a section that a line of text opens."""
_MASTHEAD = re.compile(
    r"(?:[\w ]{0,6}时间|\w{0,6}来源|报告周期|时间窗口|语言|日期|编辑|作者|整理|主编|期号|generated|updated|sources?)"
    r"\s*[：:]",
    re.IGNORECASE,
)
_LABELLED = re.compile(r"[^：:]{2,20}[：:]")
_CLOSING = re.compile(
    r"感谢[^，。]{0,8}(?:阅读|读完|收看|关注)|交流群|期待与你|(?:明天|明日|下期|下周)(?:再)?见|阅读原文查看"
    r"|(?:欢迎|记得|如果觉得).{0,12}(?:转发|分享|订阅|关注|点赞|投稿|收藏)"
    r"|^[\W_]*(?:本文|本期|本报告|本日报|以上内容)由|^[\W_]*以上(?:就是|便是|为)"
    r"|退订|unsubscribe|you are receiving this|thanks? (?:you )?for reading|see you (?:tomorrow|next)",
    re.IGNORECASE,
)
"""How digests take leave of their readers."""
_ITALIC = re.compile(r"\*[^*]+\*|_[^_]+_")
_TEXTS = frozenset({Kind.TEXT, Kind.QUOTE, Kind.TAGS})
_WORDLESS = frozenset({Kind.BLANK, Kind.RULE, Kind.TAGS})
_FRAME_KINDS = frozenset({Kind.HEADING, Kind.RULE, Kind.TAGS, Kind.QUOTE, Kind.FENCED})


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
    _level: int = 0
    _kind: Kind = Kind.BLANK
    _labels: frozenset[int] = frozenset()
    _aside: bool = False
    _beside_level: int = 0
    _opened: bool = False
    _blank: bool = False
    _first: int = 0
    _asides: frozenset[int] = frozenset()
    _spaced: bool = False

    def over(self, lines: Sequence[Line]) -> DigestDraft:
        """The draft of all lines; those that are neither item nor frame are left for assembly to report."""
        self._labels = _section_lines(lines, self.starts)
        self._asides = asides_in(lines)
        self._spaced = _are_spaced(lines, self.starts)
        self._first = next((line.number for line in lines if line.kind not in _WORDLESS), 0)
        for line in lines:
            self._step(line)
            self._blank = line.kind is Kind.BLANK
        self._close()
        return DigestDraft(items=tuple(self.items), frame=frozenset(self.frame))

    def _step(self, line: Line) -> None:
        if line.number in self.starts:
            self._close()
            self._aside, self._opened = False, True
            self._current = self.starts[line.number](line, self._section)
            self._level, self._kind = line.level, line.kind
            self._indent = line.indent if line.kind in {Kind.BULLET, Kind.ORDERED} else -1
        elif line.kind is Kind.BLANK:
            if self._current:
                self._current.take(line)
        elif line.kind is Kind.CONTINUED and self._current:
            self._current.last = line.number
        elif line.kind is Kind.HEADING and self._current and 0 < self._level < line.level:
            self._current.say(line.text)
            self._current.last = line.number
        elif line.kind in {Kind.HEADING, Kind.RULE} or line.number in self._labels or self._ends_entry(line):
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
        if self._current.scope is not Scope.OPEN:
            return self._blank or self._current.scope is Scope.LINE or line.kind is not Kind.QUOTE
        if self._indent < 0:
            return self._blank and self._current.credited and _ITALIC.fullmatch(line.text) is not None
        if self._spaced and line.kind in _TEXTS:
            return False
        if self._kind is Kind.BULLET and line.kind is Kind.BULLET and line.indent <= self._indent:
            return True
        return line.kind is Kind.TAGS or (self._blank and line.indent <= self._indent)

    def _outside(self, line: Line) -> None:
        is_label = line.number in self._labels
        if line.kind is Kind.HEADING or is_label:
            self._enter(line)
        elif line.kind is Kind.RULE:
            self._aside = self._beside_level > 0
        if line.kind in _FRAME_KINDS or is_label or self._aside or self._is_frame(line):
            self.frame.add(line.number)

    def _is_frame(self, line: Line) -> bool:
        if _is_note(line.text) or (not self._opened and is_masthead(line.text)):
            return True
        return line.number == self._first and _is_name(line.text)

    def _enter(self, line: Line) -> None:
        depth = line.level or _BELOW_HEADINGS
        self._sections = [(level, name) for level, name in self._sections if level < depth]
        name = plain_text(line.text) if line.level else _label_of(line.text)
        self._sections.append((depth, without_ordinal(name)))
        if self._beside_level >= depth:
            self._beside_level = 0
        if not self._beside_level and is_beside_news(line.text) and depth > 1:
            self._beside_level = depth
        is_part = line.number in self._asides or (not line.level and is_aside(line.text))
        self._aside = self._beside_level > 0 or is_part or (self._aside and self.aside_until_rule)

    @property
    def _section(self) -> str:
        """The nearest heading, the title of the whole digest left out."""
        named = [name for level, name in self._sections if level > 1]
        return named[-1] if named and not _NO_SECTION.search(named[-1]) else ""

    def _close(self) -> None:
        if self._current and (draft := self._current.draft()):
            self.items.append(draft)
        self._current = None


def is_masthead(text: str) -> bool:
    """Whether a line above all news says which digest this is, of when, or out of what."""
    return len(text) < 100 and (is_dated(text) or _MASTHEAD.match(text.replace("*", "").lstrip("- ")) is not None)


def _is_name(text: str) -> bool:
    """Whether the first line of a text is its name: short, no sentence, no address."""
    return (
        len(text) < _LONGEST_NAME and "http" not in text and not text.rstrip("*").endswith(("。", "，", "；", "、"))
    )


def _section_lines(lines: Sequence[Line], starts: Mapping[int, Opener]) -> frozenset[int]:
    """Lines of text that name the items right below them: ``国内动态：``, ``【国内动态】``, ``**[产品]**``."""
    content = [line for line in lines if line.kind not in _WORDLESS]
    return frozenset(
        line.number
        for line, following in pairwise(content)
        if line.kind is Kind.TEXT
        and following.number in starts
        and line.number not in starts
        and _SECTION_LINE.fullmatch(line.text)
        and not labelled(line.text)
    )


def _are_spaced(lines: Sequence[Line], starts: Mapping[int, Opener]) -> bool:
    """Whether most entries of lists have their text below a blank line, where Markdown would end them."""
    spaced = entries = 0
    waiting = blank = False
    for line in lines:
        if line.number in starts and line.kind in {Kind.BULLET, Kind.ORDERED}:
            entries += 1
            waiting, blank = True, False
        elif waiting and line.kind is Kind.BLANK:
            blank = True
        elif waiting and line.kind is not Kind.TAGS:
            spaced += blank and line.kind is Kind.TEXT and line.number not in starts
            waiting = False
    return entries > 2 and 2 * spaced > entries


def _label_of(text: str) -> str:
    return plain_text(text).strip("：: 【】[]")


def coverage(lines: Sequence[Line], draft: DigestDraft) -> float:
    """The part of the lines outside the frame that items take, from 0 to 1."""
    words = {line.number for line in lines if line.kind is not Kind.BLANK} - draft.frame
    taken = {number for item in draft.items if item.lines for number in range(item.lines[0], item.lines[1] + 1)}
    return len(words & taken) / len(words) if words else 0.0


def _is_note(text: str) -> bool:
    label = _LABELLED.match(text)
    if label and len(text) < _LONGEST_SUMMARY and is_aside(label[0]):
        return True
    if len(text) >= 200:
        return False
    if is_anchor(text) or (len(text) < 120 and _CLOSING.search(text)):
        return True
    counts = len(text) < 100 and (_COUNT.search(text) or says_no_news(text))
    return bool(counts or _ITALIC.fullmatch(text))
