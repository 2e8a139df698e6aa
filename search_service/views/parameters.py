"""Parameters of requests as declarations: the same ones read a query string and describe the API."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal, get_args

from graph.kinds import ENTITY_KINDS, RELATION_KINDS
from search_service.engines.contract import FACET_FIELDS, Sort
from search_service.labels import CATEGORIES, CATEGORY_LABELS, category_named
from search_service.query.clauses import period_named

MAX_QUERY = 2000
MAX_VALUE = 2000
MAX_VALUES = 100
MAX_CURSOR = 20_000
"""A cursor by relevance names the last thousand items that were shown."""

MAX_LIMIT = 100
DEFAULT_LIMIT = 20

Values = dict[str, Any]
Schema = Mapping[str, Any]


class BadParameter(Exception):
    """A parameter that cannot be used; the message tells a reader how to write it."""

    def __init__(self, name: str, message: str) -> None:
        super().__init__(f"{name}：{message}")
        self.name = name


class UnknownName(BadParameter):
    """A parameter that names an entity nobody knows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """One parameter: how it is read and described.

    ``read`` turns one value into what views take and raises ValueError with a message; ``argument`` is the name that
    views know it by. Repeated parameters give a tuple, in the order given.
    """

    name: str
    description: str
    read: Callable[[str], Any] = str
    schema: Schema = field(default_factory=lambda: {"type": "string"})
    default: Any = None
    repeated: bool = False
    required: bool = False
    place: Literal["query", "path"] = "query"
    argument: str = ""

    @property
    def key(self) -> str:
        """The name that views know the value by."""
        return self.argument or self.name


def read_values(declared: Sequence[Parameter], given: Mapping[str, Sequence[str]]) -> Values:
    """Values by argument name; an empty text counts as not given. Raises BadParameter."""
    return {parameter.key: _value(parameter, given.get(parameter.name, ())) for parameter in declared}


def _value(parameter: Parameter, given: Sequence[str]) -> Any:
    texts = [text for text in given if text.strip()]
    if not texts:
        if parameter.required:
            raise BadParameter(parameter.name, "缺少这个参数")
        return () if parameter.repeated and parameter.default is None else parameter.default
    if len(texts) > MAX_VALUES:
        raise BadParameter(parameter.name, f"最多可以给 {MAX_VALUES} 个值")
    try:
        if parameter.repeated:
            return tuple(dict.fromkeys(parameter.read(text) for text in texts))
        return parameter.read(texts[-1])
    except ValueError as error:
        raise BadParameter(parameter.name, str(error)) from None


def read_text(text: str) -> str:
    """A text of at most ``MAX_VALUE`` characters."""
    if len(text) > MAX_VALUE:
        raise ValueError(f"最多 {MAX_VALUE} 个字符，这里有 {len(text)} 个")
    return text


def read_cursor(text: str) -> str:
    """A cursor, which only whoever made it can read."""
    if len(text) > MAX_CURSOR:
        raise ValueError(f"最多 {MAX_CURSOR} 个字符，这里有 {len(text)} 个")
    return text


def read_limit(text: str) -> int:
    """1 to 100; more is cut down to 100."""
    number = read_number(text)
    if number < 1:
        raise ValueError(f"应为 1 至 {MAX_LIMIT} 的整数，不能是 {number}")
    return min(number, MAX_LIMIT)


def read_number(text: str) -> int:
    """A whole number of at most nine digits."""
    if not re.fullmatch(r"[+-]?\d{1,9}", text.strip(), re.ASCII):
        raise ValueError(f"应为整数，不能是“{shortened(text)}”")
    return int(text)


def read_since(text: str) -> date:
    """The first day of a day, month or year."""
    return _period(text)[0]


def read_until(text: str) -> date:
    """The last day of a day, month or year."""
    return _period(text)[1]


def _period(text: str) -> tuple[date, date]:
    period = period_named(text)
    if period is None:
        raise ValueError(f"看不懂日期“{shortened(text)}”，应写作 2026-02-12、2026-02 或 2026")
    return period


def read_day(text: str) -> date:
    """A day written YYYY-MM-DD."""
    try:
        if re.fullmatch(r"\d{4}-\d\d-\d\d", text, re.ASCII):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise ValueError(f"看不懂日期“{shortened(text)}”，应写作 2026-02-12")


def read_month(text: str) -> str:
    """A month written YYYY-MM, or ``-`` for items without a day."""
    if not re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])|-", text, re.ASCII):
        raise ValueError(f"看不懂月份“{shortened(text)}”，应写作 2026-02")
    return text


def read_category(text: str) -> str:
    """A category by its value or its Chinese label."""
    category = category_named(text.strip())
    if category is None:
        known = "、".join(f"{value}（{label}）" for value, label in CATEGORY_LABELS.items())
        raise ValueError(f"没有“{shortened(text)}”这个类别，可用：{known}")
    return category


def choice_of(*choices: str) -> Callable[[str], str]:
    """Reads one of ``choices``."""

    def read(text: str) -> str:
        if text not in choices:
            raise ValueError(f"应为 {'、'.join(choices)} 之一，不能是“{shortened(text)}”")
        return text

    return read


def read_facets(text: str) -> tuple[str, ...]:
    """Names of facets parted by commas; ``none`` for none."""
    if text.strip() == "none":
        return ()
    read = choice_of(*FACET_FIELDS)
    return tuple(dict.fromkeys(read(name.strip()) for name in text.split(",")))


def shortened(text: str, length: int = 40) -> str:
    """A text as it may be quoted in a message."""
    return text if len(text) <= length else text[: length - 1] + "…"


def _choices(*choices: str) -> dict[str, Any]:
    return {"type": "string", "enum": list(choices)}


_DAY = {"type": "string", "examples": ["2026-02-12"]}
_KEYWORD = {"type": "string", "maxLength": MAX_VALUE}

QUERY = Parameter(
    name="q",
    description="Query text in the query language; empty finds everything",
    read=str,
    schema={"type": "string", "maxLength": MAX_QUERY},
    default="",
)
LIMIT = Parameter(
    name="limit",
    description=f"Entries on a page, 1 to {MAX_LIMIT}; more is cut down",
    read=read_limit,
    schema={"type": "integer", "minimum": 1, "default": DEFAULT_LIMIT},
    default=DEFAULT_LIMIT,
)
CURSOR = Parameter(name="cursor", description="`next` of the page before", read=read_cursor)
SORTS: tuple[Sort, ...] = get_args(Sort)
SORT = Parameter(
    name="sort", description="Order of hits", read=choice_of(*SORTS), schema=_choices(*SORTS), default="relevance"
)
SORT_BY_DAY = Parameter(
    name="sort",
    description="Order by day",
    read=choice_of("newest", "oldest"),
    schema=_choices("newest", "oldest"),
    default="newest",
)
SINCE = Parameter(name="since", description="First day, inclusive", read=read_since, schema=_DAY)
UNTIL = Parameter(name="until", description="Last day, inclusive", read=read_until, schema=_DAY)
MONTH = Parameter(
    name="month",
    description="Month YYYY-MM; repeated: any of them",
    read=read_month,
    schema={"type": "string", "pattern": r"^(\d{4}-\d\d|-)$"},
    repeated=True,
)
SECTION = Parameter(
    name="section", description="Section, `-` for none", read=read_text, schema=_KEYWORD, repeated=True
)
SOURCE = Parameter(name="source", description="Name of a source", read=read_text, schema=_KEYWORD, repeated=True)
CATEGORY = Parameter(
    name="category",
    description="What an item reports",
    read=read_category,
    schema=_choices(*CATEGORIES),
    repeated=True,
)
ENTITY = Parameter(
    name="entity", description="Id of an entity that is named", read=read_text, schema=_KEYWORD, repeated=True
)
FACETS = Parameter(
    name="facets",
    description="Facets wanted, parted by commas; `none` for none",
    read=read_facets,
    schema={"type": "string", "examples": ["section,month", "none"]},
    default=FACET_FIELDS,
)
MODE = Parameter(
    name="mode",
    description="`literal` switches query understanding off",
    read=choice_of("literal"),
    schema=_choices("literal"),
)
EXPLAIN = Parameter(
    name="explain",
    description="`1` says of each hit what gave its score",
    read=lambda text: choice_of("0", "1")(text) == "1",
    schema=_choices("0", "1"),
    default=False,
)
SEARCH_PARAMETERS = (
    QUERY,
    LIMIT,
    CURSOR,
    SORT,
    SINCE,
    UNTIL,
    MONTH,
    SECTION,
    SOURCE,
    CATEGORY,
    ENTITY,
    FACETS,
    MODE,
    EXPLAIN,
)
ENTITY_KIND = Parameter(
    name="kind", description="Kind of entity", read=choice_of(*ENTITY_KINDS), schema=_choices(*ENTITY_KINDS)
)
RELATION_KIND = Parameter(
    name="kind", description="Kind of relation", read=choice_of(*RELATION_KINDS), schema=_choices(*RELATION_KINDS)
)
ENTITY_NAME = Parameter(
    name="q",
    description="Part of a name or alias; empty lists all",
    read=read_text,
    schema=_KEYWORD,
    default="",
    argument="text",
)
PATH_FROM = Parameter(
    name="from",
    description="Id or name of an entity",
    read=read_text,
    schema=_KEYWORD,
    required=True,
    argument="start",
)
PATH_TO = Parameter(
    name="to", description="Id or name of an entity", read=read_text, schema=_KEYWORD, required=True, argument="end"
)


def read_hops(text: str) -> int:
    """1 to 6 hops; more is cut down to 6."""
    number = read_number(text)
    if number < 1:
        raise ValueError(f"应为 1 至 6 的整数，不能是 {number}")
    return min(number, 6)


MAX_HOPS = Parameter(
    name="max_hops",
    description="Longest path, 1 to 6 hops",
    read=read_hops,
    schema={"type": "integer", "minimum": 1, "default": 4},
    default=4,
)
ENTITY_ID = Parameter(
    name="entity_id", description="Id of an entity, such as `org:智谱`", place="path", required=True, read=read_text
)
ITEM_ID = Parameter(name="item_id", description="Id of an item", place="path", required=True, read=read_text)
DAY = Parameter(
    name="day",
    description="A day, YYYY-MM-DD",
    place="path",
    required=True,
    read=read_day,
    schema={"type": "string", "format": "date"},
)
