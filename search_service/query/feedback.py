"""Words that the best hits share and the other hits have less: they say what a query is about in the archive's words.

Relevance model RM1 over the first ``BEST`` hits (Lavrenko and Croft, SIGIR 2001), with the pool of candidates as the
background, so that no engine has to count anything.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from indexer.folding import folded_tokens
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
    matched = [sum(weight * _frequency(word, one) for word, weight in words) for one in candidates]
    most = max(matched, default=0.0)
    return [WEIGHT * one / most if most else 0.0 for one in matched]


def _telling_words(
    candidates: Sequence[Candidate], scores: Sequence[float], typed: frozenset[str]
) -> Iterator[tuple[str, float]]:
    weighed = []
    for word, weight in _words_of_best(candidates[:BEST], scores[:BEST], typed):
        having = sum(1 for one in candidates if word in one.title or word in one.body)
        if having <= COMMON * len(candidates):
            rarity = math.log(1 + (len(candidates) - having + 0.5) / (having + 0.5))
            weighed.append((-weight * rarity, word))
    for weight, word in sorted(weighed)[:WORDS]:
        yield word, -weight


def _words_of_best(
    best: Sequence[Candidate], scores: Sequence[float], typed: frozenset[str]
) -> list[tuple[str, float]]:
    """Words that two or more of the best have, those of most weight first."""
    weights: defaultdict[str, float] = defaultdict(float)
    having: Counter[str] = Counter()
    for candidate, score in zip(best, scores, strict=True):
        words = Counter(word for word in _words(candidate) if word not in typed)
        share = math.exp(score - scores[0]) / (sum(words.values()) or 1)
        having.update(words.keys())
        for word, count in words.items():
            weights[word] += count * share
    shared = [(-weight, word) for word, weight in weights.items() if having[word] > 1]
    return [(word, -weight) for weight, word in sorted(shared)[:WEIGHED]]


def _words(candidate: Candidate) -> Iterator[str]:
    for token, _start, _end in folded_tokens(f"{candidate.title}\n{candidate.body[:LONGEST]}"):
        if len(token) > 1 and not token[0].isdigit():
            yield token


def _frequency(word: str, candidate: Candidate) -> float:
    count = 2 * candidate.title.count(word) + candidate.body.count(word)
    return count / (count + _SATURATION)
