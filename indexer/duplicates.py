"""Near-identical reports: what finds them among all items, and what decides whether two are the same report.

Finding: the MinHash signature of a text is cut into 12 bands (locality-sensitive hashing: see ``indexer.minhash``).
Two texts share a band of 3 values with a probability of 1 - (1 - share^3)^12, where ``share`` is that of common
trigrams: .998 for .75, .95 for .6, .0003 for .03. So an index of bands finds them at a cost that does not grow with
the archive.

Deciding: the share of common character pairs, and then what tells a follow-up from a repetition: its numbers and its
subject. Daily lines of one template (prices, rounds, listings) differ in exactly these.

Everything here is a function of one item, or of two, so no order of ingest matters and nothing has to be kept up.
"""

import re
from dataclasses import dataclass
from datetime import date
from operator import eq
from typing import Self
from zlib import crc32

from indexer.folding import folded_text
from indexer.model import NewsItem

SHORTEST = 16
"""Characters, punctuation aside: below it texts are alike by chance and have no bands."""

LONGEST = 20_000
"""Characters of a text that are compared."""

SIMILAR = 0.6
FAR_SIMILAR = 0.85
FAR_DAYS = 7
"""Digests repeat a report within days. What comes back later must be nearly the same word for word: else it is mostly
a template that is filled in again."""

_BAND_BYTES = 6
_LEAST_EQUAL = 12  # of 36; texts whose pairs of characters overlap by .6 agree in more, 1 in 2,000 excepted
_BODY_ALONE = 30
_TITLE_SUPPORT = 0.25
_TITLES_ALIKE = 0.6
_DATELINE = re.compile(r"(?:\d{4}年)?\d{1,2}月\d{1,2}日(?:消息|讯|电)(?!\w)")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_OTHER_SIGNS = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportText:
    """An item as it is compared: folded, without punctuation, blanks and datelines.

    ``text`` is what the share of common characters is counted in: the body where it is long enough and speaks of
    what the title says; else the title with the body, so that ``boilerplate`` (a body that hardly says anything of
    what the title says) stays apart under different titles. ``numbers`` are those of title and body.
    """

    title: str
    body: str
    text: str
    boilerplate: bool
    numbers: frozenset[str]
    title_numbers: frozenset[str]
    day: date | None

    @classmethod
    def from_item(cls, item: NewsItem) -> Self:
        """What is compared of an item."""
        folded_title = _DATELINE.sub(" ", folded_text(item.title[:LONGEST]))
        folded_body = _DATELINE.sub(" ", folded_text(item.body[:LONGEST]))
        title, body = _OTHER_SIGNS.sub("", folded_title), _OTHER_SIGNS.sub("", folded_body)
        title_numbers = _numbers(folded_title)
        boilerplate = bool(body) and not _speaks_of(body, title)
        return cls(
            title=title,
            body=body,
            text=body if len(body) >= _BODY_ALONE and not boilerplate else title + body,
            boilerplate=boilerplate,
            numbers=title_numbers | _numbers(folded_body),
            title_numbers=title_numbers,
            day=item.day,
        )


def _speaks_of(body: str, title: str) -> bool:
    pairs = _pairs(title)
    return sum(pair in body for pair in pairs) >= _TITLE_SUPPORT * len(pairs)


def _numbers(text: str) -> frozenset[str]:
    return frozenset(number.replace(",", "") for number in _NUMBER.findall(text))


def _pairs(text: str) -> set[str]:
    return {text[at : at + 2] for at in range(len(text) - 1)}


def similarity(one: ReportText, other: ReportText) -> float | None:
    """Share of common pairs of characters (Jaccard), from ``SIMILAR`` to 1; None where the two are not one report.

    Symmetric. Reports whose numbers contradict each other (each has one that the other lacks) or whose subjects do
    are different ones, however much of a template they share.
    """
    pairs, others = _pairs(one.text), _pairs(other.text)
    common = len(pairs & others)
    share = common / (len(pairs) + len(others) - common or 1)
    if share < (FAR_SIMILAR if _are_far_apart(one.day, other.day) else SIMILAR):
        return None
    if one.numbers - other.numbers and other.numbers - one.numbers:
        return None
    if (one.boilerplate or other.boilerplate) and not _have_one_title(one, other):
        return None
    if _lacks_subject(one, other) and _lacks_subject(other, one):
        return None
    return share


def _are_far_apart(day: date | None, other: date | None) -> bool:
    return day is not None and other is not None and abs((day - other).days) > FAR_DAYS


def _have_one_title(one: ReportText, other: ReportText) -> bool:
    pairs, others = _pairs(one.title), _pairs(other.title)
    alike = len(pairs & others) >= _TITLES_ALIKE * len(pairs | others)
    return alike and one.title_numbers == other.title_numbers


def _lacks_subject(report: ReportText, other: ReportText) -> bool:
    """Whether ``other`` does not name what ``report`` is about, which is what its title and its body share. A name of
    two characters makes two pairs with what stands beside it."""
    about = [pair for pair in _pairs(report.title) if not report.body or pair in report.body]
    return sum(pair not in other.title and pair not in other.body for pair in about) > 1


def signature_of(item: NewsItem) -> bytes:
    """What similar items are found by (``indexer.minhash``); empty for texts that are too short to tell apart."""
    text = ReportText.from_item(item).text
    if len(text) < SHORTEST:
        return b""
    from indexer import minhash  # noqa: PLC0415 - numpy takes 0.1 s to load and only writing needs it

    return minhash.signature_of(text)


def bands_of(signature: bytes) -> tuple[str, ...]:
    """The bands of a signature, each of eight hexadecimal digits: a band stands for three values at their places."""
    starts = range(0, len(signature), _BAND_BYTES)
    return tuple(f"{crc32(signature[start : start + _BAND_BYTES], start):08x}" for start in starts)


def are_candidates(signature: bytes, other: bytes) -> bool:
    """Whether the signatures of two texts that share a band agree in so many values that it is worth to read them."""
    equal: int = sum(map(eq, memoryview(signature).cast("H"), memoryview(other).cast("H")))
    return equal >= _LEAST_EQUAL
