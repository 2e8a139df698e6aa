"""``zhimai annotate``: JSON lines in, JSON lines with entities and relations out. Needs no archive."""

import sys
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

import click
import orjson

from indexer.extraction.records import annotation_record
from indexer.extraction_pool import ExtractionPool
from indexer.model import Digest, NewsItem
from search_service.cli.context import pass_settings
from search_service.cli.exits import NOT_STORED_OR_FOUND, fail
from search_service.cli.indexing import extractor_named
from search_service.settings import Settings

TOGETHER = 10
"""So many lines are handed to a worker at once."""

INLINE_ITEMS = 20
"""Nothing else happens here while items are read, so workers pay sooner than when digests are stored."""


@click.command()
@click.option("--extraction", type=click.Choice(["fast", "accurate"]), default="fast", show_default=True)
@click.option("--workers", type=click.IntRange(1, 64), help="Processes that extract. Default: $ZHIMAI_WORKERS.")
@pass_settings
def annotate(settings: Settings, /, *, extraction: str, workers: int | None) -> None:
    """Annotate JSON lines {"id", "date", "title", "body"} from standard input.

    Prints one JSON line an item with its mentions, relations and funding, in the same order.
    """
    source = _Lines(sys.stdin.buffer)
    load = extractor_named(extraction)
    with ExtractionPool(load, workers=workers or settings.workers, inline_items=INLINE_ITEMS) as pool:
        for understood in pool.annotate(source.digests()):
            for problem in understood.problems:
                source.refuse(problem.reason)
            for item, annotations in zip(understood.digest.items, understood.annotations, strict=True):
                record = annotation_record(item.id, annotations)
                sys.stdout.buffer.write(orjson.dumps(record, option=orjson.OPT_APPEND_NEWLINE))
    sys.stdout.buffer.flush()
    if source.refused:
        fail(f"{source.refused} lines were not annotated", NOT_STORED_OR_FOUND)


class _Lines:
    """Reads items from lines, says which lines hold none, and counts them."""

    def __init__(self, lines: Iterable[bytes]) -> None:
        self._lines = lines
        self.refused = 0

    def refuse(self, reason: str) -> None:
        """Says why something was not annotated."""
        click.echo(f"zhimai: {reason}", err=True)
        self.refused += 1

    def digests(self) -> Iterator[Digest]:
        """The items, some at a time, in the form that the pool takes."""
        items: list[NewsItem] = []
        for item in self._items():
            items.append(item)
            if len(items) == TOGETHER:
                yield _digest(items)
                items = []
        if items:
            yield _digest(items)

    def _items(self) -> Iterator[NewsItem]:
        for number, line in enumerate(self._lines, start=1):
            if not line.strip():
                continue
            try:
                yield item_from(orjson.loads(line))
            except ValueError as error:
                self.refuse(f"line {number}: {error}")


def _digest(items: Iterable[NewsItem]) -> Digest:
    return Digest(id="", desk="", path="", day=None, items=tuple(items), layout="")


def item_from(record: Any) -> NewsItem:
    """The item of one input object. Raises ValueError naming what is wrong with it."""
    if not isinstance(record, dict):
        raise ValueError("not a JSON object")
    for key in ("title", "body"):
        if not isinstance(record.get(key) or "", str):
            raise ValueError(f"{key} is not a text")
    day = record.get("date")
    return NewsItem(
        id=str(record.get("id") or ""),
        desk="",
        day=date.fromisoformat(day[:10]) if isinstance(day, str) and day else None,
        title=record.get("title") or "",
        summary=record.get("body") or "",
    )
