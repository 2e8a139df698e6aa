"""Defects that users of Chinese search engines report, one test each: what is there is found, and nothing else."""

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest

from search_service.engines import Engine
from search_service.views.names import EntityNames
from search_service.views.search import SearchParameters, search

NAMES = EntityNames()
TODAY = date(2026, 2, 20)
GLM_5 = {"青云用GLM-5写诗", "ＧＬＭ－５上架", "GLM 5 评测", "glm5价格"}
OTHER_GLM = {"GLM-5.2预告", "GLM发布会"}
TITLES = (
    "这款工具安装简单易用",
    "待处理事项清单",
    *sorted(GLM_5 | OTHER_GLM),
    "第5名公布",
    "m123-test通过",
    "test与m123分开",
    "Zeta-9机器狗亮相",
    "云帆手机17e开卖",
    "簡體與繁體並存",
    "简体同样好读",
    "筹得1,000万元",
    "筹得21000万元",
    "已投资，方案公布",
    "松涛投资方案",
    "智谱的名字",
    "Zhipu 的名字",
    "质谱仪上市",
    "什么都有的展会",
    "ｃａｆé开张",
    "谢谢",
)


@pytest.fixture(scope="module")
def engine(engine_factory: Callable[[], Any], news: Any) -> Iterator[Engine]:
    place = engine_factory()
    place.store(news.digest("a.md", *(news.item(title) for title in TITLES)))
    with place.open() as opened:
        yield opened


def ask(engine: Engine, text: str, mode: str | None = None) -> dict[str, Any]:
    parameters = SearchParameters(q=text, mode=mode, limit=100, facets=(), today=TODAY)
    return search(engine, parameters, names=NAMES)


def found(engine: Engine, text: str, mode: str | None = None) -> set[str]:
    """Titles of what all of the query finds."""
    answer = ask(engine, text, mode)
    return {item["title"] for item in answer["items"][: answer["total"]]}


MODES = pytest.mark.parametrize("mode", [None, "literal"], ids=["understood", "literal"])


@MODES
@pytest.mark.parametrize(
    ("text", "title"),
    [("简单", "这款工具安装简单易用"), ("处理", "待处理事项清单"), ("具安", "这款工具安装简单易用")],
)
def test_part_of_a_word_is_found(engine: Engine, text: str, title: str, mode: str | None) -> None:
    assert found(engine, text, mode) == {title}


@pytest.mark.parametrize(
    ("text", "titles"),
    [
        ("投资 -方案", set()),
        ("方案 -松涛", {"已投资，方案公布"}),
        ("GLM -5", OTHER_GLM | GLM_5),
        ("GLM -GLM-5", OTHER_GLM),
        ("NOT 简单 处理", {"待处理事项清单"}),
    ],
)
def test_not_takes_away_what_holds_the_word_and_nothing_else(engine: Engine, text: str, titles: set[str]) -> None:
    assert found(engine, text) == found(engine, text, "literal") == titles


@MODES
def test_a_phrase_of_han_characters_does_not_run_across_punctuation(engine: Engine, mode: str | None) -> None:
    assert found(engine, '"投资方案"', mode) == {"松涛投资方案"}
    assert found(engine, "“投资，方案”", mode) == {"已投资，方案公布"}


@MODES
@pytest.mark.parametrize("writing", ["GLM-5", "glm5", "GLM 5", "ＧＬＭ－５", "Glm‑5"])
def test_one_name_in_all_its_writings(engine: Engine, writing: str, mode: str | None) -> None:
    assert found(engine, writing, mode) == GLM_5


@MODES
def test_a_name_finds_its_versions_and_a_number_alone_does_not(engine: Engine, mode: str | None) -> None:
    assert found(engine, "GLM", mode) == GLM_5 | OTHER_GLM
    assert found(engine, "5", mode) == {"第5名公布"}


@MODES
def test_a_version_is_another_version_than_its_beginning(engine: Engine, mode: str | None) -> None:
    assert found(engine, "GLM-5.2", mode) == {"GLM-5.2预告"}
    assert found(engine, "GLM-5.29", mode) == set()


@MODES
@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("m123-test", "m123-test通过"),
        ("m123-test通过", "m123-test通过"),
        ("Zeta-9", "Zeta-9机器狗亮相"),
        ("Zeta-9机器狗", "Zeta-9机器狗亮相"),
        ("zeta9机器狗亮相", "Zeta-9机器狗亮相"),
        ("手机17e", "云帆手机17e开卖"),
        ("1,000万元", "筹得1,000万元"),
        ("1000万", "筹得1,000万元"),
    ],
)
def test_words_with_numbers_do_not_fall_apart(engine: Engine, text: str, title: str, mode: str | None) -> None:
    assert found(engine, text, mode) == {title}


@MODES
def test_full_width_and_accents_do_not_matter(engine: Engine, mode: str | None) -> None:
    for text in ("cafe", "CAFÉ", "ｃａｆｅ", "Cafe开张"):
        assert found(engine, text, mode) == {"ｃａｆé开张"}


@MODES
def test_simplified_and_traditional_characters_find_each_other(engine: Engine, mode: str | None) -> None:
    for text in ("简体", "簡體", "简體"):
        assert found(engine, text, mode) == {"簡體與繁體並存", "简体同样好读"}


@MODES
@pytest.mark.parametrize(
    ("text", "marked"),
    [
        ("glm5", {"GLM-5", "ＧＬＭ－５", "GLM 5", "glm5"}),
        ("简体", {"簡體", "简体"}),
        ("谢", {"谢谢"}),
        ("1000万", None),
    ],
)
def test_highlights_are_what_was_found_as_it_is_written(
    engine: Engine, text: str, marked: set[str] | None, mode: str | None
) -> None:
    told = set()
    for item in ask(engine, text, mode)["items"]:
        told |= {item["title"][start:end] for start, end in item["highlights"]["title"]}
    assert told == (marked or {"1,000万"})


@MODES
def test_pinyin_finds_no_words_and_no_names_by_itself(engine: Engine, mode: str | None) -> None:
    assert found(engine, "shenme", mode) == set()
    assert found(engine, "zhipuyi", mode) == set()


def test_a_name_in_latin_letters_ranks_its_own_writing_first(engine: Engine) -> None:
    titles = [item["title"] for item in ask(engine, "zhipu")["items"]]
    assert titles == ["Zhipu 的名字", "智谱的名字"]
    assert found(engine, "zhipu", "literal") == {"Zhipu 的名字"}


@MODES
def test_han_characters_that_look_or_sound_alike_are_others(engine: Engine, mode: str | None) -> None:
    assert found(engine, "质谱", mode) == {"质谱仪上市"}
    assert found(engine, "智普", mode) == set()
    assert "质谱仪上市" not in found(engine, "智谱", mode)


@MODES
@pytest.mark.parametrize("text", ["找不到的词", "GLM-6", "m123-tes", "简单处理"])
def test_what_is_not_there_is_not_found(engine: Engine, text: str, mode: str | None) -> None:
    assert found(engine, text, mode) == set()
