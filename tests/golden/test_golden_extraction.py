"""Facts that a reader of these items would name: each test tells the same news as a real digest in other words."""

from datetime import date
from functools import cache

import pytest

from graph.model import FundingRound, Relation
from indexer.extraction.category import category_of
from indexer.extraction.pipeline import load_extraction
from indexer.extraction_pool import Extractor
from indexer.model import Annotations, NewsItem

DAY = date(2026, 2, 12)


@cache
def extractor() -> Extractor:
    return load_extraction("fast")


def understood(title: str, *body: str) -> Annotations:
    return extractor().annotate(NewsItem(id="1", desk="d", day=DAY, title=title, summary="\n".join(body)))


def facts(relations: tuple[Relation, ...]) -> set[tuple[str, str, str]]:
    return {(relation.subject, relation.kind, relation.object) for relation in relations}


def by_round(funding: tuple[FundingRound, ...]) -> dict[str | None, FundingRound]:
    return {one.round: one for one in funding}


def test_two_rounds_of_one_company_keep_their_own_investors() -> None:
    found = understood(
        "极映科技两轮融资到账，元禾璞华与奇绩创投入局",
        "上海极映科技有限公司日前宣布，种子轮与天使轮融资均已到账，金额为数千万元。",
        "种子轮的投资方是奇绩创投。",
        "天使轮由元禾璞华领投，未来资本跟投。",
    )
    rounds = by_round(found.funding)
    assert {one.company for one in found.funding} == {"org:极映科技"}
    assert [(one.entity, one.lead) for one in rounds["种子轮"].investors] == [("org:奇绩创投", False)]
    assert [(one.entity, one.lead) for one in rounds["天使轮"].investors] == [
        ("org:元禾璞华", True),
        ("org:未来资本", False),
    ]
    assert rounds["种子轮"].amount == rounds["天使轮"].amount == "数千万元"
    assert rounds["天使轮"].amount_range == (2e7, 1e8)
    assert category_of(found) == "funding"


def test_a_round_with_valuation_and_total() -> None:
    found = understood(
        "星海图拿下10亿元B轮融资，跻身百亿独角兽",
        "机器人公司星海图近日完成B轮融资，金额10亿元，投后估值100亿人民币。",
        "本轮融资由正心谷资本、金鼎资本、北汽产投、碧鸿投资联合投资。",
        "至此，星海图累计融资近30亿元。",
    )
    (one,) = found.funding
    assert (one.company, one.round, one.amount) == ("org:星海图", "B轮", "10亿元")
    assert (one.post_valuation, one.cumulative, one.currency) == ("100亿人民币", "近30亿元", "CNY")
    investors = {"org:金鼎资本", "org:北汽产投", "org:碧鸿投资", "org:正心谷资本"}
    assert {investor.entity for investor in one.investors} == investors
    assert {fact for fact in facts(found.relations) if fact[1] == "invested_in"} == {
        (investor, "invested_in", "org:星海图") for investor in investors
    }
    assert {r.qualifiers.round for r in found.relations if r.kind == "invested_in"} == {"B轮"}


def test_a_code_name_is_the_model_it_hid() -> None:
    found = understood(
        "智谱推出新旗舰GLM-5，“Pony Alpha”谜底揭晓",
        "智谱AI推出旗舰模型GLM-5，此前在海外平台走红的匿名模型正是它（代号“Pony Alpha”）。",
    )
    assert ("org:智谱", "released", "model:GLM-5") in facts(found.relations)
    assert {mention.entity_id for mention in found.mentions} == {"org:智谱", "model:GLM-5"}


@pytest.mark.parametrize(
    ("title", "body", "fact", "category"),
    [
        (
            "蚂蚁集团开源Ming-Flash-Omni 2.0",
            "蚂蚁集团今天开源全模态大模型Ming-Flash-Omni 2.0，权重可以免费下载。",
            ("org:蚂蚁集团", "released", "model:Ming-Flash-Omni 2.0"),
            "release",
        ),
        (
            "江苏出台AI与知识产权双向赋能方案",
            "江苏省发布《江苏省人工智能与知识产权双向赋能行动方案（2026—2030年）》，提出七个方面的举措。",
            ("org:江苏省政府", "issued", "policy:江苏省人工智能与知识产权双向赋能行动方案(2026-2030年)"),
            "policy",
        ),
        (
            "招标投标领域将推广人工智能",
            "国家发展改革委会同有关部门印发《关于加快招标投标领域人工智能推广应用的实施意见》。",
            ("org:国家发展改革委", "issued", "policy:关于加快招标投标领域人工智能推广应用的实施意见"),
            "policy",
        ),
        (
            "北京移动与京东签署合作协议",
            "北京移动与京东达成战略合作，双方将共建面向家庭的服务。",
            ("org:北京移动", "partnered_with", "org:京东"),
            "partnership",
        ),
        (
            "英伟达收购Groq",
            "英伟达宣布以200亿美元收购芯片公司Groq。",
            ("org:英伟达", "acquired", "org:Groq"),
            "acquisition",
        ),
    ],
)
def test_who_did_what_and_where_it_says_so(title: str, body: str, fact: tuple[str, str, str], category: str) -> None:
    found = understood(title, body)
    assert fact in facts(found.relations)
    assert category_of(found) == category
    texts = {"title": title, "body": body}
    for relation in found.relations:
        evidence = relation.evidence
        assert texts[evidence.field][evidence.start : evidence.end] == evidence.text
        assert evidence.start <= evidence.trigger[0] < evidence.trigger[1] <= evidence.end
        assert relation.day == DAY


def test_openness_and_price_are_kept() -> None:
    (released,) = understood("蚂蚁集团开源Ming-Flash-Omni 2.0", "").relations
    assert released.qualifiers.open_source
    (acquired,) = understood("英伟达收购Groq", "英伟达宣布以200亿美元收购芯片公司Groq。").relations
    assert acquired.qualifiers.amount == "200亿美元"


def test_a_career_move_has_both_posts_and_says_which_was_left() -> None:
    found = understood("庞若鸣转投Meta", "前苹果工程师庞若鸣加入Meta超级智能实验室，担任首席科学家。")
    posts = {r.object: r.qualifiers for r in found.relations if r.kind == "works_at"}
    assert posts["org:苹果"].left
    assert not posts["org:Meta超级智能实验室"].left
    assert posts["org:Meta超级智能实验室"].role == "首席科学家"


@pytest.mark.parametrize(
    ("title", "body"),
    [
        ("字节跳动回应收购传闻", "有传闻称字节跳动收购月之暗面，字节跳动否认，称消息不实。"),
        ("OpenAI否认将发布GPT-7", "OpenAI否认将于本月发布GPT-7，称相关消息不实。"),
    ],
)
def test_what_is_denied_is_no_fact(title: str, body: str) -> None:
    events = {"released", "acquired", "invested_in", "partnered_with"}
    assert not [relation for relation in understood(title, body).relations if relation.kind in events]
