"""Items as the record keeps them: their JSON, compressed. Lists of mentions shrink to a third."""

import zlib

from indexer.codec import from_json
from indexer.model import AnnotatedItem

_LEVEL = 1  # higher ones take twice the time for a twentieth of the size


def pack(json: bytes) -> bytes:
    """JSON of an item as a payload."""
    return zlib.compress(json, _LEVEL)


def unpack(payload: bytes) -> bytes:
    """The inverse of ``pack``."""
    return zlib.decompress(payload)


def pack_text(text: str) -> bytes:
    """A text that is read by the hundred: two bytes a character take no more room than compressed UTF-8 of short
    Chinese texts, and no time to read."""
    return text.encode("utf-16-le", "surrogatepass")


def unpack_text(packed: bytes) -> str:
    """The inverse of ``pack_text``."""
    return packed.decode("utf-16-le", "surrogatepass")


def item_in(payload: bytes) -> AnnotatedItem:
    """The item that a payload holds."""
    return from_json(zlib.decompress(payload))
