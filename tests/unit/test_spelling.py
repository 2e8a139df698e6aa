"""Names are found as people type them: a slip or an input method must not stand between a reader and a name."""

import pytest

from indexer.folding import fold_key
from search_service.query.understanding import ArchiveName, understand
from search_service.spelling.corrections import corrections
from search_service.spelling.name_table import Name, NameTable
from search_service.spelling.sounds import Sound, writes
from search_service.views.names import EntityNames


def org(name: str, *writings: str, items: int = 1) -> list[Name]:
    return [
        Name(type="entity", text=name, written=text, items=items, entity_id=f"org:{name}", kind="org")
        for text in (name, *writings)
    ]


TABLE = NameTable(
    [
        *org("智谱", "Zhipu AI", items=50),
        *org("智源研究院", items=30),
        *org("上海智谱清言", items=5),
        *org("质朴教育", items=1),
        *org("月之暗面", "Moonshot", items=20),
        *org("字节跳动", items=40),
        *org("DeepSeek", "深度求索", items=60),
        *org("GLM-5", items=9),
        Name(type="section", text="智能体", written="智能体", items=90),
        Name(type="source", text="智东西", written="智东西", items=80),
    ]
)


def suggested(text: str) -> list[str]:
    return [name.text for name in TABLE.suggested(text, 10)]


@pytest.mark.parametrize(
    "typed", ["智", "智谱", "zhip", "zhipu", "zp", "智pu", "z谱", "zhi谱", "智p", "ZhiPu", "ｚｐ"]
)
def test_a_name_is_found_by_characters_sound_initials_and_any_mix(typed: str) -> None:
    assert "智谱" in suggested(typed)


@pytest.mark.parametrize("typed", ["谱智", "zpx", "质pu", "智qu", "pu智", "zhiq"])
def test_what_does_not_write_a_name_does_not_find_it(typed: str) -> None:
    assert "智谱" not in suggested(typed)


def test_what_begins_so_comes_before_what_contains_it_and_that_before_what_sounds_so() -> None:
    assert suggested("智谱") == ["智谱", "上海智谱清言"]
    assert suggested("zhi")[:2] == ["智谱", "智源研究院"]
    assert suggested("智")[-2:] == ["智能体", "智东西"]


def test_each_entity_is_suggested_once_by_its_best_writing() -> None:
    (found,) = TABLE.suggested("moon", 10)
    assert (found.text, found.written) == ("月之暗面", "Moonshot")
    assert suggested("zhipu").count("智谱") == 1


def test_nothing_typed_suggests_nothing() -> None:
    assert suggested("") == suggested(" ！") == []


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("质谱", "智谱"),
        ("智普", "智谱"),
        ("月之暗棉", "月之暗面"),
        ("宇节跳动", "字节跳动"),
        ("字杰跳动", "字节跳动"),
        ("deepsek", "DeepSeek"),
        ("DeepSeeck", "DeepSeek"),
        ("moonshoot", "月之暗面"),
        ("深度求素", "DeepSeek"),
    ],
)
def test_a_misspelt_name_is_known_for_what_was_meant(typed: str, meant: str) -> None:
    assert corrections(typed, TABLE)[0].text == meant


@pytest.mark.parametrize(
    "typed", ["智谱", "zhipu ai", "GLM-6", "glm5", "人工智能", "智商", "seek", "", "谱", "的" * 50]
)
def test_a_name_another_version_or_another_word_is_left_alone(typed: str) -> None:
    assert corrections(typed, TABLE) == ()


def test_a_polyphone_sounds_as_in_its_word() -> None:
    assert Sound.from_key(fold_key("中国银行")).full == "zhongguoyinhang"
    assert Sound.from_key(fold_key("长城汽车")).initials == "ccqc"


def test_letters_stand_for_whole_syllables_or_their_first() -> None:
    name = Sound.from_key("智谱清言")
    assert all(writes(typed, name) for typed in ("zhipuqy", "zpqing", "智谱qy", "zpq", "zpqin"))
    assert not any(writes(typed, name) for typed in ("zhpu", "zpqyo", "清言"))


def test_names_in_a_text_are_found_at_each_place_the_longest_first() -> None:
    table = NameTable(
        [*org("云雀", items=9), *org("云雀科技"), *org("飞鸟", items=9), *org("海图出行"), *org("ABC", items=9)]
    )
    assert [(s, e, n.text) for s, e, n in table.longest_in("云雀科技和海图出行abc飞鸟")] == [(0, 4, "云雀科技")]


def test_a_name_that_only_the_archive_knows_is_one_part_of_a_query_and_stays_one_on_the_next_page() -> None:
    names = EntityNames()
    known = [ArchiveName(start=4, end=8, entity_id="org:云雀科技")]
    reading = understand("谁投资了云雀科技", lexicon=names.lexicon, counts=lambda _t: (), names_in=lambda _t: known)
    assert reading is not None
    assert [(p.kind, p.value, p.entity_id) for p in reading.parts if p.kind == "entity"] == [
        ("entity", "云雀科技", "org:云雀科技")
    ]
    again = understand(
        "谁投资了云雀科技", lexicon=names.lexicon, counts=lambda _t: (), names_in=lambda _t: known, cuts=reading.cuts
    )
    assert again is not None
    assert again.tree == reading.tree
    learned_later = understand(
        "谁投资了云雀科技", lexicon=names.lexicon, counts=lambda t: [1] * len(t), names_in=lambda _t: known, cuts=()
    )
    assert learned_later is not None
    assert all(part.entity_id is None for part in learned_later.parts)
