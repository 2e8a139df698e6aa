"""Dates in texts become days one can sort and filter by; a wrong year turns a deadline into history."""

from datetime import date

import pytest

from indexer.extraction.dates import dates_in

DAY = date(2026, 2, 12)


def read(text: str, day: date | None = DAY) -> list[tuple[str, str, str, str]]:
    return [(one.text, f"{one.first}", f"{one.last}", one.precision) for one in dates_in(text, day)]


@pytest.mark.parametrize(
    ("text", "first", "last", "precision"),
    [
        ("2026年2月11日", "2026-02-11", "2026-02-11", "day"),
        ("2月11日", "2026-02-11", "2026-02-11", "day"),
        ("12月30日", "2025-12-30", "2025-12-30", "day"),
        ("去年12月3日", "2025-12-03", "2025-12-03", "day"),
        ("2月11日至13日", "2026-02-11", "2026-02-13", "day"),
        ("2026-02-11", "2026-02-11", "2026-02-11", "day"),
        ("二〇二六年三月1日", "2026-03-01", "2026-03-01", "day"),
        ("2月初", "2026-02-01", "2026-02-10", "part_of_month"),
        ("3月下旬", "2026-03-21", "2026-03-31", "part_of_month"),
        ("2月底", "2026-02-21", "2026-02-28", "part_of_month"),
        ("2026年3月", "2026-03-01", "2026-03-31", "month"),
        ("11月", "2025-11-01", "2025-11-30", "month"),
        ("2026年底", "2026-10-01", "2026-12-31", "about"),
        ("年底", "2026-10-01", "2026-12-31", "about"),
        ("今年上半年", "2026-01-01", "2026-06-30", "half_year"),
        ("2026年第三季度", "2026-07-01", "2026-09-30", "quarter"),
        ("2027年Q1", "2027-01-01", "2027-03-31", "quarter"),
        ("2027年", "2027-01-01", "2027-12-31", "year"),
        ("明年", "2027-01-01", "2027-12-31", "year"),
        ("2025年至2027年", "2025-01-01", "2027-12-31", "years"),
        ("2026—2028年", "2026-01-01", "2028-12-31", "years"),
        ("“十五五”期间", "2026-01-01", "2030-12-31", "years"),
        ("“十四五”末", "2025-01-01", "2025-12-31", "year"),
        ("近日", "2026-02-05", "2026-02-12", "about"),
        ("昨日", "2026-02-11", "2026-02-11", "day"),
        ("上周", "2026-02-02", "2026-02-08", "week"),
        ("上周五", "2026-02-06", "2026-02-06", "day"),
        ("今年年底", "2026-10-01", "2026-12-31", "about"),
        ("上个月", "2026-01-01", "2026-01-31", "month"),
        ("过去三年", "2023-02-13", "2026-02-12", "about"),
        ("未来10天", "2026-02-12", "2026-02-22", "about"),
    ],
)
def test_a_date_is_read_as_its_days(text: str, first: str, last: str, precision: str) -> None:
    assert read(f"公司{text}，宣布") == [(text, first, last, precision)]


def test_a_bare_day_is_the_nearest_one() -> None:
    assert read("11日，两家公司签约。") == [("11日", "2026-02-11", "2026-02-11", "day")]
    assert read("30日，两家公司签约。") == [("30日", "2026-01-30", "2026-01-30", "day")]


def test_the_year_that_is_not_said_is_the_nearest_across_the_turn_of_years() -> None:
    assert read("12月28日", date(2026, 1, 3))[0][1] == "2025-12-28"
    assert read("1月5日", date(2025, 12, 30))[0][1] == "2026-01-05"


@pytest.mark.parametrize(
    "text",
    [
        "2月30日",
        "13月",
        "每年",
        "十月革命纪念",
        "1号线",
        "500年",
        "5.11发布",
        "v2.3.4",
        "日活1月薪",
        "同年龄",
        "中五日",
        "今日资本",
        "今日头条",
    ],
)
def test_what_is_no_date_is_left_alone(text: str) -> None:
    assert [one for one in read(text) if one[3] == "day"] == []


def test_letters_around_a_quarter_make_it_something_else() -> None:
    assert read("AWQ4bit量化") == []
    assert [one[0] for one in read("2026年中关村论坛")] == ["2026年"]


def test_without_a_day_only_whole_dates_are_read() -> None:
    assert read("近日，2月11日，2026年3月，去年，“十五五”期间", None) == [
        ("2026年3月", "2026-03-01", "2026-03-31", "month"),
        ("“十五五”期间", "2026-01-01", "2030-12-31", "years"),
    ]


def test_dates_come_in_the_order_of_the_text_with_their_places() -> None:
    text = "日前发布，自2026年3月1日起施行，到2027年底完成，“十五五”期间推广。"
    found = dates_in(text, DAY)
    assert [one.text for one in found] == ["日前", "2026年3月1日", "2027年底", "“十五五”期间"]
    assert all(text[one.start : one.end] == one.text for one in found)
