"""A search as a feed that readers subscribe to: Atom (RFC 4287) and JSON Feed 1.1."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote
from xml.etree import ElementTree

from search_service.labels import CATEGORY_LABELS
from search_service.views.records import Record

_ATOM = "http://www.w3.org/2005/Atom"
_LONG_AGO = "1970-01-01"
_MIDNIGHT = "T00:00:00+08:00"


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """What a feed says of itself: ``site`` ends with a slash, ``address`` is the feed's, ``page`` the search's."""

    title: str
    site: str
    address: str
    page: str


def atom(feed: Feed, items: list[Record]) -> str:
    """The items as Atom."""
    ElementTree.register_namespace("", _ATOM)
    root = ElementTree.Element(_tag("feed"), {"{http://www.w3.org/XML/1998/namespace}lang": "zh-CN"})
    _add(root, "id", feed.address)
    _add(root, "title", feed.title)
    _add(root, "updated", max(map(_time, items), default=_LONG_AGO + _MIDNIGHT))
    _link(root, "self", feed.address, type="application/atom+xml")
    _link(root, "alternate", feed.page, type="text/html")
    _add(root, "generator", "Zhimai")
    for item in items:
        _add_entry(root, feed, item)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ElementTree.tostring(root, encoding="unicode") + "\n"


def json_feed(feed: Feed, items: list[Record]) -> Record:
    """The items as JSON Feed."""
    return {
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed.title,
        "home_page_url": feed.page,
        "feed_url": feed.address,
        "language": "zh-CN",
        "items": [_feed_item(feed, item) for item in items],
    }


def _add_entry(root: ElementTree.Element, feed: Feed, item: Record) -> None:
    entry = ElementTree.SubElement(root, _tag("entry"))
    _add(entry, "id", _entry_id(item))
    _add(entry, "title", item["title"])
    _add(entry, "updated", _time(item))
    _link(entry, "alternate", _page_of(feed, item), type="text/html")
    for source in item["sources"]:
        if source["url"]:
            _link(entry, "related", source["url"], **({"title": source["name"]} if source["name"] else {}))
    _add(ElementTree.SubElement(entry, _tag("author")), "name", item["desk"])
    for term, label in _tags(item):
        ElementTree.SubElement(entry, _tag("category"), {"term": term, "label": label})
    _add(entry, "content", item["body"])


def _feed_item(feed: Feed, item: Record) -> Record:
    told: Record = {
        "id": _entry_id(item),
        "url": _page_of(feed, item),
        "title": item["title"],
        "content_text": item["body"],
        "authors": [{"name": item["desk"]}],
        "tags": [label for _term, label in _tags(item)],
    }
    if item["url"]:
        told["external_url"] = item["url"]
    if item["date"]:
        told["date_published"] = _time(item)
    return told


def _tags(item: Record) -> list[tuple[str, str]]:
    labels: dict[str, str] = {str(category): label for category, label in CATEGORY_LABELS.items()}
    category = item["category"]
    return [(category, labels.get(category, category)), *((ref["id"], ref["name"]) for ref in item["entities"])]


def _entry_id(item: Record) -> str:
    return f"urn:zhimai:item:{item['id']}"


def _page_of(feed: Feed, item: Record) -> str:
    return f"{feed.site}items/{quote(item['id'])}"


def _time(item: Record) -> str:
    """The item's day in China, where the digests are written. Feeds know no item without a time."""
    return (item["date"] or _LONG_AGO) + _MIDNIGHT


def _tag(name: str) -> str:
    return f"{{{_ATOM}}}{name}"


def _add(parent: ElementTree.Element, name: str, text: str) -> None:
    ElementTree.SubElement(parent, _tag(name)).text = _of_xml(text)


def _link(parent: ElementTree.Element, rel: str, href: str, **more: Any) -> None:
    attributes = {"rel": rel, "href": href, **more}
    ElementTree.SubElement(parent, _tag("link"), {name: _of_xml(value) for name, value in attributes.items()})


def _of_xml(text: str) -> str:
    """Without the characters that XML 1.0 cannot hold."""
    return "".join(c for c in text if c in "\t\n\r" or " " <= c < "\ud800" or "\ue000" <= c not in "\ufffe\uffff")
