"""A day on which a desk published nothing: a dated heading and a line that says so."""

import re

from indexer.readers.dates import days_in
from indexer.readers.documents import Document, TextDocument
from indexer.readers.drafts import DigestDraft
from indexer.readers.outline import Kind, lines_of

MOST_LINES = 30

_NOTHING = re.compile(r"暂无|暂未|没有(?:新闻|资讯|更新|内容)|无(?:新闻|资讯|更新|内容)|(?<!\d)0\s*[条篇则项]")


def recognises(document: Document) -> bool:
    """Whether a short text has a heading with a day and says that there is no news."""
    if not isinstance(document, TextDocument) or len(document.lines) - document.start > MOST_LINES:
        return False
    lines = [line for line in lines_of(document) if line.kind is not Kind.BLANK]
    dated = any(line.kind is Kind.HEADING and days_in(line.text[:200]) for line in lines)
    return dated and any(_NOTHING.search(line.text[:400]) for line in lines)


def read(document: TextDocument) -> DigestDraft:
    """No items: each line says that there is nothing, or why, and so is frame."""
    lines = (line.number for line in lines_of(document) if line.kind not in {Kind.BLANK, Kind.TOO_LONG})
    return DigestDraft(items=(), frame=frozenset(lines))
