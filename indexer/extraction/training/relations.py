"""Training of the relation classifiers: ``python -m indexer.extraction.training.relations ITEMS LABELS``.

ITEMS and LABELS are JSON lines as the tagger's training reads them; labels have "relations" and "funding" too. The
labelled names stand for the tagger's, so the classifiers learn relations and not the tagger's mistakes. L-BFGS
starts from zero and CRFsuite is deterministic: the same data gives the same files.
"""

import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pycrfsuite

from graph.model import EntityKind
from indexer.extraction.funding_company import MODEL, RAISES, company_features, organisations
from indexer.extraction.funding_terms import FUNDING
from indexer.extraction.passage import Named, Passage
from indexer.extraction.relation_features import SymbolRow, pair_features
from indexer.extraction.relation_model import NONE, PAIR_KINDS, model_file
from indexer.extraction.relation_pairs import Pair, PairKind, find_pairs
from indexer.extraction.training.labelled import BadLabels, read_records

Triple = tuple[str, str, str]

PARAMETERS = {"c1": 0.3, "c2": 2.0, "max_iterations": 150, "feature.minfreq": 2}
"""L1 and L2 weights and the least frequency of a feature, chosen by leaving one desk out at a time."""

_BY_PRIORITY = ("acquired", "invested_in", "founded", "partnered_with")


@dataclass(frozen=True, slots=True)
class LabelledPassage:
    """A passage named as labelled, with what it asserts: triples of names, and the names that raise money."""

    passage: Passage
    triples: frozenset[Triple]
    raising: frozenset[str]


def load_passages(items: Path, labels: Path) -> Iterator[LabelledPassage]:
    """The labelled items in the order of the labels. Raises BadLabels with the line that is wrong."""
    texts = {record["id"]: record for _, record in read_records(items, ("id", "title"))}
    for line, record in read_records(labels, ("id", "entities")):
        if record["id"] not in texts:
            raise BadLabels(f"{labels}, line {line}: no item has the id {record['id']!r}")
        yield _labelled_passage(texts[record["id"]], record)


def _labelled_passage(item: Mapping[str, Any], label: Mapping[str, Any]) -> LabelledPassage:
    title, body = item["title"] or "", item.get("body") or ""
    text = f"{title}\n{body}"
    triples = ((one["subject"], one["predicate"], one["object"]) for one in label.get("relations", ()))
    return LabelledPassage(
        Passage(
            item_id=item["id"],
            text=text,
            body_start=len(title) + 1,
            named=tuple(_named(text, len(title), label["entities"])),
        ),
        frozenset(triples),
        frozenset(one["company"] for one in label.get("funding", ())),
    )


def _named(text: str, title_length: int, entities: Iterable[Mapping[str, Any]]) -> Iterator[Named]:
    surfaces: dict[str, tuple[EntityKind, str]] = {}
    for entity in entities:
        for surface in entity["surfaces"]:
            surfaces.setdefault(surface, (entity["type"], entity["name"]))
    taken = bytearray(len(text))
    taken[title_length] = 1
    found = []
    for surface in sorted(filter(None, surfaces), key=lambda one: (-len(one), one)):
        kind, name = surfaces[surface]
        start = text.find(surface)
        while start >= 0:
            end = start + len(surface)
            if not any(taken[start:end]):
                taken[start:end] = b"\1" * len(surface)
                found.append(Named(start=start, end=end, kind=kind, entity_id=name, name=name))
            start = text.find(surface, start + 1)
    return iter(sorted(found, key=lambda one: one.start))


def pair_label(pair: Pair, passage: Passage, triples: frozenset[Triple]) -> str:
    """The class of a pair: relation kinds joined by ``+``, with direction for two organisations, or ``none``."""
    first, second = passage.named[pair.first].entity_id, passage.named[pair.second].entity_id
    ahead = {kind for subject, kind, target in triples if (subject, target) == (first, second)}
    back = {kind for subject, kind, target in triples if (subject, target) == (second, first)}
    if pair.kind == "business":
        return _business_label(ahead, back)
    said = ahead | back
    if pair.kind == "career":
        return "+".join(kind for kind in ("works_at", "founded") if kind in said) or NONE
    possible = ("released", "developed") if pair.kind == "making" else ("issued",)
    return next((kind for kind in possible if kind in said), NONE)


def _business_label(ahead: set[str], back: set[str]) -> str:
    for kind in _BY_PRIORITY:
        if kind == "partnered_with" and kind in ahead | back:
            return kind
        if kind in ahead:
            return kind + ">"
        if kind in back:
            return kind + "<"
    return NONE


Example = tuple[list[str], str]


def pair_examples(passages: Iterable[LabelledPassage]) -> dict[PairKind, list[Example]]:
    """Features and class of every pair, by kind of pair."""
    examples: dict[PairKind, list[Example]] = {kind: [] for kind in PAIR_KINDS}
    for labelled in passages:
        row = SymbolRow(labelled.passage)
        for pair in find_pairs(labelled.passage):
            label = pair_label(pair, labelled.passage, labelled.triples)
            examples[pair.kind].append((pair_features(labelled.passage, row, pair), label))
    return examples


def company_examples(passages: Iterable[LabelledPassage]) -> list[Example]:
    """Features and class of every organisation in items that speak of funding."""
    examples: list[Example] = []
    for labelled in passages:
        if not FUNDING.search(labelled.passage.text):
            continue
        row = SymbolRow(labelled.passage)
        mentions = organisations(labelled.passage)
        for rank, (name, places) in enumerate(mentions.items()):
            features = company_features(labelled.passage, row, places, rank=rank, rivals=len(mentions))
            examples.append((features, RAISES if name in labelled.raising else NONE))
    return examples


def train(examples: Sequence[Example], path: Path) -> None:
    """Writes a classifier trained on ``examples`` to ``path``."""
    trainer = pycrfsuite.Trainer(algorithm="lbfgs", verbose=False)
    trainer.set_params(PARAMETERS)
    for features, label in examples:
        trainer.append([features], [label])
    trainer.train(str(path))


def train_all(passages: Sequence[LabelledPassage], folder: Path) -> None:
    """Writes all classifiers into ``folder``."""
    for kind, examples in pair_examples(passages).items():
        train(examples, folder / model_file(kind))
    train(company_examples(passages), folder / model_file(MODEL))


def main(arguments: Sequence[str]) -> int:
    """Trains from the two files given and writes the models that ship."""
    if len(arguments) != 2:
        sys.stderr.write("usage: python -m indexer.extraction.training.relations ITEMS LABELS\n")
        return 2
    items, labels = map(Path, arguments)
    try:
        passages = list(load_passages(items, labels))
    except (BadLabels, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    train_all(passages, Path(__file__).parents[1] / "models")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
