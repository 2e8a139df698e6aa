"""How pages write things: numbers, days, links, labels of kinds."""

import hashlib
from datetime import date
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

from flask import Flask, url_for

from graph.kinds import ENTITY_LABELS, RELATION_LABELS
from search_service.labels import CATEGORY_LABELS
from search_service.views.service import Service
from search_service.web.marking import anchor_of, marked, marked_evidence
from search_service.web.snippets import snippet

WEEKDAYS = "一二三四五六日"
ALIAS_KINDS = {
    "short": "简称",
    "full": "全称",
    "legal": "注册名",
    "brand": "品牌",
    "former": "曾用名",
    "code": "代号",
    "latin": "外文",
    "written": "文中写法",
}


def add_formats(app: Flask, service: Service) -> None:
    """Makes the functions here known to templates."""
    app.jinja_env.filters.update(
        number=number, web_link=web_link, host=host, long_day=long_day, short_month=short_month, percent=percent
    )
    app.jinja_env.globals.update(
        ago=lambda day: ago(day, service.today()),
        entity_url=entity_url,
        item_url=item_url,
        evidence_url=evidence_url,
        static_url=static_url,
        search_url=search_url,
        marked=marked,
        marked_evidence=marked_evidence,
        snippet=snippet,
        entity_labels=ENTITY_LABELS,
        relation_labels=RELATION_LABELS,
        category_labels=CATEGORY_LABELS,
        alias_kinds=ALIAS_KINDS,
        program_version=version("zhimai"),
        archive_state=service.engine.state,
    )


def number(value: int) -> str:
    """A count with separators."""
    return f"{value:,}"


def percent(share: float) -> str:
    """A share of all items, as a percentage."""
    return f"{share * 100:.1f}%" if share else "0"


def web_link(url: str | None) -> str | None:
    """The address if it is one of the web; only those are made links (no javascript:, no data:)."""
    if not url:
        return None
    try:
        parts = urlsplit(url.strip())
    except ValueError:
        return None
    return url.strip() if parts.scheme.lower() in ("http", "https") and parts.netloc else None


def host(url: str) -> str:
    """The host of an address, to name a source that has no name."""
    return (urlsplit(url).hostname or url).removeprefix("www.")


def long_day(day: str) -> str:
    """2026年2月12日 星期四."""
    one = date.fromisoformat(day)
    return f"{one.year}年{one.month}月{one.day}日 星期{WEEKDAYS[one.weekday()]}"


def short_month(month: str) -> str:
    """2026年2月."""
    year, _, rest = month.partition("-")
    return f"{year}年{int(rest)}月"


def ago(day: str, today: date) -> str:
    """How long ago a day is."""
    days = (today - date.fromisoformat(day)).days
    if days == 0:
        return "今天"
    if days < 0:
        return f"{-days} 天后"
    if days < 60:
        return f"{days} 天前"
    return f"{days // 30} 个月前" if days < 730 else f"{days // 365} 年前"


def entity_url(entity_id: str) -> str:
    """The page of an entity."""
    return url_for("pages.entity", entity_id=entity_id)


def item_url(item_id: str) -> str:
    """The page of an item."""
    return url_for("pages.item", item_id=item_id)


def evidence_url(evidence: dict[str, Any]) -> str:
    """The sentence on the page of its item."""
    return url_for("pages.item", item_id=evidence["item_id"], _anchor=anchor_of(evidence))


def search_url(**parameters: str) -> str:
    """The search page with parameters."""
    return f"{url_for('pages.search')}?{urlencode(parameters)}"


def static_url(name: str) -> str:
    """A file of ours with a mark of its content, so that browsers may keep it."""
    return url_for("static", filename=name, v=_mark(name))


@cache
def _mark(name: str) -> str:
    return hashlib.sha256((Path(__file__).parent / "static" / name).read_bytes()).hexdigest()[:10]
