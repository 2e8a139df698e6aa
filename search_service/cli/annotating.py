"""``zhimai annotate``: JSON lines in, JSON lines with entities and relations out. Needs no archive."""

import sys
from datetime import date
from typing import Any

import click
import orjson

from indexer.extraction.records import annotation_record
from indexer.model import NewsItem
from search_service.cli.exits import NOT_STORED_OR_FOUND, fail
from search_service.cli.indexing import extractor_named


@click.command()
@click.option("--extraction", type=click.Choice(["fast", "accurate"]), default="fast", show_default=True)
def annotate(extraction: str) -> None:
    """Annotate JSON lines {"id", "date", "title", "body"} from standard input.

    Prints one JSON line an item with its mentions, relations and funding, in the same order.
    """
    extractor = extractor_named(extraction)()
    refused = 0
    for number, line in enumerate(sys.stdin.buffer, start=1):
        if not line.strip():
            continue
        try:
            item = item_from(orjson.loads(line))
        except ValueError as error:
            click.echo(f"zhimai: line {number}: {error}", err=True)
            refused += 1
            continue
        record = annotation_record(item.id, extractor.annotate(item))
        sys.stdout.buffer.write(orjson.dumps(record, option=orjson.OPT_APPEND_NEWLINE))
    sys.stdout.buffer.flush()
    if refused:
        fail(f"{refused} lines were not annotated", NOT_STORED_OR_FOUND)


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
