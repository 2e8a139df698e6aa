"""Pairs of entities that an item may relate, each at the place where the item brings them closest."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Literal

from graph.model import EntityKind
from indexer.extraction.passage import Named, Passage

PairKind = Literal["making", "issuing", "business", "career"]
"""organisation with model or product, with policy, with organisation; person with organisation"""

NEAR_SENTENCES = 2
"""Entities that never come closer than this many sentences are no pair, except that the title is near everything."""

_PAIR_KINDS: Mapping[frozenset[EntityKind], PairKind] = {
    frozenset({"org", "model"}): "making",
    frozenset({"org", "product"}): "making",
    frozenset({"org", "policy"}): "issuing",
    frozenset({"org"}): "business",
    frozenset({"person", "org"}): "career",
}


@dataclass(frozen=True, slots=True)
class Pair:
    """Two entities at their closest mentions, by index into ``passage.named``; ``first`` stands first in the text."""

    kind: PairKind
    first: int
    second: int


def find_pairs(passage: Passage) -> Iterator[Pair]:
    """One pair for any two entities whose kinds can be related, in order of first mention."""
    places: dict[str, list[int]] = defaultdict(list)
    for index, one in enumerate(passage.named):
        places[one.entity_id].append(index)
    for left, right in combinations(places.values(), 2):
        kind = _PAIR_KINDS.get(frozenset({passage.named[left[0]].kind, passage.named[right[0]].kind}))
        if kind is None:
            continue
        pair = _closest(passage, left, right)
        if pair is not None:
            yield Pair(kind, *pair)


def _closest(passage: Passage, left: Sequence[int], right: Sequence[int]) -> tuple[int, int] | None:
    """The mentions closest to each other: same sentence first, then fewest names between, then distance."""
    named, sentence = passage.named, passage.sentence_of
    best: tuple[tuple[int, int, int], tuple[int, int]] | None = None
    for first, second in _neighbours(left, right):
        apart = sentence[second] - sentence[first]
        if apart > NEAR_SENTENCES and named[first].start >= passage.body_start:
            continue
        cost = (apart, second - first, named[second].start - named[first].end)
        if best is None or cost < best[0]:
            best = cost, (first, second)
    return best[1] if best else None


def _neighbours(left: Sequence[int], right: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Every mention of ``left`` with the mentions of ``right`` next to it on either side, in text order.

    Mentions farther apart are never the closest, so long texts cost no more than their length.
    """
    for one in left:
        at = bisect_left(right, one)
        if at:
            yield right[at - 1], one
        if at < len(right):
            yield one, right[at]


def subject_first(pair: Pair, named: Sequence[Named]) -> bool:
    """Whether the subject of the pair's relations stands first; for two organisations both may be subject."""
    if pair.kind == "career":
        return named[pair.first].kind == "person"
    return named[pair.first].kind == "org"
