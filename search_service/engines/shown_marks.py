"""Marks of items that pages showed: four bytes each, taken from the part of the order key that comes from the id."""

import base64

_BYTES = 4


def mark_of(order_key: int) -> bytes:
    """The mark of the item with this order key."""
    return (order_key & 0xFFFFFFFF).to_bytes(_BYTES, "big")


def joined_marks(marks: list[bytes]) -> str:
    """Marks as text."""
    return base64.b85encode(b"".join(marks)).decode()


def marks_in(text: str) -> list[bytes]:
    """The inverse of ``joined_marks``."""
    joined = base64.b85decode(text)
    return [joined[at : at + _BYTES] for at in range(0, len(joined), _BYTES)]
