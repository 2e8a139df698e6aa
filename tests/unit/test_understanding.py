"""Understanding queries: what plain words are read as, and when they are left as they stand."""

from collections.abc import Sequence
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search_service.query.periods import Preference
from search_service.query.reading import Reading
from search_service.query.tree import Days, Node, Tokens
from search_service.query.understanding import understand
from search_service.views.names import EntityNames

LEXICON = EntityNames().lexicon
FRIDAY = date(2026, 2, 20)


def never(nodes: Sequence[Node]) -> list[int]:
    return [0] * len(nodes)


def read(text: str, *, today: date | None = FRIDAY) -> Reading:
    reading = understand(text, lexicon=LEXICON, counts=never, today=today)
    assert reading is not None
    return reading


def parts(text: str) -> list[tuple[str, str]]:
    return [(part.kind, part.value) for part in read(text).parts]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("智谱 融资", [("entity", "智谱"), ("category", "融资")]),
        ("輝達財報", [("entity", "輝達"), ("word", "財報")]),
        ("ＺＨＩＰＵ", [("entity", "ＺＨＩＰＵ")]),
        ("鹅厂 元宝", [("entity", "鹅厂"), ("entity", "元宝")]),
        ("GLM-7.9", [("version", "GLM-7.9")]),
        ("讯飞星火 V9.0", [("version", "讯飞星火 V9.0")]),
        ("今日头条 今天", [("entity", "今日头条"), ("window", "今天")]),
        ("近30天智谱", [("window", "近30天"), ("entity", "智谱")]),
        ("2024年5月 大模型降价", [("days", "2024年5月"), ("word", "大模型"), ("word", "降价")]),
        ("GTC 2026", [("event", "GTC"), ("days", "2026")]),
        ("谁投资了宇树科技", [("question", "谁"), ("word", "投资"), ("question", "了"), ("entity", "宇树科技")]),
        ("open source robots", [("word", "open source"), ("word", "robots")]),
        ("蓝莓酱 风车谷", [("word", "蓝莓"), ("word", "酱"), ("word", "风车"), ("word", "谷")]),
    ],
)
def test_what_plain_words_are_read_as(text: str, found: list[tuple[str, str]]) -> None:
    assert parts(text) == found


def test_a_version_is_looked_for_under_all_names_of_its_name() -> None:
    (ranked,) = read("GLM-7.9").ranking.parts  # type: ignore[union-attr]
    assert ranked.forms[0].node == Tokens(field="any", tokens=("glm7.9",))
    assert "chatglm 7.9" in [form.text.lower() for form in ranked.forms]


@pytest.mark.parametrize(
    ("words", "since", "until"),
    [
        ("近30天", date(2026, 1, 21), FRIDAY),
        ("过去三个月", date(2025, 11, 22), FRIDAY),
        ("最近两周", date(2026, 2, 6), FRIDAY),
        ("近半年", date(2025, 8, 22), FRIDAY),
        ("近十二个月", date(2025, 2, 25), FRIDAY),
        ("今天", FRIDAY, FRIDAY),
        ("昨天", date(2026, 2, 19), date(2026, 2, 19)),
        ("本周", date(2026, 2, 16), FRIDAY),
        ("上周", date(2026, 2, 9), date(2026, 2, 15)),
        ("本月", date(2026, 2, 1), FRIDAY),
        ("上个月", date(2026, 1, 1), date(2026, 1, 31)),
        ("上季度", date(2025, 10, 1), date(2025, 12, 31)),
        ("今年", date(2026, 1, 1), FRIDAY),
        ("去年", date(2025, 1, 1), date(2025, 12, 31)),
        ("last month", date(2026, 1, 21), FRIDAY),
        ("past 3 days", date(2026, 2, 17), FRIDAY),
    ],
)
def test_relative_windows(words: str, since: date, until: date) -> None:
    reading = read(f"智谱 {words}")
    (window,) = [part for part in reading.parts if part.kind == "window"]
    assert (window.since, window.until) == (since, until)
    assert read(words).tree == Days(since=since, until=until)


def test_without_a_day_relative_windows_are_words() -> None:
    assert [part.kind for part in read("智谱 昨天", today=None).parts] == ["entity", "word"]


@pytest.mark.parametrize(
    ("text", "preferences"),
    [
        ("智谱 2024年5月", (Preference(months=(5,), year=2024),)),
        ("智谱 2025", (Preference(year=2025),)),
        ("GTC 2026", (Preference(months=(3,), year=2026),)),
        ("春节 红包", (Preference(months=(1, 2)),)),
        ("智谱 融资", ()),
    ],
)
def test_named_days_are_preferred(text: str, preferences: tuple[Preference, ...]) -> None:
    assert read(text).ranking.preferences == preferences  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("2026-02-12", [date(2026, 2, 12)]),
        ("2026/2/12", [date(2026, 2, 12)]),
        ("2026年2月12日", [date(2026, 2, 12)]),
        ("2026年2月30日", [date(2026, 2, 1), date(2026, 2, 28)]),
    ],
)
def test_a_day_alone_filters_and_one_that_no_year_has_stands_for_its_month(text: str, days: list[date]) -> None:
    assert read(text).tree == Days(since=days[0], until=days[-1])


def test_a_day_beside_other_words_is_preferred() -> None:
    (preference,) = read("智谱 2月12日").ranking.preferences  # type: ignore[union-attr]
    near = [preference.nearness(date(2026, 2, day)) for day in (12, 13, 18, 28)]
    assert near == [0.6, 0.6, 0.3, 0.0]


def test_digits_of_other_scripts_and_names_beside_numbers_are_no_days() -> None:
    assert all(part.kind != "window" for part in read("近١٢天 智谱").parts)
    assert parts("Zeta-9 月之暗面") == [("word", "Zeta-9"), ("entity", "月之暗面")]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("1,000万元", ["1,000万元"]),
        ("GLM-4.99", ["GLM-4.99"]),
        ("iPhone17e", ["iPhone17e"]),
        ("Zeta-9发布", ["Zeta-9", "发布"]),
    ],
)
def test_numbers_and_versions_stay_whole(text: str, found: list[str]) -> None:
    assert [value for _kind, value in parts(text)] == found


def test_a_month_alone_filters() -> None:
    assert read("2024年5月").tree == Days(since=date(2024, 5, 1), until=date(2024, 5, 31))


@pytest.mark.parametrize("text", ["谁投资了宇树", "智谱上市了吗", "OpenAI 估值？", "what is GLM-5"])
def test_questions_are_known_as_such(text: str) -> None:
    assert read(text).question


def test_a_question_does_not_look_for_what_it_asks_instances_of() -> None:
    assert parts("哪些国家禁用了DeepSeek")[0] == ("question", "哪些国家")
    assert ("question", "科技公司") in parts("科技公司有多少代码")
    assert ("word", "科技公司") in parts("科技公司 代码")


@pytest.mark.parametrize(
    "text", ["", "  ", '"智谱"', "智谱 -融资", "title:智谱", "智谱 OR 融资", "GLM*", "(智谱)", "谁", "长" * 201]
)
def test_what_says_exactly_what_it_means_is_left_alone(text: str) -> None:
    assert understand(text, lexicon=LEXICON, counts=never, today=FRIDAY) is None


def test_neighbours_that_the_archive_writes_as_one_word_are_one() -> None:
    def together(nodes: Sequence[Node]) -> list[int]:
        return [5] * len(nodes)

    apart = understand("蓝莓酱", lexicon=LEXICON, counts=never)
    joined = understand("蓝莓酱", lexicon=LEXICON, counts=together)
    assert apart is not None
    assert joined is not None
    assert [part.value for part in joined.parts] == ["蓝莓酱"]
    again = understand("蓝莓酱", lexicon=LEXICON, counts=never, cuts=joined.cuts)
    assert again is not None
    assert again.tree == joined.tree


@given(st.text(alphabet="智谱融资谁了吗GLM-5.2 近30天上周2026年5月？的Ⅷ㎏ﬁ\u0301", max_size=40))
def test_nothing_typed_raises_and_places_lie_in_the_text(text: str) -> None:
    reading = understand(text, lexicon=LEXICON, counts=never, today=FRIDAY)
    for part in reading.parts if reading else ():
        assert text[part.start : part.end] == part.value
    if reading:
        assert understand(text, lexicon=LEXICON, counts=never, today=FRIDAY, cuts=reading.cuts) == reading


def test_an_amount_is_one_part_whether_the_archive_has_it_or_not() -> None:
    reading = understand("智谱 1000万 融资", lexicon=LEXICON, counts=never)
    assert reading is not None
    assert [part.value for part in reading.parts] == ["智谱", "1000万", "融资"]
