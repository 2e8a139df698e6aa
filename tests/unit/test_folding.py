"""Analysis of text: what readers find depends on it, and so does every highlight."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.folding import (
    BREAK,
    fold,
    fold_key,
    folded_text,
    folded_tokens,
    folded_words,
    index_tokens,
    query_tokens,
    tokenise,
)

MIXED = st.text(alphabet="智谱發发布GLMglm-５5 .,，。“”()（）+\nＧ①ﬁé年亿👍\u200b", max_size=40)


def contains(text: str, query: str) -> bool:
    """Whether the query's tokens stand in a row in the text's tokens."""
    tokens, wanted = index_tokens(text), list(query_tokens(query))
    return any(tokens[at : at + len(wanted)] == wanted for at in range(len(tokens) - len(wanted) + 1))


@pytest.mark.parametrize("writing", ["GLM-5", "glm5", "GLM 5", "ＧＬＭ－５", "Glm‑5"])
def test_one_model_name_in_all_its_writings(writing: str) -> None:
    assert query_tokens(writing) == ("glm5",)
    assert fold_key(writing) == "glm5"
    assert contains(f"智谱{writing}发布", "GLM-5")
    assert contains(f"智谱{writing}发布", "GLM")
    assert not contains(f"智谱{writing}发布", "5")


@pytest.mark.parametrize(
    ("text", "query", "found"),
    [
        ("安装简单的工具", "简单", True),
        ("待处理事项", "处理", True),
        ("融资10亿元", "10亿", True),
        ("融资110亿元", "10亿", False),
        ("GLM-5.2上线", "GLM-5", False),
        ("Qwen 3.5 Plus", "Qwen3.5-Plus", True),
        ("DeepSeekV3", "DeepSeek-V3", True),
        ("RTX 4090显卡", "RTX4090", True),
        ("OpenAI 2026年计划", "OpenAI", True),
        ("AI2026年度", "2026", True),
        ("用户增长 Meta 5 倍", "5", True),
        ("已投资，方案公布", "投资方", False),
        ("“人工智能+”行动", "人工智能+", True),
        ("人工智能行动", "人工智能+", False),
        ("m123-test通过", "m123-test", True),
        ("test of m123", "m123-test", False),
        ("簡體字與繁體字", "简体字与繁体字", True),
        ("简体字", "簡體字", True),
        ("米拉·穆拉蒂", "米拉·穆拉蒂", True),
        ("1,000万元", "1000万", True),
        ("café", "cafe", True),
    ],
)
def test_what_is_found_in_what(text: str, query: str, *, found: bool) -> None:
    assert contains(text, query) is found


def test_tokens_point_into_the_original_text() -> None:
    text = "ﬁne①㈱智譜ＧＬＭ－５™发布"
    places = {token.text: text[token.start : token.end] for token in tokenise(text)}
    assert places["fine"] == "ﬁne"
    assert places["智谱"] == "智譜"
    assert places["glm5"] == "ＧＬＭ－５"
    assert places["发布"] == "发布"


@given(MIXED)
def test_spans_lie_in_the_text_and_fold_to_their_token(text: str) -> None:
    for token in tokenise(text):
        assert 0 <= token.start < token.end <= len(text)
        if token.text != BREAK:
            assert (
                token.text.replace(",", "") in fold_key(text[token.start : token.end]).replace(",", "") or "+" in text
            )


@given(MIXED)
def test_a_text_is_found_by_itself_and_folding_settles(text: str) -> None:
    assert index_tokens(text) == [token.text for token in tokenise(text)]
    if query_tokens(text):
        assert contains(text, text)
    assert fold_key(fold_key(text)) == fold_key(text)


@given(st.text(max_size=60))
def test_folding_any_text_keeps_a_way_back(text: str) -> None:
    folded = fold(text)
    for at in range(len(folded.text)):
        start, end = folded.span(at, at + 1)
        assert 0 <= start < end <= len(text)


@given(st.text(alphabet="智谱大模型发布会融资轮", min_size=2, max_size=12), st.data())
def test_every_han_substring_is_found(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 2))
    end = data.draw(st.integers(start + 2, len(text)))
    assert contains(f"据悉{text}。", text[start:end])


@given(st.text(alphabet="智谱发布新a模型3.5 GLMv-_,。0年\u30fc·＋+"))
def test_words_for_counting_are_those_that_are_indexed(text: str) -> None:
    """Words of the best hits would be others than the ones that searches find."""
    folded = folded_text(text)
    indexed = Counter(token for token, _, _ in folded_tokens(folded) if len(token) > 1 and not token[0].isdigit())
    assert Counter(folded_words(folded)) == indexed
