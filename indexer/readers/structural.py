"""Digests of desks that nobody knows yet: the units that repeat in a text are its items.

A text has one of a few structures: headings of one level, bold lines, list entries, labelled titles, paragraphs with
a link, or blocks of lines. Each is tried. How many of its units look like news (a title, a link or a few), times how
much of the text they take, times how many of the lines with addresses, is how sure it is. Below ``SURE_ENOUGH``, with
fewer than ``LEAST_UNITS`` or in a text that says nowhere when it was written, it is no digest.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from statistics import fmean
from typing import Final

from indexer.readers import tables
from indexer.readers.asides import outside_asides
from indexer.readers.dates import is_dated
from indexer.readers.day_lines import is_day_line
from indexer.readers.documents import Document, TextDocument
from indexer.readers.drafts import DigestDraft, ItemDraft
from indexer.readers.labels import labelled
from indexer.readers.links import has_address
from indexer.readers.loose_entries import TITLE_LABEL, LooseEntry, open_block, open_unit
from indexer.readers.outline import Kind, Line, lines_of
from indexer.readers.walk import Opener, Walk, coverage

LEAST_UNITS = 3
SURE_ENOUGH = 0.55
SURE_ENOUGH_WITHOUT_LINKS = 0.8
MAX_LINES = 20_000
"""Every structure is tried on all lines, so they are bounded; a day's digest has hundreds."""

MOST_STRUCTURES = 3
AS_SURE = 0.75
"""The part of the best sureness from which on another structure is as good."""

SHORTEST_MEAN_TITLE = 8
"""Characters; titles shorter than that on average are names of sections."""

_BOLD_LINE = re.compile(r"(?:\W{0,3}\s*)?\*\*(?![\s*])[^*]++(?:\*(?!\*)[^*]++)*+\*\*\s*[：:]?")
_BRACKETED_LINE = re.compile(r"(?:\W{0,3}\s*)?【[^【】]{4,}】.{0,200}")
_WIDEST_TITLE = 200
_MARKER = re.compile(
    r"(?P<numeral>第?[一二三四五六七八九十]{1,3}[、.．]\s*|[（(][一二三四五六七八九十\d]{1,3}[)）]\s*|[\[【]\d{1,3}[\]】]\s*|[①-⑳]\s*|\d\ufe0f?\u20e3\s*"
    r"|(?:No\.|#)\s?\d{1,3}\s+)|(?P<sign>[^\w\s<>\[\]()（）【】《》「」“”‘’\"'`*_~|#!&$￥\\/,.:;，。：；…—-]{1,2}\ufe0f?)\s*"
)
"""What marks lines of text as entries of a list that Markdown does not know: ``一、``, ``[1]``, ``①``, ``▶``."""

_ANY_LABEL = re.compile(r"\W{0,6}(?P<label>\w[^:：，。]{1,11})[:：]")
"""Words before a colon; those that repeat are labels."""

WORSE: Final = 0.8
"""The part of the best sureness below which the reading of a layout gives way to it."""


@dataclass(frozen=True, slots=True)
class Reading:
    """The text by one structure; ``sureness`` is from 0 to 1."""

    draft: DigestDraft
    starts: Mapping[int, Opener]
    sureness: float
    linked: bool

    @property
    def is_sure(self) -> bool:
        """Whether this is a digest rather than any text."""
        least = SURE_ENOUGH if self.linked else SURE_ENOUGH_WITHOUT_LINKS
        return len(self.draft.items) >= LEAST_UNITS and self.sureness >= least

    def more_sure_than(self, sureness: float) -> bool:
        """Whether another reading falls clearly behind this one."""
        return sureness < WORSE * self.sureness


_NONE = Reading(DigestDraft(items=()), {}, 0.0, linked=False)


def recognises(document: Document) -> bool:
    """Whether a dated text of at most ``MAX_LINES`` has units that repeat."""
    return isinstance(document, TextDocument) and _is_dated(document) and best_reading(document).is_sure


def improves_on(document: TextDocument, draft: DigestDraft) -> bool:
    """Whether a text reads clearly better by its structure than by the layout that gave the draft."""
    best = best_reading(document)
    return best.is_sure and best.more_sure_than(sureness_of(lines_of(document), draft))


def read(document: TextDocument) -> DigestDraft:
    """The reading by the structure that fits best."""
    best = best_reading(document)
    return replace(best.draft, sureness=best.sureness)


@lru_cache(maxsize=1)
def best_reading(document: TextDocument) -> Reading:
    """The text by the structure that fits best, and what that leaves over by those that fit there.

    Paragraphs are looked at where nothing else is sure.
    """
    lines = lines_of(document)
    best = _NONE
    if len(lines) > MAX_LINES:
        return best
    for structures in (_structures, _paragraphs):
        best = max((best, _finest(lines, structures(lines))), key=lambda one: (one.is_sure, one.sureness))
        if best.is_sure:
            break
    for _ in range(MOST_STRUCTURES - 1):
        joined = _with_left_over(lines, best)
        if joined.sureness <= best.sureness:
            break
        best = joined
    return best


def _finest(lines: Sequence[Line], structures: Iterable[dict[int, Opener]]) -> Reading:
    """Of the structures that are about as sure as the best one that with most items: entries, not their sections."""
    readings = [_reading(lines, starts) for starts in structures if len(starts) >= LEAST_UNITS]
    least = AS_SURE * max((one.sureness for one in readings), default=0.0)
    near = (one for one in readings if one.sureness >= least)
    return max(near, key=lambda one: len(one.draft.items), default=_NONE)


def _with_left_over(lines: Sequence[Line], reading: Reading) -> Reading:
    """The reading with the units of another structure in the lines that it does not take."""
    taken = _lines_taken(reading.draft) | reading.draft.frame
    left = tuple(
        line for line in outside_asides(lines) if line.number not in taken or _has_text_left(line, lines, taken)
    )
    more = (starts for starts in (*_structures(left), *_paragraphs(left)) if len(starts) >= LEAST_UNITS)
    joined = [_reading(lines, {**starts, **reading.starts}) for starts in more]
    return max((reading, *joined), key=lambda one: one.sureness)


def _has_text_left(line: Line, lines: Sequence[Line], taken: set[int] | frozenset[int]) -> bool:
    """Whether a heading has lines right below it that no item takes."""
    if line.kind is not Kind.HEADING:
        return False
    first = line.number - lines[0].number + 1
    below = next((one for one in lines[first : first + 5] if one.kind is not Kind.BLANK), None)
    return below is not None and below.number not in taken


def _is_dated(document: TextDocument) -> bool:
    names = document.path.split("/")
    return is_dated("-".join(names[-3:]), names[-1], *document.lines[: document.start + 20])


def _reading(lines: Sequence[Line], starts: dict[int, Opener]) -> Reading:
    rows = tables.starts_in(lines)
    frame = tables.frame_in(lines) - starts.keys()
    draft = Walk(starts={**starts, **rows}, frame=frame, aside_until_rule=False).over(lines)
    return Reading(draft, starts, sureness_of(lines, draft), _is_linked(draft))


def _is_linked(draft: DigestDraft) -> bool:
    return sum(_has_link(item) for item in draft.items) * 2 >= len(draft.items)


def sureness_of(lines: Sequence[Line], draft: DigestDraft) -> float:
    """How much a reading of a text looks like news and takes of it, from 0 to 1."""
    linked = _is_linked(draft)
    fitting = sum(_is_like_news(item, linked=linked) for item in draft.items)
    distinct = len({item.title for item in draft.items})
    share = min(fitting, 2 * distinct) / len(draft.items) if draft.items else 0.0
    if draft.items and fmean(len(item.title) for item in draft.items) < SHORTEST_MEAN_TITLE:
        share *= 0.5
    return share * coverage(lines, draft) * _addresses_taken(lines, draft)


def _addresses_taken(lines: Sequence[Line], draft: DigestDraft) -> float:
    """The part of the lines with addresses outside asides that items take."""
    taken = _lines_taken(draft)
    news = (line for line in outside_asides(lines) if line.kind not in {Kind.QUOTE, Kind.TAGS})
    addressed = [line.number for line in news if has_address(line.text)]
    return sum(number in taken for number in addressed) / len(addressed) if addressed else 1.0


def _lines_taken(draft: DigestDraft) -> set[int]:
    return {number for item in draft.items if item.lines for number in range(item.lines[0], item.lines[1] + 1)}


def _has_link(item: ItemDraft) -> bool:
    return any(source.url for source in item.sources)


def _is_like_news(item: ItemDraft, *, linked: bool) -> bool:
    """A title with words; in a digest with links one or a few of them, more would be a whole section."""
    links = sum(1 for source in item.sources if source.url)
    has_words = sum(map(str.isalpha, item.title[:_WIDEST_TITLE])) >= 4
    return has_words and len(item.title) <= _WIDEST_TITLE and (1 <= links <= 4 if linked else True)


def _structures(lines: Sequence[Line]) -> Iterator[dict[int, Opener]]:
    """The starts of units by each structure."""
    news = tuple(line for line in outside_asides(lines) if not is_day_line(line.text))
    for level in sorted({line.level for line in news if line.kind is Kind.HEADING}):
        yield {line.number: open_unit for line in news if line.kind is Kind.HEADING and line.level == level}
    yield _starts(news, lambda line: line.kind is Kind.TEXT and bool(_BOLD_LINE.fullmatch(line.text[:400])))
    yield _starts(news, lambda line: line.kind is Kind.TEXT and bool(_BRACKETED_LINE.fullmatch(line.text)))
    yield _starts(news, lambda line: bool(TITLE_LABEL.match(line.text)))
    yield from _marked(news)
    for kind in (Kind.ORDERED, Kind.BULLET):
        yield _starts(news, _outermost(news, kind))


def _marked(lines: Sequence[Line]) -> Iterator[dict[int, Opener]]:
    """The lines of text that begin with one and the same sign, or with numbers of one kind."""
    found: dict[str, dict[int, Opener]] = {}
    labels = Counter(match["label"] for line in lines if (match := _ANY_LABEL.match(line.text)))
    for line in lines:
        if line.kind is not Kind.TEXT or ((label := _ANY_LABEL.match(line.text)) and labels[label["label"]] > 1):
            continue
        if (match := _MARKER.match(line.text)) and not labelled(line.text):
            kind = match["sign"] or re.sub(r"[一二三四五六七八九十\d①-⑳]+", "1", match["numeral"]).strip()
            found.setdefault(kind, {})[line.number] = open_unit
    yield from found.values()


def _paragraphs(lines: Sequence[Line]) -> Iterator[dict[int, Opener]]:
    """The starts of units where nothing but addresses sets them apart."""
    news = tuple(line for line in outside_asides(lines) if not is_day_line(line.text))
    yield _blocks(news)
    yield _credited_blocks(news)
    yield tables.rows_without_links(news)
    yield _starts(news, lambda line: line.kind is Kind.TEXT and has_address(line.text))


def _outermost(lines: Sequence[Line], kind: Kind) -> Callable[[Line], bool]:
    indent = min((line.indent for line in lines if line.kind is kind), default=0) + 1
    return lambda line: line.kind is kind and line.indent <= indent and not labelled(line.text)


def _starts(lines: Sequence[Line], opens: Callable[[Line], bool]) -> dict[int, Opener]:
    return {line.number: open_unit for line in lines if opens(line)}


def _credited_blocks(lines: Sequence[Line]) -> dict[int, Opener]:
    """First lines of blocks of text whose second line says from where and of when they are."""
    found: dict[int, Opener] = {}
    above: tuple[Line, ...] = ()
    for line in lines:
        above = (*above, line)[:3] if line.kind is Kind.TEXT else ()
        if len(above) == 2 and LooseEntry(title="", section="", first=0, last=0).take_credit_line(line.text):
            found[above[0].number] = open_block
    return found


def _blocks(lines: Sequence[Line]) -> dict[int, Opener]:
    """First lines of blocks of text between blank lines that have an address in them."""
    found: dict[int, Opener] = {}
    first: Line | None = None
    for line in lines:
        if line.kind is not Kind.TEXT:
            first = None
        elif first is None:
            first = line
        if first and has_address(line.text) and not labelled(first.text):
            found[first.number] = open_block
    return found
