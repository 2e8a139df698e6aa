"""Orders the candidates of an understood query anew."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from search_service.query.feedback import gains
from search_service.query.ranking import Candidate, Ranking, Reason, Scorer
from search_service.query.tree import AllOf, AnyOf, Node, Tokens

_DIGITS = 5
"""Scores that differ by less are equal: the order must not hang on the last bits of a sum."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rescored:
    """A candidate by its place in the list given, with its score and the reasons that add up to it."""

    at: int
    score: float
    reasons: tuple[Reason, ...]


def rescored(
    candidates: Sequence[Candidate], ranking: Ranking, *, frequencies: Sequence[int], items: int
) -> list[Rescored]:
    """The candidates in their new order: by score, then newest day, then id. ``frequencies`` are the items that have
    each part of the ranking, of ``items`` in the archive."""
    scorer = Scorer(ranking, candidates, frequencies=frequencies, items=items)
    found = [_scored(at, scorer.reasons(candidate)) for at, candidate in enumerate(candidates)]
    found = _in_order(found, candidates)
    if not ranking.feedback:
        return found
    ordered = [candidates[one.at] for one in found]
    gained = gains(ordered, [one.score for one in found], _typed(ranking))
    return _in_order(
        [
            _scored(one.at, [*one.reasons, Reason(why="feedback", gave=gain)]) if gain else one
            for one, gain in zip(found, gained, strict=True)
        ],
        candidates,
    )


def _scored(at: int, reasons: list[Reason]) -> Rescored:
    return Rescored(at=at, score=round(sum(reason.gave for reason in reasons), _DIGITS), reasons=tuple(reasons))


def _in_order(found: list[Rescored], candidates: Sequence[Candidate]) -> list[Rescored]:
    return sorted(found, key=lambda one: (-one.score, -candidates[one.at].key, one.at))


def _typed(ranking: Ranking) -> frozenset[str]:
    nodes = (form.node for part in ranking.parts for form in part.forms)
    return frozenset(token for node in nodes for token in _tokens(node))


def _tokens(node: Node) -> Iterator[str]:
    match node:
        case Tokens(tokens=tokens):
            yield from tokens
        case AllOf(children=children) | AnyOf(children=children):
            for child in children:
                yield from _tokens(child)
