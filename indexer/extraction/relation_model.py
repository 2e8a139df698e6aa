"""Trained classifiers over the features of pairs: maximum entropy, as CRFsuite runs it on rows of length one.

One model a kind of pair. Labels of ``business`` pairs carry the direction: ``acquired>`` says that the organisation
that stands first in the text is the subject. ``works_at+founded`` are two relations at once.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib import resources
from typing import cast

import pycrfsuite

from graph.model import RelationKind
from indexer.extraction.relation_pairs import PairKind

NONE = "none"
PAIR_KINDS: tuple[PairKind, ...] = ("making", "issuing", "business", "career")


class MaximumEntropy:
    """A classifier of single rows of features."""

    def __init__(self, model: bytes) -> None:
        """``model`` is a file of CRFsuite."""
        self._model = model  # CRFsuite reads it in place and does not keep it alive
        self._tagger = pycrfsuite.Tagger()
        self._tagger.open_inmemory(model)
        self._labels = tuple(sorted(set(self._tagger.labels()) - {NONE}))

    def scores(self, features: Sequence[str]) -> dict[str, float]:
        """The probability of every label but ``none``."""
        self._tagger.set([features])
        return {label: self._tagger.marginal(label, 0) for label in self._labels}


@cache
def load_model(name: str) -> MaximumEntropy:
    """A shipped classifier by its name, read once per process."""
    return MaximumEntropy((resources.files("indexer.extraction.models") / model_file(name)).read_bytes())


def load_models() -> Mapping[PairKind, MaximumEntropy]:
    """The shipped classifiers of all kinds of pair."""
    return {kind: load_model(kind) for kind in PAIR_KINDS}


def model_file(name: str) -> str:
    """File name of a classifier."""
    return f"relations-{name}.crfsuite"


def relations_of(label: str, *, first_is_subject: bool) -> Iterator[tuple[RelationKind, bool]]:
    """What a label says: kinds of relation, each with whether the first of the pair is its subject."""
    for part in label.split("+"):
        if part[-1] in "<>":
            yield cast(RelationKind, part[:-1]), part[-1] == ">"
        else:
            yield cast(RelationKind, part), first_is_subject
