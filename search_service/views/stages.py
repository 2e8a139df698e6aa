"""One page of an understood search: what all parts find, and fewer parts where that is nothing or the query asks."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from search_service.engines.contract import BadCursor, Hit, SearchEngine, SearchPage, SearchRequest
from search_service.query.reading import Reading
from search_service.query.tree import AllOf, Node, Not
from search_service.views.understood_cursors import UnderstoodCursor


@dataclass(frozen=True, slots=True, kw_only=True)
class StagedPage:
    """A page: ``answered`` has total and facets of what all parts find; ``hits`` may go on with ``relaxed`` ones."""

    answered: SearchPage
    hits: tuple[Hit, ...]
    relaxed: int
    next: str | None
    notices: tuple[str, ...]

    @property
    def relaxed_note(self) -> str | None:
        """The line that tells readers of relaxed hits."""
        if not self.relaxed:
            return None
        if self.answered.total:
            return f"{self.answered.total:,} 条符合全部部分，其后 {self.relaxed:,} 条只符合一部分"
        return f"没有条目符合全部部分，以下 {self.relaxed:,} 条只符合一部分"


def literal_page(page: SearchPage) -> StagedPage:
    """The page of a search that is never relaxed."""
    return StagedPage(answered=page, hits=page.hits, relaxed=0, next=page.next, notices=page.notices)


class Stages:
    """The trees of an understood query, each with the filters of the search."""

    def __init__(
        self, engine: SearchEngine, reading: Reading, *, filtered: Callable[[Node], Node], request: SearchRequest
    ) -> None:
        self._engine = engine
        self._reading = reading
        self._request = replace(request, ranking=reading.ranking)
        self._answered = filtered(reading.tree)
        self._steps = tuple(AllOf(children=(filtered(tree), Not(child=self._answered))) for tree in reading.relaxed)

    def page(self, cursor: UnderstoodCursor) -> StagedPage:
        """The page after the cursor. Raises BadCursor, EngineUnavailable."""
        if cursor.stage > len(self._steps):
            raise BadCursor("this cursor belongs to no page of this search; start again without it")
        if cursor.stage:
            return self._relaxed_page(cursor)
        answered = self._search(self._answered, cursor.engine, self._request.limit)
        relaxes = self._reading.question or not answered.total
        stage, found = self._first_step() if relaxes else (0, 0)
        room = self._request.limit - len(answered.hits)
        if answered.next or not stage:
            following = replace(cursor, engine=answered.next) if answered.next else None
            return _page(answered, answered, found, following)
        relaxed = self._search(self._steps[stage - 1], None, room) if room else None
        following = replace(cursor, stage=stage, engine=relaxed.next if relaxed else None)
        return StagedPage(
            answered=answered,
            hits=(*answered.hits, *(relaxed.hits if relaxed else ())),
            relaxed=found,
            next=following.encode() if not relaxed or relaxed.next else None,
            notices=answered.notices,
        )

    def _relaxed_page(self, cursor: UnderstoodCursor) -> StagedPage:
        page = self._search(self._steps[cursor.stage - 1], cursor.engine, self._request.limit)
        counted = self._engine.search(replace(self._request, tree=self._answered, limit=1, cursor=None))
        return _page(counted, page, page.total, replace(cursor, engine=page.next) if page.next else None)

    def _first_step(self) -> tuple[int, int]:
        """The first step that finds something, counted from 1, and how much; zeros where none does."""
        for number, tree in enumerate(self._steps, start=1):
            (found,) = self._engine.counts([tree])
            if found:
                return number, found
        return 0, 0

    def _search(self, tree: Node, cursor: str | None, limit: int) -> SearchPage:
        facets = self._request.facets if tree is self._answered else ()
        return self._engine.search(replace(self._request, tree=tree, cursor=cursor, limit=limit, facets=facets))


def _page(answered: SearchPage, shown: SearchPage, relaxed: int, following: UnderstoodCursor | None) -> StagedPage:
    return StagedPage(
        answered=answered,
        hits=shown.hits,
        relaxed=relaxed,
        next=following.encode() if following else None,
        notices=shown.notices,
    )
