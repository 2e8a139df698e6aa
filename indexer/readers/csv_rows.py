"""News as rows of separated values: a header whose names say title, link, source, time and the rest; a row an item.

The separator is the one that splits the header best (``,``, tab, ``;`` or ``|``). Quoted cells may hold line breaks
(RFC 4180), so an item takes all lines of its row; its place also has the number of the row below the header, from 1.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass, replace

from indexer.model import Problem
from indexer.readers.documents import MAX_LINE, Document, TextDocument
from indexer.readers.drafts import DigestDraft, ItemDraft
from indexer.readers.records import canonical_key, item_from

SEPARATORS = (",", "\t", ";", "|")
MOST_COLUMNS = 200


@dataclass(frozen=True, slots=True)
class _Row:
    cells: list[str]
    first: int
    last: int


def recognises(document: Document) -> bool:
    """Whether the first line is a header with a title and one more known name, and a row follows."""
    if not isinstance(document, TextDocument) or document.start:
        return False
    keys = _header(document)
    return keys is not None and any(line.strip() for line in document.lines[1:])


def read(document: TextDocument) -> DigestDraft:
    """An item for each row; rows without title and text and rows with too many cells are reported."""
    header = _header(document)
    if header is None:
        return DigestDraft(items=())
    keys, separator = header
    items: list[ItemDraft] = []
    unparsed: list[Problem] = []
    for number, row in enumerate(_rows(document, separator)):
        if number == 0 or not any(cell.strip() for cell in row.cells):
            continue
        item = item_from(dict(zip(keys, row.cells, strict=False))) if len(row.cells) <= len(keys) else None
        if item:
            items.append(replace(item, lines=(row.first, row.last), pointer=f"row {number}"))
        else:
            reason = "neither title nor text" if len(row.cells) <= len(keys) else "more cells than the header"
            unparsed += [Problem(path=document.path, line=line, reason=reason) for line in _written(document, row)]
    days = {item.day for item in items}
    day = days.pop() if len(days) == 1 else None
    return DigestDraft(items=tuple(items), day=day, frame=frozenset({1}), unparsed=tuple(unparsed))


def _header(document: TextDocument) -> tuple[list[str], str] | None:
    """The keys that the columns' names stand for, and the separator."""
    first = document.lines[0] if len(document.lines[0]) < 10_000 else ""
    separator = max(SEPARATORS, key=first.count)
    if separator not in first or first.startswith("|"):
        return None
    try:
        names = next(csv.reader([first], delimiter=separator), [])
    except csv.Error:
        return None
    keys = [canonical_key(name) for name in names]
    known = {told for key, told in keys if told}
    if not 2 <= len(names) <= MOST_COLUMNS or "title" not in known or len(known) < 2:
        return None
    return [key for key, _ in keys], separator


def _rows(document: TextDocument, separator: str) -> Iterator[_Row]:
    """Rows until the end or until a cell breaks the rules; assembly reports the lines from there on."""
    lines = (f"{line}\n" if len(line) <= MAX_LINE else "\n" for line in document.lines)
    reader = csv.reader(lines, delimiter=separator)
    first = 1
    while True:
        try:
            cells = next(reader)
        except (StopIteration, csv.Error):
            return
        yield _Row(cells, first, reader.line_num)
        first = reader.line_num + 1


def _written(document: TextDocument, row: _Row) -> list[int]:
    return [line for line in range(row.first, row.last + 1) if document.lines[line - 1].strip()]
