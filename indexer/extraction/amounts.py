"""Amounts of money as texts state them: the words, the range in units of a currency, the currency.

``近30亿元`` is at most 3 billion, ``超1亿美元`` at least 100 million, ``数千万元`` between 20 and 100 million.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_CURRENCIES = {
    "人民币": "CNY",
    "元": "CNY",
    "美元": "USD",
    "美金": "USD",
    "港元": "HKD",
    "港币": "HKD",
    "欧元": "EUR",
    "英镑": "GBP",
    "日元": "JPY",
    "韩元": "KRW",
    "新元": "SGD",
    "新加坡元": "SGD",
    "新台币": "TWD",
    "卢比": "INR",
    "加元": "CAD",
    "澳元": "AUD",
    "瑞士法郎": "CHF",
    "迪拉姆": "AED",
    "里亚尔": "SAR",
    "雷亚尔": "BRL",
    "以色列新谢克尔": "ILS",
    "$": "USD",
    "US$": "USD",
    "HK$": "HKD",
    "€": "EUR",
    "£": "GBP",
    "¥": "CNY",
    "￥": "CNY",
}
_UNITS = {"": 1.0, "十": 1e1, "百": 1e2, "千": 1e3, "万": 1e4, "十万": 1e5, "百万": 1e6, "千万": 1e7, "亿": 1e8}
_UNITS |= {"十亿": 1e9, "百亿": 1e10, "千亿": 1e11, "万亿": 1e12, "兆": 1e12}
_LATIN_UNITS = {"": 1.0, "k": 1e3, "thousand": 1e3, "m": 1e6, "mn": 1e6, "million": 1e6, "b": 1e9, "bn": 1e9}
_LATIN_UNITS |= {"billion": 1e9, "t": 1e12, "tn": 1e12, "trillion": 1e12}
_DIGITS = {"一": 1, "两": 2, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9, "十": 10}

_LESS = "近|接近|逼近|不到|不超过|至多|最多|最高|将近"
_MORE = "超过|超|逾|至少|不少于|不低于|突破|多达"
_ABOUT = "约|大约|约合|大概|共计|合计|总计"
_CURRENCY = "|".join(sorted((c for c in _CURRENCIES if c[0] >= "一"), key=len, reverse=True))
_UNIT = "万亿|千亿|百亿|十亿|千万|百万|十万|亿|万|千|百|十|兆"
_NUMBER = r"\d+(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|[一两二三四五六七八九十]"
_CHINESE = re.compile(
    rf"(?P<bound>{_LESS}|{_MORE}|{_ABOUT})?(?:人民币)? ?"
    rf"(?:(?P<low>{_NUMBER})(?P<low_unit>{_UNIT})?(?:元)? ?(?:-|－|—|–|~|～|至|到) ?)?"
    rf"(?:(?P<number>{_NUMBER}) ?(?P<odd>[多余])?(?P<unit>{_UNIT})?"
    rf"|(?P<several>数|几|上|过)?(?P<bare>{_UNIT}))"
    rf"(?P<over>多|余|级|级别)? ?(?P<currency>{_CURRENCY})(?P<renminbi>人民币)?(?:级)?(?P<after>以上|左右)?"
)
_LATIN = re.compile(
    r"(?P<bound>over|more than|nearly|about|up to)? ?(?P<currency>US\$|HK\$|[$€£¥￥]) ?"
    r"(?P<number>\d+(?:,\d{3})*(?:\.\d+)?)"
    r"(?: ?(?P<unit>trillion|billion|million|thousand|tn|bn|mn|[kKmMbBtT](?![A-Za-z]))"
    rf"| ?(?P<han>{_UNIT}))?(?P<over>\+)?",
    re.IGNORECASE,
)
_WITHOUT_CURRENCY = re.compile(
    rf"(?P<bound>{_LESS}|{_MORE}|{_ABOUT})?"
    rf"(?:(?P<number>{_NUMBER}) ?(?P<unit>{_UNIT})|(?P<several>数|几|上|过)(?P<bare>{_UNIT}))"
    r"(?P<over>多|余|级)?(?![元美港欧日韩英家人名个次条款台辆用])"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Amount:
    """An amount at a place. ``text`` is its words; ``low`` and ``high`` None where open; ``currency`` ISO 4217."""

    start: int
    end: int
    text: str
    low: float | None
    high: float | None
    currency: str | None


def find_amounts(text: str, start: int = 0, end: int | None = None) -> Iterator[Amount]:
    """The amounts of money in ``text[start:end]``, left to right; counts of other things are left out."""
    stop = len(text) if end is None else end
    matches = [*_CHINESE.finditer(text, start, stop), *_LATIN.finditer(text, start, stop)]
    matches.sort(key=lambda match: match.start())
    last = start
    for match in matches:
        amount = _amount(match)
        if amount is not None and amount.start >= last:
            yield amount
            last = amount.end


def find_bare_amounts(text: str, start: int, end: int) -> Iterator[Amount]:
    """Amounts that leave the currency out (``融资数千万``); only for places where money is meant."""
    for match in _WITHOUT_CURRENCY.finditer(text, start, end):
        amount = _amount(match)
        if amount is not None:
            yield amount


def _amount(match: re.Match[str]) -> Amount | None:
    low, high = _range(match)
    if low is None and high is None:
        return None
    groups = match.groupdict()
    currency = groups.get("currency") or ""
    start = match.start()
    while match.string[start] == " ":
        start += 1
    text = match.string[start : match.end()].rstrip()
    iso = "CNY" if text.endswith("人民币") else _CURRENCIES.get(currency.upper() if currency.isascii() else currency)
    return Amount(start=start, end=start + len(text), text=text, low=low, high=high, currency=iso)


def _range(match: re.Match[str]) -> tuple[float | None, float | None]:
    groups = match.groupdict()
    low, high = _bounds(groups)
    if groups.get("low") and low is not None:
        unit = groups.get("low_unit") or groups.get("unit") or ""
        return round(_number(groups["low"]) * _UNITS[unit], 2), high
    bound = groups.get("bound") or ""
    if bound in _LESS.split("|") or bound.lower() in ("nearly", "up to"):
        return None, high
    if bound in _MORE.split("|") or bound.lower() in ("over", "more than") or groups.get("after") == "以上":
        return low, None
    if groups.get("odd") or groups.get("over") in ("多", "余", "+"):
        return low, None
    return low, high


def _bounds(groups: dict[str, str | None]) -> tuple[float | None, float | None]:
    bare = groups.get("bare")
    if bare:
        unit = _UNITS[bare]
        if groups.get("several") in ("上", "过"):
            return unit, None
        if groups.get("several"):
            return 2 * unit, 10 * unit
        return unit, unit if groups.get("bound") else 10 * unit
    number = groups.get("number")
    if not number:
        return None, None
    latin, han = groups.get("unit") or "", groups.get("han") or ""
    scale = _UNITS.get(han or latin) or _LATIN_UNITS.get(latin.lower(), 1.0)
    value = round(_number(number) * scale, 2)
    return value, value


def _number(text: str) -> float:
    return float(_DIGITS.get(text) or text.replace(",", ""))
