"""Parts of funding rounds at their places: names of rounds, amounts with what they measure, investors."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from indexer.extraction.amounts import Amount, find_amounts, find_bare_amounts
from indexer.extraction.funding_terms import (
    ALREADY_LISTED,
    CUMULATIVE,
    CUMULATIVE_AFTER,
    FOLLOW,
    GOING_PUBLIC,
    INVESTORS_BEFORE,
    IPO,
    LEAD,
    LEAD_BEFORE,
    LIST_GAP,
    MONEY_RAISED,
    MONEY_RAISED_AFTER,
    NOT_RAISED,
    ROUND,
    SINGLE_ROUND,
    VALUATION,
    VALUATION_AFTER,
)
from indexer.extraction.passage import Named, Passage
from indexer.extraction.sentences import clause_around

Measure = Literal["amount", "post_valuation", "cumulative"]
_CONTEXT = 24


@dataclass(frozen=True, slots=True)
class RoundName:
    """A round named at a place; ``text`` as written, or IPO for words that mean one.

    ``joined``: one of several in a list of rounds, which share the amount that stands there.
    """

    start: int
    end: int
    text: str
    joined: bool = False


@dataclass(frozen=True, slots=True)
class Measured:
    """An amount with what it measures."""

    amount: Amount
    measure: Measure


@dataclass(frozen=True, slots=True)
class Backer:
    """Somebody named as investor at a place."""

    entity_id: str
    start: int
    lead: bool


def find_rounds(passage: Passage) -> tuple[RoundName, ...]:
    """The rounds the text names. ``天使轮及Pre-A轮`` is one name unless each has a sentence of its own."""
    found = [RoundName(match.start(), match.end(), match.group()) for match in ROUND.finditer(passage.text)]
    alone = {_bare(one.text) for one in found if len(SINGLE_ROUND.findall(one.text)) == 1}
    rounds = []
    for one in found:
        parts = list(SINGLE_ROUND.finditer(one.text))
        if len(parts) > 1 and all(_bare(part.group()) in alone for part in parts):
            rounds += [_part(one, part) for part in parts]
        else:
            rounds.append(one)
    return tuple(rounds)


def _part(whole: RoundName, part: re.Match[str]) -> RoundName:
    return RoundName(whole.start + part.start(), whole.start + part.end(), part.group(), joined=True)


def find_listings(passage: Passage) -> tuple[RoundName, ...]:
    """Words that mean a company goes public; companies that are listed already are not meant."""
    listed = [match.span() for match in ALREADY_LISTED.finditer(passage.text)]
    return tuple(
        RoundName(match.start(), match.end(), IPO)
        for match in GOING_PUBLIC.finditer(passage.text)
        if not any(start <= match.start() < end for start, end in listed)
    )


def _bare(name: str) -> str:
    return name.replace(" ", "").lower()


def same_round(one: str, other: str) -> bool:
    """Whether two names mean one round: ``A 轮`` and ``A轮``, ``pre-A轮`` and ``Pre-A轮``."""
    return _bare(one) == _bare(other)


def find_measured(passage: Passage) -> tuple[Measured, ...]:
    """The amounts of money that are raised, a company's value, or a total of rounds, left to right."""
    text = passage.text
    found: list[Measured] = []
    for start, end in passage.sentences:
        for amount in _amounts(text, start, end):
            measure = _measure(text, (start, end), amount)
            if measure is not None:
                found.append(Measured(amount, measure))
    return tuple(found)


def _amounts(text: str, start: int, end: int) -> list[Amount]:
    full = list(find_amounts(text, start, end))
    bare = [
        one
        for one in find_bare_amounts(text, start, end)
        if not any(one.start < other.end and other.start < one.end for other in full)
    ]
    return sorted([*full, *bare], key=lambda one: one.start)


def _measure(text: str, sentence: tuple[int, int], amount: Amount) -> Measure | None:
    before = text[max(sentence[0], amount.start - _CONTEXT) : amount.start]
    after = text[amount.end : min(sentence[1], amount.end + _CONTEXT)]
    clause = clause_around(text, sentence, amount.start)
    here = text[clause[0] : amount.start]
    if VALUATION.search(before) or VALUATION_AFTER.match(after):
        return "post_valuation"
    if CUMULATIVE.search(here) or CUMULATIVE_AFTER.match(after):
        return "cumulative"
    if NOT_RAISED.search(here):
        return None
    if MONEY_RAISED_AFTER.match(after) or (MONEY_RAISED.search(before) and amount.currency):
        return "amount"
    return None


def find_backers(passage: Passage) -> tuple[Backer, ...]:
    """Organisations in the place of an investor: before 领投 and 跟投, or behind 投资方为 and led by."""
    found: dict[tuple[str, int], Backer] = {}
    for start, end in passage.sentences:
        names = [
            one for one in passage.named if start <= one.start and one.end <= end and one.kind in ("org", "person")
        ]
        if names:
            for backer in (*_before_verbs(passage.text, (start, end), names), *_behind_titles(passage.text, names)):
                found.setdefault((backer.entity_id, backer.start), backer)
    return tuple(found.values())


def _before_verbs(text: str, sentence: tuple[int, int], names: list[Named]) -> Iterator[Backer]:
    lead = list(LEAD.finditer(text, *sentence))
    verbs = [(match, True) for match in lead]
    verbs += [
        (match, False)
        for match in FOLLOW.finditer(text, *sentence)
        if not any(match.start() < other.end() and other.start() < match.end() for other in lead)
    ]
    for match, leads in verbs:
        last = max((at for at, one in enumerate(names) if one.end <= match.start()), default=None)
        if last is None or not _DIRECT.fullmatch(text[names[last].end : match.start()]):
            continue
        for one in _list_up_to(text, names, last):
            yield Backer(one.entity_id, one.start, leads)


_DIRECT = re.compile(r"[”」』]?\s*(?:[（(][^）)\n]{0,16}[）)])?[^，。；\n]{0,20}")
"""What may stand between the last of a list of investors and the verb."""


def _list_up_to(text: str, names: list[Named], last: int) -> list[Named]:
    """The names of the list that ends with ``names[last]``."""
    first = last
    while first and LIST_GAP.fullmatch(text[names[first - 1].end : names[first].start]):
        first -= 1
    return names[first : last + 1]


def _behind_titles(text: str, names: list[Named]) -> Iterator[Backer]:
    for at, one in enumerate(names):
        before = text[max(0, one.start - 16) : one.start]
        leads = bool(LEAD_BEFORE.search(before))
        if not leads and not INVESTORS_BEFORE.search(before):
            continue
        yield Backer(one.entity_id, one.start, leads)
        for left, right in zip(names[at:], names[at + 1 :], strict=False):
            if not LIST_GAP.fullmatch(text[left.end : right.start]):
                break
            yield Backer(right.entity_id, right.start, leads)
