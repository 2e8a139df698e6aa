"""Rounds of fund-raising that an item tells: company, round, amounts and investors, as the text words them.

A classifier says which organisation raises money; rules find the parts; each part goes to the round it stands next
to. Investors come from the places of investors and from the relations found before.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from graph.model import FundingRound, Investor, Relation
from indexer.extraction.amounts import Amount
from indexer.extraction.funding_company import MODEL, RAISES, company_features, organisations
from indexer.extraction.funding_details import (
    Backer,
    Measure,
    Measured,
    RoundName,
    find_backers,
    find_listings,
    find_measured,
    find_rounds,
    same_round,
)
from indexer.extraction.funding_relations import qualified_investments
from indexer.extraction.funding_terms import FUNDING, NEVER_RAISES, TELLS_A_ROUND
from indexer.extraction.passage import Passage
from indexer.extraction.relation_features import SymbolRow
from indexer.extraction.relation_model import load_model
from indexer.extraction.sentences import clause_around, sentence_at

RAISES_MONEY = 0.4
"""The least probability at which an organisation counts as raising money."""

BACKED = 0.5
"""The least confidence of an investment that alone shows that its target raises money."""

PLAIN_ROUND = 0.1
"""The same, for the likeliest organisation of an item that names a round and its investors or amount."""


@dataclass(slots=True)
class _Draft:
    """A round being put together."""

    company: str
    name: RoundName | None
    amounts: dict[Measure, Amount] = field(default_factory=dict)
    investors: dict[str, bool] = field(default_factory=dict)

    def take(self, measured: Measured, *, body_start: int) -> None:
        """The first amount of the body wins; titles round, and leave the currency out."""
        old = self.amounts.get(measured.measure)
        new = measured.amount
        if old is None or (old.start < body_start <= new.start and (new.currency or not old.currency)):
            self.amounts[measured.measure] = new


Found = tuple[tuple[Relation, ...], tuple[FundingRound, ...]]


def find_funding(passage: Passage, relations: Sequence[Relation]) -> Found:
    """The relations with what the rounds add to them, and the rounds in order of first mention.

    Investments get round, amount and lead; an investor of a round is one of its investments too.
    """
    if not FUNDING.search(passage.text):
        return tuple(relations), ()
    companies = find_companies(passage, relations)
    if not companies:
        return tuple(relations), ()
    rounds = tuple(_Reading(passage, companies, relations).rounds())
    return tuple(qualified_investments(passage, relations, rounds)), rounds


def find_companies(passage: Passage, relations: Sequence[Relation] = ()) -> tuple[str, ...]:
    """Entity ids of the organisations that raise money, in order of first mention.

    Those that the classifier finds likely and those that somebody invests in. Where an item plainly tells a round and
    there is neither, it is the likeliest organisation's.
    """
    scores = _company_scores(passage)
    backed = {one.object for one in relations if one.kind == "invested_in" and one.confidence >= BACKED}
    found = tuple(one for one, score in scores.items() if score >= RAISES_MONEY or one in backed)
    if found or not TELLS_A_ROUND.search(passage.text):
        return found
    best = max(scores, key=lambda entity_id: scores[entity_id], default=None)
    return (best,) if best is not None and scores[best] >= PLAIN_ROUND else ()


def _company_scores(passage: Passage) -> dict[str, float]:
    mentions = organisations(passage)
    row = SymbolRow(passage)
    names = {one.entity_id: passage.text[one.start : one.end] for one in passage.named}
    model = load_model(MODEL)
    return {
        entity_id: model.scores(company_features(passage, row, places, rank=rank, rivals=len(mentions)))[RAISES]
        for rank, (entity_id, places) in enumerate(mentions.items())
        if not NEVER_RAISES.search(names[entity_id])
    }


class _Reading:
    """One item's rounds under construction."""

    def __init__(self, passage: Passage, companies: Sequence[str], relations: Sequence[Relation]) -> None:
        self._passage = passage
        self._companies = companies
        self._relations = relations
        self._drafts: list[_Draft] = []

    def rounds(self) -> Iterable[FundingRound]:
        self._name_rounds()
        for measured in find_measured(self._passage):
            for draft in self._sharing(self._draft_at(measured.amount.start), measured):
                draft.take(measured, body_start=self._passage.body_start)
        for backer in find_backers(self._passage):
            self._add_investor(backer)
        self._add_related_investors()
        return [self._finished(draft) for draft in self._drafts if self._says_something(draft)]

    def _name_rounds(self) -> None:
        for name in find_rounds(self._passage):
            self._open(self._company_at(name.start), name)
        named = {draft.company for draft in self._drafts}
        for name in find_listings(self._passage):
            company = self._company_at(name.start)
            if company not in named:
                self._open(company, name)
        for company in self._companies:
            if not any(draft.company == company for draft in self._drafts):
                self._drafts.append(_Draft(company, None))

    def _open(self, company: str, name: RoundName) -> None:
        same = (d for d in self._drafts if d.company == company and d.name and same_round(d.name.text, name.text))
        if next(same, None) is None:
            self._drafts.append(_Draft(company, name))

    def _company_at(self, at: int) -> str:
        """The company that the text speaks of at ``at``: the nearest one, those before first."""
        if len(self._companies) == 1:
            return self._companies[0]
        sentence = sentence_at(self._passage.sentences, at)
        places = [
            (self._passage.sentence_of[index] != sentence, one.start > at, abs(one.start - at), one.entity_id)
            for index, one in enumerate(self._passage.named)
            if one.entity_id in self._companies
        ]
        return min(places)[3]

    def _draft_at(self, at: int) -> _Draft:
        """The round that a part at ``at`` belongs to: named in its clause, else its sentence, else the first."""
        company = self._company_at(at)
        own = [draft for draft in self._drafts if draft.company == company]
        if len(own) == 1:
            return own[0]
        sentence = self._passage.sentences[sentence_at(self._passage.sentences, at)]
        for zone in (clause_around(self._passage.text, sentence, at), sentence):
            within = [draft for draft in own if self._named_within(draft, zone)]
            if within:
                return min(within, key=lambda draft: self._distance(draft, zone, at))
        return own[0]

    def _named_within(self, draft: _Draft, zone: tuple[int, int]) -> bool:
        return draft.name is not None and any(True for _ in self._places(draft.name, zone))

    def _places(self, name: RoundName, zone: tuple[int, int]) -> Iterable[int]:
        words = self._passage.text[name.start : name.end]
        at = self._passage.text.find(words, *zone)
        return [at] if at >= 0 else []

    def _distance(self, draft: _Draft, zone: tuple[int, int], at: int) -> int:
        assert draft.name is not None
        return min(abs(place - at) for place in self._places(draft.name, zone))

    def _sharing(self, draft: _Draft, measured: Measured) -> list[_Draft]:
        """The rounds that an amount is said of: all of a list of rounds, else the one."""
        if draft.name is None or not draft.name.joined or measured.measure != "amount":
            return [draft]
        return [one for one in self._drafts if one.company == draft.company and one.name and one.name.joined]

    def _add_investor(self, backer: Backer) -> None:
        draft = self._draft_at(backer.start)
        if backer.entity_id not in self._companies:
            draft.investors[backer.entity_id] = draft.investors.get(backer.entity_id, False) or backer.lead

    def _add_related_investors(self) -> None:
        for relation in self._relations:
            own = [draft for draft in self._drafts if draft.company == relation.object]
            if relation.kind != "invested_in" or not own:
                continue
            if not any(relation.subject in draft.investors for draft in own):
                places = [one.start for one in self._passage.named if one.entity_id == relation.subject]
                near = min(places, key=lambda at: abs(at - self._evidence_start(relation)))
                draft = self._draft_at(near)
                (draft if draft in own else own[0]).investors[relation.subject] = False

    def _evidence_start(self, relation: Relation) -> int:
        return relation.evidence.start + (self._passage.body_start if relation.evidence.field == "body" else 0)

    def _says_something(self, draft: _Draft) -> bool:
        return bool(draft.name or draft.amounts or draft.investors)

    def _finished(self, draft: _Draft) -> FundingRound:
        raised, words = draft.amounts.get("amount"), {key: one.text for key, one in draft.amounts.items()}
        at = draft.name.start if draft.name else self._first_place(draft)
        sentence = self._passage.sentences[sentence_at(self._passage.sentences, at)]
        trigger = (draft.name.start, draft.name.end) if draft.name else self._trigger(sentence)
        return FundingRound(
            company=draft.company,
            evidence=self._passage.evidence(sentence, trigger),
            round=draft.name.text if draft.name else None,
            amount=words.get("amount"),
            amount_range=(raised.low, raised.high) if raised else None,
            currency=raised.currency if raised else None,
            post_valuation=words.get("post_valuation"),
            cumulative=words.get("cumulative"),
            investors=tuple(Investor(entity=entity, lead=lead) for entity, lead in draft.investors.items()),
        )

    def _first_place(self, draft: _Draft) -> int:
        raised = draft.amounts.get("amount")
        if raised:
            return raised.start
        for index, one in enumerate(self._passage.named):
            if one.entity_id == draft.company and FUNDING.search(
                self._passage.text, *self._passage.sentences[self._passage.sentence_of[index]]
            ):
                return one.start
        return next(one.start for one in self._passage.named if one.entity_id == draft.company)

    def _trigger(self, sentence: tuple[int, int]) -> tuple[int, int]:
        match = FUNDING.search(self._passage.text, *sentence)
        return match.span() if match else (sentence[0], sentence[0])
