"""Training of the encoder, as far as it can be tried without PyTorch: what is wrong here costs hours."""

import struct

import numpy as np
import pytest

from indexer.extraction.encoder.layers import LAYERS, LISTED, USED, LayerReader
from indexer.extraction.encoder.reading import TextReader
from indexer.extraction.lexicon import NameUses, build_lexicon
from indexer.extraction.tokens import tokenise
from indexer.extraction.training.encoder.examples import LABELS, examples_of, number_values
from indexer.extraction.training.encoder.schedule import Schedule
from indexer.extraction.training.encoder.vocabulary import choose_pieces, tokeniser_of
from indexer.extraction.training.encoder.weights import EncoderWeights, NoWeights
from indexer.extraction.training.labelled import LabelledItem

PIECES = ["<s>", "<pad>", "</s>", "<unk>", "▁", "智谱", "发布", "publicación", "谱", "▁GLM"]


def weights_file() -> bytes:
    """A file of weights with one tensor of floats and one of 4-bit blocks."""
    text = [piece.encode() for piece in PIECES]
    offsets = np.cumsum([0, *map(len, text)]).astype("<u4")
    header = b"E5S1" + bytes(4) + struct.pack("<7if4x", 32, 12, 12, 64, len(PIECES), 8, 2, 1e-12)
    header += struct.pack("<5iQ", len(PIECES), 0, 2, 1, 3, int(offsets[-1])) + offsets.tobytes()
    header += np.arange(0, -len(PIECES), -1, dtype="<f4").tobytes() + b"".join(text) + struct.pack("<iI", 0, 0)
    floats = np.array([1.5, -2.0], "<f4").tobytes()
    block = struct.pack("<e", 0.5) + bytes(low | (15 - low) << 4 for low in range(16))
    tensors = [("norm", floats), ("word", block * 2)]
    at = len(header) + 4 + sum(2 + len(name) + 21 for name, _ in tensors)
    directory = struct.pack("<i", len(tensors))
    for name, data in tensors:
        directory += struct.pack("<H", len(name)) + name.encode() + struct.pack("<BIQQ", 0, 0, at, len(data))
        at += len(data)
    return header + directory + floats + block * 2


def test_weights_are_read_back_from_their_blocks() -> None:
    weights = EncoderWeights(weights_file())
    assert (weights.hidden, weights.layers, weights.words) == (32, 12, len(PIECES))
    assert weights.pieces == PIECES
    assert weights.scores[2] == -2
    assert weights.special == (0, 1, 2, 3)
    assert weights.floats("norm").tolist() == [1.5, -2.0]
    low = [(value - 8) / 2 for value in range(16)]
    assert weights.matrix("word", 2, 32).tolist() == [low + low[::-1]] * 2


def test_another_file_is_refused() -> None:
    with pytest.raises(NoWeights):
        EncoderWeights(b"GGUF" + bytes(100))


def test_pieces_are_kept_that_our_texts_use() -> None:
    weights = EncoderWeights(weights_file())
    kept = choose_pieces(weights, ["智谱发布 GLM", "智谱发布"])
    assert [weights.pieces[number] for number in kept] == [*PIECES[:5], "智谱", "发布", "谱", "▁GLM"]
    split = tokeniser_of(weights, kept).split("智谱")
    assert [weights.pieces[kept[piece.id]] for piece in split] == ["▁", "智谱"]


def test_an_item_is_no_evidence_for_its_own_names() -> None:
    """Else every name looks known in training, and the tagger believes lists instead of contexts."""
    item = LabelledItem(id="1", title="智谱发布", text=tokenise("智谱发布\n智谱"), names={"智谱": ["org"]})
    lexicon = build_lexicon({"智谱": NameUses(items=1, as_kind={"org": 1})}, {"智谱": "o"})
    layers = LayerReader(lexicon, {})
    alphabets = number_values([item, item], layers)
    weights = EncoderWeights(weights_file())
    reader = TextReader(tokeniser_of(weights, range(len(PIECES))), layers, alphabets.words, alphabets.layers)
    (trained,) = examples_of([item], reader, trained_on=True)
    (read,) = examples_of([item], reader, trained_on=False)
    used, listed = LAYERS.index(USED), LAYERS.index(LISTED)
    assert set(trained.text.layers[used]) == {alphabets.outside[used]}
    assert set(read.text.layers[used]) == {0, alphabets.outside[used]}
    assert trained.text.layers[listed] == read.text.layers[listed]
    assert [LABELS[label] for label in read.labels] == ["B-org", "I-org", *["O"] * 3, "B-org", "I-org"]


def test_the_learning_rate_rises_and_falls_to_nothing() -> None:
    schedule = Schedule(3, 100)
    shares = [schedule.rate_share(step) for step in range(schedule.total)]
    assert schedule.total == 300
    assert max(shares) == pytest.approx(1, abs=0.01)
    assert shares.index(max(shares)) < 30
    assert all(0 < share <= 0.06 for share in (shares[0], shares[299]))
