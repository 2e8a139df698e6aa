"""Which reports count as the same: folded too eagerly news is hidden, too timidly the list repeats itself."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.duplicates import LONGEST, SHORTEST, ReportText, are_candidates, bands_of, signature_of, similarity
from indexer.model import NewsItem

DAY = date(2026, 2, 12)
TITLE = "松涛科技发布新一代仓储机器人"
BODY = "松涛科技今天在杭州发布新一代仓储机器人，整机重量减轻三成，单次充电可以连续工作12小时，首批交付50台。"


def item(title: str = TITLE, body: str = BODY, *, desk: str = "早报", day: date | None = DAY) -> NewsItem:
    return NewsItem(id="?", desk=desk, day=day, title=title, summary=body)


def share(one: NewsItem, other: NewsItem) -> float | None:
    return similarity(ReportText.from_item(one), ReportText.from_item(other))


@pytest.mark.parametrize(
    "other",
    [
        item(desk="晚报"),
        item("仓储机器人更轻了：松涛科技新品亮相"),
        item(body=f"2月12日消息，{BODY}（记者 何青）"),
        item(body=BODY.replace("，", " , ").replace("12", "１２")),
        item("松濤科技發佈新一代倉儲機器人", BODY.replace("发布", "發佈").replace("机器人", "機器人")),
        item(body=BODY.replace("首批交付50台", "首批客户包括两家电商")),
        item(day=None),
        item(title=BODY, body=""),
        item(body=BODY, day=DAY + timedelta(days=40)),
    ],
)
def test_light_edits_leave_a_report_the_same(other: NewsItem) -> None:
    assert share(item(), other)
    assert are_candidates(signature_of(item()), signature_of(other))
    assert set(bands_of(signature_of(item()))) & set(bands_of(signature_of(other)))


FUNDED = "松涛科技近日宣布完成数千万元的A轮融资，由云海资本领投，老股东继续跟投，资金用于产品研发和市场推广。"
LISTED = "松涛科技股份有限公司向港交所提交上市申请书，独家保荐人为云海证券，募集资金用于产能建设。"
PRICED = "松涛期货数据显示，2月11日电池级碳酸锂均价报73250元一吨，较上一个交易日上涨250元。"
NOTICE = "需要说明的是各地服务器的缓存时间不同，部分用户看到更新的时间可能晚半小时左右，请耐心等待。"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (item("松涛科技完成A轮融资", FUNDED), item("柏川智能完成A轮融资", FUNDED.replace("松涛科技", "柏川智能"))),
        (item("松涛科技递表港交所", LISTED), item("柏川智能递表港交所", LISTED.replace("松涛科技", "柏川智能"))),
        (
            item("碳酸锂均价上涨250元", PRICED),
            item("碳酸锂均价上涨400元", PRICED.replace("2月11日", "2月12日").replace("73250", "73650")),
        ),
        (item("碳酸锂均价上涨250元", PRICED), item("碳酸锂均价上涨250元", PRICED.replace("2月11日", "2月12日"))),
        (item("松云系统2.1测试版发布", NOTICE), item("松云系统2.1测试版第4版发布", NOTICE)),
        (item("松云系统更新", NOTICE), item("云海手机开售", NOTICE)),
        (
            item("收盘：股指涨跌互现", "三大股指今天收盘涨跌互现，机器人板块领涨，成交额与昨天大致持平。"),
            item(
                "收盘：股指涨跌互现",
                "三大股指今天收盘涨跌互现，电池板块领涨，成交额与昨天大致持平，较为平淡。",
                day=DAY + timedelta(days=20),
            ),
        ),
    ],
    ids=["funding", "listing", "price", "price-of-another-day", "version", "boilerplate", "weeks-later"],
)
def test_the_next_report_of_a_series_is_another_one(one: NewsItem, other: NewsItem) -> None:
    assert share(one, other) is None
    assert share(other, one) is None


def test_texts_that_are_too_short_to_tell_apart_lead_nowhere() -> None:
    assert signature_of(item("快讯", "股指收涨" * 3)) == b""
    assert signature_of(item("", "")) == b""
    assert signature_of(item("，" * SHORTEST, "。" * SHORTEST)) == b""
    assert bands_of(b"") == ()
    assert len(bands_of(signature_of(item("股指今天收盘涨幅扩大到百分之二点五", "")))) == 12


def test_signatures_never_change_because_they_are_stored() -> None:
    assert signature_of(item())[:6].hex() == "0d6517e6d194"
    assert bands_of(signature_of(item()))[:2] == ("536e2a77", "f5920f21")


def test_a_text_without_end_is_compared_by_its_beginning() -> None:
    endless = "".join(chr(0x4E00 + at % 5000) for at in range(LONGEST))
    assert signature_of(item(body=endless)) == signature_of(item(body=endless + BODY))


texts = st.text(st.sampled_from("松涛云海发布融资，。 12Aa\U00020000"), max_size=60)


@given(one=texts, other=texts, title=texts)
def test_any_two_texts_are_judged_alike_from_both_sides(one: str, other: str, title: str) -> None:
    found = share(item(title, one), item(other, one))
    assert found == share(item(other, one), item(title, one))
    assert found is None or 0 < found <= 1
    assert len(bands_of(signature_of(item(title, one)))) in (0, 12)
