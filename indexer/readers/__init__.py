"""Files as digests. Layouts are recognised by content, never by the name of a file or folder.

``LAYOUTS`` is the whole choice: the first layout that recognises a document reads it. A layout is a module with
``recognises(document)`` and ``read(document)``, both pure; whatever goes wrong becomes a ``Problem``. JSON lines
are the one layout that is streamed and so comes before the table.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, BinaryIO

from indexer.model import Digest, Problem
from indexer.readers import (
    csv_rows,
    daily_json,
    feeds,
    front_matter,
    headings,
    html_page,
    json_lines,
    like_objects,
    listed,
    mixed,
    no_news,
    seed,
    single,
    structural,
    tables,
)
from indexer.readers.assembly import READERS_VERSION, account, day_of_document, digest_from, fingerprint_of
from indexer.readers.day_lines import with_days
from indexer.readers.decoding import NotText, text_from
from indexer.readers.documents import Document, TextDocument, document_from
from indexer.readers.drafts import DigestDraft
from indexer.readers.malformed import Malformed
from indexer.readers.unknown import problem_of
from indexer.sources import FileUnreadable, SourceFile

__all__ = ["LAYOUTS", "MAX_DOCUMENT", "READERS_VERSION", "Layout", "read_digests", "read_document"]

MAX_DOCUMENT = 64 * 1024**2
"""Bytes of a file that has to be held whole; JSON lines are streamed and may be larger."""

_HEAD = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """A way digests are written."""

    name: str
    recognises: Callable[[Document], bool]
    read: Callable[[Any], DigestDraft]


LAYOUTS = (
    Layout(name="daily-json", recognises=daily_json.recognises, read=daily_json.read),
    Layout(name="feed", recognises=feeds.recognises, read=feeds.read),
    Layout(name="csv", recognises=csv_rows.recognises, read=csv_rows.read),
    Layout(name="html-page", recognises=html_page.recognises, read=html_page.read),
    Layout(name="seed", recognises=seed.recognises, read=seed.read),
    Layout(name="front-matter", recognises=front_matter.recognises, read=front_matter.read),
    Layout(name="headings", recognises=headings.recognises, read=headings.read),
    Layout(name="tables", recognises=tables.recognises, read=tables.read),
    Layout(name="list", recognises=listed.recognises, read=listed.read),
    Layout(name="structural", recognises=like_objects.recognises, read=like_objects.read),
    Layout(name="structural", recognises=structural.recognises, read=structural.read),
    Layout(name="single", recognises=single.recognises, read=single.read),
    Layout(name="mixed", recognises=mixed.recognises, read=mixed.read),
    Layout(name="no-news", recognises=no_news.recognises, read=no_news.read),
)


_SECOND_LOOK = frozenset({"headings", "tables", "list"})
"""Layouts that many desks share in part, so that structure may still tell the items better."""


def read_digests(file: SourceFile, *, layouts: Sequence[Layout] = LAYOUTS) -> Iterator[Digest | Problem]:
    """The digests of a file; a ``Problem`` where it, or the rest of it, gives none. Never raises."""
    try:
        with file.open_stream() as stream:
            head = stream.read(_HEAD)
            if not json_lines.recognises(head):
                yield _whole(file, head + stream.read(MAX_DOCUMENT + 1 - len(head)), layouts)
                return
        with file.open_stream() as stream:
            yield from _streamed(file, stream)
    except (FileUnreadable, NotText) as failure:
        yield Problem(path=file.path, reason=str(failure))
    except Malformed as failure:
        yield Problem(path=file.path, reason=str(failure), line=failure.line)


def read_document(document: Document, layouts: Sequence[Layout] = LAYOUTS) -> tuple[str, DigestDraft] | None:
    """The name of the layout and the draft with all lines accounted for; None where no layout recognises it."""
    for layout in layouts:
        if layout.recognises(document):
            draft, name = layout.read(document), layout.name
            if isinstance(document, TextDocument):
                if name in _SECOND_LOOK and structural.improves_on(document, draft):
                    draft, name = structural.read(document), "structural"
                draft = account(with_days(draft, document), document)
            return name, replace(draft, day=day_of_document(document, draft))
    return None


def _whole(file: SourceFile, content: bytes, layouts: Sequence[Layout]) -> Digest | Problem:
    if len(content) > MAX_DOCUMENT:
        return Problem(path=file.path, reason=f"larger than {MAX_DOCUMENT // 1024**2} MiB and not JSON lines")
    text = text_from(content)
    if not text.strip():
        return Problem(path=file.path, reason="empty file")
    document = document_from(file.path, text)
    found = read_document(document, layouts)
    if found is None:
        return problem_of(document)
    layout, draft = found
    return digest_from(draft, file=file, path=file.path, layout=layout, fingerprint=fingerprint_of(content))


def _streamed(file: SourceFile, stream: BinaryIO) -> Iterator[Digest | Problem]:
    for chunk in json_lines.chunks_of(stream, file.path):
        yield digest_from(
            chunk.draft,
            file=file,
            path=f"{file.path}#{chunk.first}",  # without its end, which moves as lines are added
            layout="json-lines",
            fingerprint=f"{READERS_VERSION}:{chunk.checksum}",
            problems=tuple(chunk.problems),
        )
