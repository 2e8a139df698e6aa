"""Why a document is in none of the layouts, in words that its owner can act on."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from indexer.model import Problem
from indexer.readers import structural
from indexer.readers.daily_json import MAX_DEPTH
from indexer.readers.documents import MAX_LINE, Document, JsonDocument, TextDocument
from indexer.readers.roles import NAME, flat

_SHOWN_KEYS = 4


def problem_of(document: Document) -> Problem:
    """What keeps the document from being read."""
    reason, line = "not a digest layout known to this version", None
    if isinstance(document, JsonDocument):
        reason = f"{reason}: {_against_json(document.value)}"
    elif isinstance(document, TextDocument):
        line = next((number for number, text in enumerate(document.lines, 1) if len(text) > MAX_LINE), None)
        sureness = 0.0 if line else structural.best_reading(document).sureness
        if line:
            reason = f"{reason}: line of more than {MAX_LINE:,} characters"
        elif sureness:
            reason = f"{reason}; what repeats in it is news with a certainty of {sureness:.0%} only"
    else:
        reason = f"{reason}: XML that is no feed with entries"
    return Problem(path=document.path, line=line, reason=reason)


def _against_json(value: Any) -> str:
    objects: Sequence[Mapping[str, Any]] = max(_lists_of_objects(value), key=len, default=[])
    if not objects:
        return "JSON without a list of objects or headlines"
    keys = list(flat(objects[0]))
    if name := next((key for key in keys if NAME.fullmatch(key)), None):
        return f"{len(objects):,} objects with names (`{name}`) and without titles are a register, not news"
    shown = ", ".join(key[:30] for key in keys[:_SHOWN_KEYS])
    return f"no key of its {len(objects):,} objects ({shown}, ...) reads as a title with a time or link beside it"


def _lists_of_objects(value: Any) -> Iterator[Sequence[Mapping[str, Any]]]:
    """The outermost lists that hold objects."""
    pending: list[tuple[Any, int]] = [(value, 0)]
    while pending:
        current, depth = pending.pop()
        if depth > MAX_DEPTH:
            continue
        if isinstance(current, list):
            if objects := [one for one in current if isinstance(one, dict) and one]:
                yield objects
        elif isinstance(current, dict):
            pending.extend((inner, depth + 1) for inner in current.values())
