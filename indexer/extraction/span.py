"""A name at a place of an item, before it is known which entity it names."""

from dataclasses import dataclass

from graph.model import EntityKind, TextField


@dataclass(frozen=True, slots=True)
class Span:
    """``start`` and ``end`` count characters of the field, half-open.

    ``confidence`` is the tagger's probability of its least certain token, 0 to 1.
    """

    field: TextField
    start: int
    end: int
    kind: EntityKind
    confidence: float = 1.0
