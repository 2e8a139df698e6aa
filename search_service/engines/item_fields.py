"""What engines index of an item: the same tokens and the same values everywhere, so that they find the same.

Order keys hold the day in the upper bits and the first 42 bits of the item's id below, so that one number orders
items by day and then by id.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from indexer.duplicates import bands_of, signature_of
from indexer.extraction.category import category_of
from indexer.folding import index_tokens
from indexer.model import AnnotatedItem
from search_service.engines.days import month_of, month_text, number_of
from search_service.engines.facts import entities_of

NO_VALUE = "-"
TEXT_FIELDS = ("title", "body")
_FIRST_HAN = "\u3005"
_ID_BITS = 42
_ID_MASK = (1 << _ID_BITS) - 1
_NO_DAY_LAST = (1 << 22) - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexedText:
    """Tokens of a text, and the Han characters that end tokens and begin none: a search for one character finds the
    others by the beginnings of terms, which is fast, and these by themselves."""

    tokens: tuple[str, ...]
    ends: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexedItem:
    """Texts and values by field; ``day`` is a number, 0 for none; the order keys are for descending ``newest`` and
    ascending ``oldest``; near-identical texts share ``bands`` of their ``signature``."""

    id: str
    texts: dict[str, IndexedText]
    values: dict[str, tuple[str, ...]]
    day: int
    newest: int
    oldest: int
    signature: bytes
    bands: tuple[str, ...]

    @classmethod
    def from_item(cls, annotated: AnnotatedItem) -> "IndexedItem":
        """What is indexed of an item."""
        item = annotated.item
        signature = signature_of(item)
        day, ordinal = number_of(item.day), item.day.toordinal() if item.day else 0
        return cls(
            id=item.id,
            texts={"title": _indexed(item.title), "body": _indexed(item.body)},
            values={
                "month": (month_text(month_of(day)),),
                "desk": (item.desk or NO_VALUE,),
                "section": (item.section or NO_VALUE,),
                "source": _values({source.name for source in item.sources if source.name}),
                "category": (category_of(annotated.annotations),),
                "entity": _values(entities_of(annotated)),
            },
            day=day,
            newest=newest_key(item.id, ordinal),
            oldest=oldest_key(item.id, ordinal),
            signature=signature,
            bands=bands_of(signature),
        )


def _indexed(text: str) -> IndexedText:
    tokens = index_tokens(text)
    ends = {token[-1] for token in tokens} - {token[0] for token in tokens}
    return IndexedText(tokens=tuple(tokens), ends=tuple(sorted(end for end in ends if end >= _FIRST_HAN)))


def _values(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(values)) or (NO_VALUE,)


def newest_key(item_id: str, ordinal: int) -> int:
    """Descending by this is newest day first (none last), then id. ``ordinal`` 0 stands for no day."""
    return ordinal << _ID_BITS | _ID_MASK - _id_bits(item_id)


def newest_day(key: int) -> date | None:
    """The day in a key of ``newest_key``; None for none, and for a number that is no key."""
    ordinal = key >> _ID_BITS
    return date.fromordinal(ordinal) if 0 < ordinal <= date.max.toordinal() else None


def is_key_of(key: int, item_id: str) -> bool:
    """Whether a key of ``newest_key`` is one of the item's."""
    return key & _ID_MASK == _ID_MASK - _id_bits(item_id)


def oldest_key(item_id: str, ordinal: int) -> int:
    """Ascending by this is oldest day first (none last), then id."""
    return (ordinal or _NO_DAY_LAST) << _ID_BITS | _id_bits(item_id)


def _id_bits(item_id: str) -> int:
    return int(item_id[:16].ljust(16, "0"), 16) >> (64 - _ID_BITS)
