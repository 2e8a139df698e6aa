"""Parts of the readers: days, inline Markdown, sources, titles for news without one."""

from datetime import date

import pytest

from indexer.model import Source
from indexer.readers.dates import day_of, days_in, iso_of, moment_from, one_day_in
from indexer.readers.inline import plain_text
from indexer.readers.lines import join_wrapped, without_ordinal
from indexer.readers.links import combined, links_in, sources_in
from indexer.readers.sentences import first_sentence

DAY = date(2026, 2, 12)


@pytest.mark.parametrize(
    "text", ["2026-02-12.md", "AI资讯 2026/2/12", "news_20260212_224342.json", "2026年2月12日 周四"]
)
def test_a_day_is_found_however_it_is_written(text: str) -> None:
    assert one_day_in(text) == DAY


@pytest.mark.parametrize("text", ["2026-W31", "2026-02-30", "2026-02-12 ~ 2026-02-18", "v20.26.1", "12020260212"])
def test_a_week_a_range_or_no_date_is_no_day(text: str) -> None:
    assert one_day_in(text) is None


def test_several_days_are_told_apart() -> None:
    assert days_in("2026-02-12 至 2026-02-13") == (DAY, date(2026, 2, 13))


@pytest.mark.parametrize(
    ("value", "day", "published"),
    [
        ("2026-02-11T16:30:00Z", DAY, "2026-02-11T16:30:00Z"),
        ("2026-02-12T01:00:00+08:00", DAY, "2026-02-12T01:00:00+08:00"),
        ("2026-02-12 23:59:59", DAY, "2026-02-12T23:59:59"),
        ("2026/02/12 02:28", DAY, "2026-02-12T02:28:00"),
        ("Thu, 12 Feb 2026 18:00:00 +0800", DAY, "2026-02-12T18:00:00+08:00"),
        (1770825600000, DAY, "2026-02-11T16:00:00Z"),
        ("2026-02-12", DAY, None),
        ("昨天", None, None),
        (True, None, None),
        (10**30, None, None),
    ],
)
def test_a_time_gives_its_day_in_shanghai(value: object, day: date | None, published: str | None) -> None:
    """Otherwise news of the evening in London stands under the wrong day."""
    moment = moment_from(value)
    assert (day_of(moment), iso_of(moment)) == (day, published)


@pytest.mark.parametrize(
    ("markdown", "text"),
    [
        ("[[D] 标题 **x**](https://e.com/a_(b))", "[D] 标题 x"),
        ("**AI 编程**正在*转变*，见![图](a.png)", "AI 编程正在*转变*，见"),
        ("snake_case_name 2 * 3 * 4 ~~旧~~`a*b`", "snake_case_name 2 * 3 * 4 旧a*b"),
        ("a\\*b\\* &amp; <br/>c <!-- x -->1 < 2", "a*b* & c 1 < 2"),
        ("[未闭合](http", "[未闭合](http"),
        ("[a](<https://e.com/x y>) <https://e.com>", "a https://e.com"),
    ],
)
def test_inline_markdown_becomes_what_a_reader_sees(markdown: str, text: str) -> None:
    assert plain_text(markdown) == text


def test_links_keep_their_addresses() -> None:
    assert links_in('![i](x.png)[甲](https://e.com/a_(b)?q=1 "t")') == (
        Source(name="甲", url="https://e.com/a_(b)?q=1"),
    )


def test_a_source_line_may_name_several_in_several_ways() -> None:
    assert sources_in("[甲报](https://e.com/1)、乙网 https://e.com/2；丙 - 丁") == (
        Source(name="甲报", url="https://e.com/1"),
        Source(name="乙网", url="https://e.com/2"),
        Source(name="丙 - 丁", url=""),
    )


def test_a_name_goes_to_the_link_that_lacks_one() -> None:
    sources = [
        Source(name="", url="u"),
        Source(name="甲", url=""),
        Source(name="甲", url="u"),
        Source(name="乙", url=""),
    ]
    assert combined(sources) == (Source(name="甲", url="u"), Source(name="乙", url=""))


def test_news_without_a_title_is_titled_by_its_first_sentence() -> None:
    assert first_sentence("12月11日消息，甲公司完成融资。资金用于研发。") == "甲公司完成融资"
    assert first_sentence("版本3.5发布") == "版本3.5发布"
    assert len(first_sentence("长" * 500)) <= 80


def test_numbers_of_a_list_are_no_part_of_a_title() -> None:
    assert [without_ordinal(t) for t in ("1. 标题", "三、标题", "①标题", "3.5 发布", "2026年")] == [
        "标题",
        "标题",
        "标题",
        "3.5 发布",
        "2026年",
    ]


def test_wrapped_lines_are_joined_as_their_script_asks() -> None:
    assert join_wrapped(["模型发布，", "支持方言", "and English", "words"]) == "模型发布，支持方言 and English words"
