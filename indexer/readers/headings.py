"""Digests whose items are headings: linked ones, or ones with the link to the original right below.

## 行业新闻
### [甲公司发布乙模型](https://…)
来源：某报
……

#### **[甲公司]** 发布乙模型
* 🔗 [阅读原文](https://…)
* 📝 ……
"""

from collections.abc import Sequence
from functools import lru_cache

from indexer.readers.documents import Document, TextDocument
from indexer.readers.drafts import DigestDraft
from indexer.readers.entries import Entry
from indexer.readers.labels import Field, labelled
from indexer.readers.links import links_in
from indexer.readers.outline import Kind, Line, lines_of
from indexer.readers.walk import Walk, coverage


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
    return Walk(starts=dict.fromkeys(_starts(lines), _open), aside_until_rule=True).over(lines)


def _starts(lines: Sequence[Line]) -> list[int]:
    content = [line for line in lines if line.kind is not Kind.BLANK]
    return [
        line.number
        for line, following in zip(content, [*content[1:], None], strict=True)
        if line.kind is Kind.HEADING and (links_in(line.text) or _links_to_original(following))
    ]


def _links_to_original(line: Line | None) -> bool:
    if line is None or line.kind not in {Kind.BULLET, Kind.TEXT}:
        return False
    found = labelled(line.text)
    return found is not None and found[0] is Field.LINK and bool(links_in(found[1]))


def _open(line: Line, section: str) -> Entry:
    return Entry(title=line.text, section=section, first=line.number, last=line.number)
