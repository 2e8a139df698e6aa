"""Annotating a text that is not in the archive."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from graph.source import RelationSource
from indexer.extraction_pool import Extractor
from indexer.model import AnnotatedItem, NewsItem
from search_service.views.items import annotation_records
from search_service.views.parameters import BadParameter, read_day
from search_service.views.records import Record

MAX_CHARACTERS = 20_000


class TextTooLong(Exception):
    """More text than one request may bring."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A text to annotate; ``day`` resolves dates within it."""

    title: str = ""
    body: str = ""
    day: date | None = None


def text_from(record: Any) -> Text:
    """A text from a JSON object with title, body and date. Raises BadParameter, TextTooLong."""
    if not isinstance(record, dict):
        raise BadParameter("body", "应为 JSON 对象，含 title、body、date")
    title, body = (_text(record, name) for name in ("title", "body"))
    if len(title) + len(body) > MAX_CHARACTERS:
        raise TextTooLong(
            f"title 与 body 合计最多 {MAX_CHARACTERS:,} 个字符，这里有 {len(title) + len(body):,} 个，请分段提交"
        )
    if not title.strip() and not body.strip():
        raise BadParameter("body", "title 与 body 都是空的")
    day = record.get("date")
    if day is not None and not isinstance(day, str):
        raise BadParameter("date", "应写作 2026-02-12")
    try:
        return Text(title=title, body=body, day=read_day(day) if day else None)
    except ValueError as error:
        raise BadParameter("date", str(error)) from None


def _text(record: dict[str, Any], name: str) -> str:
    value = record.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise BadParameter(name, "应为文字")
    return value


def annotate(source: RelationSource, extractor: Extractor, text: Text) -> Record:
    """Mentions, relations and rounds of a text, offsets into its title and body as given."""
    item = NewsItem(id="", desk="", day=text.day, title=text.title, summary=text.body)
    return annotation_records(source, AnnotatedItem(item=item, annotations=extractor.annotate(item)))
