"""One page of a search: hits from the index, items from the record."""

import base64
from collections.abc import Callable

from tantivy import Query

from search_service.engines.contract import Hit, SearchPage, SearchRequest
from search_service.engines.embedded.connections import ReadConnections
from search_service.engines.embedded.cursors import Cursor, DayCursor, RelevanceCursor, decode, encode
from search_service.engines.embedded.facets import facets_of
from search_service.engines.embedded.hits import RankedHit, by_day, by_relevance, id_of, take
from search_service.engines.embedded.index_reading import Generation, IndexReader
from search_service.engines.embedded.item_reading import stored_items
from search_service.engines.embedded.panics import search_errors_told
from search_service.engines.embedded.translation import scores, translate

MAX_MARKS = 1000
GENERATION_GONE = "检索期间库已更新，后面的结果按更新后的相关度排列，已经列出的不再重复"


def search_page(request: SearchRequest, index: IndexReader, record: ReadConnections) -> SearchPage:
    """Raises BadCursor, EngineUnavailable."""
    cursor = decode(request)
    ranked_by_day = request.sort != "relevance" or not scores(request.tree)
    with search_errors_told():
        if ranked_by_day:
            day_cursor = cursor if isinstance(cursor, DayCursor) else None
            return _page_by_day(request, day_cursor, index.current(), record)
        relevance_cursor = cursor if isinstance(cursor, RelevanceCursor) else None
        return _page_by_relevance(request, relevance_cursor, index, record)


def _page_by_day(
    request: SearchRequest, cursor: DayCursor | None, generation: Generation, record: ReadConnections
) -> SearchPage:
    query = translate(request.tree, generation)
    ranking = by_day(query, generation, newest=request.sort != "oldest", start=cursor.key if cursor else None)

    def shown(hit: RankedHit) -> bool:
        return cursor is not None and hit.key == cursor.key and id_of(hit, generation) <= cursor.id

    hits, more = take(ranking, request.limit, unwanted=shown)

    def end(ids: list[str]) -> DayCursor:
        return DayCursor(key=hits[-1].key, id=ids[-1])

    return _page(request, query, generation, record, hits, end if more else None)


def _page_by_relevance(
    request: SearchRequest, cursor: RelevanceCursor | None, index: IndexReader, record: ReadConnections
) -> SearchPage:
    kept = index.pinned(cursor.generation) if cursor else None
    generation = kept or index.current()
    query = translate(request.tree, generation)
    ranking = by_relevance(query, generation)
    if cursor is None or kept:
        shown = cursor.shown if cursor else 0
        hits, more = take(ranking, shown + request.limit, unwanted=lambda _hit: False)
        hits = hits[shown:]
    else:
        hits, more = take(ranking, request.limit, unwanted=_shown_before(cursor))
    if more:
        index.pin(generation)

    def end(_ids: list[str]) -> RelevanceCursor:
        return _after(cursor, hits, generation)

    notices = (GENERATION_GONE,) if cursor and not kept else ()
    return _page(request, query, generation, record, hits, end if more else None, notices)


def _page(
    request: SearchRequest,
    query: Query,
    generation: Generation,
    record: ReadConnections,
    hits: list[RankedHit],
    end: Callable[[list[str]], Cursor] | None,
    notices: tuple[str, ...] = (),
) -> SearchPage:
    ids = [id_of(hit, generation) for hit in hits]
    with record.reading() as connection:
        items = stored_items(connection, ids)
    return SearchPage(
        total=generation.searcher.search(query, 1).count,
        hits=tuple(
            Hit(item=items[item], score=hit.score)
            for item, hit in zip(ids, hits, strict=True)
            if item in items  # removed from the record, and in a moment from the index
        ),
        facets=facets_of(query, request.facets, generation),
        next=encode(end(ids), request) if end else None,
        notices=notices,
    )


def _after(cursor: RelevanceCursor | None, hits: list[RankedHit], generation: Generation) -> RelevanceCursor:
    before = _unpacked(cursor.marks) if cursor else []
    return RelevanceCursor(
        generation=generation.name,
        shown=(cursor.shown if cursor else 0) + len(hits),
        score=hits[-1].score,
        key=hits[-1].key,
        marks=_packed([*before, *map(_mark, hits)][-MAX_MARKS:]),
    )


def _shown_before(cursor: RelevanceCursor) -> Callable[[RankedHit], bool]:
    marks = set(_unpacked(cursor.marks))
    marks_are_all = cursor.shown <= MAX_MARKS

    def shown(hit: RankedHit) -> bool:
        ranks_before = (hit.score, hit.key) >= (cursor.score, cursor.key)
        return _mark(hit) in marks or (not marks_are_all and ranks_before)

    return shown


def _mark(hit: RankedHit) -> bytes:
    """Four bytes of the item's id."""
    return (hit.key & 0xFFFFFFFF).to_bytes(4, "big")


def _packed(marks: list[bytes]) -> str:
    return base64.b85encode(b"".join(marks)).decode()


def _unpacked(text: str) -> list[bytes]:
    packed = base64.b85decode(text)
    return [packed[at : at + 4] for at in range(0, len(packed), 4)]
