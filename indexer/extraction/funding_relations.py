"""Investments as relations, with what the rounds of the item say of them."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from graph.model import Evidence, FundingRound, Investor, Qualifiers, Relation
from indexer.extraction.passage import Passage
from indexer.extraction.triggers import RUMOURED, find_triggers

FROM_ROUND = 0.5
"""Confidence of an investment that only the round's list of investors shows."""

_PUTS_IN = re.compile(r"投资|注资|出资|认购|入股|invest", re.IGNORECASE)


def qualified_investments(
    passage: Passage, relations: Sequence[Relation], rounds: Sequence[FundingRound]
) -> Iterator[Relation]:
    """All relations, investments with round and lead; then the investments that only a round shows.

    Talks about a round make nobody an investor yet.
    """
    stated = set()
    for relation in relations:
        if relation.kind == "invested_in":
            stated.add((relation.subject, relation.object))
            qualifiers = _qualifiers(relation.subject, relation.object, rounds, relation.evidence)
            yield replace(relation, qualifiers=qualifiers)
        else:
            yield relation
    for one in rounds:
        for investor in one.investors:
            key = (investor.entity, one.company)
            if key in stated or investor.entity == one.company:
                continue
            evidence = _evidence(passage, investor) or one.evidence
            if not RUMOURED.search(evidence.text):
                stated.add(key)
                yield _investment(one, investor, evidence, rounds)


def _qualifiers(investor: str, company: str, rounds: Sequence[FundingRound], evidence: Evidence) -> Qualifiers:
    for one in rounds:
        for backer in one.investors:
            if one.company == company and backer.entity == investor:
                return Qualifiers(round=one.round, lead=backer.lead, amount=_own_amount(one, evidence))
    return Qualifiers()


def _own_amount(one: FundingRound, evidence: Evidence) -> str | None:
    """The round's amount where it is a single investor's: 甲向乙投资1亿元."""
    alone = len(one.investors) == 1 and one.amount is not None and one.amount in evidence.text
    return one.amount if alone and not one.round and _PUTS_IN.search(evidence.text) else None


def _investment(
    one: FundingRound, investor: Investor, evidence: Evidence, rounds: Sequence[FundingRound]
) -> Relation:
    return Relation(
        kind="invested_in",
        subject=investor.entity,
        object=one.company,
        evidence=evidence,
        qualifiers=_qualifiers(investor.entity, one.company, rounds, evidence),
        confidence=FROM_ROUND,
    )


def _evidence(passage: Passage, investor: Investor) -> Evidence | None:
    """The sentence where the investor's name and a word for investing stand closest."""
    found = []
    for index, one in enumerate(passage.named):
        if one.entity_id == investor.entity:
            sentence = passage.sentences[passage.sentence_of[index]]
            for trigger in find_triggers("invested_in", passage.text, *sentence):
                found.append((max(trigger[0] - one.end, one.start - trigger[1]), sentence, trigger))
    return passage.evidence(*min(found)[1:]) if found else None
