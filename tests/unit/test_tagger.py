"""The shipped tagger: names in a text that was never seen in training."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.extraction.features import FeatureExtractor, quote_states, repetitions, shape
from indexer.extraction.lexicon import build_lexicon
from indexer.extraction.tagger import load_tagger, runs
from indexer.extraction.tokens import half_width, stands_free, tokenise

HOSTILE = st.text(alphabet="智谱发布GLM-5.２Ａ《》“”\n\r\t 👍🏽\u200bé①\ud7ff\x00/,，。", max_size=60)


def tag(title: str, body: str) -> set[tuple[str, str, str]]:
    texts = {"title": title, "body": body}
    return {
        (span.field, texts[span.field][span.start : span.end], span.kind) for span in load_tagger().tag(title, body)
    }


def test_a_plain_item_gives_its_names() -> None:
    found = tag("智谱发布GLM-5", "北京时间周一，智谱CEO张鹏表示，GLM-5已经开源。OpenAI尚未回应。")
    assert {("title", "智谱", "org"), ("title", "GLM-5", "model"), ("body", "OpenAI", "org")} <= found
    assert ("body", "张鹏", "person") in found


def test_confidence_is_a_probability() -> None:
    assert all(0 < span.confidence <= 1 for span in load_tagger().tag("OpenAI与微软续约", "双方没有公布细节。"))


@pytest.mark.parametrize(("title", "body"), [("", ""), ("", "OpenAI"), ("OpenAI", ""), ("\n", "\n\n")])
def test_empty_fields_do_no_harm(title: str, body: str) -> None:
    assert len(load_tagger().tag(title, body)) <= 1


@settings(max_examples=60, deadline=None)
@given(HOSTILE, HOSTILE)
def test_any_text_gives_spans_within_its_fields(title: str, body: str) -> None:
    texts = {"title": title, "body": body}
    for span in load_tagger().tag(title, body):
        assert 0 <= span.start < span.end <= len(texts[span.field])


@given(HOSTILE)
def test_tokens_cover_the_text(text: str) -> None:
    tokens = tokenise(text)
    assert "".join(tokens.words) == half_width(text)
    assert len(half_width(text)) == len(text)


@given(HOSTILE, HOSTILE)
def test_every_token_has_the_same_number_of_features(title: str, body: str) -> None:
    tokens = tokenise(f"{title}\n{body}")
    rows = FeatureExtractor(build_lexicon({}, {"智谱": "o"}), {}).rows(tokens, len(title))
    assert len(rows) == len(tokens.starts)
    assert len({len(row) for row in rows}) == 1


@pytest.mark.parametrize(
    ("text", "name", "free"),
    [
        ("GPT-5发布", "GPT-5", True),
        ("GPT-5.2发布", "GPT-5", False),
        ("用了R100", "R1", False),
        ("用OpenAI的", "AI", False),
        ("智谱AI", "AI", True),
        ("GPT-5.", "GPT-5", True),
    ],
)
def test_a_name_inside_a_longer_one_is_not_seen(text: str, name: str, free: bool) -> None:
    start = text.index(name)
    assert stands_free(text, start, start + len(name)) is free


def test_runs_of_labels() -> None:
    assert list(runs(["B-org", "I-org", "B-org", "O", "I-model", "I-org"])) == [(0, 1), (2, 2), (4, 4), (5, 5)]


def test_what_the_tagger_sees_of_a_text() -> None:
    assert [shape(word) for word in ("智", "GLM", "Seed", "iPhone", "pro", "A", "2026", " ", "，")] == [
        "H", "U", "T", "M", "l", "u", "d4", "_", "，",
    ]  # fmt: skip
    assert quote_states("《法》“名”外", range(7)) == ["T", "t", ")", "Q", "q", ")", "O"]
    assert repetitions(["智", "谱", "，", "智", "谱"], 2) == ["t", "1", "1", "t", "1"]
