"""Facets of searches in the search index, and the latest of them kept."""

from collections import OrderedDict
from threading import Lock

from tantivy import Query

from search_service.engines.contract import FacetField, SearchRequest
from search_service.engines.embedded.index_reading import Generation
from search_service.engines.facets import FacetValues, facets_of
from search_service.query.tree import Node

KEPT = 128


class Facets:
    """Facets of searches; keeps the latest answers, because each page of a search and each visit of the front page
    asks for the same. Shared by threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._kept: OrderedDict[tuple[str, Node, tuple[FacetField, ...]], FacetValues] = OrderedDict()

    def of(self, request: SearchRequest, query: Query, generation: Generation) -> FacetValues:
        """The facets that the request asks for; ``query`` is its tree."""
        if not request.facets:
            return {}
        key = (generation.name, request.tree, request.facets)
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return dict(self._kept[key])
        facets = facets_of(
            request.facets,
            lambda asked: dict(generation.searcher.aggregate(query, asked)),
            part_size="segment_size",
        )
        with self._lock:
            self._kept[key] = facets
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return dict(facets)
