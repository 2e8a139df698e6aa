"""Words that the best hits share and the other hits have less: they say what a query is about in the archive's words.

Relevance model RM1 over the first ``BEST`` hits (Lavrenko and Croft, SIGIR 2001), with the pool of candidates as the
background, so that no engine has to count anything.
"""

import math
from bisect import insort
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from indexer.folding import folded_words
from search_service.query.ranking import Candidate

BEST, WORDS, WEIGHED = 8, 20, 60
WEIGHT = 0.2
LONGEST = 600
"""Characters of a body whose words count: what comes later is rarely what the item is about."""

COMMON = 0.5
"""Share of the candidates from which on a word tells nothing."""

_SATURATION = 1.2
_FEWEST = 3


def gains(candidates: Sequence[Candidate], scores: Sequence[float], typed: frozenset[str]) -> list[float]:
    """What each candidate gains by words of the best; ``candidates`` are in order, ``typed`` are left out."""
    words = list(_telling_words(candidates, scores, typed)) if len(candidates) > _FEWEST else []
    matched = [0.0] * len(candidates)
    for word, weight, having in words:
        for number in having:
            matched[number] += weight * _frequency(word, candidates[number])
    most = max(matched, default=0.0)
    return [WEIGHT * one / most if most else 0.0 for one in matched]


def _telling_words(
    candidates: Sequence[Candidate], scores: Sequence[float], typed: frozenset[str]
) -> Iterator[tuple[str, float, list[int]]]:
    """The words that tell most, each with its weight and the numbers of the candidates that have it."""
    texts = [f"{one.title}\n{one.body}" for one in candidates]
    rarest = _rarity(0, len(texts))
    weighed: list[tuple[float, str, list[int]]] = []
    for word, weight in _words_of_best(candidates[:BEST], scores[:BEST], typed):
        if len(weighed) >= WORDS and -weight * rarest > weighed[WORDS - 1][0]:
            break  # no word from here on can be among those that tell most
        having = [number for number, text in enumerate(texts) if word in text]
        if len(having) <= COMMON * len(texts):
            insort(weighed, (-weight * _rarity(len(having), len(texts)), word, having))
    for weight, word, having in weighed[:WORDS]:
        yield word, -weight, having


def _rarity(having: int, candidates: int) -> float:
    return math.log(1 + (candidates - having + 0.5) / (having + 0.5))


def _words_of_best(
    best: Sequence[Candidate], scores: Sequence[float], typed: frozenset[str]
) -> list[tuple[str, float]]:
    """Words that two or more of the best have, those of most weight first."""
    weights: defaultdict[str, float] = defaultdict(float)
    having: Counter[str] = Counter()
    for candidate, score in zip(best, scores, strict=True):
        words = Counter(folded_words(f"{candidate.title}\n{candidate.body[:LONGEST]}"))
        for word in typed:
            del words[word]
        share = math.exp(score - scores[0]) / (sum(words.values()) or 1)
        having.update(words.keys())
        for word, count in words.items():
            weights[word] += count * share
    shared = [(-weight, word) for word, weight in weights.items() if having[word] > 1]
    return [(word, -weight) for weight, word in sorted(shared)[:WEIGHED]]


def _frequency(word: str, candidate: Candidate) -> float:
    count = 2 * candidate.title.count(word) + candidate.body.count(word)
    return count / (count + _SATURATION)
