"""Days and their digests: the unit people read."""

from datetime import date, timedelta

from search_service.engines.contract import SearchEngine, SearchRequest, StoredDigest
from search_service.query.tree import Days
from search_service.views.cursors import cursor_at, positions_of
from search_service.views.parameters import DEFAULT_LIMIT
from search_service.views.records import Record, day_text, item_record, page_record


def days(engine: SearchEngine, *, limit: int = DEFAULT_LIMIT, cursor: str | None = None) -> Record:
    """Days that have digests, newest first. Raises BadCursor."""
    (ordinal,) = positions_of(cursor)
    before = date.fromordinal(min(ordinal, date.max.toordinal())) if ordinal else None
    found = engine.days(before=before, limit=limit + 1)
    shown = found[:limit]
    records = [{"date": day_text(one.day), "digests": one.digests, "items": one.items} for one in shown]
    return page_record(records, cursor_at(shown[-1].day.toordinal()) if len(found) > limit else None)


def day(engine: SearchEngine, day: date) -> Record | None:
    """The digests of a day in their order, and the days beside it; None where there are none."""
    digests = engine.digests_of(day)
    if not digests:
        return None
    before = engine.days(before=day, limit=1)
    return {
        "date": day_text(day),
        "digests": [digest_record(digest) for digest in digests],
        "previous": day_text(before[0].day) if before else None,
        "next": day_text(_day_after(engine, day)),
    }


def _day_after(engine: SearchEngine, day: date) -> date | None:
    """The next day that has items."""
    if day == date.max:
        return None
    tree = Days(since=day + timedelta(days=1), until=None)
    hits = engine.search(SearchRequest(tree=tree, sort="oldest", limit=1)).hits
    return hits[0].item.item.day if hits else None


def digest_record(digest: StoredDigest) -> Record:
    """A digest with its items in their order."""
    return {
        "id": digest.id,
        "desk": digest.desk,
        "path": digest.path,
        "items": [item_record(annotated) for annotated in digest.items],
    }
