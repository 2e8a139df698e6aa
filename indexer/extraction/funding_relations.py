"""Investments as relations, with what the rounds of the item say of them."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from graph.model import FundingRound, Investor, Qualifiers, Relation
from indexer.extraction.triggers import RUMOURED

FROM_ROUND = 0.5
"""Confidence of an investment that only the round's list of investors shows."""


def qualified_investments(relations: Sequence[Relation], rounds: Sequence[FundingRound]) -> Iterator[Relation]:
    """All relations, investments with round and lead; then the investments that only a round shows.

    Talks about a round make nobody an investor yet.
    """
    stated = set()
    for relation in relations:
        if relation.kind == "invested_in":
            stated.add((relation.subject, relation.object))
            yield replace(relation, qualifiers=_qualifiers(relation.subject, relation.object, rounds))
        else:
            yield relation
    for one in rounds:
        for investor in one.investors:
            key = (investor.entity, one.company)
            if key not in stated and investor.entity != one.company and not RUMOURED.search(one.evidence.text):
                stated.add(key)
                yield _investment(one, investor, rounds)


def _qualifiers(investor: str, company: str, rounds: Sequence[FundingRound]) -> Qualifiers:
    for one in rounds:
        for backer in one.investors:
            if one.company == company and backer.entity == investor:
                return Qualifiers(round=one.round, lead=backer.lead)
    return Qualifiers()


def _investment(one: FundingRound, investor: Investor, rounds: Sequence[FundingRound]) -> Relation:
    return Relation(
        kind="invested_in",
        subject=investor.entity,
        object=one.company,
        evidence=one.evidence,
        qualifiers=_qualifiers(investor.entity, one.company, rounds),
        confidence=FROM_ROUND,
    )
