"""One page of a search."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from search_service.engines.contract import FacetField, FacetValue, Hit, SearchPage, SearchRequest
from search_service.engines.cursors import Cursor, DayCursor, RelevanceCursor, decode, encode
from search_service.engines.days import day_of, number_of
from search_service.engines.elasticsearch.cluster import Cluster, GenerationGone, Object
from search_service.engines.elasticsearch.documents import FILLER, item_in
from search_service.engines.elasticsearch.generations import KEPT, Generations
from search_service.engines.elasticsearch.translation import translate
from search_service.engines.facets import SHOWN, FacetValues, facets_of
from search_service.engines.gists import NO_GIST, candidate_in
from search_service.engines.item_fields import TEXT_FIELDS, newest_day, newest_key
from search_service.engines.relevance_pages import GENERATION_GONE, cursor_after, shown_before, shown_score
from search_service.engines.scoring import scores
from search_service.query.ranking import DEPTH, Ranking, Reason
from search_service.query.rescoring import rescored
from search_service.query.tree import Node

_BY_RELEVANCE = [{"_score": "desc"}, {"newest": "desc"}, {"id": "asc"}]
_LENGTHS_ASKED = [{"term": {field: {"value": FILLER, "boost": 1e-30}}} for field in TEXT_FIELDS]
"""Without them, a shard that has no word of a phrase does not tell how many texts it has and how long they are, and
the phrase would be weighed by the other shards alone. They add nothing to a score, and a boost of 0 asks nothing."""

_SCANNED = 500
_SOURCE = ["payload"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RankedHit:
    """A hit with what ranks it; ``key`` is the order key that cursors know it by.

    ``reasons`` add up to the score of a hit that was ``rescored``.
    """

    score: float
    key: int
    id: str
    sort: list[Any]
    source: Object
    gist: str = NO_GIST
    rescored: bool = False
    reasons: tuple[Reason, ...] = ()

    @classmethod
    def from_hit(cls, hit: Object) -> "RankedHit":
        """By relevance."""
        score, day, item = hit["sort"][:3]
        gist = hit.get("fields", {}).get("gist", [NO_GIST])[0]
        source = hit.get("_source", {})
        return cls(score=score, key=_key(item, day), id=item, sort=hit["sort"], source=source, gist=gist)


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

    @property
    def skipped(self) -> Callable[[RankedHit], bool] | None:
        """Whether a hit that comes up was shown before; None where none can come up again."""
        again = self.cursor and (self.moved or self.after_sort is None)
        return shown_before(self.cursor) if self.cursor and again else None

    @classmethod
    def after(cls, cursor: RelevanceCursor | None, current: Callable[[], str]) -> "_Start":
        """After the page of the cursor, in the generation of that page."""
        if cursor is None:
            return cls(generation=current())
        sort = None if cursor.rescored else [cursor.score, number_of(newest_day(cursor.key)), cursor.id]
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

    def counts(self, trees: Sequence[Node]) -> tuple[int, ...]:
        """How many items each tree finds. Raises EngineUnavailable."""
        bodies = [{"query": translate(tree), "size": 0, "track_total_hits": True} for tree in trees]
        answers = self._cluster.search_many("items", bodies)
        return tuple(answer["hits"]["total"]["value"] for answer in answers)

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
        wanted, total = self._wanted(query, start, request.limit + 1, request.ranking)
        hits, more = wanted[: request.limit], len(wanted) > request.limit
        end = (
            cursor_after(cursor, hits, generation=start.generation, last_id=hits[-1].id, moved=start.moved)
            if more
            else None
        )
        return _Found(
            hits=tuple(self._hits(hits, start.generation, request.ranking)),
            total=total,
            next=end,
            notices=(GENERATION_GONE,) if cursor and start.moved and not cursor.moved else (),
        )

    def _wanted(
        self, query: Object, start: "_Start", count: int, ranking: Ranking | None
    ) -> tuple[list[RankedHit], int]:
        """The first hits that no page before has shown, and how many match in all."""
        skip = start.skipped
        body = _first_phase(query, start, count, ranking)
        wanted: list[RankedHit] = []
        while True:
            answer = self._cluster.search_generation(start.generation, body, keep=KEPT)
            found = answer["hits"]
            ranked = [RankedHit.from_hit(hit) for hit in found["hits"]]
            last = ranked[-1].sort if ranked else None
            if ranking and "aggs" in body:
                ranked = [*_in_order(ranked[:DEPTH], ranking, answer["aggregations"]["all"]), *ranked[DEPTH:]]
                del body["aggs"]
            wanted.extend(hit for hit in ranked if skip is None or not skip(hit))
            if len(wanted) >= count or len(ranked) < body["size"]:
                return wanted, found["total"]["value"]
            body["search_after"] = last

    def _hits(self, hits: Sequence[RankedHit], generation: str, ranking: Ranking | None) -> Iterator[Hit]:
        """The hits of a page with their items, which come apart where candidates came without them."""
        sources = {hit.id: hit.source for hit in hits if hit.source}
        if missing := [hit.id for hit in hits if not hit.source]:
            body: Object = {
                "query": {"terms": {"id": missing}},
                "size": len(missing),
                "_source": [*_SOURCE, "id"],
                "track_total_hits": False,
            }
            found = self._cluster.search_generation(generation, body, keep=KEPT)["hits"]["hits"]
            sources.update((hit["_source"]["id"], hit["_source"]) for hit in found)
        for hit in hits:
            item = item_in(sources[hit.id])
            yield Hit(item=item, score=shown_score(hit, ranking), reasons=hit.reasons)

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


def _first_phase(query: Object, start: _Start, count: int, ranking: Ranking | None) -> Object:
    """The search for hits by relevance. The hits that a ranking orders anew come with their gists, and with the
    frequencies of its parts in the whole archive."""
    body: Object = {
        "query": {"bool": {"must": [query], "should": _LENGTHS_ASKED}},
        "sort": _BY_RELEVANCE,
        "size": _SCANNED if start.skipped else count,
        "track_total_hits": True,
        "track_scores": True,
        "_source": _SOURCE,
    }
    if start.after_sort:
        body["search_after"] = start.after_sort
    elif ranking:
        filters = {str(number): translate(part.node) for number, part in enumerate(ranking.parts)}
        body["aggs"] = {"all": {"global": {}, "aggs": {"parts": {"filters": {"filters": filters}}}}}
        body["size"] = max(body["size"], DEPTH)
        body["_source"] = False
        body["stored_fields"] = ["gist"]
    return body


def _in_order(hits: list[RankedHit], ranking: Ranking, counted: Object) -> list[RankedHit]:
    candidates = [candidate_in(hit.gist, hit.key) for hit in hits]
    buckets = counted["parts"]["buckets"]
    frequencies = [buckets[str(number)]["doc_count"] for number in range(len(ranking.parts))]
    found = rescored(candidates, ranking, frequencies=frequencies, items=counted["doc_count"])
    return [replace(hits[one.at], score=one.score, rescored=True, reasons=one.reasons) for one in found]
