"""What the search page shows beside the hits: chips, facets, orders, and ways out where nothing was found."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby, islice
from typing import Any
from urllib.parse import urlencode

from search_service.engines.contract import FACET_FIELDS, FacetField
from search_service.views.query_records import LITERAL
from search_service.views.same_texts import fold
from search_service.views.search import SearchParameters, count, facet_labels, search
from search_service.views.service import Service
from search_service.views.spelling import search_with_spelling
from search_service.web.entity_card import entity_card
from search_service.web.month_strip import month_strip
from search_service.web.reading_chips import reading_chips

FACET_LABELS: dict[FacetField, str] = {
    "category": "类别",
    "entity": "实体",
    "section": "栏目",
    "source": "来源",
    "month": "月份",
}
SORT_LABELS = {"relevance": "相关度", "newest": "最新", "oldest": "最早"}
RENDERINGS = {"search.csv": "CSV", "search.jsonl": "JSONL", "search.atom": "Atom", "search.feed.json": "JSON Feed"}
SHOWN_VALUES = 8
MAX_WAYS_OUT = 6

Pair = tuple[str, str]
Record = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """Something that leads to another search."""

    label: str
    url: str
    count: int | None = None
    active: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Facet:
    """Values of one field; ``more`` are those under a disclosure."""

    label: str
    shown: tuple[Link, ...]
    more: tuple[Link, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """The address of a search as its parameters in order."""

    pairs: tuple[Pair, ...]

    def url(self) -> str:
        """The address as a link."""
        return f"/?{urlencode(self.pairs)}" if self.pairs else "/"

    def adding(self, name: str, value: str) -> "Address":
        """With one more value of a parameter, on the first page."""
        return Address(pairs=(*self._first_page(), (name, value)))

    def removing(self, name: str, value: str) -> "Address":
        """Without one value of a parameter, on the first page."""
        return Address(pairs=tuple(pair for pair in self._first_page() if pair != (name, value)))

    def setting(self, name: str, value: str | None) -> "Address":
        """With exactly this value of a parameter, or with none, on the first page."""
        kept = tuple(pair for pair in self._first_page() if pair[0] != name)
        return Address(pairs=(*kept, (name, value)) if value else kept)

    def at(self, cursor: str) -> "Address":
        """On another page."""
        return Address(pairs=(*self._first_page(), ("cursor", cursor)))

    def _first_page(self) -> tuple[Pair, ...]:
        return tuple(pair for pair in self.pairs if pair[0] != "cursor")


def search_context(service: Service, parameters: SearchParameters) -> Record:
    """Everything that the template of the search page needs."""
    address = address_of(parameters)
    result = search_with_spelling(service.engine, service.known_names, parameters, names=service.names)
    labels = {name: facet_labels(service.engine, name, getattr(parameters, name)) for name in FACET_FIELDS}
    everything = not parameters.q.strip() and not parameters.filtered
    sort = "newest" if parameters.sort == "relevance" and not parameters.q.strip() else parameters.sort
    return {
        "result": result,
        "parameters": parameters,
        "everything": everything,
        "front": everything and parameters.cursor is None and parameters.sort == "relevance",
        "groups": list(_groups(service, result["items"], by_day=sort != "relevance")),
        "reading": [(chip, address.setting("q", chip.without).url()) for chip in reading_chips(result["query"])],
        "literal_url": address.setting("mode", LITERAL).url() if result["query"]["understood"] else None,
        "understood_url": address.setting("mode", None).url() if parameters.mode == LITERAL else None,
        "offers": [(offer["message"], _offered(address, offer)) for offer in result["query"]["offers"]],
        "chips": list(_chips(address, parameters, labels)),
        "facets": [_facet(address, name, result["facets"][name], parameters) for name in FACET_LABELS],
        "sorts": _sorts(address, parameters, sort),
        "kept": [pair for pair in address.pairs if pair[0] not in ("since", "until", "cursor")],
        "next_url": address.at(result["next"]).url() if result["next"] else None,
        "strip": _strip(service, address, parameters, result),
        "card": entity_card(service, parameters),
        "meant": _meant(address, result["query"]["did_you_mean"]),
        "renderings": _renderings(address),
        "first_url": address.setting("cursor", None).url() if parameters.cursor else None,
        "ways_out": list(_ways_out(service, parameters, result)) if not result["total"] else [],
    }


def _strip(service: Service, address: Address, parameters: SearchParameters, result: Record) -> Record | None:
    """The strip of months; months that are not chosen stay in it, to be chosen."""
    values = result["facets"]["month"]
    if parameters.month:
        every = replace(parameters, month=(), cursor=None, limit=1, facets=("month",))
        values = search(service.engine, every, names=service.names)["facets"]["month"]
    chart = month_strip(values)
    if chart is None:
        return None
    chosen = set(parameters.month)
    others = address.setting("month", None)
    urls = {bar.month: others.adding("month", bar.month).url() for bar in chart.bars}
    urls.update({month: address.removing("month", month).url() for month in chosen})
    return {"chart": chart, "urls": urls, "chosen": chosen}


def _meant(address: Address, correction: Record | None) -> Link | None:
    if correction is None:
        return None
    return Link(
        label=correction["text"], url=address.setting("q", correction["text"]).url(), count=correction["count"]
    )


def _renderings(address: Address) -> list[Link]:
    """The same search as files and feeds."""
    query = urlencode([pair for pair in address.pairs if pair[0] not in ("cursor", "limit")])
    return [
        Link(label=label, url=f"/api/v1/{name}?{query}" if query else f"/api/v1/{name}")
        for name, label in RENDERINGS.items()
    ]


def address_of(parameters: SearchParameters) -> Address:
    """The address of a search, without what is default."""
    single: list[Pair] = [("q", parameters.q)]
    many: list[Pair] = [(name, value) for name in FACET_LABELS for value in getattr(parameters, name)]
    days = [(name, day.isoformat()) for name in ("since", "until") if (day := getattr(parameters, name))]
    rest: list[Pair] = []
    if parameters.mode:
        rest.append(("mode", parameters.mode))
    if parameters.sort != "relevance":
        rest.append(("sort", parameters.sort))
    if parameters.limit != SearchParameters().limit:
        rest.append(("limit", str(parameters.limit)))
    return Address(pairs=tuple(pair for pair in (*single, *many, *days, *rest) if pair[1]))


def _groups(
    service: Service, items: Sequence[Record], *, by_day: bool
) -> Iterator[tuple[str | None, list[tuple[Record, list[Record]]]]]:
    """Hits under their days or under none; what tells the same as a hit before it stands behind that one."""
    if not by_day:
        yield None, _folded(service, items)
        return
    for day, group in groupby(items, key=lambda item: item["date"]):
        yield day, _folded(service, list(group))


def _folded(service: Service, items: Sequence[Record]) -> list[tuple[Record, list[Record]]]:
    known = {item["id"]: item for item in items}
    return [
        (known[first], [known[one] for one in others])
        for first, *others in fold(service.engine, [item["id"] for item in items])
    ]


def _offered(address: Address, offer: Record) -> str:
    """The same window before the archive's last day, as filters in place of words."""
    moved = address.setting("q", offer["text"]).setting("since", offer["since"])
    return moved.setting("until", offer["until"]).url()


def _chips(
    address: Address, parameters: SearchParameters, labels: dict[FacetField, dict[str, str]]
) -> Iterator[Link]:
    """The filters that are on; each leads to the search without it."""
    for name, title in FACET_LABELS.items():
        for value in getattr(parameters, name):
            yield Link(label=f"{title}：{labels[name][value]}", url=address.removing(name, value).url())
    for end, title in (("since", "起"), ("until", "止")):
        day: date | None = getattr(parameters, end)
        if day:
            yield Link(label=f"{title}：{day.isoformat()}", url=address.setting(end, None).url())


def _facet(address: Address, name: FacetField, values: list[Record], parameters: SearchParameters) -> Facet:
    active = set(getattr(parameters, name))
    if name == "month":
        values = sorted(values, key=lambda value: str(value["value"]), reverse=True)
    links = []
    for value in values:
        on = value["value"] in active
        target = address.removing(name, value["value"]) if on else address.adding(name, value["value"])
        links.append(Link(label=value["label"], url=target.url(), count=value["count"], active=on))
    return Facet(label=FACET_LABELS[name], shown=tuple(links[:SHOWN_VALUES]), more=tuple(links[SHOWN_VALUES:]))


def _sorts(address: Address, parameters: SearchParameters, sort: str) -> list[Link]:
    offered = SORT_LABELS if parameters.q.strip() else {name: SORT_LABELS[name] for name in ("newest", "oldest")}
    return [
        Link(label=label, url=address.setting("sort", name).url(), active=name == sort)
        for name, label in offered.items()
    ]


def _ways_out(service: Service, parameters: SearchParameters, result: Record) -> Iterator[Link]:
    """The same search with one part left out, where that finds something."""
    fewer = [*_without_parts(parameters, result["query"]["parts"]), *_without_filters(service, parameters)]
    counted = ((label, one, count(service.engine, one, names=service.names)) for label, one in fewer)
    found = (Link(label=label, url=address_of(one).url(), count=total) for label, one, total in counted if total)
    return islice(found, MAX_WAYS_OUT)


def _without_parts(parameters: SearchParameters, parts: list[Record]) -> Iterator[tuple[str, SearchParameters]]:
    if len(parts) < 2:
        return
    for part in parts[:MAX_WAYS_OUT]:
        if left := part["without"]:
            yield f"不含“{part['value']}”：{left}", replace(parameters, q=left, cursor=None)


def _without_filters(service: Service, parameters: SearchParameters) -> Iterator[tuple[str, SearchParameters]]:
    for name, title in FACET_LABELS.items():
        values = getattr(parameters, name)
        if values:
            labels = facet_labels(service.engine, name, values)
            told = "、".join(labels[value] for value in values)
            cleared: Record = {name: (), "cursor": None}
            yield f"去掉{title}“{told}”", replace(parameters, **cleared)
    if parameters.since or parameters.until:
        yield "不限日期", replace(parameters, cursor=None, since=None, until=None)
