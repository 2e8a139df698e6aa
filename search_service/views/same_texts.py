"""Near-identical reports beside an item, and hits folded into one for each report."""

from collections.abc import Iterable, Sequence

from indexer.model import NewsItem
from search_service.engines.contract import SameText, SearchEngine
from search_service.views.records import Record, day_text


def same_text_records(engine: SearchEngine, item_id: str) -> list[Record]:
    """The items that tell the same as an item, most similar first."""
    same = engine.same_texts([item_id]).get(item_id, ())
    items = engine.items([one.item_id for one in same])
    return [_record(items[one.item_id].item, one) for one in same if one.item_id in items]


def _record(item: NewsItem, same: SameText) -> Record:
    first = item.sources[0] if item.sources else None
    return {
        "id": item.id,
        "title": item.title,
        "date": day_text(item.day),
        "desk": item.desk,
        "source": first.name if first else None,
        "url": first.url if first else None,
        "similarity": same.similarity,
    }


def fold(engine: SearchEngine, hit_ids: Sequence[str]) -> tuple[tuple[str, ...], ...]:
    """Hits that tell the same, together: groups in the order of their first hits, the hits of a group in theirs.

    A hit joins the group of the first hit before it that leads a group and tells the same; it never joins by way of
    a third one, so a chain of small changes does not tie different reports together. Every hit is in one group.
    """
    same = engine.same_texts(hit_ids)
    groups: dict[str, list[str]] = {}
    for hit in dict.fromkeys(hit_ids):
        leader = _first_leader(groups, {one.item_id for one in same.get(hit, ())})
        groups.setdefault(leader or hit, []).append(hit)
    return tuple(map(tuple, groups.values()))


def _first_leader(leaders: Iterable[str], same: set[str]) -> str | None:
    return next((leader for leader in leaders if leader in same), None)
