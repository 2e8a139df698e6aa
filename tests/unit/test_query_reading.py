"""Reading queries: what was typed, what it means, and what readers are told when it means nothing."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.folding import tokenise
from search_service.query.highlighting import highlight
from search_service.query.reading import read_query
from search_service.query.tree import AllOf, AnyOf, Days, Everything, HanCharacter, Keyword, Node, Not, Prefix, Tokens
from search_service.views.query_records import text_without


def tokens(*words: str) -> Tokens:
    return Tokens(field="any", tokens=words)


@pytest.mark.parametrize(
    ("query", "tree"),
    [
        ("", Everything()),
        ("智谱", tokens("智谱")),
        ("智谱 融资", AllOf(children=(tokens("智谱"), tokens("融资")))),
        ("智谱，融资", AllOf(children=(tokens("智谱"), tokens("融资")))),
        ("GLM 5", tokens("glm5")),
        ("OpenAI 2026", AllOf(children=(tokens("openai"), tokens("2026")))),
        ("星", HanCharacter(field="any", character="星")),
        ('"智谱 GLM-5"', tokens("智谱", "谱", "glm", "glm5")),
        ("“人工智能+”", tokens("人工", "工智", "智能", "能", "+")),
        ("GLM*", Prefix(field="any", tokens=(), prefix="glm")),
        ("DeepSeek-V*", Prefix(field="any", tokens=("deepseek",), prefix="v")),
        ("机器*", tokens("机器")),
        ("-融资", Not(child=tokens("融资"))),
        ("NOT 融资", Not(child=tokens("融资"))),
        ("甲甲 OR 乙乙 丙丙", AnyOf(children=(tokens("甲甲"), AllOf(children=(tokens("乙乙"), tokens("丙丙")))))),
        ("(甲甲 OR 乙乙) 丙丙", AllOf(children=(AnyOf(children=(tokens("甲甲"), tokens("乙乙"))), tokens("丙丙")))),
        ("标题:智谱", Tokens(field="title", tokens=("智谱",))),
        ("section:“政策 监管”", Keyword(field="section", value="政策 监管")),
        ("category:融资", Keyword(field="category", value="funding")),
        ("since:2026-02", Days(since=date(2026, 2, 1), until=None)),
        ("until:2026-02", Days(since=None, until=date(2026, 2, 28))),
        ("until:2024", Days(since=None, until=date(2024, 12, 31))),
    ],
)
def test_what_a_query_means(query: str, tree: Node) -> None:
    reading = read_query(query)
    assert reading.tree == tree
    assert reading.problems == ()


@pytest.mark.parametrize(
    ("query", "nearest", "position"),
    [
        ("智谱)", tokens("智谱"), 2),
        ("(智谱", tokens("智谱"), 0),
        ('"智谱', tokens("智谱"), 0),
        ("智谱 OR", tokens("智谱"), 3),
        ("！！", Everything(), 0),
        ("()", Everything(), 0),
        ("*智谱*", tokens("智谱"), 0),
        ("颜色:红", AllOf(children=(tokens("颜色"), HanCharacter(field="any", character="红"))), None),
        ("colour:red", AllOf(children=(tokens("colour"), tokens("red"))), 0),
        ("智谱 since:昨天", tokens("智谱"), 3),
        ("category:八卦", tokens("八卦"), 0),
        ("entity:无名", tokens("无名"), 0),
        ("since:2026-03 until:2026-02-01", Days(since=date(2026, 2, 1), until=date(2026, 3, 1)), 0),
    ],
)
def test_a_wrong_query_gets_its_nearest_reading_and_a_place(query: str, nearest: Node, position: int | None) -> None:
    reading = read_query(query)
    assert reading.tree == nearest
    assert [problem.position for problem in reading.problems[:1]] == ([] if position is None else [position])


def test_an_entity_field_names_all_entities_of_that_name() -> None:
    reading = read_query("entity:深度求索", find_entities=lambda name: (f"org:{name}", f"model:{name}"))
    assert reading.tree == AnyOf(
        children=(Keyword(field="entity", value="org:深度求索"), Keyword(field="entity", value="model:深度求索"))
    )
    assert reading.parts[0].entity_id == "org:深度求索"


def test_a_reading_says_how_it_was_read() -> None:
    reading = read_query("智谱 -融资 (GLM-5 OR GLM*)")
    assert reading.read_as == "“智谱” 且 不含 “融资” 且 （“GLM-5” 或 以“GLM”开头的词）"
    assert [(part.value, part.negated) for part in reading.parts][:2] == [("智谱", False), ("融资", True)]


@pytest.mark.parametrize(
    ("query", "left"),
    [
        ("智谱 -融资", ["-融资", "智谱"]),
        ("智谱 OR 融资", ["融资", "智谱"]),
        ("(智谱) NOT 融资", ["NOT 融资", "(智谱)"]),
        ("x -(智谱)", ["-(智谱)", "x"]),
        ("智谱", [""]),
    ],
)
def test_a_part_taken_away_takes_its_signs_along(query: str, left: list[str]) -> None:
    assert [text_without(query, part) for part in read_query(query).parts] == left


@given(st.text(alphabet='智谱a5 "“”()（）-－*:：ORNOTANDsince2026', max_size=60))
def test_nothing_typed_raises_and_positions_lie_in_the_text(query: str) -> None:
    reading = read_query(query)
    assert all(0 <= problem.position <= len(query) for problem in reading.problems)
    assert all(0 <= part.start <= part.end <= len(query) for part in reading.parts)


@pytest.mark.parametrize("query", ["(" * 2000, "-" * 2000, "甲乙 " * 650, '"' * 1999, "((a OR " * 280, "NOT " * 500])
def test_the_longest_queries_are_read(query: str) -> None:
    assert read_query(query).text == query


@pytest.mark.parametrize(
    ("query", "marked"),
    [
        ("智谱", ["智譜", "智谱"]),
        ("glm5", ["ＧＬＭ－５", "GLM 5"]),
        ("GLM*", ["ＧＬＭ－５", "GLM-5.2", "GLM 5"]),
        ("10亿", ["10亿"]),
        ("融", ["融", "融"]),
        ('"智谱融资"', ["智谱融资"]),
        ("开源 -智谱", ["开源"]),
        ("title:智谱", []),
    ],
)
def test_highlights_are_the_matched_text_as_written(query: str, marked: list[str]) -> None:
    text = "智譜发布ＧＬＭ－５，GLM-5.2与GLM 5均开源，获10亿元融资；智谱融资"
    spans = highlight(text, read_query(query).leaves, "body")
    assert [text[start:end] for start, end in spans] == marked


@given(
    st.lists(
        st.sampled_from(["智谱", "GLM-5", "融资", "1,000", "，", "。", " ", "（", "10亿元", "\n", "glm5"]),
        max_size=14,
    )
)
def test_highlights_are_where_the_tokens_of_the_whole_text_match(pieces: list[str]) -> None:
    text = "".join(pieces)
    tokens_of_text = tokenise(text)
    for query in ("智谱", "glm5", "1000", "10亿", '"融资，智谱"', "GLM*"):
        leaves = read_query(query).leaves
        (leaf,) = leaves
        matched = bool(highlight(text, leaves, "body"))
        wanted = (*leaf.tokens, leaf.prefix) if isinstance(leaf, Prefix) else leaf.tokens
        runs = ([t.text for t in tokens_of_text[at : at + len(wanted)]] for at in range(len(tokens_of_text)))
        if isinstance(leaf, Prefix):
            assert matched == any(run and run[-1].startswith(leaf.prefix) for run in runs)
        else:
            assert matched == any(tuple(run) == wanted for run in runs)
