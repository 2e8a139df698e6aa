"""Cuts texts into pieces for pages: what is marked, what is linked, where a sentence can be pointed at."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

Record = dict[str, Any]
Span = Sequence[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A piece of a text; ``entity`` where it names one."""

    text: str
    marked: bool = False
    entity: Record | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """Pieces that belong together. ``anchors``: ids that lead here, the first one of the whole passage."""

    pieces: tuple[Piece, ...]
    anchors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    """A line of a body: ``kind`` is summary, background or point."""

    kind: str
    passages: tuple[Passage, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """A sentence with every relation that it says; ``pieces`` have the words that say so marked."""

    relations: tuple[Record, ...]
    evidence: Record
    pieces: tuple[Piece, ...]


def anchor_of(evidence: Record) -> str:
    """The id of a sentence on the page of its item."""
    return f"{evidence['field']}-{evidence['start']}"


def marked(text: str, spans: Iterable[Span]) -> tuple[Piece, ...]:
    """A text with spans marked."""
    cut = _cut(0, len(text), [(start, end, True) for start, end in spans])
    return tuple(Piece(text=text[start:end], marked=bool(mark)) for start, end, mark in cut)


def marked_evidence(evidence: Record) -> tuple[Piece, ...]:
    """The sentence of evidence with the words that say so marked."""
    return _with_triggers([evidence])


def linked(text: str, mentions: Iterable[Record], start: int, end: int) -> tuple[Piece, ...]:
    """``start``..``end`` of a text with its mentions linked."""
    cut = _cut(start, end, [(m["start"], m["end"], m["entity"]) for m in mentions])
    return tuple(Piece(text=text[a:b], entity=entity) for a, b, entity in cut)


def passages(
    text: str, mentions: Sequence[Record], evidence: Sequence[Record], *, start: int, end: int
) -> tuple[Passage, ...]:
    """``start``..``end`` of a text, its sentences that are evidence as passages that can be pointed at.

    Evidence that overlaps an earlier, longer sentence leads to that sentence.
    """
    inside = sorted(
        {(said["start"], said["end"], anchor_of(said)) for said in evidence if start <= said["start"] < end},
        key=lambda span: (span[0], -span[1]),
    )
    kept: list[tuple[int, int, list[str]]] = []
    for first, last, anchor in inside:
        if kept and first < kept[-1][1]:
            if anchor not in kept[-1][2]:
                kept[-1][2].append(anchor)
        else:
            kept.append((first, last, [anchor]))
    return tuple(
        Passage(pieces=linked(text, mentions, a, b), anchors=tuple(anchors or ()))
        for a, b, anchors in _cut(start, end, kept)
    )


def body_paragraphs(item: Record) -> tuple[Paragraph, ...]:
    """The body of an item, line by line."""
    mentions = in_field(item["mentions"], "body")
    evidence = in_field(evidence_in(item), "body")
    return tuple(
        Paragraph(kind=part["kind"], passages=passages(item["body"], mentions, evidence, start=start, end=end))
        for part in item["structure"]
        for start, end in _lines(item["body"], part["start"], part["end"])
    )


def title_passages(item: Record) -> tuple[Passage, ...]:
    """The title of an item."""
    evidence = in_field(evidence_in(item), "title")
    return passages(item["title"], in_field(item["mentions"], "title"), evidence, start=0, end=len(item["title"]))


def by_sentence(relations: Iterable[Record]) -> tuple[Statement, ...]:
    """The relations of an item by the sentence that says them, in the order of the first of each."""
    said: dict[tuple[str, int, int], list[tuple[Record, Record]]] = {}
    for relation in relations:
        for evidence in relation["evidence"]:
            place = (evidence["field"], evidence["start"], evidence["end"])
            said.setdefault(place, []).append((relation, evidence))
    return tuple(
        Statement(
            relations=tuple(relation for relation, _evidence in pairs),
            evidence=pairs[0][1],
            pieces=_with_triggers([evidence for _relation, evidence in pairs]),
        )
        for pairs in said.values()
    )


def _with_triggers(evidence: Sequence[Record]) -> tuple[Piece, ...]:
    start = evidence[0]["start"]
    return marked(
        evidence[0]["text"], [(said["trigger"][0] - start, said["trigger"][1] - start) for said in evidence]
    )


def evidence_in(item: Record) -> list[Record]:
    """All evidence that an item gives."""
    said = [evidence for relation in item["relations"] for evidence in relation["evidence"]]
    return said + [funding["evidence"] for funding in item["funding"]]


def in_field(records: Iterable[Record], field: str) -> list[Record]:
    """Those records that are about one field of an item."""
    return [record for record in records if record["field"] == field]


def _lines(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    at = start
    for line in text[start:end].split("\n"):
        if line.strip():
            yield at, at + len(line)
        at += len(line) + 1


def _cut(start: int, end: int, spans: Iterable[tuple[int, int, Any]]) -> Iterator[tuple[int, int, Any]]:
    """``start``..``end`` in order, cut at the spans; what overlaps a span before it or lies outside is left out."""
    at = start
    inside = ((max(first, start), min(last, end), value) for first, last, value in spans)
    for first, last, value in sorted(inside, key=lambda span: (span[0], -span[1])):
        if first < at or last <= first:
            continue
        if first > at:
            yield at, first, None
        yield first, last, value
        at = last
    if at < end:
        yield at, end, None
