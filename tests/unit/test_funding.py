"""Rounds: a wrong part of one is a wrong number in a table that people quote."""

import pytest

from graph.model import EntityKind
from indexer.extraction.funding import find_funding
from indexer.extraction.funding_details import find_backers, find_listings, find_measured, find_rounds
from indexer.extraction.passage import Named, Passage


def passage(text: str, *names: str, title: str = "") -> Passage:
    whole = f"{title}\n{text}"
    kind: EntityKind = "org"
    named = sorted(
        (
            Named(start=at, end=at + len(name), kind=kind, entity_id="org:" + name, name=name)
            for name in names
            for at in range(len(whole))
            if whole.startswith(name, at)
        ),
        key=lambda one: one.start,
    )
    return Passage(item_id="1", text=whole, body_start=len(title) + 1, named=tuple(named))


@pytest.mark.parametrize(
    ("text", "rounds"),
    [
        ("完成Pre-A++轮融资", ["Pre-A++轮"]),
        ("完成 B + 轮融资", ["B +轮"]),
        ("获得天使轮及Pre-A轮融资", ["天使轮及Pre-A轮"]),
        ("种子轮与天使轮到账。种子轮由甲投资。天使轮由乙投资。", ["种子轮", "天使轮", "种子轮", "天使轮"]),
        ("Series B round", ["Series B"]),
        ("新一轮融资", []),
        ("完成战略融资", ["战略融资"]),
    ],
)
def test_names_of_rounds(text: str, rounds: list[str]) -> None:
    assert [one.text.replace("B + 轮", "B +轮") for one in find_rounds(passage(text))] == rounds


@pytest.mark.parametrize(("text", "count"), [("公司递表港交所", 2), ("这家上市公司发布新品", 0), ("新车上市销售", 0)])
def test_a_listed_company_is_not_going_public(text: str, count: int) -> None:
    assert len(find_listings(passage(text))) == count


@pytest.mark.parametrize(
    ("text", "measured"),
    [
        ("完成1亿元融资，投后估值达20亿元，累计融资3亿元", ["amount", "post_valuation", "cumulative"]),
        ("以80亿美元的估值融资5亿美元", ["post_valuation", "amount"]),
        ("公司去年营收达到9亿元", []),
        ("获得数千万级融资", ["amount"]),
        ("总额数亿元的A轮融资", ["amount"]),
        ("合同总额突破一亿元", []),
    ],
)
def test_what_an_amount_measures(text: str, measured: list[str]) -> None:
    assert [one.measure for one in find_measured(passage(text))] == measured


@pytest.mark.parametrize(
    ("text", "backers"),
    [
        ("由甲资本领投，乙基金、丙创投等跟投", {("甲资本", True), ("乙基金", False), ("丙创投", False)}),
        ("甲资本、乙基金联合领投，老股东丙创投跟投", {("甲资本", True), ("乙基金", True), ("丙创投", False)}),
        ("投资方为甲资本和乙基金", {("甲资本", False), ("乙基金", False)}),
        ("领投方为甲资本", {("甲资本", True)}),
        ("甲资本等产业资本，以及乙基金等机构共同参与", {("甲资本", False), ("乙基金", False)}),
    ],
)
def test_who_leads_and_who_follows(text: str, backers: set[tuple[str, bool]]) -> None:
    found = find_backers(passage(text, "甲资本", "乙基金", "丙创投"))
    assert {(one.entity_id.removeprefix("org:"), one.lead) for one in found} == backers


def test_an_item_without_money_tells_no_round() -> None:
    assert find_funding(passage("灵宝科技发布新机器人", "灵宝科技"), ()) == ((), ())


def test_an_investor_of_a_round_becomes_a_relation_with_its_own_sentence() -> None:
    item = passage(
        "灵宝科技近日完成数千万元A轮融资。本轮由甲资本领投。", "灵宝科技", "甲资本", title="灵宝科技完成A轮融资"
    )
    relations, (one,) = find_funding(item, ())
    assert (one.company, one.round, one.amount) == ("org:灵宝科技", "A轮", "数千万元")
    (relation,) = relations
    assert (relation.subject, relation.object) == ("org:甲资本", "org:灵宝科技")
    assert relation.qualifiers.lead
    assert relation.evidence.text == "本轮由甲资本领投。"


def test_talks_about_a_round_make_nobody_an_investor() -> None:
    item = passage("据悉灵宝科技正洽谈A轮融资，甲资本有望领投。", "灵宝科技", "甲资本", title="灵宝科技洽谈A轮融资")
    relations, _ = find_funding(item, ())
    assert relations == ()
