"""The steps of extraction as components of a spaCy pipeline, each a name in ``STEPS`` and a function of the Doc.

A Doc holds title, one newline and body; its extensions hold tuples of our own nouns, and what a step adds replaces
what was there. spaCy gives the frame (order, names, switching steps off); the steps know nothing of it.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

from spacy.language import Language
from spacy.tokens import Doc
from spacy.vocab import Vocab

from graph.model import TextField
from indexer.extraction.funding import find_funding
from indexer.extraction.linking import load_linker
from indexer.extraction.names import load_names
from indexer.extraction.passage import Passage, Spotted
from indexer.extraction.propagation import propagate
from indexer.extraction.relations import find_relations
from indexer.extraction.span import Span
from indexer.extraction.spotting import (
    spot_names,
    with_added,
    with_known_kinds,
    with_whole_names,
    without_joins,
    without_loose_marks,
)
from indexer.extraction.tagger import load_tagger
from indexer.extraction.tokens import tokenise

if TYPE_CHECKING:
    from indexer.extraction.encoder.tagger import EncoderTagger

STEPS = (
    "zhimai_tagger",
    "zhimai_names",
    "zhimai_propagation",
    "zhimai_linker",
    "zhimai_relations",
    "zhimai_funding",
)

Step = Callable[[Doc], Doc]

for _extension, _default in (
    ("item_id", ""),
    ("title", ""),
    ("body", ""),
    ("spans", ()),
    ("passage", None),
    ("relations", ()),
    ("funding", ()),
):
    Doc.set_extension(_extension, default=_default, force=True)


class PassageTokeniser:
    """spaCy's tokeniser seam over the tagger's tokens: blanks are tokens of their own, so offsets never shift."""

    def __init__(self, vocab: Vocab) -> None:
        self._vocab = vocab

    def __call__(self, text: str) -> Doc:
        tokens = tokenise(text)
        words = [text[start:end] for start, end in zip(tokens.starts, tokens.ends, strict=True)]
        return Doc(self._vocab, words=words, spaces=[False] * len(words))


def _fields(doc: Doc) -> tuple[tuple[TextField, str], ...]:
    return ("title", doc._.title), ("body", doc._.body)


@Language.factory("zhimai_tagger", default_config={"accurate": False})
def _tagger(nlp: Language, name: str, *, accurate: bool) -> Step:  # noqa: ARG001 - spaCy's signature of a factory
    tagger, linker = _load_encoder_tagger() if accurate else load_tagger(), load_linker()

    def step(doc: Doc) -> Doc:
        texts = dict(_fields(doc))
        spans = without_loose_marks(tagger.tag(doc._.title, doc._.body), texts)
        spans = without_joins(with_whole_names(spans, texts), texts)
        doc._.spans = with_known_kinds(spans, texts, linker)
        return doc

    return step


def _load_encoder_tagger() -> "EncoderTagger":
    from indexer.extraction.encoder.tagger import load_encoder_tagger  # noqa: PLC0415 - `fast` needs no ONNX Runtime

    return load_encoder_tagger()


@Language.factory("zhimai_names")
def _names(nlp: Language, name: str) -> Step:  # noqa: ARG001
    names, linker = load_names(), load_linker()

    def step(doc: Doc) -> Doc:
        texts = dict(_fields(doc))
        links = (linker.lookup(texts[span.field][span.start : span.end], span.kind) for span in doc._.spans)
        ids = frozenset(link.entity_id for link in links if link is not None)
        found = [span for field, text in texts.items() for span in spot_names(field, text, names.find(text), ids)]
        doc._.spans = with_added(doc._.spans, found)
        return doc

    return step


@Language.factory("zhimai_propagation")
def _propagation(nlp: Language, name: str) -> Step:  # noqa: ARG001
    def step(doc: Doc) -> Doc:
        doc._.spans = propagate(doc._.title, doc._.body, doc._.spans)
        return doc

    return step


@Language.factory("zhimai_linker")
def _linker(nlp: Language, name: str) -> Step:  # noqa: ARG001
    linker = load_linker()

    def step(doc: Doc) -> Doc:
        body_start = len(doc._.title) + 1
        text = doc._.title + "\n" + doc._.body
        named = linker.link(text, [_spotted(span, body_start) for span in doc._.spans])
        doc._.passage = Passage(item_id=doc._.item_id, text=text, body_start=body_start, named=named)
        return doc

    return step


def _spotted(span: Span, body_start: int) -> Spotted:
    shift = body_start if span.field == "body" else 0
    return Spotted(start=span.start + shift, end=span.end + shift, kind=span.kind, confidence=span.confidence)


@Language.factory("zhimai_relations")
def _relations(nlp: Language, name: str) -> Step:  # noqa: ARG001
    def step(doc: Doc) -> Doc:
        doc._.relations = find_relations(doc._.passage)
        return doc

    return step


@Language.factory("zhimai_funding")
def _funding(nlp: Language, name: str) -> Step:  # noqa: ARG001
    def step(doc: Doc) -> Doc:
        doc._.relations, doc._.funding = find_funding(doc._.passage, doc._.relations)
        return doc

    return step
