"""From the names found in an item to all their places in it.

What the tagger saw once it often misses elsewhere: the context decides there, not the name. A labelled surface stands
for all its occurrences in the item, so every name found is looked for in the whole item; longer names go first and
keep their inside to themselves.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from graph.model import EntityKind, TextField
from indexer.extraction.patterns import is_stop_name
from indexer.extraction.span import Span
from indexer.extraction.tokens import stands_free

_SLASH = re.compile(r"[^/／]+")
_SPLIT_KINDS = frozenset({"model", "org"})  # a product may be written owner/name
_WHOLE = re.compile(r"(?i)(?:ai|i|tcp|os|n|24|7|pl|b|m|km|ml|s|h|\d+)[/／].*|.*[/／](?:\d+|o|os|ip|a|b|x|h|s|ml)")


def propagate(title: str, body: str, spans: Iterable[Span]) -> tuple[Span, ...]:
    """The spans with slash lists split, impossible names dropped, one kind a surface, and all other places added.

    A place counts where the surface stands free of longer words and of longer names found. An added place carries
    the best confidence of its surface. In order of field (title first) and start; none overlaps another.
    """
    texts: dict[TextField, str] = {"title": title, "body": body}
    kept = [part for span in spans for part in _split(span, texts[span.field]) if _stands(part, texts[part.field])]
    uses = _settle(kept, texts)
    found = []
    for field, text in texts.items():
        taken = bytearray(len(text))
        for span in kept:
            if span.field == field:
                taken[span.start : span.end] = b"\1" * (span.end - span.start)
                kind, _ = uses[text[span.start : span.end]]
                found.append(Span(field, span.start, span.end, kind, span.confidence))
        found += _other_places(field, text, taken, uses)
    return tuple(sorted(found, key=lambda span: (span.field == "body", span.start)))


def _stands(span: Span, text: str) -> bool:
    return not is_stop_name(text[span.start : span.end], span.kind)


def _split(span: Span, text: str) -> Iterator[Span]:
    surface = text[span.start : span.end]
    if span.kind not in _SPLIT_KINDS or not _SLASH.search(surface) or _WHOLE.fullmatch(surface):
        yield span
        return
    for part in _SLASH.finditer(surface):
        start, end = span.start + part.start(), span.start + part.end()
        start += len(part.group()) - len(part.group().lstrip())
        end -= len(part.group()) - len(part.group().rstrip())
        if start < end:
            yield Span(span.field, start, end, span.kind, span.confidence)


def _settle(spans: Iterable[Span], texts: Mapping[TextField, str]) -> dict[str, tuple[EntityKind, float]]:
    """Each surface with the kind that its places together speak for, and its best confidence."""
    votes: dict[str, dict[EntityKind, float]] = defaultdict(lambda: defaultdict(float))
    best: dict[str, float] = defaultdict(float)
    for span in spans:
        surface = texts[span.field][span.start : span.end]
        votes[surface][span.kind] += span.confidence
        best[surface] = max(best[surface], span.confidence)
    return {surface: (max(kinds, key=lambda kind: kinds[kind]), best[surface]) for surface, kinds in votes.items()}


def _other_places(
    field: TextField, text: str, taken: bytearray, uses: Mapping[str, tuple[EntityKind, float]]
) -> Iterator[Span]:
    for surface in sorted(uses, key=lambda one: (-len(one), one)):
        if len(surface) < 2:
            continue
        kind, confidence = uses[surface]
        start = text.find(surface)
        while start >= 0:
            end = start + len(surface)
            if not any(taken[start:end]) and stands_free(text, start, end):
                taken[start:end] = b"\1" * len(surface)
                yield Span(field, start, end, kind, confidence)
            start = text.find(surface, start + 1)
