"""A file that is one piece of news: a name and a day for the whole, one text, and where it is from.

Front matter names it, or a heading of the first level does; a file in which units of news repeat is none.
"""

from collections.abc import Sequence
from dataclasses import replace

from indexer.readers.dates import days_in, is_dated, moment_from
from indexer.readers.documents import Document, TextDocument
from indexer.readers.drafts import DigestDraft, ItemDraft
from indexer.readers.entries import Entry
from indexer.readers.labels import Field, fields_in, labelled
from indexer.readers.links import has_address
from indexer.readers.outline import Kind, Line, lines_of
from indexer.readers.records import TIME, TITLE, item_from

_HEAD_LINES = 12
"""Lines below the name in which a file without front matter says where its news is from."""


def recognises(document: Document) -> bool:
    """Whether a text has a name that is no digest's, a day, and says where it is from."""
    if not isinstance(document, TextDocument):
        return False
    if any(document.front_matter.get(key) for key in TITLE):
        dated = any(moment_from(document.front_matter.get(key)) for key in TIME) or days_in(document.path[-200:])
        return bool(dated) and not is_dated(*(document.front_matter.get(key, "") for key in TITLE))
    name = _name(document)
    return name is not None and not is_dated(name.text) and _says_source(lines_of(document), name)


def read(document: TextDocument) -> DigestDraft:
    """The one item; headings of its text are lines of it."""
    name = _name(document)
    told = item_from(document.front_matter) if document.front_matter else None
    title = told.title if told else name.text if name else ""
    entry = Entry(title=title, section=told.section if told else "", first=1, last=document.start or 1)
    for line in lines_of(document):
        if line is not name and line.kind not in {Kind.RULE, Kind.TOO_LONG}:
            entry.take(line)
    text = entry.draft()
    if text is None:
        return DigestDraft(items=())
    item = replace(text, lines=(_first(document, name), entry.last))
    return DigestDraft(items=(_with_told(item, told),))


def _with_told(item: ItemDraft, told: ItemDraft | None) -> ItemDraft:
    """The text's item with what front matter tells of it."""
    if told is None:
        return item
    return replace(
        told,
        summary="\n".join(filter(None, (told.summary, item.summary))),
        background=item.background,
        points=item.points,
        sources=tuple(dict.fromkeys((*told.sources, *item.sources))),
        lines=item.lines,
    )


def _first(document: TextDocument, name: Line | None) -> int:
    return 1 if document.start else name.number if name else 1


def _name(document: TextDocument) -> Line | None:
    """The heading of the first level that opens a text and is the only one."""
    headings = [line for line in lines_of(document) if line.kind is Kind.HEADING and line.level == 1]
    first = next((line for line in lines_of(document) if line.kind is not Kind.BLANK), None)
    return headings[0] if len(headings) == 1 and headings[0] is first else None


def _says_source(lines: Sequence[Line], name: Line) -> bool:
    head = [line for line in lines if name.number < line.number <= name.number + _HEAD_LINES]
    labels = [found for line in head for part in fields_in(line.text) if (found := labelled(part))]
    fields = {field for field, _ in labels}
    linked = any(has_address(value) for field, value in labels if field in {Field.LINK, Field.SOURCE})
    return linked and (Field.TIME in fields or Field.SOURCE in fields)
