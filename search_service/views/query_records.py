"""How a query was read, as a record: chips that can be taken away, the line that says it, ways to read it else."""

import re
from collections.abc import Sequence

from search_service.query.parts import Part
from search_service.query.ranking import Ranking, Reason
from search_service.query.reading import Reading
from search_service.views.records import Record, day_text

LITERAL = "literal"
_NEGATION_BEFORE = re.compile(r"(?:(?:^|(?<=[\s(（]))[-－]|\bNOT\s+)$")
_OR_BEFORE = re.compile(r"(?:(?<!\S)(?:OR|AND)|\|\|?|&&)\s*$")
_OR_AFTER = re.compile(r"^\s*(?:(?:OR|AND)(?!\S)|\|\|?|&&)")
_EMPTY_BRACKETS = re.compile(r"(?:(?:^|(?<=\s))[-－]|\b(?:NOT|OR|AND)\s+)?[(（]\s*[)）]")
_DROPPED = ("question",)


def query_record(
    reading: Reading, notices: Sequence[str], *, relaxed_note: str | None = None, offers: Sequence[Record] = ()
) -> Record:
    """The query as understood.

    ``literal`` is the text to search for with ``mode=literal`` where understanding changed something; ``offers`` are
    searches of the same window before the archive's last day.
    """
    problems = [{"position": problem.position, "message": problem.message} for problem in reading.problems]
    return {
        "text": reading.text,
        "read_as": reading.read_as,
        "understood": reading.ranking is not None,
        "question": reading.question,
        "literal": reading.text if reading.ranking else None,
        "parts": [_part_record(part, reading.text) for part in reading.parts],
        "relaxed_note": relaxed_note,
        "offers": list(offers),
        "problems": [*problems, *({"position": 0, "message": notice} for notice in notices)],
    }


def _part_record(part: Part, text: str) -> Record:
    return {
        "start": part.start,
        "end": part.end,
        "kind": part.kind,
        "value": part.value,
        "entity_id": part.entity_id,
        "negated": part.negated,
        "sought": part.kind not in _DROPPED,
        "also": list(part.also),
        "since": day_text(part.since),
        "until": day_text(part.until),
        "without": text_without(text, part),
    }


def text_without(text: str, part: Part) -> str:
    """The query text with a part taken away, and with it the signs and brackets that stood for it alone."""
    before, after = _NEGATION_BEFORE.sub("", text[: part.start]), text[part.end :]
    if (without := _OR_BEFORE.sub("", before)) != before:
        before = without
    else:
        after = _OR_AFTER.sub("", after)
    left = " ".join(f"{before} {after}".split())
    while (fewer := _EMPTY_BRACKETS.sub(" ", left)) != left:
        left = " ".join(fewer.split())
    return left if re.search(r"[\w*]", left) else ""


def reason_records(reasons: Sequence[Reason], ranking: Ranking) -> list[Record]:
    """Why a hit stands where it does; the numbers add up to its score."""
    return [
        {
            "why": reason.why,
            "gave": round(reason.gave, 4),
            "part": None if reason.part is None else ranking.parts[reason.part].value,
            "fields": list(reason.fields),
            "matches": list(reason.matches),
        }
        for reason in reasons
    ]
