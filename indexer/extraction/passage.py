"""An item's title and body as one text, with the entities named in it: what the later steps of extraction read."""

from dataclasses import dataclass
from functools import cached_property

from graph.model import EntityKind, Evidence, TextField
from indexer.extraction.sentences import SentenceSpan, sentence_at, sentence_spans


@dataclass(frozen=True, slots=True, kw_only=True)
class Spotted:
    """A place that names something, not yet linked. Offsets count in the passage's text."""

    start: int
    end: int
    kind: EntityKind
    confidence: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A place that names a known or new entity. Offsets count in the passage's text."""

    start: int
    end: int
    kind: EntityKind
    entity_id: str
    name: str
    confidence: float = 1.0


@dataclass(frozen=True, kw_only=True)
class Passage:
    """``text`` is title, one newline, body; ``named`` stands in order of place and does not overlap."""

    item_id: str
    text: str
    body_start: int
    named: tuple[Named, ...] = ()

    @cached_property
    def sentences(self) -> tuple[SentenceSpan, ...]:
        """Half-open spans of the sentences; none crosses from the title into the body."""
        return sentence_spans(self.text)

    @cached_property
    def sentence_of(self) -> tuple[int, ...]:
        """For each of ``named``, the index of its sentence."""
        return tuple(sentence_at(self.sentences, one.start) for one in self.named)

    def place(self, start: int, end: int) -> tuple[TextField, int, int]:
        """Field and offsets in the field of a span of ``text``."""
        if start < self.body_start:
            return "title", start, min(end, self.body_start - 1)
        return "body", start - self.body_start, end - self.body_start

    def evidence(self, sentence: SentenceSpan, trigger: tuple[int, int]) -> Evidence:
        """The sentence as evidence; the trigger is cut to it."""
        start, end = sentence
        field, field_start, field_end = self.place(start, end)
        shift = start - field_start
        low = min(max(trigger[0], start), end)
        high = max(low, min(trigger[1], end))
        return Evidence(
            item_id=self.item_id,
            field=field,
            start=field_start,
            end=field_end,
            text=self.text[start:end],
            trigger=(low - shift, high - shift),
        )
