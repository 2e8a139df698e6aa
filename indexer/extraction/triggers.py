"""Words that announce a relation, by kind of relation; and words that turn a statement into its contrary.

A table rather than a grammar: rules, learned features and the choice of evidence all read these lists.
"""

import re
from collections.abc import Iterator

from graph.model import RelationKind

_WORDS: dict[RelationKind, str] = {
    "released": (
        "发布|推出|上线|开源|首发|亮相|开放|更新|升级|发售|预售|面世|面市|问世|揭晓|上架|公测|内测|开测|带来|推送|开售|新增|引入|支持"
        "|launch(?:es|ed)?|releas(?:es|ed|e)|introduc(?:es|ed|ing)|unveil(?:s|ed)?|open[- ]sourc(?:es|ed)"
    ),
    "developed": "开发|研发|自研|打造|构建|训练|研制|旗下|基于|设计|制造|的|built|develop(?:s|ed)?",
    "invested_in": (
        "领投|跟投|参投|参与|投资|入股|注资|融资|增资|认购|战投|加码|押注|出资|持股|基石|股东"
        "|invest(?:s|ed|ing)?|led by|back(?:s|ed)|fund(?:s|ed|ing)"
    ),
    "acquired": "收购|并购|买下|合并|拿下|全资控股|吞并|acqui(?:res|red|re|sition)|bought|buys|merg(?:es|er|ed|e)",
    "partnered_with": (
        "合作|携手|联合|联手|签署|签约|共建|共同|结盟|联盟|牵手|达成|协议|供应|采购|订单|中标|授权|接入|伙伴|战略|客户"
        "|partner(?:s|ed|ship)?|team(?:s|ed)? up|collaborat(?:es|ed|ion)|deal"
    ),
    "issued": (
        "印发|发布|出台|通过|签署|公布|提出|制定|批准|颁布|推出|起草|审议|征求意见|实施|启动|部署|发文|公开|修订|开展|发起|下发|施行|明确"
        "|sign(?:s|ed)|pass(?:es|ed)|propos(?:es|ed)"
    ),
    "founded": "创立|创办|创建|成立|设立|组建|创始|联创|发起|共同创办|合资|co-?found(?:er|ed)?|found(?:er|ed)|set up",
    "works_at": (
        "CEO|CTO|CFO|COO|CPO|CIO|CMO|首席|董事|总裁|总经理|经理|负责人|创始人|联创|合伙人|科学家|研究员|教授|院长|校长|院士|主任|主席"
        "|部长|局长|司长|厅长|市长|州长|总统|总理|秘书长|工程师|高管|主管|总监|掌门|老板|员工|加入|加盟|任职|入职|出任|担任|离开|离职|辞去|辞职"
        "|卸任|负责|所长|处长|法官|议员|发言人|顾问|副|分析师|学者|法定代表人|长"
    ),
}
TRIGGERS: dict[RelationKind, re.Pattern[str]] = {
    kind: re.compile(words, re.IGNORECASE) for kind, words in _WORDS.items()
}

NEGATED = re.compile(
    r"(?:否认|不会|并未|尚未|没有|未能|未曾|拒绝|暂无|不再|不打算|无意|辟谣|不实|取消|终止|放弃|叫停|搁置"
    r"|未(?!来)|并无|尚无)[^，。；\n]{0,8}$"
)
"""Matches the text before a trigger that the text denies."""

DENIED = re.compile(r"否认|辟谣|不实|谣言|假消息|不属实|子虚乌有|纯属虚构|没有计划|并无计划|denie[sd]|denies")
"""A sentence with this word reports a denial."""

RUMOURED = re.compile(
    r"传闻|据传|网传|传言|或将|有望|可能|考虑|洽谈|磋商|谈判|拟|据悉|消息称|知情人士|爆料|曝|in talks|reportedly|may "
)
"""A sentence with one of these words says less than that something happened."""

OPEN_SOURCED = re.compile(r"开源|开放源代码|开放权重|open[- ]?sourc|open[- ]?weight", re.IGNORECASE)
"""What is released may be had with its source or weights."""
LEFT = re.compile(
    r"离开|离职|辞去|辞职|卸任|离任|退出|不再担任|免去|罢免|出走|前(?!沿|景|往|瞻|述|端|途)|原(?!型|创|因|有|本)|曾任|曾在"
    r"|former|ex-",
    re.IGNORECASE,
)
"""Somebody no longer has the office."""


def find_triggers(kind: RelationKind, text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The words for ``kind`` in ``text[start:end]`` that are not negated, left to right."""
    for match in TRIGGERS[kind].finditer(text, start, end):
        if not NEGATED.search(text[max(start, match.start() - 12) : match.start()]):
            yield match.span()
