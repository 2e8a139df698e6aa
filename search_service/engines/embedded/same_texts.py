"""Bands and signatures in the search index, items in the record: see ``engines.same_texts``."""

import sqlite3
from collections.abc import Collection

from tantivy import Occur, Query

from indexer.codec import news_item_from
from indexer.model import NewsItem
from search_service.engines.batches import in_batches
from search_service.engines.contract import SameText
from search_service.engines.embedded.connections import ReadConnections
from search_service.engines.embedded.index_reading import Generation, IndexReader
from search_service.engines.embedded.library_errors import search_errors_told
from search_service.engines.embedded.numbering import BOUND, placeholders
from search_service.engines.embedded.payloads import unpack
from search_service.engines.same_texts import same_texts


def same_texts_of(
    index: IndexReader, record: ReadConnections, item_ids: Collection[str]
) -> dict[str, tuple[SameText, ...]]:
    """Of each item that has any, the items that tell the same. Raises EngineUnavailable."""
    with search_errors_told(), record.reading() as connection:
        return same_texts(_Bands(index.current(), connection), item_ids)


class _Bands:
    """One state of index and record."""

    def __init__(self, generation: Generation, connection: sqlite3.Connection) -> None:
        self._generation = generation
        self._connection = connection

    def signatures(self, item_ids: Collection[str]) -> dict[str, bytes]:
        """Signatures of those items that are there."""
        return self._matching("id", item_ids, limit=len(item_ids)) or {}

    def sharing(self, bands: Collection[str], *, limit: int) -> dict[str, bytes] | None:
        """Items with any of the bands, and their signatures; None where more than ``limit`` have."""
        searcher = self._generation.searcher
        # most bands have one holder, who asks: counting them takes a fifth of the time that finding them takes
        return self._matching("bands", [band for band in bands if searcher.doc_freq("bands", band) > 1], limit=limit)

    def _matching(self, field: str, terms: Collection[str], *, limit: int) -> dict[str, bytes] | None:
        if not terms:
            return {}
        searcher, schema = self._generation.searcher, self._generation.schema
        # a set of terms would be one query, five times as slow
        any_of = [(Occur.Should, Query.term_query(schema, field, term, "basic")) for term in terms]
        found = searcher.search(Query.boolean_query(any_of), limit)
        if found.count > limit:
            return None
        documents = (searcher.doc(address) for _, address in found.hits)
        return {document["id"][0]: document["signature"][0] for document in documents}

    def news_items(self, item_ids: Collection[str]) -> dict[str, NewsItem]:
        """Those items that are stored."""
        found: dict[str, NewsItem] = {}
        for some in in_batches(item_ids, BOUND):
            statement = f"SELECT id, payload FROM items WHERE id IN ({placeholders(len(some))})"
            rows = self._connection.execute(statement, some)
            found.update((item, news_item_from(unpack(payload))) for item, payload in rows)
        return found
