"""A file that is one item: front matter with a title and a link, the text below it."""

from dataclasses import replace

from indexer.readers.documents import Document, TextDocument
from indexer.readers.drafts import DigestDraft
from indexer.readers.entries import Entry
from indexer.readers.outline import Kind, lines_of
from indexer.readers.records import LINK, TITLE, item_from


def recognises(document: Document) -> bool:
    """Whether the front matter has a title and a link."""
    return (
        isinstance(document, TextDocument)
        and any(document.front_matter.get(key) for key in TITLE)
        and any(document.front_matter.get(key, "").startswith("http") for key in LINK)
    )


def read(document: TextDocument) -> DigestDraft:
    """The one item; headings of its text are lines of it."""
    item = item_from(document.front_matter)
    if item is None:
        return DigestDraft(items=())
    entry = Entry(title=item.title, section=item.section, first=1, last=document.start)
    for line in lines_of(document):
        if line.kind not in {Kind.RULE, Kind.TOO_LONG}:
            entry.take(line)
    text = entry.draft()
    if text is None:
        return DigestDraft(items=(replace(item, lines=(1, document.start)),))
    merged = replace(
        item,
        summary="\n".join(filter(None, (item.summary, text.summary))),
        background=text.background,
        points=text.points,
        sources=tuple(dict.fromkeys((*item.sources, *text.sources))),
        lines=text.lines,
    )
    return DigestDraft(items=(merged,))
