"""One page of a search."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from search_service.engines.contract import FacetField, FacetValue, Hit, SearchPage, SearchRequest
from search_service.engines.cursors import Cursor, DayCursor, RelevanceCursor, decode, encode
from search_service.engines.days import day_of, number_of
from search_service.engines.elasticsearch.cluster import Cluster, GenerationGone, Object
from search_service.engines.elasticsearch.documents import item_in
from search_service.engines.elasticsearch.generations import KEPT, Generations
from search_service.engines.elasticsearch.translation import translate
from search_service.engines.facets import SHOWN, FacetValues, facets_of
from search_service.engines.item_fields import newest_day, newest_key
from search_service.engines.relevance_pages import GENERATION_GONE, cursor_after, shown_before
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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Start:
    """Where a page by relevance begins. ``moved``: not in the generation of the first page, so that hits shown
    before can come again and have to be left out."""

    generation: str
    cursor: RelevanceCursor | None = None
    after_sort: list[Any] | None = None
    moved: bool = False

    @classmethod
    def after(cls, cursor: RelevanceCursor | None, current: Callable[[], str]) -> "_Start":
        """After the page of the cursor, in the generation of that page."""
        if cursor is None:
            return cls(generation=current())
        sort = [cursor.score, number_of(newest_day(cursor.key)), cursor.id]
        return cls(generation=cursor.generation, cursor=cursor, after_sort=sort, moved=cursor.moved)

    @classmethod
    def anew(cls, cursor: RelevanceCursor | None, generation: str) -> "_Start":
        """From the best hit of another generation."""
        return cls(generation=generation, cursor=cursor, moved=cursor is not None)


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

    def values(self, field: FacetField, limit: int) -> tuple[FacetValue, ...]:
        """The values that most items have."""
        return self._facets((field,), {"match_all": {}}, shown=limit)[field]

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
        try:
            return self._ranked(request, query, _Start.after(cursor, self._generations.current))
        except GenerationGone:  # its keeping ran out, or the node was restarted
            self._generations.forget()
            return self._ranked(request, query, _Start.anew(cursor, self._generations.current()))

    def _ranked(self, request: SearchRequest, query: Object, start: "_Start") -> _Found:
        cursor = start.cursor
        wanted, total = self._wanted(query, start, request.limit + 1)
        hits, more = wanted[: request.limit], len(wanted) > request.limit
        end = (
            cursor_after(cursor, hits, generation=start.generation, last_id=hits[-1].id, moved=start.moved)
            if more
            else None
        )
        return _Found(
            hits=tuple(Hit(item=item_in(hit.source), score=hit.score) for hit in hits),
            total=total,
            next=end,
            notices=(GENERATION_GONE,) if cursor and start.moved and not cursor.moved else (),
        )

    def _wanted(self, query: Object, start: "_Start", count: int) -> tuple[list[RankedHit], int]:
        """The first hits that no page before has shown, and how many match in all."""
        skip = shown_before(start.cursor) if start.cursor and start.moved else None
        body: Object = {
            "query": query,
            "sort": _BY_RELEVANCE,
            "size": _SCANNED if skip else count,
            "track_total_hits": True,
            "track_scores": True,
            "_source": _SOURCE,
        }
        if start.after_sort:
            body["search_after"] = start.after_sort
        wanted: list[RankedHit] = []
        while True:
            found = self._cluster.search_generation(start.generation, body, keep=KEPT)["hits"]
            ranked = [RankedHit.from_hit(hit) for hit in found["hits"]]
            wanted.extend(hit for hit in ranked if skip is None or not skip(hit))
            if len(wanted) >= count or len(ranked) < body["size"]:
                return wanted, found["total"]["value"]
            body["search_after"] = ranked[-1].sort

    def _facets(self, fields: tuple[FacetField, ...], query: Object, *, shown: int = SHOWN) -> FacetValues:
        if not fields:
            return {}

        def aggregate(asked: Object) -> Object:
            body = {"query": {"bool": {"filter": [query]}}, "size": 0, "track_total_hits": False, "aggs": asked}
            return dict(self._cluster.search("items", body)["aggregations"])

        return facets_of(fields, aggregate, part_size="shard_size", shown=shown)


def _key(item_id: str, day: int) -> int:
    known = day_of(day)
    return newest_key(item_id, known.toordinal() if known else 0)
