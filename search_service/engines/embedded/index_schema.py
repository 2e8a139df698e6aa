"""The search index: its fields, and an item as a document of it.

Texts go in as the tokens of ``indexer.folding`` joined by blanks; nothing but the id is stored, because the record
has the rest. Order keys hold the day in the upper bits and the first 42 bits of the item's id below, so that one
number orders items by day and then by id.
"""

from collections.abc import Iterable

import tantivy

from indexer.extraction.category import category_of
from indexer.folding import index_tokens
from indexer.model import AnnotatedItem
from search_service.engines.contract import FACET_FIELDS
from search_service.engines.embedded.days import month_of, month_text, number_of
from search_service.engines.embedded.facts import entities_of

NO_VALUE = "-"
TEXT_FIELDS = ("title", "body")
_FIRST_HAN = "\u3005"
_ID_BITS = 42
_ID_MASK = (1 << _ID_BITS) - 1
_NO_DAY_LAST = (1 << 22) - 1


def index_schema() -> tantivy.Schema:
    """Fields of the index."""
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("id", stored=True, tokenizer_name="raw", index_option="basic")
    for field in TEXT_FIELDS:
        builder.add_text_field(field, tokenizer_name="whitespace", index_option="position")
        builder.add_text_field(f"{field}_ends", tokenizer_name="whitespace", index_option="basic")
    for field in FACET_FIELDS:
        builder.add_text_field(field, fast=True, tokenizer_name="raw", index_option="basic")
    builder.add_text_field("desk", tokenizer_name="raw", index_option="basic")
    builder.add_unsigned_field("day", fast=True)
    builder.add_unsigned_field("newest", fast=True)
    builder.add_unsigned_field("oldest", fast=True)
    return builder.build()


def document_of(annotated: AnnotatedItem) -> tantivy.Document:
    """The document of an item."""
    item = annotated.item
    document = tantivy.Document()
    document.add_text("id", item.id)
    _add_text(document, "title", item.title)
    _add_text(document, "body", item.body)
    day = number_of(item.day)
    document.add_unsigned("day", day)
    document.add_unsigned("newest", newest_key(item.id, item.day.toordinal() if item.day else 0))
    document.add_unsigned("oldest", oldest_key(item.id, item.day.toordinal() if item.day else 0))
    document.add_text("month", month_text(month_of(day)))
    document.add_text("desk", item.desk or NO_VALUE)
    document.add_text("section", item.section or NO_VALUE)
    _add_all(document, "source", {source.name for source in item.sources if source.name})
    document.add_text("category", category_of(annotated.annotations))
    _add_all(document, "entity", entities_of(annotated))
    return document


def _add_text(document: tantivy.Document, field: str, text: str) -> None:
    """The tokens, and the Han characters that end tokens and begin none: a search for one character finds the others
    by the beginnings of terms, which is fast, and these by themselves."""
    tokens = index_tokens(text)
    ends = {token[-1] for token in tokens} - {token[0] for token in tokens}
    document.add_text(field, " ".join(tokens))
    document.add_text(f"{field}_ends", " ".join(sorted(end for end in ends if end >= _FIRST_HAN)))


def _add_all(document: tantivy.Document, field: str, values: Iterable[str]) -> None:
    for value in sorted(values) or [NO_VALUE]:
        document.add_text(field, value)


def newest_key(item_id: str, ordinal: int) -> int:
    """Descending by this is newest day first (none last), then id. ``ordinal`` 0 stands for no day."""
    return ordinal << _ID_BITS | _ID_MASK - _id_bits(item_id)


def oldest_key(item_id: str, ordinal: int) -> int:
    """Ascending by this is oldest day first (none last), then id."""
    return (ordinal or _NO_DAY_LAST) << _ID_BITS | _id_bits(item_id)


def _id_bits(item_id: str) -> int:
    return int(item_id[:16].ljust(16, "0"), 16) >> (64 - _ID_BITS)
