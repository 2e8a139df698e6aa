"""One page of a search."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from search_service.engines.contract import FacetField, Hit, SearchPage, SearchRequest
from search_service.engines.cursors import Cursor, DayCursor, RelevanceCursor, decode, encode
from search_service.engines.days import day_of, number_of
from search_service.engines.elasticsearch.cluster import Cluster, GenerationGone, Object
from search_service.engines.elasticsearch.documents import item_in
from search_service.engines.elasticsearch.generations import KEPT, Generations
from search_service.engines.elasticsearch.translation import translate
from search_service.engines.facets import FacetValues, facets_of
from search_service.engines.item_fields import newest_day, newest_key
from search_service.engines.relevance_pages import GENERATION_GONE, Ranked, cursor_after, shown_before
from search_service.engines.scoring import scores

_BY_RELEVANCE = [{"_score": "desc"}, {"newest": "desc"}, {"id": "asc"}]
_SCANNED = 500
_SOURCE = ["payload"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RankedHit:
    """A hit with what ranks it; ``key`` is the order key that cursors know it by."""

    score: float
    key: int
    id: str
    sort: list[Any]
    source: Object

    @classmethod
    def from_hit(cls, hit: Object) -> "RankedHit":
        """By relevance."""
        score, day, item = hit["sort"][:3]
        return cls(score=score, key=_key(item, day), id=item, sort=hit["sort"], source=hit.get("_source", {}))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """A page before its facets."""

    hits: tuple[Hit, ...]
    total: int
    next: Cursor | None
    notices: tuple[str, ...] = ()


class Searching:
    """Answers searches. Shared by threads."""

    def __init__(self, cluster: Cluster, generations: Generations) -> None:
        self._cluster = cluster
        self._generations = generations

    def page(self, request: SearchRequest) -> SearchPage:
        """Raises BadCursor, EngineUnavailable."""
        cursor = decode(request)
        query = translate(request.tree)
        if request.sort == "relevance" and scores(request.tree):
            found = self._by_relevance(request, query, cursor if isinstance(cursor, RelevanceCursor) else None)
        else:
            found = self._by_day(request, query, cursor if isinstance(cursor, DayCursor) else None)
        return SearchPage(
            total=found.total,
            hits=found.hits,
            facets=self._facets(request.facets, query),
            next=encode(found.next, request) if found.next else None,
            notices=found.notices,
        )

    def _by_day(self, request: SearchRequest, query: Object, cursor: DayCursor | None) -> _Found:
        field, order = ("oldest", "asc") if request.sort == "oldest" else ("newest", "desc")
        body: Object = {
            "query": {"bool": {"filter": [query]}},
            "sort": [{field: order}, {"id": "asc"}],
            "size": request.limit + 1,
            "track_total_hits": True,
            "_source": _SOURCE,
        }
        if cursor:
            body["search_after"] = [min(cursor.key, 2**31 - 1), cursor.id]
        found = self._cluster.search("items", body)["hits"]
        hits, more = found["hits"][: request.limit], len(found["hits"]) > request.limit
        return _Found(
            hits=tuple(Hit(item=item_in(hit["_source"]), score=0.0) for hit in hits),
            total=found["total"]["value"],
            next=DayCursor(key=hits[-1]["sort"][0], id=hits[-1]["sort"][1]) if more else None,
        )

    def _by_relevance(self, request: SearchRequest, query: Object, cursor: RelevanceCursor | None) -> _Found:
        if cursor:
            try:
                after = [cursor.score, number_of(newest_day(cursor.key)), cursor.id]
                skip = shown_before(cursor) if cursor.moved else None
                return self._ranked(request, query, cursor, cursor.generation, after=after, skip=skip)
            except GenerationGone:
                skip = shown_before(cursor)
                return self._ranked(request, query, cursor, self._generations.current(), after=None, skip=skip)
        try:
            return self._ranked(request, query, None, self._generations.current(), after=None, skip=None)
        except GenerationGone:  # its keeping ran out between two searches, or the node was restarted
            self._generations.forget()
            return self._ranked(request, query, None, self._generations.current(), after=None, skip=None)

    def _ranked(
        self,
        request: SearchRequest,
        query: Object,
        cursor: RelevanceCursor | None,
        generation: str,
        *,
        after: list[Any] | None,
        skip: Callable[[Ranked], bool] | None,
    ) -> _Found:
        moved_now = cursor is not None and after is None
        size = request.limit + 1 if skip is None else _SCANNED
        body: Object = {
            "query": query,
            "sort": _BY_RELEVANCE,
            "size": size,
            "track_total_hits": True,
            "track_scores": True,
            "_source": _SOURCE,
        }
        wanted: list[RankedHit] = []
        while True:
            if after is not None:
                body["search_after"] = after
            found = self._cluster.search_generation(generation, body, keep=KEPT)["hits"]
            ranked = [RankedHit.from_hit(hit) for hit in found["hits"]]
            wanted.extend(hit for hit in ranked if skip is None or not skip(hit))
            if len(wanted) > request.limit or len(ranked) < size:
                break
            after = ranked[-1].sort
        hits, more = wanted[: request.limit], len(wanted) > request.limit
        moved = moved_now or (cursor is not None and cursor.moved)
        return _Found(
            hits=tuple(Hit(item=item_in(hit.source), score=hit.score) for hit in hits),
            total=found["total"]["value"],
            next=cursor_after(cursor, hits, generation=generation, last_id=hits[-1].id, moved=moved)
            if more
            else None,
            notices=(GENERATION_GONE,) if moved_now else (),
        )

    def _facets(self, fields: tuple[FacetField, ...], query: Object) -> FacetValues:
        if not fields:
            return {}

        def aggregate(asked: Object) -> Object:
            body = {"query": {"bool": {"filter": [query]}}, "size": 0, "track_total_hits": False, "aggs": asked}
            return dict(self._cluster.search("items", body)["aggregations"])

        return facets_of(fields, aggregate, part_size="shard_size")


def _key(item_id: str, day: int) -> int:
    known = day_of(day)
    return newest_key(item_id, known.toordinal() if known else 0)
