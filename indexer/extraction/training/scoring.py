"""Figures of a tagger on labelled items: exact span and kind, every place of every name counted."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator

from graph.kinds import ENTITY_KINDS
from indexer.extraction.span import Span
from indexer.extraction.training.labelled import LabelledItem


def score_mentions(items: Iterable[LabelledItem], tag: Callable[[str, str], Iterable[Span]]) -> Iterator[str]:
    """Precision, recall and F1 by kind and for all kinds together, a line each."""
    right: Counter[str] = Counter()
    found: Counter[str] = Counter()
    wanted: Counter[str] = Counter()
    for item in items:
        truth = item.mentions()
        guess = {(span.field, span.start, span.end, span.kind) for span in tag(item.title, item.body)}
        for counter, mentions in ((right, truth & guess), (found, guess), (wanted, truth)):
            counter.update(kind for *_, kind in mentions)
    for kind in ENTITY_KINDS:
        yield _figures(kind, right[kind], found[kind], wanted[kind])
    yield _figures("all", right.total(), found.total(), wanted.total())


def _figures(name: str, right: int, found: int, wanted: int) -> str:
    precision = right / found if found else 0.0
    recall = right / wanted if wanted else 0.0
    f1 = 2 * right / (found + wanted) if found + wanted else 0.0
    return f"{name:8} P {precision:.3f}  R {recall:.3f}  F1 {f1:.3f}  ({found} found, {wanted} wanted)"
