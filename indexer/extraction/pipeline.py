"""Extraction as one object: a news item in, its mentions, relations and rounds out."""

from dataclasses import dataclass, replace
from functools import cached_property
from hashlib import blake2b
from importlib import metadata, resources
from typing import Literal, get_args

import spacy
from spacy.language import Language

from indexer.extraction.components import STEPS, PassageTokeniser
from indexer.extraction.passage import Named, Passage
from indexer.extraction_pool import Extractor
from indexer.model import Annotations, IndexerError, Mention, NewsItem

Level = Literal["fast", "accurate", "none"]


class UnknownExtraction(IndexerError):
    """There is no extraction of that name."""


@dataclass(frozen=True, slots=True)
class NoExtraction:
    """Leaves items as they are: an archive to search in, without entities."""

    version: str = "none"

    def annotate(self, item: NewsItem) -> Annotations:  # noqa: ARG002 - the protocol's signature
        """Nothing."""
        return Annotations()


class Extraction:
    """The trained pipeline of a level. Not safe for several threads at once; one a worker process."""

    def __init__(self, level: Level) -> None:
        self.level = level
        self._pipeline = _build_pipeline(level)

    @cached_property
    def version(self) -> str:
        """Changes with the code's version, the catalogue and the models."""
        return f"{self.level}-{metadata.version('zhimai')}-{_fingerprint(self.level)}"

    def annotate(self, item: NewsItem) -> Annotations:
        """What the item says. Evidence carries the item's id and day; a text without names gives nothing."""
        title, body = item.title, item.body
        if not title and not body:
            return Annotations()
        with self._pipeline.memory_zone():  # else the vocabulary keeps every word ever seen
            doc = self._pipeline.make_doc(f"{title}\n{body}")
            doc._.item_id, doc._.title, doc._.body = item.id, title, body
            doc = self._pipeline(doc)
            passage: Passage = doc._.passage
            return Annotations(
                mentions=tuple(_mention(passage, one) for one in passage.named),
                relations=tuple(replace(relation, day=item.day) for relation in doc._.relations),
                funding=tuple(replace(one, day=item.day) for one in doc._.funding),
            )


def load_extraction(level: str) -> Extractor:
    """The extractor of a level: ``fast`` (a linear tagger), ``accurate`` (a text encoder as tagger), or ``none``.

    Raises UnknownExtraction for any other, and MissingModel where the encoder was not installed.
    """
    if level == "none":
        return NoExtraction()
    if level == "fast":
        return Extraction("fast")
    if level == "accurate":
        return Extraction("accurate")
    raise UnknownExtraction(f"unknown extraction {level!r}; choose one of {', '.join(get_args(Level))}")


def _build_pipeline(level: Level) -> Language:
    pipeline = spacy.blank("zh")
    pipeline.tokenizer = PassageTokeniser(pipeline.vocab)
    for step in STEPS:
        pipeline.add_pipe(step, config={"accurate": level == "accurate"} if step == "zhimai_tagger" else {})
    return pipeline


def _mention(passage: Passage, one: Named) -> Mention:
    field, start, end = passage.place(one.start, one.end)
    return Mention(
        entity_id=one.entity_id,
        name=one.name,
        kind=one.kind,
        field=field,
        start=start,
        end=end,
        confidence=round(one.confidence, 4),
    )


def _fingerprint(level: Level) -> str:
    """A hash over the shipped models that a level uses and the catalogue's files."""
    digest = blake2b(digest_size=6)
    encoder = ("indexer.extraction.models.encoder",) if level == "accurate" else ()
    for package in ("indexer.extraction.models", "graph.catalogue", *encoder):
        for entry in sorted(resources.files(package).iterdir(), key=lambda one: one.name):
            if entry.is_file() and not entry.name.endswith((".py", ".pyc")):
                digest.update(entry.read_bytes())
    return digest.hexdigest()
