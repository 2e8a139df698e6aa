"""A digest as an HTML page: its headings, lists, tables and links as Markdown, read by what repeats in it.

Lines keep their numbers: each line of Markdown knows the line of the page that it begins on. Scripts, styles,
navigation and footers are frame.
"""

import html
import re
from dataclasses import dataclass, field, replace
from functools import lru_cache

from indexer.readers import structural
from indexer.readers.documents import MAX_LINE, Document, TextDocument
from indexer.readers.drafts import DigestDraft, ItemDraft

_PAGE = re.compile(
    r"\s*(?:<\?xml[^>]{0,200}>\s*)?(?:<!--.{0,500}?-->\s*)?<(?:!doctype\s+html|html[\s>])", re.IGNORECASE | re.DOTALL
)
_SILENT = frozenset({"script", "style", "template", "noscript", "nav", "footer", "svg", "button", "form", "head"})
_BLOCKS = frozenset(
    {"p", "div", "section", "article", "main", "header", "aside", "dl", "dt", "dd", "figure", "address", "table"}
    | {"tbody", "thead", "blockquote", "pre", "details", "summary", "body", "br", "hr"}
)
_PREFIXES = {"li": "- ", "tr": "| "} | {f"h{level}": f"{'#' * level} " for level in range(1, 7)}
_TAG = re.compile(r"<(?P<close>/?)(?P<name>[A-Za-z][A-Za-z0-9]{0,20})(?P<attributes>[^<>]*+)>|<[!?][^<>]*+>")
_HREF = re.compile(r"\bhref\s*=\s*[\"']?(?P<url>[^\"'\s<>]++)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Page:
    """The page as Markdown, the number of the page's line for each of its lines, and the lines with words."""

    text: TextDocument
    numbers: tuple[int, ...]


def recognises(document: Document) -> bool:
    """Whether a page has units that repeat and look like news."""
    if not isinstance(document, TextDocument) or not _is_page(document):
        return False
    return structural.recognises(_page_of(document).text)


def read(document: TextDocument) -> DigestDraft:
    """The items of the page; all its lines without words of their own are frame."""
    page = _page_of(document)
    draft = structural.read(page.text)
    items = tuple(_placed(item, page.numbers) for item in draft.items)
    inside = {number for item in items if item.lines for number in range(item.lines[0], item.lines[1] + 1)}
    left = {page.numbers[number - 1] for number in _words(page.text) - draft.frame}
    frame = frozenset(range(1, len(document.lines) + 1)) - left - inside
    return replace(draft, items=items, frame=frame)


def _is_page(document: TextDocument) -> bool:
    return _PAGE.match("\n".join(document.lines[:20])[:4000]) is not None


def _placed(item: ItemDraft, numbers: tuple[int, ...]) -> ItemDraft:
    first, last = item.lines or (1, 1)
    return replace(item, lines=(numbers[first - 1], numbers[last - 1]))


def _words(text: TextDocument) -> set[int]:
    return {number for number, line in enumerate(text.lines, 1) if line.strip()}


@lru_cache(maxsize=1)
def _page_of(document: TextDocument) -> _Page:
    whole = "\n".join(line if len(line) <= MAX_LINE else "" for line in document.lines)
    writing = _Writing()
    place, number = 0, 1
    for tag in _TAG.finditer(whole := _without_comments(whole)):
        writing.take_text(whole[place : tag.start()], number)
        number += whole.count("\n", place, tag.end())
        place = tag.end()
        writing.take_tag(tag, number)
    writing.take_text(whole[place:], number)
    lines, numbers = zip(*writing.ended(), strict=True)
    return _Page(TextDocument(path=document.path, lines=tuple(lines)), tuple(numbers))


def _without_comments(text: str) -> str:
    """A page without its comments, their line breaks kept."""
    kept: list[str] = []
    start = 0
    while (opened := text.find("<!--", start)) >= 0:
        closed = text.find("-->", opened + 4)
        end = closed + 3 if closed >= 0 else len(text)
        kept += [text[start:opened], "\n" * text.count("\n", opened, end)]
        start = end
    return "".join((*kept, text[start:]))


@dataclass(slots=True)
class _Writing:
    """Markdown while the tags and texts of a page come in."""

    lines: list[tuple[str, int]] = field(default_factory=list)
    prefix: str = ""
    number: int = 1
    parts: list[str] = field(default_factory=list)
    silent: str = ""
    lists: int = 0
    columns: int = 0
    rows: int = 0
    target: str = ""
    label: list[str] = field(default_factory=list)

    def take_text(self, text: str, number: int) -> None:
        """Adds text that begins on a line of the page."""
        if self.silent or not (text if self.parts else text.strip()):
            return
        if not self.parts:
            self.number = number + text[: len(text) - len(text.lstrip())].count("\n")
        (self.label if self.target else self.parts).append(html.unescape(text))
        self.parts.append("")

    def take_tag(self, tag: re.Match[str], number: int) -> None:
        """Ends and begins lines, links and rows."""
        name = (tag["name"] or "").lower()
        if self.silent:
            self.silent = "" if tag["close"] and name == self.silent else self.silent
        elif name in _SILENT:
            self.silent = "" if tag["close"] or tag["attributes"].endswith("/") else name
        elif name == "a":
            self._close_link()
            found = None if tag["close"] else _HREF.search(tag["attributes"])
            self.target = html.unescape(found["url"]).strip() if found else ""
        elif name in {"ul", "ol"}:
            self.lists = max(0, self.lists + (-1 if tag["close"] else 1))
            self._end()
        elif name in {"td", "th"}:
            self.columns += not tag["close"]
            self.take_text(" | " if tag["close"] else " ", number)
        elif name in _BLOCKS or name in _PREFIXES:
            self.rows = 0 if name == "table" else self.rows
            self._end("" if tag["close"] else self._prefix(name))

    def ended(self) -> list[tuple[str, int]]:
        """All lines with the numbers they begin on; one where the page is empty."""
        self._end()
        return self.lines or [("", 1)]

    def _prefix(self, name: str) -> str:
        return "  " * min(max(0, self.lists - 1), 20) + "- " if name == "li" else _PREFIXES.get(name, "")

    def _close_link(self) -> None:
        label = " ".join("".join(self.label).split())
        if self.target.startswith(("http://", "https://")) and label:
            address = self.target.replace(">", "%3E").replace("<", "%3C")
            self.parts.append(f"[{label.replace('[', '(').replace(']', ')')}](<{address}>)")
        elif label:
            self.parts.append(label)
        self.target = ""
        self.label.clear()

    def _end(self, prefix: str = "") -> None:
        """Ends the line and begins one; a link that runs on is taken up by the next."""
        target = self.target
        self._close_link()
        text = " ".join("".join(self.parts).split())
        if text:
            self.lines.append((f"{self.prefix or '  ' * bool(self.lists)}{text}", self.number))
            self.rows += self.prefix == "| "
            if self.prefix == "| " and self.rows == 1:
                self.lines.append((f"|{'---|' * self.columns}", self.number))
            if self.prefix.startswith("#") or not (self.prefix or self.lists):
                self.lines.append(("", self.number))
        self.prefix = prefix if text or prefix.strip() else self.prefix
        self.parts.clear()
        self.columns = 0
        self.target = target
