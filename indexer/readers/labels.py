"""Labelled lines of an item: ``来源：某报``, ``- **简介**: ……``, ``📝 ……``, ``*类别 · 来源 · 08-12 · #标签*``."""

import re
from dataclasses import dataclass
from enum import Enum, auto
from functools import lru_cache

from indexer.readers.inline import KEPT, KEPT_LENGTH, LINK, plain_text
from indexer.readers.links import is_generic


class Field(Enum):
    """What a labelled line tells of its item."""

    SUMMARY = auto()
    BACKGROUND = auto()
    POINTS = auto()
    SOURCE = auto()
    LINK = auto()
    TIME = auto()
    SECTION = auto()
    TAGS = auto()


_WORDS = {
    Field.SUMMARY: (
        "重点",
        "导语",
        "描述",
        "一句话",
        "说明",
        "简介",
        "摘要",
        "概述",
        "内容摘要",
        "内容",
        "Summary",
        "Abstract",
    ),
    Field.BACKGROUND: ("背景", "为什么重要"),
    Field.POINTS: ("要点", "核心要点", "关键要点"),
    Field.SOURCE: (
        "来源",
        "来源出处",
        "信息来源",
        "新闻来源",
        "出处",
        "信源",
        "媒体",
        "来自",
        "新闻源",
        "发布方",
        "Source",
        "via",
    ),
    Field.LINK: (
        "链接",
        "详情",
        "原文",
        "原文链接",
        "原文地址",
        "查看原文",
        "阅读原文",
        "来源链接",
        "详情链接",
        "网址",
        "传送门",
        "地址",
        "URL",
        "Link",
    ),
    Field.TIME: ("发布时间", "发布于", "发表时间", "更新时间", "发布日期", "时间", "日期", "Published", "Date"),
    Field.SECTION: ("分类", "类别", "大类", "栏目", "Category"),
    Field.TAGS: ("标签", "关键词", "Tags"),
}
_FIELD_OF_WORD = {word.lower(): found for found, words in _WORDS.items() for word in words}
_LABEL = re.compile(
    r"(?:\*\*|【)?(?P<word>" + "|".join(sorted(map(re.escape, _FIELD_OF_WORD), key=len, reverse=True)) + r")"
    r"(?:\*\*|】)?\s*[：:]\s*(?:\*\*)?\s*(?P<value>.*)",
    re.IGNORECASE,
)
_SIGNS = {"📝": Field.SUMMARY, "🔗": Field.LINK, "⏰": Field.TIME, "🕒": Field.TIME, "📅": Field.TIME}
_LABEL_ENDS = 40
"""Characters within which the colon of a label stands."""
_CREDIT = re.compile(r"\*(?P<text>[^*]+)\*")
_NEXT_LABEL = re.compile(r"\s[|·｜]\s+(?=\*\*|!\[|[^\w\s])")
_PICTOGRAM = re.compile(r"^[^\w\s\[\](){}<>*【】（）`#!|~\"'“”「」《》]{1,4}\s*")
_SHORT_DAY = re.compile(r"\d\d?-\d\d?")


@dataclass(frozen=True, slots=True)
class Credit:
    """A line in italics that says where an item comes from: ``kind · source · month-day · #tags``."""

    kind: str
    source: str
    day: str
    tags: tuple[str, ...]


def labelled(text: str) -> tuple[Field, str] | None:
    """The field a line is labelled with, by word, by sign or by being nothing but a link to the original."""
    return _kept_labelled(text) if len(text) <= KEPT_LENGTH else _labelled(text)


def _labelled(text: str) -> tuple[Field, str] | None:
    if sign := _SIGNS.get(text[:1]):
        return sign, text[1:].lstrip("\ufe0f ")
    head = text[:_LABEL_ENDS]
    if (":" in head or "：" in head) and (match := _LABEL.fullmatch(_PICTOGRAM.sub("", text, count=1))):
        return _FIELD_OF_WORD[match["word"].lower()], match["value"]
    text = text.removeprefix("**").removesuffix("**") if text.startswith("**[") else text
    link = LINK.match(text) if text.startswith("[") else None
    if link and is_generic(label := plain_text(link["label"])) and plain_text(text) == label:
        return Field.LINK, text
    return None


_kept_labelled = lru_cache(KEPT)(_labelled)


def fields_in(text: str) -> list[str]:
    """The parts of a line that has several labels: ``**来源**: 某报 | **分类**: 模型``; the line where it has one."""
    if not ("|" in text or "·" in text or "｜" in text):
        return [text]
    parts = [part for part in _NEXT_LABEL.split(text) if part.strip()]
    if len(parts) < 2 or not all(labelled(part) or part.startswith("![") for part in parts):
        return [text]
    return [part for part in parts if not part.startswith("![")]


def credit_in(text: str) -> Credit | None:
    """The credit a line in italics gives; None for any other line."""
    match = _CREDIT.fullmatch(text) if text.startswith("*") else None
    parts = [part.strip() for part in match["text"].split(" · ")] if match else []
    days = [place for place, part in enumerate(parts) if _SHORT_DAY.fullmatch(part)]
    if not days or days[0] < 2:
        return None
    at = days[0]
    tags = tuple(part.lstrip("#") for part in parts[at + 1 :] if part.startswith("#"))
    return Credit(parts[0], " · ".join(parts[1:at]), parts[at], tags)
