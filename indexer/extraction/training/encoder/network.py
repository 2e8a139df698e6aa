"""The network in PyTorch: the text encoder, hints beside it, a BiLSTM, and a conditional random field.

Pieces go through the encoder; a token reads the mean of the vectors of its first and its last piece, so pieces that
straddle a name's edge do no harm (a token is a character or a Latin word). Architecture of the encoder: BERT
(Devlin et al., 2019); of the top: BiLSTM-CRF (Huang et al., 2015).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from indexer.extraction.training.encoder.weights import EncoderWeights

LAYER_WIDTHS = (16, 16, 12, 12, 6, 6, 8, 4, 4)
"""Width of the vectors of each of ``layers.LAYERS``."""

WORD_WIDTH = 48
STATE_WIDTH = 160
HIDDEN_DROPOUT = 0.1
TOP_DROPOUT = 0.2
IMPOSSIBLE = -1e4


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    """What decides the shapes of the network's tensors."""

    pieces: int
    words: int
    layers: tuple[int, ...]
    depth: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Texts side by side, shorter ones filled up. ``keep`` is 1 at pieces and ``real`` 1 at tokens, else 0."""

    pieces: Tensor
    keep: Tensor
    first: Tensor
    last: Tensor
    words: Tensor
    layers: Tensor
    real: Tensor
    labels: Tensor


class EncoderLayer(nn.Module):
    """Self-attention and a feed-forward step, each with its residual and normalisation."""

    def __init__(self, hidden: int, heads: int, inner: int, epsilon: float) -> None:
        super().__init__()
        self.heads = heads
        self.query, self.key, self.value = (nn.Linear(hidden, hidden) for _ in range(3))
        self.joined = nn.Linear(hidden, hidden)
        self.attention_norm = nn.LayerNorm(hidden, epsilon)
        self.widen, self.narrow = nn.Linear(hidden, inner), nn.Linear(inner, hidden)
        self.output_norm = nn.LayerNorm(hidden, epsilon)
        self.dropout = nn.Dropout(HIDDEN_DROPOUT)

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        """``x`` is texts by pieces by width; ``mask`` is added to the scores of attention."""
        scores = torch.matmul(self._split(self.query(x)), self._split(self.key(x)).transpose(-1, -2))
        share = torch.softmax(scores * (x.shape[-1] // self.heads) ** -0.5 + mask, -1).to(x.dtype)
        read = torch.matmul(share, self._split(self.value(x))).transpose(1, 2).reshape(x.shape)
        x = self.attention_norm(x + self.dropout(self.joined(read)))
        return self.output_norm(x + self.dropout(self.narrow(functional.gelu(self.widen(x)))))

    def _split(self, x: Tensor) -> Tensor:
        return x.reshape(x.shape[0], x.shape[1], self.heads, -1).transpose(1, 2)


class Encoder(nn.Module):
    """multilingual-e5-small, or the first layers of it, over a selection of its pieces."""

    def __init__(self, weights: EncoderWeights, pieces: int, depth: int) -> None:
        super().__init__()
        self.word = nn.Embedding(pieces, weights.hidden)
        self.position = nn.Embedding(weights.positions, weights.hidden)
        self.norm = nn.LayerNorm(weights.hidden, weights.epsilon)
        self.dropout = nn.Dropout(HIDDEN_DROPOUT)
        self.layers = nn.ModuleList(
            EncoderLayer(weights.hidden, weights.heads, weights.inner, weights.epsilon) for _ in range(depth)
        )

    def forward(self, pieces: Tensor, keep: Tensor) -> Tensor:
        """A vector for each piece."""
        places = torch.arange(pieces.shape[1], device=pieces.device)
        x = self.dropout(self.norm(self.word(pieces) + self.position(places)[None]))
        mask = ((1.0 - keep) * IMPOSSIBLE)[:, None, None, :]
        for layer in self.layers:
            x = layer(x, mask)
        return x

    def load(self, weights: EncoderWeights, kept: Sequence[int]) -> None:
        """Takes over the published weights; ``kept`` are the numbers of the pieces there."""
        hidden = weights.hidden
        with torch.no_grad():
            words = weights.matrix("emb.word", weights.words, hidden)[np.asarray(kept)]
            self.word.weight.copy_(torch.from_numpy(words))
            places = weights.floats("emb.pos").reshape(-1, hidden)[: weights.positions]
            self.position.weight.copy_(torch.from_numpy(places + weights.floats("emb.type")[:hidden]))
            _load_norm(self.norm, weights, "emb.ln")
            for number, layer in enumerate(self.layers):
                for name, short in _LINEAR.items():
                    _load_linear(getattr(layer, name), weights, f"l{number}.{short}")
                _load_norm(layer.attention_norm, weights, f"l{number}.aln")
                _load_norm(layer.output_norm, weights, f"l{number}.oln")


_LINEAR = {"query": "q", "key": "k", "value": "v", "joined": "ao", "widen": "fi", "narrow": "fo"}


def _load_linear(linear: nn.Linear, weights: EncoderWeights, name: str) -> None:
    rows, columns = linear.weight.shape
    linear.weight.copy_(torch.from_numpy(weights.matrix(f"{name}.w", rows, columns)))
    linear.bias.copy_(torch.from_numpy(weights.floats(f"{name}.b")))


def _load_norm(norm: nn.LayerNorm, weights: EncoderWeights, name: str) -> None:
    norm.weight.copy_(torch.from_numpy(weights.floats(f"{name}.w")))
    norm.bias.copy_(torch.from_numpy(weights.floats(f"{name}.b")))


class RandomField(nn.Module):
    """Scores of label sequences; sequences that BIO forbids cannot win."""

    def __init__(self, labels: Sequence[str]) -> None:
        super().__init__()
        count = len(labels)
        self.begins = nn.Parameter(torch.zeros(count))
        self.follows = nn.Parameter(torch.zeros(count, count))
        allowed = [[not b.startswith("I-") or a[1:] == b[1:] for b in labels] for a in labels]
        first = [not label.startswith("I-") for label in labels]
        self.register_buffer("forbidden", torch.where(torch.tensor(allowed), 0.0, IMPOSSIBLE))
        self.register_buffer("no_begin", torch.where(torch.tensor(first), 0.0, IMPOSSIBLE))

    def scores(self) -> tuple[Tensor, Tensor]:
        """Of each first label, and of each label (column) behind another (row)."""
        return self.begins + self.no_begin, self.follows + self.forbidden

    def loss(self, emissions: Tensor, labels: Tensor, real: Tensor) -> Tensor:
        """Mean over the tokens of the negative log probability of the true labels."""
        begins, follows = self.scores()
        true = begins[labels[:, 0]] + (emissions.gather(2, labels[:, :, None])[:, :, 0] * real).sum(1)
        true = true + (follows[labels[:, :-1], labels[:, 1:]] * real[:, 1:]).sum(1)
        reached = begins + emissions[:, 0]
        for at in range(1, emissions.shape[1]):
            further = torch.logsumexp(reached[:, :, None] + follows[None], 1) + emissions[:, at]
            reached = torch.where(real[:, at, None] > 0, further, reached)
        return (torch.logsumexp(reached, 1) - true).sum() / real.sum()


class TaggerNetwork(nn.Module):
    """All of it; ``forward`` gives a score for each token and label."""

    def __init__(self, weights: EncoderWeights, sizes: Sizes, labels: Sequence[str]) -> None:
        super().__init__()
        self.encoder = Encoder(weights, sizes.pieces, sizes.depth)
        self.words = nn.Embedding(sizes.words, WORD_WIDTH)
        self.layers = nn.ModuleList(
            nn.Embedding(size, width) for size, width in zip(sizes.layers, LAYER_WIDTHS, strict=True)
        )
        width = weights.hidden + WORD_WIDTH + sum(LAYER_WIDTHS)
        self.dropout = nn.Dropout(TOP_DROPOUT)
        self.reader = nn.LSTM(width, STATE_WIDTH, batch_first=True, bidirectional=True)
        self.output = nn.Linear(2 * STATE_WIDTH, len(labels))
        self.field = RandomField(labels)

    def forward(  # noqa: PLR0917 -- the export passes inputs by position
        self, pieces: Tensor, keep: Tensor, first: Tensor, last: Tensor, words: Tensor, layers: Tensor
    ) -> Tensor:
        """``layers`` is kinds of hints by texts by tokens."""
        return self._label_scores(self.encoder(pieces, keep), first, last, words, layers)

    def emissions(self, batch: Batch, *, half: bool) -> Tensor:
        """The scores for a batch; ``half``: the encoder's matrix products in bfloat16."""
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=half):
            x = self.encoder(batch.pieces, batch.keep)
        return self._label_scores(x.float(), batch.first, batch.last, batch.words, batch.layers)

    def _label_scores(self, x: Tensor, first: Tensor, last: Tensor, words: Tensor, layers: Tensor) -> Tensor:
        hints = [vectors(layers[row]) for row, vectors in enumerate(self.layers)]
        x = torch.cat([(_pick(x, first) + _pick(x, last)) / 2, self.words(words), *hints], -1)
        states, _ = self.reader(self.dropout(x))
        scores: Tensor = self.output(self.dropout(states))
        return scores


def _pick(x: Tensor, places: Tensor) -> Tensor:
    return torch.gather(x, 1, places[:, :, None].expand(-1, -1, x.shape[-1]))
