"""Opaque cursors of lists that are paged by position."""

import base64
import binascii

import orjson

from search_service.engines.contract import BadCursor

LAST_POSITION = 10**9


def cursor_at(*positions: int) -> str:
    """The cursor that stands for positions in one or more lists."""
    return base64.urlsafe_b64encode(orjson.dumps(positions)).decode().rstrip("=")


def positions_of(cursor: str | None, *, lists: int = 1) -> tuple[int, ...]:
    """The inverse of ``cursor_at``; the beginning where there is no cursor. Raises BadCursor."""
    if cursor is None:
        return (0,) * lists
    try:
        positions = orjson.loads(base64.urlsafe_b64decode(cursor.encode() + b"=" * (-len(cursor) % 4)))
    except (binascii.Error, ValueError):
        raise BadCursor("this cursor belongs to no page of this list; start again without it") from None
    if (
        not isinstance(positions, list)
        or len(positions) != lists
        or not all(type(position) is int and 0 <= position <= LAST_POSITION for position in positions)
    ):
        raise BadCursor("this cursor belongs to no page of this list; start again without it")
    return tuple(positions)


def next_after(offset: int, shown: int, total: int) -> str | None:
    """The cursor of the next page of one list, None after the last."""
    return cursor_at(offset + shown) if shown and offset + shown < total else None
