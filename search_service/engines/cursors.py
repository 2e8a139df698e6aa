"""Cursors: where a page ended, as an opaque text that fits one query and one order only."""

import base64
import hashlib
from dataclasses import asdict, dataclass
from typing import Any

import orjson

from search_service.engines.contract import BadCursor, SearchRequest
from search_service.engines.shown_marks import marks_in

_CHECK_BYTES = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class DayCursor:
    """After the item with this order key and id."""

    key: int
    id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RelevanceCursor:
    """After ``shown`` hits of a generation, the last with this score and order key.

    ``marks`` are short hashes of the latest items shown: what keeps them from being shown again when the generation
    is gone and scores have shifted; ``moved`` tells that this happened on an earlier page. ``id`` is that of the last
    item, where an engine needs it to go on; ``rescored`` tells that a ranking gave its score.
    """

    generation: str
    shown: int
    score: float
    key: int
    marks: str
    id: str = ""
    moved: bool = False
    rescored: bool = False


Cursor = DayCursor | RelevanceCursor


def encode(cursor: Cursor, request: SearchRequest) -> str:
    """The cursor as text, tied to the tree and the order of the request."""
    payload = orjson.dumps(list(asdict(cursor).values()))
    return base64.urlsafe_b64encode(_check(payload, request) + payload).decode().rstrip("=")


def decode(request: SearchRequest) -> Cursor | None:
    """The request's cursor. Raises BadCursor where it is damaged or belongs to another search."""
    if request.cursor is None:
        return None
    try:
        raw = base64.b64decode(request.cursor + "=" * (-len(request.cursor) % 4), altchars=b"-_", validate=True)
        check, payload = raw[:_CHECK_BYTES], raw[_CHECK_BYTES:]
        if check != _check(payload, request):
            raise _refusal()
        return _cursor_of(orjson.loads(payload))
    except (ValueError, TypeError, LookupError) as error:
        raise _refusal() from error


def _cursor_of(values: list[Any]) -> Cursor:
    """Raises ValueError, TypeError or LookupError where the values are none that ``encode`` writes."""
    if len(values) == 2:
        return DayCursor(key=_whole(values[0]), id=str(values[1]))
    generation, shown, score, key, marks, last, moved, rescored = values
    marks_in(marks)
    return RelevanceCursor(
        generation=str(generation),
        shown=_whole(shown),
        score=float(score),
        key=_whole(key),
        marks=marks,
        id=str(last),
        moved=bool(moved),
        rescored=bool(rescored),
    )


def _whole(value: int) -> int:
    if not 0 <= value < 1 << 64:
        raise ValueError(value)
    return value


def _check(payload: bytes, request: SearchRequest) -> bytes:
    search = f"{request.sort}\n{request.tree!r}\n".encode("utf-8", "surrogatepass")
    return hashlib.sha256(search + payload).digest()[:_CHECK_BYTES]


def _refusal() -> BadCursor:
    return BadCursor("this cursor belongs to no page of this search; start again without it")
