"""The layout of the desk Zhimai was built for: bold sections and titles over labelled fields.

    **政策与监管**

    **甲公司发布乙模型**
    说明：……
    背景：……
    要点：
    - ……
    来源出处：[某报](https://…)

Headings may stand for bold lines, colons may be half width, labels bold or bulleted, fields missing or wrapped over
several lines, and several sources may be named. A bold line or heading is a title where a label follows before the
next bold line or heading, else a section.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from indexer.model import Source
from indexer.readers.documents import MAX_LINE, Document, TextDocument
from indexer.readers.drafts import DigestDraft, ItemDraft
from indexer.readers.inline import plain_text
from indexer.readers.lines import is_frame_line, join_wrapped, without_ordinal
from indexer.readers.links import combined, nameless_links_in, sources_in

_FIELD_OF_LABEL = {
    "说明": "summary",
    "背景": "background",
    "要点": "points",
    "来源出处": "sources",
    "来源": "sources",
    "出处": "sources",
}
_TEXT_FIELDS = ("summary", "background", "points")
_LABEL = re.compile(
    r"\s*(?:[-*+]\s+)?(?:\*\*|【)?(?P<label>说明|背景|要点|来源出处|来源|出处)(?:\*\*|】)?\s*[：:]\s*(?:\*\*)?(?P<text>.*)"
)
_HEADING = re.compile(r"#{1,6}\s+(?P<text>.+)")
_BOLD = re.compile(r"\*\*(?P<text>[^*]++(?:\*(?!\*)[^*]++)*+)\*\*")
_BULLET = re.compile(r"\s*(?:[-*+•·●▪]|\d{1,3}[.、)）])\s*(?P<text>\S.*)")


@dataclass(slots=True, kw_only=True)
class _Open:
    """The item being read: the raw text of its fields and the field that wrapped lines go on with."""

    title: str
    section: str
    first: int
    last: int
    paragraphs: dict[str, list[list[str]]] = field(default_factory=dict)
    current: str = ""

    def add(self, text: str, number: int) -> None:
        self.paragraphs.setdefault(self.current, []).append([text])
        self.last = number

    def go_on(self, text: str, number: int) -> None:
        paragraphs = self.paragraphs.setdefault(self.current, [])
        if paragraphs:
            paragraphs[-1].append(text)
        else:
            paragraphs.append([text])
        self.last = number

    def texts(self, name: str) -> tuple[str, ...]:
        return tuple(map(join_wrapped, self.paragraphs.get(name, ())))


def recognises(document: Document) -> bool:
    """Whether a title stands over a 说明 field, or over 要点 and another label."""
    if not isinstance(document, TextDocument):
        return False
    labels: set[str] = set()
    for line in _short_lines(document):
        if _marker(line) is not None:
            labels = {"title"}
        elif match := _LABEL.match(line):
            labels.add(match["label"])
            if "title" in labels and ("说明" in labels or ("要点" in labels and len(labels) > 2)):
                return True
    return False


def read(document: TextDocument) -> DigestDraft:
    """The items under their sections; text that no label or title introduces is left to be reported."""
    titles = _title_lines(document)
    items: list[ItemDraft] = []
    frame: set[int] = set()
    section = ""
    current: _Open | None = None
    blank = False
    for number, line in enumerate(document.lines[document.start :], document.start + 1):
        if not line.strip() or len(line) > MAX_LINE:
            blank = True
            continue
        marker = _marker(line)
        if marker is not None or is_frame_line(line) or (current and blank and _is_stray(current, line)):
            items += _closed(current)
            current = None
        if number in titles:
            current = _Open(title=line, section=section, first=number, last=number)
        elif marker is not None:
            section = "" if line.lstrip().startswith("# ") else plain_text(marker)
            frame.add(number)
        elif is_frame_line(line):
            frame.add(number)
        elif current:
            _take(current, line, number, blank)
        blank = False
    return DigestDraft(items=(*items, *_closed(current)), frame=frozenset(frame))


def _is_stray(item: _Open, line: str) -> bool:
    """Whether a line below a blank one has nothing to do with a list of points or sources above it."""
    return item.current in {"points", "sources"} and not _LABEL.match(line) and not _BULLET.fullmatch(line)


def _short_lines(document: TextDocument) -> Iterator[str]:
    return (line for line in document.lines[document.start :] if len(line) <= MAX_LINE)


def _marker(line: str) -> str | None:
    """The text of a heading or bold line; None for any other, labels in bold included."""
    stripped = line.strip()
    if stripped[:1] not in {"#", "*"} or _LABEL.match(line):
        return None
    match = _HEADING.fullmatch(stripped) or _BOLD.fullmatch(stripped)
    return match["text"].rstrip("# ") if match else None


def _title_lines(document: TextDocument) -> set[int]:
    """Numbers of the markers that a label follows before the next marker."""
    titles: set[int] = set()
    latest = 0
    for number, line in enumerate(document.lines[document.start :], document.start + 1):
        if len(line) > MAX_LINE:
            continue
        if _marker(line) is not None:
            latest = number
        elif latest and _LABEL.match(line):
            titles.add(latest)
    return titles


def _take(item: _Open, line: str, number: int, blank: bool) -> None:
    label = _LABEL.match(line)
    bullet = _BULLET.fullmatch(line)
    if label:
        item.current = _FIELD_OF_LABEL[label["label"]]
        if label["text"].strip():
            item.add(label["text"], number)
        item.last = number
    elif bullet and item.current in {"points", "sources"}:
        item.add(bullet["text"], number)
    else:
        item.current = item.current or "summary"
        (item.add if blank else item.go_on)(line.strip(), number)


def _closed(item: _Open | None) -> Iterator[ItemDraft]:
    if item is None:
        return
    marker = _marker(item.title) or ""
    fields = {name: tuple(map(plain_text, item.texts(name))) for name in _TEXT_FIELDS}
    yield ItemDraft(
        title=without_ordinal(plain_text(marker)),
        section=item.section,
        summary="\n".join(fields["summary"]),
        background="\n".join(fields["background"]),
        points=fields["points"],
        sources=_sources(item, marker),
        lines=(item.first, item.last),
    )


def _sources(item: _Open, title: str) -> tuple[Source, ...]:
    """The title's link, the named sources, then the links in the text."""
    named = [source for text in item.texts("sources") for source in sources_in(text)]
    inline = [link for name in _TEXT_FIELDS for text in item.texts(name) for link in nameless_links_in(text)]
    return combined((*nameless_links_in(title), *named, *inline))
