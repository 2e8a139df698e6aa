"""Dates in texts as intervals of days, seen from the day of the digest: 2月11日, 近日, 2月初, 2026年底, “十五五”期间.

A year that is not written is the one that brings the date nearest to the digest's day, since news speak of the weeks
around it. What has no day to start from (近日 in an item without a day) is not read. Patterns stand in one table,
longer readings first; what one has read no later one reads again.
"""

import calendar
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import MAXYEAR, date, timedelta
from typing import Literal

Precision = Literal["day", "week", "part_of_month", "month", "quarter", "half_year", "year", "years", "about"]

RECENT_DAYS = 7
"""近日 and 日前: within the week before the digest."""

LATELY_DAYS = 30

_DIGITS = dict(zip("零〇一二三四五六七八九", (0, 0, *range(1, 10)), strict=True))
_FIVE_YEARS = {"十二": 2011, "十三": 2016, "十四": 2021, "十五": 2026, "十六": 2031}
_YEAR = r"(?P<year>(?:19|20)\d\d|[二一][零〇九][零〇一二三四五六七八九]{2}|今|去|明|前|本|同|当)年"
_MONTH = r"(?P<month>1[0-2]|0?[1-9]|十[一二]?|[一二三四五六七八九])月"
_DAY = r"(?P<day>3[01]|[12]\d|0?[1-9])[日号](?!线|楼|店|院|文件|令|公告|机)"


@dataclass(frozen=True, slots=True, kw_only=True)
class DateMention:
    """A date at ``start``..``end`` of a text and the days it stands for, both inclusive."""

    start: int
    end: int
    text: str
    first: date
    last: date
    precision: Precision


@dataclass(frozen=True, slots=True, kw_only=True)
class _Days:
    first: date
    last: date
    precision: Precision


_Read = Callable[[re.Match[str], date | None], _Days | None]


def dates_in(text: str, day: date | None) -> tuple[DateMention, ...]:
    """The dates that a text names, in its order; ``day`` is the item's. Dates that do not exist are left out."""
    found: list[DateMention] = []
    for pattern, read in _TABLE:
        for match in pattern.finditer(text):
            if any(match.start() < known.end and known.start < match.end() for known in found):
                continue
            days = _read(read, match, day)
            if days:
                found.append(
                    DateMention(
                        start=match.start(),
                        end=match.end(),
                        text=match[0],
                        first=days.first,
                        last=days.last,
                        precision=days.precision,
                    )
                )
    return tuple(sorted(found, key=lambda one: one.start))


def _read(read: _Read, match: re.Match[str], day: date | None) -> _Days | None:
    try:
        return read(match, day)
    except (ValueError, OverflowError):  # 2月30日, or a year that no calendar has
        return None


def _full_day(match: re.Match[str], day: date | None) -> _Days | None:
    """2026年2月11日, 2月11日至13日, 11日, 2026-02-11."""
    parts = match.groupdict()
    first = _day_named(parts["year"], parts.get("month"), int(parts["day"]), day)
    if first is None:
        return None
    until = parts.get("until")
    last = first.replace(day=int(until)) if until else first
    return _Days(first=first, last=last, precision="day") if first <= last else None


def _day_named(year: str | None, month: str | None, number: int, day: date | None) -> date | None:
    if month is None:
        return _nearest([(year_, month_) for year_, month_ in _months_around(day)], number, day) if day else None
    known = _year_named(year, day)
    if known:
        return date(known, _number(month), number)
    return _nearest([(day.year + step, _number(month)) for step in (-1, 0, 1)], number, day) if day else None


def _months_around(day: date) -> Iterator[tuple[int, int]]:
    for step in (-1, 0, 1):
        at = day.year * 12 + day.month - 1 + step
        yield at // 12, at % 12 + 1


def _nearest(months: Sequence[tuple[int, int]], number: int, day: date) -> date | None:
    """The day with this number nearest to ``day``; not every month has it."""
    possible = [date(y, m, number) for y, m in months if number <= calendar.monthrange(y, m)[1]]
    return min(possible, key=lambda one: abs((one - day).days), default=None)


def _month(match: re.Match[str], day: date | None) -> _Days | None:
    """2026年2月, 2月, 2月初, 2月中旬, 2月底."""
    first = _day_named(match["year"], match["month"], 1, day)
    return _part_of_month(first.year, first.month, match["part"]) if first else None


def _part_of_month(year: int, month: int, part: str | None) -> _Days:
    end = calendar.monthrange(year, month)[1]
    days = {"初": (1, 10), "上旬": (1, 10), "中旬": (11, 20), "下旬": (21, end), "底": (21, end), "末": (21, end)}
    first, last = days.get(part or "", (1, end))
    precision: Precision = "part_of_month" if part else "month"
    return _Days(first=date(year, month, first), last=date(year, month, last), precision=precision)


def _part_of_year(match: re.Match[str], day: date | None) -> _Days | None:
    """2026年底, 今年上半年, 2026年第三季度, 一季度, 2027年."""
    known = _year_named(match["year"], day) if match["year"] else (day.year if day else None)
    return _months_of(known, match["part"] or "") if known else None


def _months_of(year: int, part: str) -> _Days:
    if quarter := re.fullmatch(r"第?([一二三四1-4])季度|[Qq]([1-4])", part):
        number = _number(quarter[1] or quarter[2])
        return _span(year, number * 3 - 2, number * 3, "quarter")
    if part in ("上半年", "下半年"):
        return _span(year, 1, 6, "half_year") if part == "上半年" else _span(year, 7, 12, "half_year")
    months = {"初": (1, 3), "年初": (1, 3), "中": (5, 8), "年中": (5, 8), "内": (1, 12), "年内": (1, 12)}
    first, last = months.get(part, (10, 12) if part[-1:] in ("底", "末") else (1, 12))
    return _span(year, first, last, "year" if (first, last) == (1, 12) else "about")


def _span(year: int, first: int, last: int, precision: Precision) -> _Days:
    end = date(year, last, calendar.monthrange(year, last)[1])
    return _Days(first=date(year, first, 1), last=end, precision=precision)


def _years(match: re.Match[str], day: date | None) -> _Days | None:
    """2025年至2027年, 2026—2028年."""
    first, last = _year_named(match["year"], day), int(match["last"])
    if first is None or not first < last <= MAXYEAR:
        return None
    return _Days(first=date(first, 1, 1), last=date(last, 12, 31), precision="years")


def _plan(match: re.Match[str], _day: date | None) -> _Days:
    """“十五五”期间: five-year plans begin in the years that end in 1 and 6."""
    first = _FIVE_YEARS[match["plan"]]
    year = first + 4 if match["end"] else first
    return _Days(first=date(year, 1, 1), last=date(first + 4, 12, 31), precision="year" if match["end"] else "years")


def _around(match: re.Match[str], day: date | None) -> _Days | None:
    """昨日, 近日, 上周, 本月: what is told from the digest's day."""
    return _RELATIVE[match["word"]](day) if day else None


def _weekday(match: re.Match[str], day: date | None) -> _Days | None:
    """上周五, 本周三."""
    if day is None:
        return None
    monday = _week({"上": -1, "下": 1}.get(match["which"], 0))(day).first
    one = monday + timedelta(days="一二三四五六日".index(match["number"].replace("天", "日")))
    return _Days(first=one, last=one, precision="day")


def _past(match: re.Match[str], day: date | None) -> _Days | None:
    """过去三年, 近30天, 未来两年."""
    if day is None:
        return None
    days = _number(match["count"]) * {"天": 1, "日": 1, "周": 7, "个月": 30, "年": 365}[match["unit"]]
    if match["way"] == "未来":
        return _Days(first=day, last=day + timedelta(days=days), precision="about")
    return _Days(first=day - timedelta(days=days), last=day, precision="about")


def _year_named(year: str | None, day: date | None) -> int | None:
    """The year of its word; None where it is not said or needs a day that is not known."""
    if not year:
        return None
    if year.isdigit() and year.isascii():
        return int(year)
    if len(year) == 4:
        return int("".join(str(_DIGITS[character]) for character in year))
    steps = {"今": 0, "本": 0, "当": 0, "去": -1, "同": -1, "前": -2, "明": 1}
    return day.year + steps[year] if day else None


def _number(text: str) -> int:
    if text.isascii():
        return int(text)
    tens, ten, ones = text.partition("十")
    if not ten:
        return 2 if text == "两" else _DIGITS[text]
    return (_DIGITS[tens] if tens else 1) * 10 + (_DIGITS[ones] if ones else 0)


def _shifted(first: int, last: int, precision: Precision) -> Callable[[date], _Days]:
    return lambda day: _Days(first=day + timedelta(days=first), last=day + timedelta(days=last), precision=precision)


def _week(step: int) -> Callable[[date], _Days]:
    def week(day: date) -> _Days:
        monday = day - timedelta(days=day.weekday()) + timedelta(weeks=step)
        return _Days(first=monday, last=monday + timedelta(days=6), precision="week")

    return week


def _month_step(step: int) -> Callable[[date], _Days]:
    def month(day: date) -> _Days:
        at = day.year * 12 + day.month - 1 + step
        return _part_of_month(at // 12, at % 12 + 1, None)

    return month


_RELATIVE: dict[str, Callable[[date], _Days]] = {
    **dict.fromkeys(("今日", "今天", "今晨", "今早", "今晚", "当日", "当天"), _shifted(0, 0, "day")),
    **dict.fromkeys(("昨日", "昨天", "昨晚", "昨夜"), _shifted(-1, -1, "day")),
    "前天": _shifted(-2, -2, "day"),
    **dict.fromkeys(("明日", "明天"), _shifted(1, 1, "day")),
    "后天": _shifted(2, 2, "day"),
    **dict.fromkeys(("近日", "日前", "近几日", "近几天", "这几天"), _shifted(-RECENT_DAYS, 0, "about")),
    **dict.fromkeys(("近期", "最近"), _shifted(-LATELY_DAYS, 0, "about")),
    **dict.fromkeys(("本周", "这周"), _week(0)),
    "上周": _week(-1),
    "下周": _week(1),
    **dict.fromkeys(("本月", "当月", "这个月"), _month_step(0)),
    **dict.fromkeys(("上月", "上个月"), _month_step(-1)),
    **dict.fromkeys(("下月", "下个月"), _month_step(1)),
}

_QUARTER = r"第?[一二三四1-4]季度"
_PARTS = rf"上半年|下半年|{_QUARTER}|(?<![A-Za-z])[Qq][1-4](?![A-Za-z0-9])"
_TABLE: tuple[tuple[re.Pattern[str], _Read], ...] = (
    (
        re.compile(
            r"(?<!\d)(?P<year>20\d\d)[-/.](?P<month>1[0-2]|0?[1-9])[-/.](?P<day>3[01]|[12]\d|0?[1-9])(?![\d.])"
        ),
        _full_day,
    ),
    (
        re.compile(rf"(?<!\d)(?:{_YEAR})?{_MONTH}{_DAY}(?:[至到—–~-]+(?P<until>3[01]|[12]\d|0?[1-9])[日号])?"),
        _full_day,
    ),
    (
        re.compile(r"(?<![\d月.])(?P<year>(?!))?(?P<day>3[01]|[12]\d|[1-9])日(?=[，,（(上下晚早凌午消电讯在]|$)"),
        _full_day,
    ),
    (re.compile(r"(?<!\d)(?P<year>(?:19|20)\d\d)年?[至到—–~-]+(?P<last>20\d\d)年"), _years),
    (
        re.compile(rf"(?<!\d)(?:{_YEAR})?{_MONTH}(?:份)?(?P<part>初|上旬|中旬|下旬|底|末)?(?![\d薪嫂饼季均活度刊])"),
        _month,
    ),
    (re.compile(rf"(?<!\d){_YEAR}(?:[的年])?(?P<part>初|底|末|中(?![国关央])|内|{_PARTS})?"), _part_of_year),
    (re.compile(rf"(?P<year>(?!))?(?P<part>年底|年末|年初|年内|{_PARTS})"), _part_of_year),
    (re.compile(r"[“\"「『]?(?P<plan>十[二三四五六])五[”\"」』]?(?:规划)?(?:期间|时期|期)?(?P<end>末)?"), _plan),
    (
        re.compile(
            r"(?P<way>过去|近|最近|未来)(?:的)?(?P<count>\d{1,3}|[一二两三四五六七八九十]{1,3})(?P<unit>天|日|周|个月|年)"
        ),
        _past,
    ),
    (re.compile("(?P<which>[上下本这])周(?P<number>[一二三四五六日天])(?!起)"), _weekday),
    (re.compile("(?P<word>" + "|".join(sorted(_RELATIVE, key=len, reverse=True)) + ")(?!资本|头条)"), _around),
)
