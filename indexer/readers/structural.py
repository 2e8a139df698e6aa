"""Digests of desks that nobody knows yet: the units that repeat in a text are its items.

A text has one of a few structures: headings of one level, bold lines, list entries, labelled titles, paragraphs with
a link, or blocks of lines. Each is tried. How many of its units look like news (a title, a link or a few), times how
much of the text they take, times how many of the lines with addresses, is how sure it is. Below ``SURE_ENOUGH``, with
fewer than ``LEAST_UNITS`` or in a text that says nowhere when it was written, it is no digest.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from statistics import fmean

from indexer.readers import tables
from indexer.readers.dates import is_dated
from indexer.readers.documents import Document, TextDocument
from indexer.readers.drafts import DigestDraft, ItemDraft
from indexer.readers.labels import labelled
from indexer.readers.links import has_address
from indexer.readers.loose_entries import TITLE_LABEL, open_block, open_unit
from indexer.readers.outline import Kind, Line, lines_of
from indexer.readers.walk import Opener, Walk, coverage, is_aside, is_beside_news, says_no_news

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


_NONE = Reading(DigestDraft(items=()), {}, 0.0, linked=False)


def recognises(document: Document) -> bool:
    """Whether a dated text of at most ``MAX_LINES`` has units that repeat."""
    return isinstance(document, TextDocument) and _is_dated(document) and best_reading(document).is_sure


def read(document: TextDocument) -> DigestDraft:
    """The reading by the structure that fits best."""
    return best_reading(document).draft


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
    left = [line for line in _outside_asides(lines) if line.number not in taken or _has_text_left(line, lines, taken)]
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
    draft = Walk(starts={**starts, **rows}, frame=tables.frame_in(lines), aside_until_rule=False).over(lines)
    linked = sum(_has_link(item) for item in draft.items) * 2 >= len(draft.items)
    fitting = sum(_is_like_news(item, linked=linked) for item in draft.items)
    distinct = len({item.title for item in draft.items})
    share = min(fitting, 2 * distinct) / len(draft.items) if draft.items else 0.0
    if draft.items and fmean(len(item.title) for item in draft.items) < SHORTEST_MEAN_TITLE:
        share *= 0.5
    return Reading(draft, starts, share * coverage(lines, draft) * _addresses_taken(lines, draft), linked)


def _addresses_taken(lines: Sequence[Line], draft: DigestDraft) -> float:
    """The part of the lines with addresses outside asides that items take."""
    taken = _lines_taken(draft)
    news = (line for line in _outside_asides(lines) if line.kind is not Kind.QUOTE)
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
    news = tuple(_outside_asides(lines))
    for level in sorted({line.level for line in news if line.kind is Kind.HEADING}):
        yield {line.number: open_unit for line in news if line.kind is Kind.HEADING and line.level == level}
    yield _starts(news, lambda line: line.kind is Kind.TEXT and bool(_BOLD_LINE.fullmatch(line.text[:400])))
    yield _starts(news, lambda line: line.kind is Kind.TEXT and bool(_BRACKETED_LINE.fullmatch(line.text)))
    yield _starts(news, lambda line: bool(TITLE_LABEL.match(line.text)))
    for kind in (Kind.ORDERED, Kind.BULLET):
        yield _starts(news, _outermost(news, kind))


def _paragraphs(lines: Sequence[Line]) -> Iterator[dict[int, Opener]]:
    """The starts of units where nothing but addresses sets them apart."""
    news = tuple(_outside_asides(lines))
    yield _blocks(news)
    yield _starts(news, lambda line: line.kind is Kind.TEXT and has_address(line.text))


def _outermost(lines: Sequence[Line], kind: Kind) -> Callable[[Line], bool]:
    indent = min((line.indent for line in lines if line.kind is kind), default=0) + 1
    return lambda line: line.kind is kind and line.indent <= indent and not labelled(line.text)


def _starts(lines: Sequence[Line], opens: Callable[[Line], bool]) -> dict[int, Opener]:
    return {line.number: open_unit for line in lines if opens(line)}


def _outside_asides(lines: Sequence[Line]) -> Iterator[Line]:
    """The lines of parts with news, without those that say that there is none."""
    aside, beside_level = False, 0
    for line in lines:
        if line.kind is Kind.HEADING:
            beside_level = 0 if line.level <= beside_level else beside_level
            if not beside_level and line.level > 1 and is_beside_news(line.text):
                beside_level = line.level
            aside = beside_level > 0 or is_aside(line.text)
        if not aside and not says_no_news(line.text):
            yield line


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
