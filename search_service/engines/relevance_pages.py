"""How pages by relevance follow one another when the generation they began in is gone."""

from collections.abc import Callable, Sequence
from typing import Protocol

from search_service.engines.cursors import RelevanceCursor
from search_service.engines.shown_marks import joined_marks, mark_of, marks_in
from search_service.query.ranking import Ranking

MAX_MARKS = 1000
GENERATION_GONE = "检索期间库已更新，后面的结果按更新后的相关度排列，已经列出的不再重复"


class Ranked(Protocol):
    """A hit with what ranks it: whether a ranking gave its score, the score and the order key."""

    @property
    def rescored(self) -> bool: ...

    @property
    def score(self) -> float: ...

    @property
    def key(self) -> int: ...


def shown_score(hit: Ranked, ranking: Ranking | None) -> float:
    """The score that readers see: what lies behind the depth of a ranking was not weighed by it."""
    return hit.score if hit.rescored or ranking is None else 0.0


def cursor_after(
    cursor: RelevanceCursor | None, hits: Sequence[Ranked], *, generation: str, last_id: str = "", moved: bool = False
) -> RelevanceCursor:
    """The cursor after a page of ``hits``, which followed the page of ``cursor``."""
    before = marks_in(cursor.marks) if cursor else []
    return RelevanceCursor(
        generation=generation,
        shown=(cursor.shown if cursor else 0) + len(hits),
        score=hits[-1].score,
        key=hits[-1].key,
        marks=joined_marks([*before, *(mark_of(hit.key) for hit in hits)][-MAX_MARKS:]),
        id=last_id,
        moved=moved,
        rescored=hits[-1].rescored,
    )


def shown_before(cursor: RelevanceCursor) -> Callable[[Ranked], bool]:
    """Whether pages up to the cursor showed a hit, as far as one can tell in another generation."""
    marks = set(marks_in(cursor.marks))
    marks_are_all = cursor.shown <= MAX_MARKS

    def shown(hit: Ranked) -> bool:
        ranks_before = (hit.rescored, hit.score, hit.key) >= (cursor.rescored, cursor.score, cursor.key)
        return mark_of(hit.key) in marks or (not marks_are_all and ranks_before)

    return shown
