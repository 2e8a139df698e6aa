"""The encoder's tagger without its trained network: what is true whatever the weights are."""

import json
from itertools import pairwise, product
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.extraction.encoder.decoding import Scores, best_labels, label_probabilities
from indexer.extraction.encoder.layers import LAYERS, LayerReader
from indexer.extraction.encoder.pieces import PieceTokeniser, pieces_from_lines, pieces_to_lines
from indexer.extraction.encoder.reading import LONGEST, EncodedText, TextReader
from indexer.extraction.encoder.tagger import EncoderTagger, LabelField, MissingModel, check_model
from indexer.extraction.encoder.windows import windows
from indexer.extraction.lexicon import build_lexicon
from indexer.extraction.tokens import tokenise

PIECES = ["<s>", "<pad>", "</s>", "<unk>", "▁", "智", "谱", "智谱", "发布", "▁G", "LM", "GLM", "5", "-"]
SCORES = [0.0, 0.0, 0.0, 0.0, -3.0, -9.0, -9.0, -8.0, -7.0, -9.0, -9.0, -10.0, -6.0, -5.0]
TOKENISER = PieceTokeniser(PIECES, SCORES)
HOSTILE = st.text(alphabet="智谱发布GLM-5 　．Ａ①\r\n\t👍🏽\u200b\u2028é\x00", max_size=60)
LABELS = ("O", "B-org", "I-org", "B-model", "I-model")
FORBIDDEN = -1e4


def field() -> LabelField:
    follows = [[FORBIDDEN if b.startswith("I-") and a[2:] != b[2:] else 0.0 for b in LABELS] for a in LABELS]
    begins = [FORBIDDEN if label.startswith("I-") else 0.0 for label in LABELS]
    return LabelField.from_record({"labels": LABELS, "begins": begins, "follows": follows})


class MarksWords:
    """Scores the labels of a text by what its words are, as a network would."""

    def __init__(self, label_of_word: dict[int, str]) -> None:
        self._label_of_word = label_of_word

    def emissions(self, text: EncodedText) -> Scores:
        wanted = [LABELS.index(self._label_of_word.get(word, "O")) for word in text.words]
        return np.eye(len(LABELS), dtype=np.float32)[wanted] * 9


def reader(words: dict[str, int]) -> TextReader:
    alphabet = {"O": 1}
    return TextReader(TOKENISER, LayerReader(build_lexicon({}, {}), {}), words, [alphabet] * len(LAYERS))


def test_the_most_probable_pieces_are_taken() -> None:
    text = "智谱 GLM-5"
    pieces = TOKENISER.split(text)
    assert [(PIECES[piece.id], text[piece.start : piece.end]) for piece in pieces] == [
        ("▁", ""),
        ("智谱", "智谱"),
        ("▁", " "),
        ("GLM", "GLM"),
        ("-", "-"),
        ("5", "5"),
    ]


@given(HOSTILE)
def test_pieces_stand_in_order_within_their_text(text: str) -> None:
    """Else a name would be read off the wrong characters."""
    pieces = TOKENISER.split(text)
    assert all(0 <= piece.start <= piece.end <= len(text) for piece in pieces)
    assert all(left.start <= right.start and left.end <= right.end for left, right in pairwise(pieces))
    covered = {at for piece in pieces for at in range(piece.start, piece.end)}
    assert all(at in covered for at, character in enumerate(text) if character in "智谱发布GLM-5")


def test_pieces_are_read_as_written() -> None:
    odd = [*PIECES, "\u2028", "#"]
    scores = [*SCORES, -1.25, -12.123456]
    lines = "".join(pieces_to_lines(odd, scores)).removesuffix("\n").split("\n")
    assert pieces_from_lines(lines) == (odd, scores)


@given(st.integers(0, 2**32 - 1), st.integers(1, 5))
def test_labels_and_probabilities_are_those_of_all_paths(seed: int, tokens: int) -> None:
    chance = np.random.default_rng(seed)
    emissions, begins = chance.normal(size=(tokens, 3)), chance.normal(size=3)
    follows = chance.normal(size=(3, 3))
    weights = {}
    for path in product(range(3), repeat=tokens):
        score = begins[path[0]] + sum(emissions[at, label] for at, label in enumerate(path))
        weights[path] = np.exp(score + sum(follows[a, b] for a, b in pairwise(path)))
    total = sum(weights.values())
    assert tuple(best_labels(emissions, begins, follows)) == max(weights, key=lambda path: weights[path])
    found = label_probabilities(emissions, begins, follows)
    for at, label in product(range(tokens), range(3)):
        true = sum(weight for path, weight in weights.items() if path[at] == label) / total
        assert found[at, label] == pytest.approx(true, rel=1e-3, abs=1e-5)


def test_no_tokens_no_labels() -> None:
    assert best_labels(np.zeros((0, 3), np.float32), np.zeros(3, np.float32), np.zeros((3, 3), np.float32)) == []


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 1700), st.integers(1, 60))
def test_every_token_of_a_long_text_is_read_once(tokens: int, longest: int) -> None:
    """Else names of a long article would be missing, or shifted behind the first windows."""
    sizes = [1 + at * at % longest for at in range(tokens)]
    ends = np.cumsum(sizes).tolist()
    text = EncodedText(
        pieces=[0, *range(10, 10 + ends[-1]), 2],
        first=[end - size + 1 for end, size in zip(ends, sizes, strict=True)],
        last=ends,
        words=list(range(tokens)),
        layers=[list(range(tokens))] * 2,
    )
    seen = []
    for window in windows(text):
        part = window.text
        assert len(part.pieces) <= LONGEST + 2
        assert all(1 <= a <= b <= len(part.pieces) - 2 for a, b in zip(part.first, part.last, strict=True))
        own = part.words[window.own]
        assert [part.pieces[at] for at in part.first[window.own]] == [text.pieces[text.first[word]] for word in own]
        assert part.layers[1][window.own] == own
        seen += own
    assert seen == list(range(tokens))


def test_names_are_read_from_labels() -> None:
    tagger = EncoderTagger(
        reader({"智": 1, "谱": 2, "glm": 3, "-": 5, "5": 4}),
        MarksWords({1: "B-org", 2: "I-org", 3: "B-model", 5: "I-model", 4: "I-model"}),
        field(),
    )
    title, body = "智谱发布", "新的GLM-5，智谱"
    found = [(span.field, span.start, span.end, span.kind) for span in tagger.tag(title, body)]
    assert found == [("title", 0, 2, "org"), ("body", 2, 7, "model"), ("body", 8, 10, "org")]
    assert all(0.9 < span.confidence <= 1 for span in tagger.tag(title, body))


@settings(max_examples=60, deadline=None)
@given(HOSTILE, HOSTILE)
def test_any_text_gives_spans_within_its_fields(title: str, body: str) -> None:
    tagger = EncoderTagger(reader({"智": 1, "谱": 2}), MarksWords({0: "I-org", 1: "B-org", 2: "I-model"}), field())
    texts = {"title": title, "body": body}
    for span in tagger.tag(title, body):
        assert 0 <= span.start < span.end <= len(texts[span.field])


@given(HOSTILE, HOSTILE)
def test_every_token_has_its_numbers(title: str, body: str) -> None:
    tokens = tokenise(f"{title}\n{body}")
    read = reader({}).read(tokens, len(title))
    count = len(tokens.starts)
    assert {len(read.first), len(read.last), len(read.words), *map(len, read.layers)} == {count}
    assert all(0 < place <= len(read.pieces) - 2 for place in (*read.first, *read.last))


def test_a_program_without_the_model_says_so(tmp_path: Path) -> None:
    (tmp_path / "tagger.json").write_text(json.dumps({}))
    with pytest.raises(MissingModel, match=r"tagger.onnx is missing"):
        check_model(tmp_path)
