"""What structure alone gives of a dated Markdown digest whose layout is not known: linked headings or list entries.

Items found this way are right; the lines around them are reported, not guessed at.
"""

from indexer.readers import headings, listed
from indexer.readers.dates import is_dated
from indexer.readers.documents import Document, TextDocument
from indexer.readers.drafts import DigestDraft
from indexer.readers.outline import lines_of
from indexer.readers.walk import coverage

LEAST_ITEMS = 3
"""Fewer are more likely links in passing than the news of a day."""


def recognises(document: Document) -> bool:
    """Whether a text that says when it was written has some items."""
    return (
        isinstance(document, TextDocument)
        and is_dated(document.path.rsplit("/", 1)[-1], *document.lines[: document.start + 20])
        and len(read(document).items) >= LEAST_ITEMS
    )


def read(document: TextDocument) -> DigestDraft:
    """The reading by headings or by lists, whichever takes more of the text."""
    lines = lines_of(document)
    drafts = headings.read(document), listed.read(document)
    return max(drafts, key=lambda draft: coverage(lines, draft))
