"""Relations between the entities of an item, each with the sentence that says so."""

from collections.abc import Iterator, Mapping

from graph.model import Qualifiers, Relation, RelationKind
from indexer.extraction.passage import Passage
from indexer.extraction.relation_details import career_details, is_open_sourced
from indexer.extraction.relation_features import SymbolRow, pair_features
from indexer.extraction.relation_model import load_models, relations_of
from indexer.extraction.relation_pairs import Pair, find_pairs, subject_first
from indexer.extraction.triggers import DENIED, first_trigger

THRESHOLDS: Mapping[RelationKind, float] = {
    "released": 0.37,
    "developed": 0.37,
    "invested_in": 0.25,
    "acquired": 0.2,
    "partnered_with": 0.25,
    "issued": 0.4,
    "founded": 0.2,
    "works_at": 0.45,
}
"""The least probability at which a relation is asserted, chosen on desks that the models did not see."""


def find_relations(passage: Passage) -> tuple[Relation, ...]:
    """What the item asserts about its entities; denials assert nothing. Strongest evidence first, then text order."""
    models = load_models()
    row = SymbolRow(passage)
    found: list[Relation] = []
    for pair in find_pairs(passage):
        scores = models[pair.kind].scores(pair_features(passage, row, pair))
        found.extend(_assertions(passage, pair, scores))
    return tuple(found)


def _assertions(passage: Passage, pair: Pair, scores: Mapping[str, float]) -> Iterator[Relation]:
    by_relation: dict[tuple[RelationKind, bool], float] = {}
    for label, score in scores.items():
        for relation in relations_of(label, first_is_subject=subject_first(pair, passage.named)):
            by_relation[relation] = by_relation.get(relation, 0.0) + score
    for (kind, forward), score in by_relation.items():
        if score >= THRESHOLDS[kind]:
            relation = _relation(passage, pair, kind, forward, score)
            if relation is not None:
                yield relation


def _relation(passage: Passage, pair: Pair, kind: RelationKind, forward: bool, score: float) -> Relation | None:
    first, second = passage.named[pair.first], passage.named[pair.second]
    sentence, trigger = _where(passage, pair, kind)
    if DENIED.search(passage.text, *sentence):
        return None
    subject, target = (first, second) if forward else (second, first)
    return Relation(
        kind=kind,
        subject=subject.entity_id,
        object=target.entity_id,
        evidence=passage.evidence(sentence, trigger),
        qualifiers=_qualifiers(passage, pair, kind),
        confidence=round(score, 4),
    )


def _where(passage: Passage, pair: Pair, kind: RelationKind) -> tuple[tuple[int, int], tuple[int, int]]:
    """The sentence that says it and the words that do: of the two entities' sentences, one with a trigger."""
    first, second = passage.named[pair.first], passage.named[pair.second]
    last = passage.sentences[passage.sentence_of[pair.second]]
    for start in (first.end, last[0]):
        trigger = first_trigger(kind, passage.text, max(start, last[0]), last[1])
        if trigger:
            return last, trigger
    earlier = passage.sentences[passage.sentence_of[pair.first]]
    trigger = first_trigger(kind, passage.text, *earlier)
    if trigger:
        return earlier, trigger
    return last, (second.start, second.end)


def _qualifiers(passage: Passage, pair: Pair, kind: RelationKind) -> Qualifiers:
    if kind == "works_at":
        role, left = career_details(passage, pair)
        return Qualifiers(role=role, left=left)
    if kind == "released":
        return Qualifiers(open_source=is_open_sourced(passage, pair))
    return Qualifiers()
