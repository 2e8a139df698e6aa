"""Items of desks that nobody knows yet: titles, sources and times wherever a unit's lines may have them.

**标题** 摘要…… [链接](https://…)
标题（某报，2026-03-07）
标题 https://…
来源：某报 | 2026-03-07 | [原文](https://…)
"""

import re
from dataclasses import dataclass

from indexer.model import Source
from indexer.readers.dates import days_in, moment_from
from indexer.readers.entries import Entry
from indexer.readers.inline import LINK, plain_text, target_of
from indexer.readers.labels import Field, labelled
from indexer.readers.links import BARE_URL, is_generic, links_in, sources_in
from indexer.readers.outline import Kind, Line
from indexer.readers.sentences import MAX_TITLE, without_dateline

TITLE_LABEL = re.compile(
    r"\W{0,4}(?:新闻标题|标题|题目|Title|Headline)(?:\*\*)?\s*[：:]\s*(?:\*\*)?\s*(?=\S)", re.IGNORECASE
)

_BOLD = re.compile(r"[^\w*\[]{0,12}\*\*(?P<title>[^*]++(?:\*(?!\*)[^*]++)*+)\*\*(?P<after>.*)")
_TAG = re.compile(r"(?:\*\*)?[\[【](?P<tag>[^\[\]【】*]{1,6})[\]】](?:\*\*)?\s*(?=\[)")
"""What kind of news a unit has, before its link."""
_MARKS = re.compile(r"[▶▷►◆◇◈■□▪▫●○◎★☆→➤➢➔➡✦❖※🔹🔸🔷🔶👉]+\ufe0f?\s*(?=\S)")
"""Signs that stand for bullets."""
_CLOCK_BEFORE = re.compile(
    r"(?:\*\*|`|\[|【)?(?P<clock>\d{1,2}[:：]\d\d(?:[:：]\d\d)?)(?:\*\*|`|\]|】)?\s*[|｜·—–-]?\s*(?=[^\s\d:：])"
)
_BRACKETED = re.compile(r"【(?P<title>[^【】]+)】(?P<after>.*)")
_SOURCE_BEHIND = re.compile(
    r"\s*[（(\[](?P<label>(?:来源|出处|via|source)\s*[：:]\s*[^（）()\[\]]{2,40})[)）\]]\s*", re.IGNORECASE
)
_ENTITY_TITLE = re.compile(r"\*\*\[[^\[\]]+\]\*\*\s*\S")
_CREDIT = re.compile(r"\s*(?:—+|–|--?|·|\||｜)\s+(?P<text>\S.{0,120})")
_QUOTED = re.compile(r"^([\"'])(.*)\1$")
_ENCLOSED = re.compile(r"(?P<title>.{4,}?)\s*[（(\[【](?P<text>[^（()）\[\]【】]{2,60})[）)\]】]\s*")
_PIECES = re.compile(r"\s*[|｜•]\s*|\s+·\s+|[，,]\s+|，|(?<!\d)\s+(?=(?:20\d\d[-/.年]\d|\d\d?[:：]\d\d(?!\d)))")
_NOTHING_BEFORE = re.compile(r"\W{0,12}(?:\d{1,3}[.、．)）]?)?\W{0,8}")
_CLOCK = re.compile(r"\d{1,2}[:：]\d\d(?:[:：]\d\d)?|\d{1,2}[-/月]\d{1,2}日?(?:\s+\d{1,2}[:：]\d\d)?")
_MEDIUM = re.compile(
    r"[^，。；：\s]{0,10}(?:报|网|社|站|刊|台|财经|新闻|科技|之心|量子位|氪|资讯|智元|博客)"
    r"|[\w ]{2,20}(?:Blog|News|Review|Times)",
    re.IGNORECASE,
)
"""How names of media end."""
_EDGES = " \t：:，,。-—–|｜·（([【>→»👉🔗"
_STOP_INSIDE = re.compile(r"[。！？](?=.)")
_LONGEST_NAME = 24
_LONGEST_UNIT = 2000
"""Characters of a first line that is looked at for title and source; a longer one is a text."""
_SHORTEST_TITLE = 8


@dataclass(slots=True, kw_only=True)
class LooseEntry(Entry):
    """An item whose lines may say source, time and link together."""

    def take(self, line: Line) -> None:
        """Takes up a line; one that only says where the news is from gives no text."""
        text = line.text.lstrip("- ") if line.kind is Kind.QUOTE else line.text
        if line.kind in {Kind.TEXT, Kind.BULLET, Kind.QUOTE} and self.take_credit_line(text):
            self.last = line.number
        else:
            Entry.take(self, line)

    def take_credit_line(self, text: str) -> bool:
        """Takes a line of nothing but labels, names, times and links; False for any other line."""
        if len(text) > 400 or TITLE_LABEL.match(text):
            return False
        pieces = [piece for piece in _PIECES.split(_without_marks(text)) if piece.strip()]
        told = [_told_by(piece) for piece in pieces]
        if len(pieces) < 2 and Field.LINK not in told and Field.TIME not in told:
            return False
        if None in told or not {Field.TIME, Field.LINK} & set(told):
            return False
        for piece, field in zip(pieces, told, strict=True):
            self._take_piece(piece, field)
        return True

    def _take_piece(self, piece: str, field: Field | None) -> None:
        label = labelled(_without_marks(piece))
        if label:
            self.take_label(*label)
        elif field is Field.TIME:
            self.take_time(plain_text(piece).strip(_EDGES + "）)]】"))
        elif field is Field.LINK:
            self.sources += sources_in(piece)
        elif name := plain_text(piece).strip(_EDGES + "）)]】"):
            self.sources.append(Source(name=name, url=""))


def open_unit(line: Line, section: str) -> Entry:
    """Begins an item at a heading, a bold line, a list entry or a paragraph."""
    entry = LooseEntry(title="", section=section, first=line.number, last=line.number)
    text = TITLE_LABEL.sub("", line.text, count=1)
    if len(text) > _LONGEST_UNIT:
        entry.say(text)
        return entry
    text = _MARKS.sub("", text, count=1)
    if clock := _CLOCK_BEFORE.match(text):
        entry.take_time(clock["clock"])
        text = text[clock.end() :]
    if tag := _TAG.match(text):
        entry.section = tag["tag"]
        text = text[tag.end() :]
    bold = _BOLD.fullmatch(text)
    link = LINK.search(text)
    bracketed = _BRACKETED.fullmatch(text)
    if _ENTITY_TITLE.match(text):
        entry.title = text
    elif bracketed and len(bracketed["title"]) >= _SHORTEST_TITLE:
        entry.title = bracketed["title"]
        _take_rest(entry, bracketed["after"])
    elif bold and _is_title(plain_text(bold["title"]), bold["after"]):
        entry.title = bold["title"]
        _take_rest(entry, bold["after"])
    elif link and _NOTHING_BEFORE.fullmatch(text[: link.start()]) and not is_generic(plain_text(link["label"])):
        entry.title = link[0]
        entry.links.append(Source(name="", url=target_of(link)))
        _take_rest(entry, text[link.end() :].removeprefix("**"))
    else:
        _take_plain(entry, text, is_title=line.kind is Kind.HEADING)
    return entry


def open_block(line: Line, section: str) -> Entry:
    """Begins an item at the first line of a block: the line is its title."""
    return open_unit(line, section)


def _is_title(bold: str, after: str) -> bool:
    """Whether a bold opening is a title rather than the first words of a sentence."""
    if len(bold) < 4 or is_generic(bold):
        return False
    after = after.strip()
    return not after or (len(bold) >= _SHORTEST_TITLE and not (after[0].isalnum() or after[0] in "，,、的"))


def _take_plain(entry: LooseEntry, text: str, *, is_title: bool) -> None:
    """A title without marks, with links, a source or a time behind it."""
    link = LINK.search(text)
    address = BARE_URL.search(text)
    starts = [match.start() for match in (link, address) if match]
    behind = BARE_URL.sub("", LINK.sub("", text[min(starts) :])) if starts else ""
    if len(behind.strip(_EDGES + "）)]】。、*")) > _LONGEST_NAME:
        entry.say(text)  # a link in passing
        return
    head = text[: min(starts)].rstrip(_EDGES) if starts else text
    if not head:
        entry.title = plain_text(link["label"]) if link else ""
        entry.sources += sources_in(text)
        return
    if starts:
        entry.sources += sources_in(text[min(starts) :])
    if enclosed := _ENCLOSED.fullmatch(head):
        if entry.take_credit_line(enclosed["text"]) or _is_source(enclosed["text"]):
            head = enclosed["title"]
    elif credit := _credit_behind(entry, head):
        head = credit
    if is_title or (len(head) <= MAX_TITLE and not _STOP_INSIDE.search(head) and not _is_sentence(head)):
        entry.title = _QUOTED.sub(r"\2", head)
    else:
        entry.say(text)


def _is_sentence(text: str) -> bool:
    """Whether a line is running text, which begins with its dateline or ends with a stop."""
    return text.endswith("。") or without_dateline(text) != text


def _credit_behind(entry: LooseEntry, head: str) -> str | None:
    """The title before ``— source · time``; None where there is no such credit."""
    for mark in _CREDIT.finditer(head):
        title = head[: mark.start()].rstrip()
        if len(title) >= 4 and entry.take_credit_line(mark["text"]):
            return title
    return None


def _take_rest(entry: LooseEntry, rest: str) -> None:
    """What stands behind a marked title: a credit, links, or a text."""
    credit = _CREDIT.fullmatch(rest)
    text = rest.strip(" ：:，,。-—–|｜·")
    text = text.strip("*_") if text[:2] in {"*(", "*（", "_(", "_（"} else text
    enclosed = text.strip("（()）[]【】") if text[:1] in "（([【" and "](" not in text[:3] else text
    if not text or entry.take_credit_line(enclosed) or (credit and entry.take_credit_line(credit["text"])):
        return
    if credit and len(credit["text"]) <= _LONGEST_NAME and not links_in(text):
        entry.sources.append(Source(name=plain_text(credit["text"]), url=""))
    elif labelled(text):
        entry.take(Line(entry.last, Kind.TEXT, text))
    else:
        entry.say(_without_source_behind(entry, text))


def _without_source_behind(entry: LooseEntry, text: str) -> str:
    """A text whose last words say where it is from, without these."""
    for behind in _SOURCE_BEHIND.finditer(text[-60:]):
        if behind.end() == len(text[-60:]) and (label := labelled(behind["label"])):
            entry.take_label(*label)
            return text[: len(text) - len(behind[0])]
    return text


def _told_by(piece: str) -> Field | None:
    """What a piece of a credit line tells; a short name is a source, a sentence tells nothing."""
    piece = _without_marks(piece)
    if label := labelled(piece):
        return label[0]
    words = plain_text(LINK.sub("", piece)).strip(_EDGES + "）)]】")
    if links_in(piece) or BARE_URL.search(piece):
        rest = BARE_URL.sub("", words).strip(_EDGES + "）)]】")
        return Field.LINK if len(rest) <= 4 else None
    if len(words) <= 40 and (
        _CLOCK.fullmatch(words) or (days_in(words) and (moment_from(words) or len(words) <= 24))
    ):
        return Field.TIME
    return Field.SOURCE if 0 < len(words) <= _LONGEST_NAME and not words.endswith(("。", "！", "？")) else None


def _is_source(text: str) -> bool:
    return labelled(text) is not None or _MEDIUM.fullmatch(text) is not None


def _without_marks(text: str) -> str:
    """Without pictograms and emphasis before the words."""
    return re.sub(r"^[^\w\[<（(【*`]+", "", text, count=1).strip().strip("*").strip()
