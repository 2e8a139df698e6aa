"""Digests whose items are headings: linked ones, or ones with a link to the original below.

Beside such headings, bullets that lead with a link are items too where their part of the digest is no item itself.

## 行业新闻
### [甲公司发布乙模型](https://…)
来源：某报
……

#### **[甲公司]** 发布乙模型
* 🔗 [阅读原文](https://…)
* 📝 ……
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache

from indexer.readers import listed, tables
from indexer.readers.asides import is_advertisement, outside_asides
from indexer.readers.documents import Document, TextDocument
from indexer.readers.drafts import DigestDraft
from indexer.readers.entries import Entry
from indexer.readers.labels import Field, fields_in, labelled
from indexer.readers.links import has_address, links_in
from indexer.readers.outline import Kind, Line, lines_of
from indexer.readers.walk import Walk, coverage

_LINKED = frozenset({Kind.BULLET, Kind.TEXT})


def recognises(document: Document) -> bool:
    """Whether headings are items, and these take at least half of the lines that are not frame."""
    if not isinstance(document, TextDocument):
        return False
    lines = lines_of(document)
    return bool(_starts(lines)) and coverage(lines, read(document)) >= 0.5


@lru_cache(maxsize=1)
def read(document: TextDocument) -> DigestDraft:
    """The items of all such headings, other headings as their sections."""
    lines = lines_of(document)
    starts = dict.fromkeys(_starts(lines), _open)
    bullets = dict.fromkeys(_linked_bullets(lines, starts), listed.open_entry) if starts else {}
    rows = tables.starts_in(lines) if starts else {}
    return Walk(starts={**starts, **bullets, **rows}, frame=tables.frame_in(lines), aside_until_rule=True).over(lines)


@lru_cache(maxsize=1)
def _starts(lines: tuple[Line, ...]) -> tuple[int, ...]:
    """Headings with a link, or with just one link to the original between them and the next heading or list."""
    found: list[int] = []
    heading: int | None = None
    for line in lines:
        if line.kind is Kind.HEADING:
            linked = bool(links_in(line.text))
            found += [line.number] * (linked and not is_advertisement(line.text))
            heading = None if linked else line.number
        elif line.kind is Kind.ORDERED:
            heading = None
        elif heading and _links_to_original(line):
            found.append(heading)
            heading = None
    return tuple(found)


def _links_to_original(line: Line) -> bool:
    if line.kind not in {Kind.BULLET, Kind.TEXT}:
        return False
    labels = (labelled(part) for part in fields_in(line.text))
    return any(found and found[0] is Field.LINK and has_address(found[1]) for found in labels)


def _linked_bullets(lines: Sequence[Line], starts: Mapping[int, object]) -> list[int]:
    """Outermost bullets and lines that lead with a link, under headings that are neither items nor asides."""
    found: list[int] = []
    open_part = False
    for line in outside_asides(lines):
        if line.kind is Kind.HEADING:
            open_part = line.number not in starts
        elif open_part and line.kind in _LINKED and line.indent == 0 and listed.leads_with_link(line.text):
            found.append(line.number)
    return found


def _open(line: Line, section: str) -> Entry:
    return Entry(title=line.text, section=section, first=line.number, last=line.number)
