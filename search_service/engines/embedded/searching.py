"""One page of a search: hits from the index, items from the record."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tantivy import Query

from search_service.engines.contract import FacetField, FacetValue, Hit, SearchPage, SearchRequest
from search_service.engines.cursors import Cursor, DayCursor, RelevanceCursor, decode, encode
from search_service.engines.embedded.connections import ReadConnections
from search_service.engines.embedded.facets import Facets
from search_service.engines.embedded.hits import RankedHit, Ranking, Taken, by_day, by_relevance, id_of, take
from search_service.engines.embedded.index_reading import Generation, IndexReader
from search_service.engines.embedded.item_reading import stored_items
from search_service.engines.embedded.library_errors import search_errors_told
from search_service.engines.embedded.rescoring import Frequencies, Rescoring
from search_service.engines.embedded.translation import translate
from search_service.engines.facets import facets_of
from search_service.engines.relevance_pages import GENERATION_GONE, cursor_after, shown_before, shown_score
from search_service.engines.scoring import scores
from search_service.query.tree import Everything, Node


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """A page before its items are read."""

    generation: Generation
    query: Query
    hits: list[RankedHit]
    total: int
    next: Cursor | None
    notices: tuple[str, ...] = ()


class Searching:
    """Answers searches from an index and a record. Shared by threads."""

    def __init__(self, index: IndexReader, record: ReadConnections) -> None:
        self._index = index
        self._record = record
        self._facets = Facets()
        self._frequencies = Frequencies()
        self._rescoring = Rescoring(record, self._frequencies)

    def page(self, request: SearchRequest) -> SearchPage:
        """Raises BadCursor, EngineUnavailable."""
        cursor = decode(request)
        with search_errors_told():
            if request.sort == "relevance" and scores(request.tree):
                found = self._by_relevance(request, cursor if isinstance(cursor, RelevanceCursor) else None)
            else:
                found = self._by_day(request, cursor if isinstance(cursor, DayCursor) else None)
            return self._page(request, found)

    def values(self, field: FacetField, limit: int) -> tuple[FacetValue, ...]:
        """The values that most items have."""
        with search_errors_told():
            generation = self._index.current()
            everything = translate(Everything(), generation)
            return facets_of(
                (field,),
                lambda asked: dict(generation.searcher.aggregate(everything, asked)),
                part_size="segment_size",
                shown=limit,
            )[field]

    def counts(self, trees: Sequence[Node]) -> tuple[int, ...]:
        """How many items each tree finds. Raises EngineUnavailable."""
        with search_errors_told():
            return self._frequencies.of(trees, self._index.current())

    def _by_day(self, request: SearchRequest, cursor: DayCursor | None) -> _Found:
        generation = self._index.current()
        query = translate(request.tree, generation)
        start = cursor.key if cursor else None
        ranking = by_day(query, generation, newest=request.sort != "oldest", start=start)
        taken = take(ranking, request.limit, skip=_up_to(cursor, generation) if cursor else None)
        total = generation.searcher.search(query, 1).count if cursor else taken.matching
        end = DayCursor(key=taken.hits[-1].key, id=id_of(taken.hits[-1], generation)) if taken.more else None
        return _Found(generation=generation, query=query, hits=taken.hits, total=total, next=end)

    def _by_relevance(self, request: SearchRequest, cursor: RelevanceCursor | None) -> _Found:
        kept = self._index.pinned(cursor.generation) if cursor else None
        generation = kept or self._index.current()
        query = translate(request.tree, generation)
        ranking = by_relevance(query, generation)
        if request.ranking:
            ranking = self._rescoring.over(ranking, request.ranking, generation)
        moved = cursor is not None and (cursor.moved or not kept)
        if cursor and (moved or cursor.rescored):  # texts may have changed since, which would move hits about
            taken = take(ranking, request.limit, skip=shown_before(cursor))
        else:
            taken = _from_rank(ranking, cursor.shown if cursor else 0, request.limit)
        if taken.more:
            self._index.pin(generation)
        return _Found(
            generation=generation,
            query=query,
            hits=taken.hits,
            total=taken.matching,
            next=cursor_after(cursor, taken.hits, generation=generation.name, moved=moved) if taken.more else None,
            notices=(GENERATION_GONE,) if cursor and not kept else (),
        )

    def _page(self, request: SearchRequest, found: _Found) -> SearchPage:
        ids = [id_of(hit, found.generation) for hit in found.hits]
        with self._record.reading() as connection:
            items = stored_items(connection, ids)
        return SearchPage(
            total=found.total,
            hits=tuple(
                Hit(item=items[item], score=shown_score(hit, request.ranking), reasons=hit.reasons)
                for item, hit in zip(ids, found.hits, strict=True)
                if item in items  # removed from the record, and in a moment from the index
            ),
            facets=self._facets.of(request, found.query, found.generation),
            next=encode(found.next, request) if found.next else None,
            notices=found.notices,
        )


def _from_rank(ranking: Ranking, shown: int, count: int) -> Taken:
    taken = take(ranking, shown + count)
    return Taken(hits=taken.hits[shown:], more=taken.more, matching=taken.matching)


def _up_to(cursor: DayCursor, generation: Generation) -> Callable[[RankedHit], bool]:
    return lambda hit: hit.key == cursor.key and id_of(hit, generation) <= cursor.id
