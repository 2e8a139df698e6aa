"""Where a relative window finds nothing: the same window before the archive's last day."""

from collections.abc import Callable
from datetime import date

from search_service.engines.contract import SearchEngine
from search_service.query.parts import Part
from search_service.query.reading import Reading
from search_service.query.tree import AllOf, Days, Node
from search_service.views.query_records import text_without
from search_service.views.records import Record, day_text


def window_offers(engine: SearchEngine, reading: Reading, filtered: Callable[[Node], Node]) -> list[Record]:
    """At most one search, where it finds something: its text, first and last day, how many items, a sentence."""
    windows = [part for part in reading.parts if part.kind == "window"]
    last_day = engine.state().last_day if len(windows) == 1 else None
    if last_day is None:
        return []
    window, moved = windows[0], _ending(windows[0], last_day)
    (found,) = engine.counts([filtered(_moved(reading.tree, window, moved))])
    if not found:
        return []
    return [
        {
            "text": text_without(reading.text, window),
            "since": day_text(moved.since),
            "until": day_text(moved.until),
            "total": found,
            "message": f"{window.value}没有；到库中最后一天 {last_day} 为止的同样长的时段有 {found:,} 条",
        }
    ]


def _ending(window: Part, last_day: date) -> Days:
    """As many days as the window has, up to the last day."""
    assert window.since and window.until
    return Days(since=last_day - (window.until - window.since), until=last_day)


def _moved(tree: Node, window: Part, days: Days) -> Node:
    """The tree of an understood query with other days in place of those of its window."""
    if isinstance(tree, AllOf):
        typed = Days(since=window.since, until=window.until)
        return AllOf(children=tuple(days if child == typed else child for child in tree.children))
    return days
