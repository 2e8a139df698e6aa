"""Files as digests. Layouts are recognised by content, never by the name of a file or folder.

``LAYOUTS`` is the whole choice: the first layout that recognises a document reads it. A layout is a module with
``recognises(document)`` and ``read(document)``, both pure; whatever goes wrong becomes a ``Problem``.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from indexer.model import Digest, Problem
from indexer.readers import seed
from indexer.readers.assembly import account, day_of_document, digest_from, fingerprint_of
from indexer.readers.decoding import NotText, text_from
from indexer.readers.documents import Document, Malformed, TextDocument, document_from
from indexer.readers.drafts import DigestDraft
from indexer.sources import FileUnreadable, SourceFile

MAX_DOCUMENT = 64 * 1024**2
"""Bytes of a file that has to be held whole; JSON lines are streamed and may be larger."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """A way digests are written."""

    name: str
    recognises: Callable[[Document], bool]
    read: Callable[[Any], DigestDraft]


LAYOUTS = (Layout(name="seed", recognises=seed.recognises, read=seed.read),)


def read_digests(file: SourceFile) -> Iterator[Digest | Problem]:
    """The digests of a file; a ``Problem`` where it gives none. Never raises, whatever the bytes are."""
    try:
        with file.open_stream() as stream:
            content = stream.read(MAX_DOCUMENT + 1)
        if len(content) > MAX_DOCUMENT:
            yield Problem(path=file.path, reason=f"larger than {MAX_DOCUMENT // 1024**2} MiB and not JSON lines")
            return
        yield _digest(file, content)
    except (FileUnreadable, NotText) as failure:
        yield Problem(path=file.path, reason=str(failure))
    except Malformed as failure:
        yield Problem(path=file.path, reason=str(failure), line=failure.line)


def read_document(document: Document) -> tuple[str, DigestDraft] | None:
    """The name of the layout and the draft with all lines accounted for; None where no layout recognises it."""
    for layout in LAYOUTS:
        if layout.recognises(document):
            draft = layout.read(document)
            if isinstance(document, TextDocument):
                draft = account(draft, document)
            return layout.name, replace(draft, day=day_of_document(document, draft))
    return None


def _digest(file: SourceFile, content: bytes) -> Digest | Problem:
    text = text_from(content)
    if not text.strip():
        return Problem(path=file.path, reason="empty file")
    found = read_document(document_from(file.path, text))
    if found is None:
        return Problem(path=file.path, reason="not a digest layout known to this version")
    layout, draft = found
    return digest_from(draft, file=file, path=file.path, layout=layout, fingerprint=fingerprint_of(content))
