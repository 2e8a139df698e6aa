"""An item of a Markdown digest while its lines come in."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import Enum, auto
from typing import Any

from indexer.model import Source
from indexer.readers.dates import day_of, iso_of, moment_from, one_day_in
from indexer.readers.drafts import ItemDraft
from indexer.readers.inline import plain_text
from indexer.readers.labels import Credit, Field, credit_in, fields_in, labelled
from indexer.readers.lines import join_wrapped, without_ordinal
from indexer.readers.links import BARE_URL, combined, nameless_links_in, sources_in
from indexer.readers.outline import Kind, Line
from indexer.readers.records import titled
from indexer.readers.sentences import MAX_TITLE, first_sentence, without_dateline

_ENTITY_TITLE = re.compile(r"\*\*\[(?P<entity>[^\[\]]+)\]\*\*\s*(?P<title>\S.*)")
_SENTENCE_END = tuple('。！？.!?：:；;…）)」”"')
_DATED = re.compile(r"20\d\d(?:[-/.]\d{1,2}[-/.]\d{1,2}|年\d{1,2}月\d{1,2}日)(?:\s*[-–—:：|｜·_]\s*|\s+)(?=\S{4})")
"""A day in front of a title."""
_CLOCK = re.compile(r"(?P<clock>\d{1,2}[:：]\d\d(?:[:：]\d\d)?)\s*[|｜·—–-]?\s*(?=[^\s\d:：]{2})")
_STOP = re.compile(r"[。！？；](?=.)|[。，；：、]$|\.\s")
_ADDRESS_LINE = re.compile(r"[^\w\s<>]{0,2}\s*<?(?P<url>https?://[^\s<>]++)>?\s*")
_LONGEST_ADDRESS = 2000
_PICTURE = re.compile(r"\.(?:png|jpe?g|gif|webp|svg|avif|mp4|mov|webm|mp3)(?![A-Za-z0-9])", re.IGNORECASE)
_WIDEST = 200
_NARROWEST_WRAPPED = 60
"""Columns; what is narrower was not broken to fit a line."""
_BRACKETED = re.compile(r"【([^【】]+)】")


class Scope(Enum):
    """Which lines an item takes up after its first."""

    OPEN = auto()
    QUOTE = auto()
    LINE = auto()


@dataclass(slots=True, kw_only=True)
class Entry:
    """The item being read. ``title`` is Markdown; an entry without one is titled by its first sentence."""

    title: str
    section: str
    first: int
    last: int
    scope: Scope = Scope.OPEN
    summary: list[list[str]] = field(default_factory=list)
    background: list[list[str]] = field(default_factory=list)
    points: list[list[str]] = field(default_factory=list)
    sources: list[Source] = field(default_factory=list)
    links: list[Source] = field(default_factory=list)
    published: str | None = None
    day: date | None = None
    extra: list[tuple[str, Any]] = field(default_factory=list)
    credited: bool = False
    _paragraphs: list[list[str]] | None = None
    _blank: bool = True

    def take(self, line: Line) -> None:
        """Takes up a line that belongs to the item."""
        if line.kind is Kind.BLANK:
            self._blank = True
            return
        self.last = line.number
        text = line.text.removeprefix("- ") if line.kind is Kind.QUOTE else line.text
        labels = [found for part in fields_in(text) if (found := labelled(part))]
        credit = credit_in(line.text)
        if labels:
            for found in labels:
                self.take_label(*found)
        elif address := _ADDRESS_LINE.fullmatch(text[:_LONGEST_ADDRESS]):
            self.sources.append(Source(name="", url=address["url"]))
        elif credit:
            self._take_credit(credit)
        elif line.kind is not Kind.TAGS and not line.text.startswith(("```", "~~~")):
            self._take_text(line)
        self._blank = False

    def say(self, text: str) -> None:
        """Adds running text to the summary."""
        self.summary.append([text])
        self._paragraphs = self.summary

    def take_label(self, found: Field, value: str) -> None:
        """Takes up what a label says."""
        match found:
            case Field.SUMMARY | Field.BACKGROUND | Field.POINTS:
                self._paragraphs = self._paragraphs_of(found)
                if value:
                    self._paragraphs.append([value])
            case Field.SOURCE | Field.LINK:
                self.sources += sources_in(value)
            case Field.TIME:
                self.take_time(value)
            case Field.SECTION:
                self.section = plain_text(value) or self.section
            case Field.TAGS:
                self.extra.append(("tags", plain_text(value)))

    def _paragraphs_of(self, found: Field) -> list[list[str]]:
        if found is Field.BACKGROUND:
            return self.background
        return self.points if found is Field.POINTS else self.summary

    def take_time(self, value: str) -> None:
        """Takes up the time an item gives of itself."""
        text = plain_text(value)
        moment = moment_from(text)
        if moment is None:
            self.extra.append(("time", text))
        else:
            self.published, self.day = iso_of(moment), day_of(moment)

    def _take_credit(self, credit: Credit) -> None:
        self.credited = True
        self.sources.append(Source(name=credit.source, url=""))
        self.extra += [("kind", credit.kind), ("date", credit.day), ("tags", list(credit.tags))]

    def _take_text(self, line: Line) -> None:
        if line.kind in {Kind.BULLET, Kind.ORDERED}:
            self.points.append([line.text])
            self._paragraphs = self.points
            return
        if self._paragraphs is None or (self._paragraphs is self.points and self._blank):
            self._paragraphs = self.summary
        if self._wraps(line):
            self._paragraphs[-1].append(line.text)
        else:
            self._paragraphs.append([line.text])

    def _wraps(self, line: Line) -> bool:
        """Whether a line goes on with the paragraph above it."""
        if not self._paragraphs or self._blank or line.kind is not Kind.TEXT:
            return False
        return not self._paragraphs[-1][-1].endswith(_SENTENCE_END)

    def draft(self) -> ItemDraft | None:
        """The item; None where it has neither title nor text."""
        if not self.title and (standing := _standing_title(self.summary, self.points)):
            self.title, (first, *others) = standing, self.summary
            self.summary = [first[1:], *others] if len(first) > 1 else others
        summary, background, points = map(_texts_of, (self.summary, self.background, self.points))
        title = _title(self.title) or first_sentence("\n".join(map(plain_text, summary)).strip())
        if not title:
            return None
        if dated := _DATED.match(title):
            title, self.day = title[dated.end() :], self.day or one_day_in(dated[0])
        return ItemDraft(
            title=title,
            section=self.section,
            summary=_joined(summary),
            background=_joined(background),
            points=tuple(filter(None, map(plain_text, points))),
            sources=self._sources((*summary, *background, *points)),
            lines=(self.first, self.last),
            published=self.published,
            day=self.day,
            extra=tuple(self.extra),
        )

    def _sources(self, texts: Sequence[str]) -> tuple[Source, ...]:
        """The title's links, the named sources, the links in the texts, else the bare addresses in these."""
        inline = [link for text in texts for link in nameless_links_in(text)]
        if not inline and not any(source.url for source in (*self.links, *self.sources)):
            bare = (url for text in texts if "http" in text for url in BARE_URL.findall(text[:_LONGEST_ADDRESS]))
            inline = [Source(name="", url=url) for url in bare if not _PICTURE.search(url)]
        return combined((*self.links, *nameless_links_in(self.title), *self.sources, *inline))


def _texts_of(paragraphs: list[list[str]]) -> tuple[str, ...]:
    return tuple(map(join_wrapped, paragraphs))


def _joined(texts: Sequence[str]) -> str:
    return "\n".join(filter(None, map(plain_text, texts)))


def _standing_title(summary: list[list[str]], points: list[list[str]]) -> str:
    """The first line of an entry where it stands alone over the text: short, without a stop, and not wrapped."""
    if not summary or (len(summary) < 2 and len(summary[0]) < 2 and not points):
        return ""
    first, *rest = summary[0]
    width = sum(2 if ord(character) > 0x2E80 else 1 for character in first[:_WIDEST])
    if (
        not 8 <= len(plain_text(first)) <= MAX_TITLE
        or _STOP.search(plain_text(first))
        or without_dateline(first) != first
    ):
        return ""
    stands = not rest or width < _NARROWEST_WRAPPED or len(rest[0]) > len(first) + 3 or BARE_URL.match(rest[0])
    return first if stands else ""


def _title(markdown: str) -> str:
    if match := _ENTITY_TITLE.fullmatch(markdown):
        return titled(plain_text(match["entity"]), plain_text(match["title"]))
    text = without_ordinal(plain_text(markdown))
    if clock := _CLOCK.match(text):
        text = text[clock.end() :]
    bracketed = _BRACKETED.fullmatch(text)
    return bracketed[1].strip() if bracketed else text
