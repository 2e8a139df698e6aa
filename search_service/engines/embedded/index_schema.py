"""The search index: its fields, and an item as a document of it.

Texts go in as the tokens of ``indexer.folding`` joined by blanks; nothing is stored but the id and the
signature, which are needed together; the record has the rest, under the number that ``item`` holds.
"""

import tantivy

from indexer.model import AnnotatedItem
from search_service.engines.contract import FACET_FIELDS
from search_service.engines.item_fields import TEXT_FIELDS, IndexedItem


def index_schema() -> tantivy.Schema:
    """Fields of the index."""
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("id", stored=True, tokenizer_name="raw", index_option="basic")
    for field in TEXT_FIELDS:
        builder.add_text_field(field, tokenizer_name="whitespace", index_option="position")
        builder.add_text_field(f"{field}_ends", tokenizer_name="whitespace", index_option="basic")
    for field in FACET_FIELDS:
        builder.add_text_field(field, fast=True, tokenizer_name="raw", index_option="basic")
    builder.add_text_field("bands", tokenizer_name="whitespace", index_option="basic")
    builder.add_bytes_field("signature", stored=True)
    builder.add_text_field("desk", tokenizer_name="raw", index_option="basic")
    builder.add_unsigned_field("item", fast=True)
    builder.add_unsigned_field("day", fast=True)
    builder.add_unsigned_field("newest", fast=True)
    builder.add_unsigned_field("oldest", fast=True)
    return builder.build()


def document_of(number: int, annotated: AnnotatedItem) -> tantivy.Document:
    """The document of an item; ``number`` is its own in the record."""
    indexed = IndexedItem.from_item(annotated)
    document = tantivy.Document()
    document.add_text("id", indexed.id)
    for field, text in indexed.texts.items():
        document.add_text(field, " ".join(text.tokens))
        document.add_text(f"{field}_ends", " ".join(text.ends))
    for field, values in indexed.values.items():
        for value in values:
            document.add_text(field, value)
    document.add_text("bands", " ".join(indexed.bands))
    document.add_bytes("signature", indexed.signature)
    document.add_unsigned("item", number)
    document.add_unsigned("day", indexed.day)
    document.add_unsigned("newest", indexed.newest)
    document.add_unsigned("oldest", indexed.oldest)
    return document
