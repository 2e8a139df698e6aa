"""Parts of a digest that are beside its news, and lines that lead to other parts or say that there is nothing."""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from indexer.readers.inline import plain_text
from indexer.readers.links import BARE_URL
from indexer.readers.outline import Kind, Line

_ASIDE = re.compile(
    r"内容摘要|今日摘要|导览|总览|概览|简报$|今日总结|看点|导读|目录|速览|导航|每日分析|点评|结论$|矩阵|态势图|统计|收听|订阅|关注我们|关于本|广告|声明"
    r"|关键词$|只有一句话$|overview|contents|subscribe|what to watch|looking ahead|tl;?dr",
    re.IGNORECASE,
)
_SUMMING_UP = re.compile(r"速览|概览|总览|看点|摘要|总结|简报$|overview|tl;?dr", re.IGNORECASE)
"""Asides that may as well be news, where they lead to pages that nothing else in the text leads to."""
_ADVERTISEMENT = re.compile(r"[\W_]*(?:AI)?(?:产品自荐|推荐产品|赞助|推广|广告|sponsor|advert)", re.IGNORECASE)
_BESIDE_NEWS = re.compile(
    r"自荐|推荐产品|赞助|推广|获取成本|邀请函|交流群|语音版|多渠道|(?:相关|常见)问题|FAQ|小说|番外|金句|写在最后|趋势预测|趋势分析"
    r"|(?:启示|趋势).*展望|快捷导航|主题索引|采集失败|归档标签|知识卡片|验收$|(?:数据|参考)来源|关注我们|广告|sponsor|advert",
    re.IGNORECASE,
)
"""Parts that are no news down to their last heading: advertisements, questions and answers, fiction, forecasts."""
_ANCHOR = re.compile(r"[^\[]{0,20}\[[^\[\]]*+\]\(#[^()\s]*+\)[^\[]{0,20}")
_NO_NEWS = re.compile(
    r"(?:今日|本日|本周|本期)?暂无|^无$|今日无高?相关|今日[^，。；]{0,10}(?:未捕获|未找到|未发现|不臆造|查询失败)|今日不臆造"
)
_OWN_ADDRESSES = 2


@lru_cache(maxsize=1024)
def is_aside(heading: str) -> bool:
    """Whether a heading opens a part about the digest: overview, contents, comment, statistics, subscription."""
    return is_beside_news(heading) or (len(heading) < 60 and _ASIDE.search(plain_text(heading)) is not None)


def is_advertisement(heading: str) -> bool:
    """Whether a heading with a link advertises something rather than tells news."""
    return _ADVERTISEMENT.match(plain_text(heading[:200])) is not None


@lru_cache(maxsize=1024)
def is_beside_news(heading: str) -> bool:
    """Whether a heading opens an advertisement, questions, fiction or a forecast, headings below it included."""
    return len(heading) < 200 and _BESIDE_NEWS.search(plain_text(heading)[:30]) is not None


@lru_cache(maxsize=2)
def asides_in(lines: Sequence[Line]) -> frozenset[int]:
    """Numbers of the headings that open parts beside the news; the title of the whole is none."""
    found = {line.number for line in lines if line.kind is Kind.HEADING and line.level > 1 and is_aside(line.text)}
    if not found:
        return frozenset()
    addresses = _addresses_by_part(lines)
    for line in lines:
        if line.number in found and not is_beside_news(line.text) and _SUMMING_UP.search(plain_text(line.text)):
            own = addresses[line.number]
            elsewhere = set().union(*(inside for number, inside in addresses.items() if number != line.number))
            if len(own - elsewhere) >= _OWN_ADDRESSES and 2 * len(own - elsewhere) >= len(own):
                found.discard(line.number)
    return frozenset(found)


def _addresses_by_part(lines: Sequence[Line]) -> dict[int, set[str]]:
    """The addresses under each heading, by its number; those above all headings under 0."""
    found: dict[int, set[str]] = {0: set()}
    number = 0
    for line in lines:
        if line.kind is Kind.HEADING:
            number = line.number
            found[number] = set()
        if "http" in line.text:
            found[number].update(BARE_URL.findall(line.text))
    return found


def is_anchor(text: str) -> bool:
    """Whether a line only leads to another place of the same text: an entry of its contents."""
    return "](#" in text and len(text) < 400 and _ANCHOR.fullmatch(text) is not None


def says_no_news(text: str) -> bool:
    """Whether a line says that there is nothing to tell."""
    return len(text) < 100 and _NO_NEWS.search(text) is not None


def outside_asides(lines: Sequence[Line]) -> Iterator[Line]:
    """The lines of parts with news, without those that say that there is none."""
    asides = asides_in(lines)
    aside, beside_level = False, 0
    for line in lines:
        if line.kind is Kind.HEADING:
            beside_level = 0 if line.level <= beside_level else beside_level
            if not beside_level and line.level > 1 and is_beside_news(line.text):
                beside_level = line.level
            aside = beside_level > 0 or line.number in asides
        if not aside and not says_no_news(line.text) and not is_anchor(line.text):
            yield line
