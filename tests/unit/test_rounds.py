"""One round told by many desks is one round: a ledger that counts it five times misleads who reads it."""

from datetime import date, timedelta
from itertools import permutations
from typing import Any

import pytest

from graph.model import Evidence, FundingRound, Investor
from graph.rounds import group_rounds

DAY = date(2026, 2, 12)


def told(
    item: str, round_: str | None = None, amount: str | None = None, *, after: int = 0, **more: Any
) -> FundingRound:
    return FundingRound(
        company=more.pop("company", "org:云雀"),
        evidence=Evidence(item_id=item, field="body", start=0, end=9, text="云雀完成融资。", trigger=(4, 6)),
        round=round_,
        amount=amount,
        amount_range=more.pop("range_", RANGES.get(amount or "")),
        currency="CNY" if amount else None,
        investors=tuple(Investor(entity=one, lead=one.endswith("!")) for one in more.pop("investors", ())),
        day=DAY + timedelta(days=after),
        **more,
    )


RANGES: dict[str, Any] = {
    "10亿元": (1e9, 1e9),
    "近10亿元": (None, 1e9),
    "超10亿元": (1e9, None),
    "3亿元": (3e8, 3e8),
    "数亿元": (2e8, 1e9),
}


def stages(*tellings: FundingRound) -> list[int]:
    """Numbers of tellings of each round, whatever the order they come in."""
    found = {tuple(sorted(len(group.tellings) for group in group_rounds(order))) for order in permutations(tellings)}
    (counts,) = found
    return list(counts)


def test_one_stage_is_one_round_however_it_is_written_and_whenever_it_is_told() -> None:
    assert stages(told("1", "B轮", "10亿元"), told("2", "B 轮", after=3), told("3", "b轮融资", after=500)) == [3]
    assert stages(told("1", "B轮"), told("2", "B+轮"), told("3", "Pre-B轮"), told("4", "天使轮")) == [1, 1, 1, 1]


@pytest.mark.parametrize("amount", ["10亿元", "近10亿元", "超10亿元", "数亿元"])
def test_without_a_stage_amounts_tell_within_weeks(amount: str) -> None:
    assert stages(told("1", "B轮", "10亿元"), told("2", None, amount, after=2)) == [2]
    assert stages(told("1", "B轮", "10亿元"), told("2", None, amount, after=200)) == [1, 1]
    assert stages(told("1", "B轮", "10亿元"), told("2", None, "3亿元", after=2)) == [1, 1]


def test_words_that_name_no_stage_hinder_nothing() -> None:
    assert stages(told("1", "A轮", "10亿元"), told("2", "新一轮", "10亿元"), told("3", "战略融资", "10亿元")) == [3]


def test_two_loans_and_two_companies_are_two() -> None:
    assert stages(told("1", "债务融资", "10亿元"), told("2", "债务融资", "3亿元", after=300)) == [1, 1]
    assert stages(told("1", "A轮"), told("2", "A轮", company="org:海图")) == [1, 1]
    assert stages(told("1", "IPO"), told("2", "IPO", after=900)) == [1, 1]


def test_a_round_sums_up_its_tellings_and_keeps_what_they_contradict_each_other_in() -> None:
    (group,) = group_rounds(
        [
            told("3", "B轮", "3亿元", after=2, post_valuation="90亿元"),
            told("1", "B轮", "10亿元", investors=["org:甲"], post_valuation="100 亿元"),
            told("2", "B 轮", "10亿元", after=1, investors=["org:乙!", "org:甲"], post_valuation="100亿元"),
        ]
    )
    assert (group.told.round, group.told.amount, group.told.day) == ("B轮", "10亿元", DAY)
    assert group.told.investors == (Investor(entity="org:甲"), Investor(entity="org:乙!", lead=True))
    assert [one.evidence.item_id for one in group.tellings] == ["1", "2", "3"]
    assert dict(group.conflicts) == {"amount": ("10亿元", "3亿元"), "post_valuation": ("100 亿元", "90亿元")}


def test_the_round_told_last_comes_first() -> None:
    groups = group_rounds([told("1", "A轮"), told("2", "B轮", after=9), told("3", "种子轮", after=-9)])
    assert [group.told.round for group in groups] == ["B轮", "A轮", "种子轮"]
