"""Word classes from unlabelled texts: vectors of word contexts, shortened, then grouped.

A word's vector holds the positive pointwise mutual information with the commonest words at distances -2, -1, 1 and 2
(Levy, Goldberg and Dagan, 2015), shortened by a randomised singular value decomposition (Halko, Martinsson and Tropp,
2011) and grouped by spherical k-means. Forty seconds for ten million words; vectors from neural training gave
nothing that pays for a second dependency.
"""

from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

from indexer.extraction.word_classes import class_key

Floats = npt.NDArray[np.float32]
Integers = npt.NDArray[np.int64]

DISTANCES = (-2, -1, 1, 2)
CONTEXT_WORDS = 2_000
DIMENSIONS = 100
ROUNDS = 20


def cluster_words(
    texts: Iterable[Sequence[str]], *, classes: int, least_count: int, seed: int
) -> dict[str, list[str]]:
    """Words by the code of their class; rarer words than ``least_count`` have none. Blanks have no class."""
    sentences = [[class_key(word) for word in words if word != " "] for words in texts]
    counts = Counter(word for words in sentences for word in words)
    words = [
        word for word, count in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])) if count >= least_count
    ]
    random = np.random.default_rng(seed)
    vectors = _shorten(_associations(_sequence(sentences, words), len(words)), random)
    weights = np.sqrt(np.array([counts[word] for word in words], dtype=np.float32))
    grouped: dict[str, list[str]] = {}
    for word, number in zip(words, _group(vectors, weights, min(classes, len(words)), random), strict=True):
        if word.strip():
            grouped.setdefault(f"{number:03}", []).append(word)
    return grouped


def _sequence(sentences: Iterable[Sequence[str]], words: Sequence[str]) -> Integers:
    """All texts as one row of word numbers, with unknown words and gaps between texts as ``len(words)``."""
    numbers = {word: number for number, word in enumerate(words)}
    unknown = len(words)
    gap = [unknown] * max(DISTANCES)
    return np.array(
        [number for text in sentences for number in (*(numbers.get(word, unknown) for word in text), *gap)],
        dtype=np.int64,
    )


def _associations(sequence: Integers, size: int) -> Floats:
    """Positive pointwise mutual information, one row a word, one column a context word at a distance."""
    contexts = min(CONTEXT_WORDS, size)
    reach = max(DISTANCES)
    inner = sequence[reach:-reach]
    blocks = []
    for distance in DISTANCES:
        near = sequence[reach + distance : len(sequence) - reach + distance]
        known = (inner < size) & (near < contexts)
        cells = np.bincount(inner[known] * contexts + near[known], minlength=size * contexts)
        blocks.append(cells.reshape(size, contexts).astype(np.float32))
    together: Floats = np.concatenate(blocks, axis=1)
    smoothed = together.sum(axis=0, keepdims=True) ** 0.75
    expected = together.sum(axis=1, keepdims=True) * (smoothed / smoothed.sum())
    with np.errstate(divide="ignore", invalid="ignore"):
        together = np.log(together / expected)
    together[~np.isfinite(together)] = 0
    np.maximum(together, 0, out=together)
    return together


def _shorten(rows: Floats, random: np.random.Generator) -> Floats:
    """Rows of unit length in the space of the largest singular vectors, each weighed by its value's root."""
    width = min(DIMENSIONS + 20, *rows.shape)
    basis, _ = np.linalg.qr(rows @ random.standard_normal((rows.shape[1], width)).astype(np.float32))
    for _ in range(2):
        across, _ = np.linalg.qr(rows.T @ basis)
        basis, _ = np.linalg.qr(rows @ across)
    vectors, values, _ = np.linalg.svd(basis.T @ rows, full_matrices=False)
    short = (basis @ vectors)[:, :DIMENSIONS] * np.sqrt(values[:DIMENSIONS])
    return _unit(short)


def _group(rows: Floats, weights: Floats, classes: int, random: np.random.Generator) -> Integers:
    centres = rows[random.choice(len(rows), classes, replace=False, p=weights / weights.sum())]
    nearest = np.zeros(len(rows), dtype=np.int64)
    for _ in range(ROUNDS):
        nearest = np.concatenate(
            [(part @ centres.T).argmax(axis=1) for part in np.array_split(rows, len(rows) // 4096 + 1)]
        )
        sums = np.zeros_like(centres)
        np.add.at(sums, nearest, rows * weights[:, None])
        centres = _unit(sums)
    return nearest


def _unit(rows: Floats) -> Floats:
    scaled: Floats = (rows / (np.linalg.norm(rows, axis=1, keepdims=True) + 1e-9)).astype(np.float32)
    return scaled
