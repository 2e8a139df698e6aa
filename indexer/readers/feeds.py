"""Feeds kept as files: RSS 0.9x, 1.0 and 2.0, and Atom 1.0 (RFC 4287). An entry is an item.

Entries are accounted for one by one: those without title and text are reported with the line at which they begin.
"""

from collections.abc import Iterator

from indexer.model import Problem, Source
from indexer.readers.dates import day_of, iso_of, moment_from
from indexer.readers.documents import Document, XmlDocument
from indexer.readers.drafts import DigestDraft, ItemDraft
from indexer.readers.inline import without_tags
from indexer.readers.markup import text_from_markup
from indexer.readers.sentences import first_sentence
from indexer.readers.xml_tree import Element

_TITLE = ("title",)
_BODY = ("encoded", "content", "description", "summary", "subtitle")
_TIME = ("pubdate", "published", "date", "issued", "created", "updated", "modified")
_IDENTIFIER = ("guid", "id")


def recognises(document: Document) -> bool:
    """Whether the document is a feed with entries."""
    return isinstance(document, XmlDocument) and next(_entries(document.root), None) is not None


def read(document: XmlDocument) -> DigestDraft:
    """The items of all entries; the feed's own title, links and pictures are its frame."""
    items: list[ItemDraft] = []
    unparsed: list[Problem] = []
    for number, entry in enumerate(_entries(document.root), 1):
        item = _item(entry, number)
        if item:
            items.append(item)
        else:
            reason = "entry with neither title nor text"
            unparsed.append(Problem(path=document.path, line=entry.line, pointer=f"entry {number}", reason=reason))
    days = {item.day for item in items}
    return DigestDraft(items=tuple(items), day=days.pop() if len(days) == 1 else None, unparsed=tuple(unparsed))


def _entries(root: Element) -> Iterator[Element]:
    """The entries of RSS 2.0 (in a channel), of RSS 1.0 (beside it) and of Atom."""
    for outer in (root, *root.named("channel")):
        yield from outer.named("item", "entry")


def _item(entry: Element, number: int) -> ItemDraft | None:
    title = " ".join(without_tags(_text_of(entry, *_TITLE)).split())
    body = max((text_from_markup(_text_of(entry, name)) for name in _BODY), key=len)
    if not (title := title or first_sentence(body)):
        return None
    moment = next((found for name in _TIME if (found := moment_from(entry.first(name)))), None)
    categories = [label for child in entry.named("category") if (label := child.text or child.attributes.get("term"))]
    return ItemDraft(
        title=title,
        section=without_tags(categories[0]) if categories else "",
        summary=body,
        sources=_sources(entry),
        lines=(entry.line, entry.last_line),
        pointer=f"entry {number}",
        external_ids=tuple(filter(None, [entry.first(*_IDENTIFIER)])),
        published=iso_of(moment),
        day=day_of(moment),
        extra=(("categories", categories),) if len(categories) > 1 else (),
    )


def _text_of(entry: Element, *names: str) -> str:
    """The text of a child, markup in it (Atom's xhtml) included."""
    return next((text for child in entry.named(*names) if (text := child.deep_text)), "")


def _sources(entry: Element) -> tuple[Source, ...]:
    """The entry's address, named after its source or author, then what it encloses."""
    links = [_address(link) for link in entry.named("link") if link.attributes.get("rel", "alternate") == "alternate"]
    guid = next(entry.named("guid"), None)
    if guid is not None and guid.attributes.get("ispermalink", "true") != "false" and guid.text.startswith("http"):
        links.append(guid.text)
    name = _name_of(entry)
    urls = list(dict.fromkeys(filter(None, links)))
    if not urls:
        return (Source(name=name, url=""),) if name else ()
    return (Source(name=name, url=urls[0]), *(Source(name="", url=url) for url in urls[1:] if url != urls[0]))


def _address(link: Element) -> str:
    return (link.attributes.get("href") or link.text).strip()


def _name_of(entry: Element) -> str:
    source = next(entry.named("source"), None)
    if source is not None and (name := source.text or source.first("title")):
        return without_tags(name)
    author = next(entry.named("author"), None)
    return without_tags(author.first("name") if author is not None else "") or without_tags(entry.first("creator"))
