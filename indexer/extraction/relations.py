"""Relations between the entities of an item, each with the sentence that says so."""

from collections.abc import Iterator, Mapping

from graph.model import Qualifiers, Relation, RelationKind
from indexer.extraction.passage import Passage
from indexer.extraction.relation_details import career_details, is_open_sourced, price
from indexer.extraction.relation_features import SymbolRow, pair_features
from indexer.extraction.relation_model import load_models, relations_of
from indexer.extraction.relation_pairs import Pair, find_pairs, subject_first
from indexer.extraction.sentences import SentenceSpan
from indexer.extraction.triggers import DENIED, find_triggers

THRESHOLDS: Mapping[RelationKind, float] = {
    "released": 0.42,
    "developed": 0.42,
    "invested_in": 0.3,
    "acquired": 0.2,
    "partnered_with": 0.25,
    "issued": 0.4,
    "founded": 0.2,
    "works_at": 0.45,
}
"""The least probability at which a relation is asserted, chosen on desks that the models did not see."""

NEEDS_TRIGGER: frozenset[RelationKind] = frozenset({"invested_in", "partnered_with", "issued"})
"""Without a word for it in its sentence such a relation is right less than four times in ten."""

EVENTS: frozenset[RelationKind] = frozenset(
    {"released", "invested_in", "acquired", "partnered_with", "issued", "founded"}
)
"""What a denial in the same sentence takes back; who made or leads something stays true."""

_TOLD_OF_SUBJECT: frozenset[RelationKind] = frozenset({"invested_in", "works_at"})
"""Where the two stand in different sentences, the subject's tells the relation; the object's for other kinds."""


def find_relations(passage: Passage) -> tuple[Relation, ...]:
    """What the item asserts about its entities, in text order; denials assert nothing."""
    models = load_models()
    row = SymbolRow(passage)
    found: list[Relation] = []
    for pair in find_pairs(passage):
        scores = models[pair.kind].scores(pair_features(passage, row, pair))
        found.extend(_assertions(passage, pair, scores))
    return tuple(found)


def _assertions(passage: Passage, pair: Pair, scores: Mapping[str, float]) -> Iterator[Relation]:
    sums: dict[tuple[RelationKind, bool], float] = {}
    for label, score in scores.items():
        for said in relations_of(label, first_is_subject=subject_first(pair, passage.named)):
            sums[said] = sums.get(said, 0.0) + score
    for (kind, forward), total in sums.items():
        if total >= THRESHOLDS[kind]:
            relation = _relation(passage, pair, kind, forward=forward, score=total)
            if relation is not None:
                yield relation


def _relation(passage: Passage, pair: Pair, kind: RelationKind, *, forward: bool, score: float) -> Relation | None:
    first, second = passage.named[pair.first], passage.named[pair.second]
    sentence, trigger = _where(passage, pair, kind, forward=forward)
    if trigger is None and kind in NEEDS_TRIGGER:
        return None
    if kind in EVENTS and DENIED.search(passage.text, *sentence):
        return None
    subject, target = (first, second) if forward else (second, first)
    return Relation(
        kind=kind,
        subject=subject.entity_id,
        object=target.entity_id,
        evidence=passage.evidence(sentence, trigger or (target.start, target.end)),
        qualifiers=_qualifiers(passage, pair, kind),
        confidence=round(min(score, 1.0), 4),
    )


def _where(
    passage: Passage, pair: Pair, kind: RelationKind, *, forward: bool
) -> tuple[SentenceSpan, tuple[int, int] | None]:
    """The sentence that says it, and the word in it that does, None where it is said without one."""
    subject, target = (pair.first, pair.second) if forward else (pair.second, pair.first)
    telling = (subject, target) if kind in _TOLD_OF_SUBJECT else (target, subject)
    for index in telling:
        sentence = passage.sentences[passage.sentence_of[index]]
        triggers = list(find_triggers(kind, passage.text, *sentence))
        if triggers:
            return sentence, min(triggers, key=lambda span: _distance(passage, pair, index, span))
    return passage.sentences[passage.sentence_of[telling[0]]], None


def _distance(passage: Passage, pair: Pair, index: int, trigger: tuple[int, int]) -> int:
    """How far a trigger stands: between the two is nearest, then behind the name ``index``, then before it."""
    first, second, told = passage.named[pair.first], passage.named[pair.second], passage.named[index]
    together = passage.sentence_of[pair.first] == passage.sentence_of[pair.second]
    if together and first.end <= trigger[0] and trigger[1] <= second.start:
        return 0
    if trigger[0] >= told.end:
        return 1 + trigger[0] - told.end
    return 8 + max(0, told.start - trigger[1])


def _qualifiers(passage: Passage, pair: Pair, kind: RelationKind) -> Qualifiers:
    if kind == "works_at":
        role, left = career_details(passage, pair)
        return Qualifiers(role=role, left=left)
    if kind == "released":
        return Qualifiers(open_source=is_open_sourced(passage, pair))
    if kind == "acquired":
        return Qualifiers(amount=price(passage))
    return Qualifiers()
