"""Tellings of several items as one funding round: several sources for it, and what they contradict each other in.

Tellings are of one round when the company is the same and the stage is (a company raises its B轮 once), or, where a
stage is missing, when amount, valuation or investors agree within weeks. Judged when read, so the order of ingest
never matters and nothing is lost by a wrong judgement.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from graph.model import FundingRound, Investor

NEAR_DAYS = 45
"""Reports of one round that name no stage follow one another within these days."""

SAME_WEEK_DAYS = 7
LISTING_DAYS = 400
"""A company can be listed twice, and tellings of one listing go on for months."""

TOLERANCE = 0.15
"""Amounts that differ by less are one amount: 约20亿, 20.5亿."""

_FAR = 10**6
_UNSAID = frozenset({"", "新一轮", "最新一轮", "融资", "战略融资", "战略投资", "股权融资", "首轮", "新融资"})
_ONCE = re.compile(r"(pre)?[a-k]\d?\+*|天使\+*|种子\+*|angel|seed")
_DROPPED = re.compile(r"[\s-]|轮|融资")


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundGroup:
    """A round as several items tell it, the first telling first.

    ``told`` sums them up: of each field what most tellings say (ties: the first), all investors, the first day.
    ``conflicts``: fields whose tellings contradict one another, with every writing, the most frequent first.
    """

    told: FundingRound
    tellings: tuple[FundingRound, ...]
    conflicts: tuple[tuple[str, tuple[str, ...]], ...] = ()


def group_rounds(tellings: Iterable[FundingRound]) -> tuple[RoundGroup, ...]:
    """The rounds that the tellings speak of, the last told first."""
    groups: list[list[FundingRound]] = []
    for telling in sorted(tellings, key=_place):
        group = next((group for group in groups if _belongs(telling, group)), None)
        if group is None:
            groups.append([telling])
        else:
            group.append(telling)
    return tuple(sorted(map(_summed_up, groups), key=_order))


def _belongs(telling: FundingRound, group: Sequence[FundingRound]) -> bool:
    if telling.company != group[0].company:
        return False
    stage, known = stage_of(telling), {stage_of(one) for one in group} - {""}
    if stage and stage in known:
        return any(_days_apart(telling, one) <= _days_of(stage) for one in group)
    if (stage and known) or not all(amounts_agree(telling, one) for one in group):
        return False
    return any(_alike(telling, one) for one in group)


def _days_of(stage: str) -> int:
    """How far apart tellings of one stage may lie: lettered ones come once, loans and additions again."""
    return _FAR if _ONCE.fullmatch(stage) else LISTING_DAYS if stage == "ipo" else NEAR_DAYS


def _alike(one: FundingRound, other: FundingRound) -> bool:
    """Whether something else than the stage says that two tellings are of one round."""
    apart = _days_apart(one, other)
    if apart > NEAR_DAYS:
        return False
    if one.amount_range and other.amount_range:
        return True
    valued = one.post_valuation and _bare(one.post_valuation) == _bare(other.post_valuation or "")
    shared = {i.entity for i in one.investors} & {i.entity for i in other.investors}
    return bool(valued or (shared and apart <= SAME_WEEK_DAYS))


def stage_of(telling: FundingRound) -> str:
    """The stage to compare by: ``A 轮`` is ``A轮融资``; empty where a name says no stage."""
    name = (telling.round or "").strip().lower()
    return "" if name in _UNSAID else _DROPPED.sub("", name)


def amounts_agree(one: FundingRound, other: FundingRound) -> bool:
    """Whether two amounts may be one; an amount without a currency agrees with any."""
    if one.amount_range is None or other.amount_range is None:
        return True
    if one.currency and other.currency and one.currency != other.currency:
        return False
    return _low(one) <= _high(other) * (1 + TOLERANCE) and _low(other) <= _high(one) * (1 + TOLERANCE)


def _low(telling: FundingRound) -> float:
    low, high = telling.amount_range or (None, None)
    # 近7亿元 is not one million either: an open end reaches as far as words do
    return low if low is not None else (high or 0.0) * 0.8


def _high(telling: FundingRound) -> float:
    low, high = telling.amount_range or (None, None)
    return high if high is not None else (low or 0.0) * 1.5


def _days_apart(one: FundingRound, other: FundingRound) -> int:
    return abs((one.day - other.day).days) if one.day and other.day else _FAR


def _summed_up(group: list[FundingRound]) -> RoundGroup:
    first = group[0]
    said = _most_said([one.amount for one in group])
    amount = next((one for one in group if one.amount == said), first)
    investors: dict[str, bool] = {}
    for investor in (investor for one in group for investor in one.investors):
        investors[investor.entity] = investors.get(investor.entity, False) or investor.lead
    told = FundingRound(
        company=first.company,
        evidence=first.evidence,
        round=_most_said([one.round for one in group if stage_of(one)]) or _most_said([one.round for one in group]),
        amount=amount.amount,
        amount_range=amount.amount_range,
        currency=amount.currency,
        post_valuation=_most_said([one.post_valuation for one in group]),
        cumulative=_most_said([one.cumulative for one in group]),
        investors=tuple(Investor(entity=entity, lead=lead) for entity, lead in investors.items()),
        day=first.day,
    )
    return RoundGroup(told=told, tellings=tuple(group), conflicts=tuple(_conflicts(group)))


def _conflicts(group: Sequence[FundingRound]) -> Iterable[tuple[str, tuple[str, ...]]]:
    amounts = [one for one in group if one.amount]
    if any(not amounts_agree(one, other) for one in amounts for other in amounts):
        yield "amount", _ranked([one.amount for one in amounts if one.amount])
    valuations = _ranked([one.post_valuation for one in group if one.post_valuation])
    if len(valuations) > 1:
        yield "post_valuation", valuations


def _most_said(values: Sequence[str | None]) -> str | None:
    return next(iter(_ranked([value for value in values if value])), None)


def _ranked(values: Sequence[str]) -> tuple[str, ...]:
    """Writings that differ in more than blanks, the most frequent first, then the first said."""
    counts = Counter(map(_bare, values))
    writings = {_bare(value): value for value in reversed(values)}
    return tuple(writings[bare] for bare, _count in counts.most_common())


def _bare(text: str) -> str:
    return "".join(text.split())


def _place(telling: FundingRound) -> tuple[date, str, str, int, int]:
    evidence = telling.evidence
    return telling.day or date.max, evidence.item_id, evidence.field, evidence.start, evidence.end


def _order(group: RoundGroup) -> tuple[int, str, str]:
    last = max((one.day for one in group.tellings if one.day), default=None)
    return -(last.toordinal() if last else 0), group.told.company, group.told.evidence.item_id
