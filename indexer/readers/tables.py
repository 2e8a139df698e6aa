"""Digests of Markdown tables and Obsidian callouts: a row is an item, and so is a callout with a title.

| 标签 | 标题 | 重点概括 | 原文 |
|---|---|---|---|
| 必读 | 甲模型发布 | …… | [原文](https://…) |

> [!tip] 乙公司融资
> - 重点：……
> - 详情：[[卡片/乙公司]] / [原文](https://…)
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial

from indexer.model import Source
from indexer.readers.asides import asides_in, is_aside, says_no_news
from indexer.readers.documents import Document, TextDocument
from indexer.readers.drafts import DigestDraft
from indexer.readers.entries import Entry, Scope
from indexer.readers.inline import plain_text
from indexer.readers.links import links_in, originals_first, sources_in, without_wiki_links
from indexer.readers.outline import Kind, Line, lines_of
from indexer.readers.records import field_of_column
from indexer.readers.walk import Opener, Walk, coverage

LEAST_ITEMS = 3

_DELIMITER = re.compile(r"\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?")
_CELL_END = re.compile(r"(?<!\\)\|")
_CALLOUT = re.compile(r"\[!(?P<kind>[\w-]{1,20})\][+-]?\s+(?P<title>\S.*)")
_EMPTY = frozenset({"", "-", "—", "–", "/", "无", "N/A", "n/a"})


@dataclass(frozen=True, slots=True)
class Table:
    """A table: its header's cells and the lines of its rows."""

    header: tuple[str, ...]
    head_lines: tuple[int, int]
    rows: tuple[Line, ...]

    @property
    def fields(self) -> tuple[str, ...]:
        """What each column tells: a field of an item, or an empty text."""
        return tuple(field_of_column(name) for name in self.header)

    @property
    def is_news(self) -> bool:
        """Whether the rows are items: one column is a title, and some row has a link."""
        return "title" in self.fields and any(map(links_in, (row.text for row in self.rows)))

    def says_no_news(self, row: Line) -> bool:
        """Whether a row stands for that there was nothing to tell."""
        titles = (cell for told, cell in zip(self.fields, _cells(row.text), strict=False) if told == "title")
        return says_no_news(plain_text(next(titles, "")))


def recognises(document: Document) -> bool:
    """Whether three or more rows and callouts take at least half of the lines that are not frame."""
    if not isinstance(document, TextDocument):
        return False
    lines = lines_of(document)
    return len(starts_in(lines)) >= LEAST_ITEMS and coverage(lines, read(document)) >= 0.5


@lru_cache(maxsize=1)
def read(document: TextDocument) -> DigestDraft:
    """The items of all rows and callouts, headings as their sections."""
    lines = lines_of(document)
    return Walk(starts=starts_in(lines), frame=frame_in(lines), aside_until_rule=False).over(lines)


@lru_cache(maxsize=1)
def starts_in(lines: Sequence[Line]) -> Mapping[int, Opener]:
    """Lines at which rows and callouts begin, those in parts about the digest left out."""
    found: dict[int, Opener] = {}
    for table in tables_in(lines):
        if table.is_news:
            found |= {row.number: partial(_open_row, table) for row in table.rows if not table.says_no_news(row)}
    asides = asides_in(lines)
    aside, previous = False, None
    for line in lines:
        if line.kind is Kind.HEADING:
            aside = line.number in asides
        elif aside:
            found.pop(line.number, None)
        elif line.kind is Kind.QUOTE and previous is not Kind.QUOTE and _is_news_callout(line.text):
            found[line.number] = _open_callout
        previous = line.kind
    return found


def frame_in(lines: Sequence[Line]) -> set[int]:
    """The heads of all tables, and tables without any link: figures and judgements of the desk's own."""
    found: set[int] = set()
    for table in tables_in(lines):
        found.update(table.head_lines)
        linked = any(links_in(row.text) for row in table.rows)
        found.update(row.number for row in table.rows if not linked or table.says_no_news(row))
    return found - starts_in(lines).keys()


def rows_without_links(lines: Sequence[Line]) -> dict[int, Opener]:
    """The starts of the rows of tables that name titles and what is told of them, and lead nowhere."""
    found: dict[int, Opener] = {}
    for table in tables_in(lines):
        if "title" in table.fields and {"summary", "source", "time"} & set(table.fields):
            found |= {row.number: partial(_open_row, table) for row in table.rows}
    return found


def tables_in(lines: Sequence[Line]) -> Iterator[Table]:
    """All tables with a header and the line below it."""
    run: list[Line] = []
    for line in (*lines, Line(0, Kind.BLANK, "")):
        if line.kind is Kind.TEXT and line.text.startswith("|"):
            run.append(line)
            continue
        if len(run) > 2 and len(run[1].text) < 1000 and _DELIMITER.fullmatch(run[1].text):
            yield Table(_cells(run[0].text), (run[0].number, run[1].number), tuple(run[2:]))
        run = []


def _is_news_callout(text: str) -> bool:
    match = _CALLOUT.fullmatch(text)
    return match is not None and not is_aside(match["title"])


def _cells(row: str) -> tuple[str, ...]:
    cells = [cell.strip().replace("\\|", "|") for cell in _CELL_END.split(row.strip())]
    return tuple(cells[1 : -1 if cells[-1] == "" else None])


def _open_row(table: Table, line: Line, section: str) -> Entry:
    """A row as an item. Columns that no field takes are kept under their header."""
    entry = Entry(title="", section=section, first=line.number, last=line.number, scope=Scope.LINE)
    links: dict[str, list[Source]] = {}
    for name, told, cell in zip(table.header, table.fields, _cells(line.text), strict=False):
        text = plain_text(without_wiki_links(cell))
        links.setdefault(told, []).extend(links_in(cell))
        if text not in _EMPTY or links_in(cell):
            _take_cell(entry, told, name, cell, text)
    last = links.pop("source", [])
    first = links.pop("title", [])
    rest = originals_first(link for column in links.values() for link in column)
    entry.links += [Source(name="", url=link.url) for link in (*first, *rest, *last)]
    return entry


def _take_cell(entry: Entry, told: str, name: str, cell: str, text: str) -> None:
    if told == "title" and not entry.title:
        entry.title = without_wiki_links(cell, keep_label=True)
    elif told == "source":
        entry.sources += [Source(name=source.name, url="") for source in sources_in(text) if source.name]
    elif told == "summary" and text:
        entry.say(text)
    elif told == "section" and not entry.section:
        entry.section = text
    elif told == "time":
        entry.take_time(text)
    elif told != "link" and plain_text(name):
        entry.extra.append((plain_text(name), text))


def _open_callout(line: Line, section: str) -> Entry:
    match = _CALLOUT.fullmatch(line.text)
    title = match["title"] if match else line.text
    return Entry(title=title, section=section, first=line.number, last=line.number, scope=Scope.QUOTE)
