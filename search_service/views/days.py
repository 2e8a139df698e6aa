"""Days and their digests: the unit people read."""

from datetime import date, timedelta
from itertools import groupby

from indexer.model import AnnotatedItem
from search_service.engines.contract import SearchEngine, SearchRequest, StoredDigest
from search_service.query.tree import Days
from search_service.views.cursors import cursor_at, positions_of
from search_service.views.parameters import DEFAULT_LIMIT
from search_service.views.records import Record, day_text, item_record, page_record

ONE_DAY = timedelta(days=1)
PAGE = 100
MAX_LOOSE = 500
"""Items of a day without digests that are shown; dumps of years are for searching, not for reading by day."""


def days(engine: SearchEngine, *, limit: int = DEFAULT_LIMIT, cursor: str | None = None) -> Record:
    """Days that have items, newest first. Raises BadCursor."""
    (ordinal,) = positions_of(cursor)
    before = date.fromordinal(min(ordinal, date.max.toordinal())) if ordinal else None
    found = engine.days(before=before, limit=limit + 1)
    shown = found[:limit]
    records = [{"date": day_text(one.day), "digests": one.digests, "items": one.items} for one in shown]
    return page_record(records, cursor_at(shown[-1].day.toordinal()) if len(found) > limit else None)


def day(engine: SearchEngine, day: date) -> Record | None:
    """The digests of a day in their order, and the days beside it; None where there is nothing.

    A day without digests may have items all the same, of files that hold many days: they come by desk.
    """
    digests = [digest_record(digest) for digest in engine.digests_of(day)] or _loose(engine, day)
    if not digests:
        return None
    return {
        "date": day_text(day),
        "digests": digests,
        "previous": day_text(_day_before(engine, day)),
        "next": day_text(_day_after(engine, day)),
    }


def _day_before(engine: SearchEngine, day: date) -> date | None:
    before = engine.days(before=day, limit=1)
    return before[0].day if before else None


def _day_after(engine: SearchEngine, day: date) -> date | None:
    if day == date.max:
        return None
    after = Days(since=day + ONE_DAY, until=None)
    hits = engine.search(SearchRequest(tree=after, sort="oldest", limit=1)).hits
    return hits[0].item.item.day if hits else None


def _loose(engine: SearchEngine, day: date) -> list[Record]:
    """The items of a day by desk, where no digest is that day's."""
    found: list[AnnotatedItem] = []
    cursor = None
    while len(found) < MAX_LOOSE:
        request = SearchRequest(tree=Days(since=day, until=day), sort="oldest", limit=PAGE, cursor=cursor)
        page = engine.search(request)
        found.extend(hit.item for hit in page.hits)
        cursor = page.next
        if cursor is None:
            break
    by_desk = sorted(found, key=lambda annotated: annotated.item.desk)
    return [
        {"id": None, "desk": desk, "path": None, "items": [item_record(annotated) for annotated in items]}
        for desk, items in groupby(by_desk, key=lambda annotated: annotated.item.desk)
    ]


def digest_record(digest: StoredDigest) -> Record:
    """A digest with its items in their order."""
    return {
        "id": digest.id,
        "desk": digest.desk,
        "path": digest.path,
        "items": [item_record(annotated) for annotated in digest.items],
    }
