"""A JSON object as an item: which of its keys say title, text, link, source, time and section.

Keys are tried in order and Chinese texts come first. Whatever no field takes is kept in ``extra`` under its own key.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from indexer.model import Source
from indexer.readers.dates import day_of, iso_of, moment_from
from indexer.readers.drafts import ItemDraft
from indexer.readers.inline import without_tags
from indexer.readers.markup import text_from_markup
from indexer.readers.sentences import first_sentence

TITLE = (
    "title_zh",
    "titleZh",
    "title_cn",
    "clean_title",
    "标题",
    "title",
    "headline",
    "news_title",
    "raw_title",
    "title_en",
    "titleEn",
)
SUMMARY = (
    "summary_zh",
    "summaryZh",
    "summary_cn",
    "摘要",
    "summary",
    "description",
    "desc",
    "body",
    "content",
    "正文",
    "content_text",
    "content_html",
    "text",
    "abstract",
    "digest",
    "excerpt",
    "summary_en",
    "summaryEn",
)
BACKGROUND = ("background", "背景", "context")
POINTS = ("points", "key_points", "keyPoints", "highlights", "要点")
LINK = ("url", "link", "source_url", "sourceUrl", "original_url", "article_url", "href", "链接", "mobileUrl")
SOURCE = ("source_name", "sourceName", "source", "siteName", "site_name", "site", "media", "publisher", "来源")
MORE_SOURCES = ("sources", "newsArray", "merged_sources", "mergedSources", "links")
TIME = (
    "published_at",
    "publishedAt",
    "published",
    "date_published",
    "publishDate",
    "publish_time",
    "publishTime",
    "pub_date",
    "pubDate",
    "original_pub_date",
    "date",
    "日期",
    "eventDate",
    "event_date",
    "occurredAt",
    "datetime",
    "timestamp",
    "created_at",
    "createdAt",
)
SECTION = ("category", "section", "category_name", "categoryName", "分类", "栏目", "column", "channel")
FALLBACK_SECTION = ("kind", "tags", "标签")
IDENTIFIER = ("id", "uuid", "guid", "news_id", "item_id", "externalId")
ENTITY = "entity"
"""Who the news is about, where a desk keeps it apart from the title."""

DESK = "origin"

_COLUMNS = {
    "title": (*TITLE, "题目", "主题", "新闻", "资讯", "事件", "论文", "项目", "仓库", "repo", "名称", "name"),
    "link": (*LINK, "原文", "原文链接", "网址", "地址", "pdf", "网页详情"),
    "source": (*SOURCE, "媒体", "发布方", "出处", "信源", "论文来源", "机构", "厂商", "工具"),
    "time": (*TIME, "时间", "发布时间", "发布日期"),
    "summary": (*SUMMARY, "简介", "概述", "说明", "内容", "重点", "重点概括", "要点", "一句话价值", "亮点"),
    "section": (*SECTION, "类别", "大类", "类型", "板块", "领域"),
}
_FIELD_OF_COLUMN = {key.lower(): told for told, keys in _COLUMNS.items() for key in keys}

_KEYS_OF_FIELD = {
    "title": TITLE,
    "link": LINK,
    "source": SOURCE,
    "time": TIME,
    "summary": SUMMARY,
    "section": SECTION,
}
_KEY_OF_FIELD = {"link": "url", "time": "date", "section": "category"}
"""Where a key is not named like its field."""

FIELDS = {
    "url": LINK,
    "date": TIME,
    "source": (*SOURCE, *MORE_SOURCES),
    "category": (*SECTION, *FALLBACK_SECTION),
    "title": TITLE,
    "summary": (*SUMMARY, *BACKGROUND, *POINTS),
}
"""The keys that tell each part of an item, by the key that stands for them all."""

KNOWN_KEYS = frozenset(
    key
    for keys in (
        TITLE,
        SUMMARY,
        BACKGROUND,
        POINTS,
        LINK,
        SOURCE,
        MORE_SOURCES,
        TIME,
        SECTION,
        FALLBACK_SECTION,
        IDENTIFIER,
        (ENTITY, DESK),
    )
    for key in keys
)

_PARTS_OF_NAMES = (
    ("link", re.compile(r"链接|网址|地址|url|link|href", re.IGNORECASE)),
    ("title", re.compile(r"标题|题目|title|headline", re.IGNORECASE)),
    ("source", re.compile(r"来源|媒体|出处|source|publisher", re.IGNORECASE)),
    ("time", re.compile(r"时间|日期|date|time|published", re.IGNORECASE)),
    ("summary", re.compile(r"摘要|简介|概要|summary|abstract|description", re.IGNORECASE)),
    ("section", re.compile(r"分类|类别|栏目|板块|category|section", re.IGNORECASE)),
)
"""What a column tells whose name only contains a known word."""

_NOBODY = frozenset({"", "未知", "其他", "无", "unknown", "other", "n/a", "none"})
_NAMES = re.compile(r"\s*、\s*")
_NAME_KEYS = ("name", "title", "siteName", "source", "source_name")


@dataclass(slots=True)
class _Record:
    """An object being taken apart: remembers which keys have found a place."""

    values: Mapping[str, Any]
    used: set[str] = field(default_factory=set)

    def text(self, keys: tuple[str, ...]) -> str:
        """The first text among ``keys`` that is not blank."""
        for key in keys:
            value = self.values.get(key)
            if isinstance(value, str) and value.strip():
                self.used.add(key)
                return text_from_markup(value)
        return ""

    def rest(self) -> tuple[tuple[str, Any], ...]:
        """What found no place, in the order of the file; empty values say nothing and are left out."""
        return tuple(
            (key, value)
            for key, value in self.values.items()
            if key not in self.used and value is not None and value not in ("", [], {})
        )


def field_of_column(header: str) -> str:
    """What a column of a table tells by its header (``标题/功能`` is a title); an empty text where nothing known."""
    names = (part.strip(" *_`\ufeff").lower() for part in header[:100].split("/"))
    told = next((told for name in names if (told := _FIELD_OF_COLUMN.get(name.replace(" ", "_"), ""))), "")
    return told or next((told for told, part in _PARTS_OF_NAMES if len(header) <= 20 and part.search(header)), "")


def canonical_key(header: str) -> tuple[str, str]:
    """The key by which ``item_from`` knows a column, and what it tells; its own header where nothing is known."""
    name = header.strip(" *\"'\ufeff\t")
    told = field_of_column(name)
    keys = _KEYS_OF_FIELD.get(told, ())
    known = next((key for key in keys if key.lower() == name.lower()), None)
    return (known or _KEY_OF_FIELD.get(told, told), told) if told else (name, "")


def has_title(value: Any) -> bool:
    """Whether a JSON value is an object with a title."""
    return isinstance(value, dict) and any(isinstance(t := value.get(key), str) and t.strip() for key in TITLE)


def has_text(value: Any) -> bool:
    """Whether a JSON value is an object with a title or a text."""
    return has_title(value) or (
        isinstance(value, dict) and any(isinstance(t := value.get(key), str) and t.strip() for key in SUMMARY)
    )


def item_from(values: Mapping[str, Any], *, section: str = "") -> ItemDraft | None:
    """The item an object describes; None where it has neither title nor text. ``section`` is what it stands under."""
    record = _Record(values)
    title = " ".join(record.text(TITLE).split())
    summary = record.text(SUMMARY)
    if not (title := title or first_sentence(summary)):
        return None
    moment = _moment(record)
    return ItemDraft(
        title=_with_entity(record, title),
        section=_section(record, section),
        summary=summary,
        background=record.text(BACKGROUND),
        points=_points(record),
        sources=_sources(record),
        external_ids=_identifiers(record),
        published=iso_of(moment),
        day=day_of(moment),
        desk=record.text((DESK,)),
        extra=record.rest(),
    )


def _with_entity(record: _Record, title: str) -> str:
    entity = record.values.get(ENTITY)
    if not isinstance(entity, str) or not entity.strip():
        return title
    record.used.add(ENTITY)
    return titled(entity, title)


def titled(entity: str, title: str) -> str:
    """A title with who it is about in front, where a desk keeps the two apart."""
    entity = entity.strip()
    return title if entity.lower() in _NOBODY or title.startswith(entity) else f"{entity}：{title}"


def _moment(record: _Record) -> Any:
    for key in TIME:
        if key in record.values and (moment := moment_from(record.values[key])):
            record.used.add(key)
            return moment
    return None


def _section(record: _Record, outer: str) -> str:
    own = record.text(SECTION)
    if own or outer:
        return own or outer
    for key in FALLBACK_SECTION:
        value = record.values.get(key)
        if isinstance(value, str) and value.strip():
            record.used.add(key)
            return without_tags(value)
        if isinstance(value, list) and value and isinstance(value[0], str):
            return without_tags(value[0])
    return ""


def _points(record: _Record) -> tuple[str, ...]:
    for key in POINTS:
        value = record.values.get(key)
        if isinstance(value, list) and value and all(isinstance(point, str) for point in value):
            record.used.add(key)
            return tuple(text for text in map(without_tags, value) if text)
        if isinstance(value, str) and value.strip():
            record.used.add(key)
            return tuple(without_tags(value).split("\n"))
    return ()


def _identifiers(record: _Record) -> tuple[str, ...]:
    found = []
    for key in IDENTIFIER:
        value = record.values.get(key)
        if isinstance(value, str | int) and not isinstance(value, bool) and str(value).strip():
            record.used.add(key)
            found.append(str(value).strip())
    return tuple(dict.fromkeys(found))


def _sources(record: _Record) -> tuple[Source, ...]:
    """The link with the first named source, then the other names and links."""
    url = record.text(LINK)
    named = [source for key in (*SOURCE, *MORE_SOURCES) for source in _named(record, key)]
    if not url:
        return _distinct(named)
    if named and not named[0].url:
        return _distinct([Source(name=named[0].name, url=url), *named[1:]])
    if named and named[0].url == named[0].name:  # the source is itself an address: a feed
        return _distinct([Source(name=named[0].name, url=url), *named[1:]])
    return _distinct([Source(name="", url=url), *named])


def _named(record: _Record, key: str) -> list[Source]:
    value = record.values.get(key)
    found = _sources_of(value)
    if key in MORE_SOURCES:
        found = [replace(source, name="") if source.name == source.url else source for source in found]
    if found:
        record.used.add(key)
    return found


def _sources_of(value: Any) -> list[Source]:
    if isinstance(value, str):
        return _sources_of_text(value)
    if isinstance(value, dict):
        name = next((n for k in _NAME_KEYS if isinstance(n := value.get(k), str) and n.strip()), "")
        url = next((u for k in LINK if isinstance(u := value.get(k), str) and u.strip()), "")
        return [Source(name=without_tags(name), url=url.strip())] if name or url else []
    if isinstance(value, list):
        return [source for one in value if not isinstance(one, list) for source in _sources_of(one)]
    return []


def _sources_of_text(text: str) -> list[Source]:
    text = text.strip()
    if text.startswith(("http://", "https://")):
        return [Source(name=text, url=text)]
    return [Source(name=name, url="") for name in _NAMES.split(without_tags(text)) if name]


def _distinct(sources: list[Source]) -> tuple[Source, ...]:
    return tuple(dict.fromkeys(sources))
