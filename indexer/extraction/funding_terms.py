"""Words of fund-raising: rounds, triggers, valuations, totals, leading and following investors."""

import re

FUNDING = re.compile(
    r"融资|募资|筹资|募集|筹集|领投|跟投|参投|投资方|独家投资|战略投资|轮(?:次|融资|投资)|IPO|上市|首次公开|招股"
    r"|递表|聆讯|挂牌|定增|增资|入股|注资|认购|估值|基石投资|资金支持|投资(?:了)?[^，。]{0,6}[元金]"
    r"|(?:美元|元|美金)(?:的)?投资|投资[^，。]{0,12}(?:美元|亿元|万元)"
    r"|\b(?:rais(?:es|ed|ing)|fund(?:ing|ed)|series [a-h]|seed round|valuation|invests?)\b",
    re.IGNORECASE,
)
"""An item without any of these tells no round."""

TELLS_A_ROUND = re.compile(
    r"(?:完成|获得?|宣布|斩获|拿下)[^。\n]{0,20}(?:融资|轮)|融资[^。\n]{0,12}(?:完成|到账|交割)|领投|跟投|轮投资方"
    r"|\brais(?:es|ed)\b[^\n]{0,40}(?:million|billion|[MB]\b)",
)
"""An item with one of these plainly tells a round."""

NEVER_RAISES = re.compile(r"(?:交易所|港交所|上交所|深交所|北交所|纳斯达克|证监会|NASDAQ|SEC)$", re.IGNORECASE)
"""Where companies list and who lets them; said next to every public offering."""

_ONE_ROUND = (
    r"(?:(?:Pre|pre|PRE) ?-? ?)?(?:[A-H]\d? ?\+{0,3}|IPO)[ ]?轮|(?:Pre|pre)-?IPO"
    r"|预?(?:种子|天使)\+{0,3}[ ]?轮"
    r"|(?:首|战略)轮|战略(?:融资|投资)|Series [A-H]\+?|[A-H]\d?\+{0,3}系列|定增|债务融资|基石轮"
)
ROUND = re.compile(
    rf"(?<![A-Za-z0-9])(?:{_ONE_ROUND})(?:(?:及|和|与|、|&)(?:{_ONE_ROUND}))*"
    r"|(?<![A-Za-z0-9])(?:Pre-?)?[A-H]\d?\+{0,3}(?:及|和|与|、)(?:Pre-?)?[A-H]\d?\+{0,3}(?=[ ]?轮)[ ]?轮"
)
SINGLE_ROUND = re.compile(_ONE_ROUND)
GOING_PUBLIC = re.compile(
    r"IPO|上市|首次公开|招股|递表|聆讯|挂牌|科创板|创业板|北交所|港交所|公开发行|public offering", re.IGNORECASE
)
ALREADY_LISTED = re.compile(
    r"上市公司|上市企业|上市以来|已上市|上市车|上市后首|新车上市|上市销售|正式上市|上市发售|上市交付"
)
IPO = "IPO"

_REACHES = "达到|达|为|增至|升至|飙升至|飙升到|提升至|攀升至|突破|高达|超过|超|近|逼近|接近|翻倍至|涨至|冲至|至|是|of"
VALUATION = re.compile(
    r"(?:投后|投前|公司|整体|最新|目标)?(?:估值|市值|valuation)(?:约|已|也|将|或|有望|一度)?"
    rf"(?:{_REACHES})?(?:了)?[^，。；融募筹投\n]{{0,6}}$"
)
"""Matches the text before an amount that is a valuation."""
VALUATION_AFTER = re.compile(r"^(?:的)?(?:投后|投前|公司|最新)?(?:高)?(?:估值|市值|[ ]?valuation)")
CUMULATIVE = re.compile(
    r"(?:累计|合计|总共)(?:已)?(?:完成|获得?|融资|募资|筹集|募集)?[^，。；\n]{0,12}$|总融资[^，。；\n]{0,8}$"
    r"|(?:融资|募资)总额[^，。；\n]{0,6}$|累计[^，。；\n]{0,10}$"
)
CUMULATIVE_AFTER = re.compile(r"^(?:的)?(?:累计融资|总融资)")
MONEY_RAISED = re.compile(
    r"(?:融资|募资|筹资|募集|筹集|获得?|完成|斩获|拿下|投资|注资|增资|出资|投入|认购|入股|金额|规模|筹得|筹措"
    r"|raise[sd]?|raising|invest(?:s|ed|ing)?|secures?)[^，。；\n]{0,14}$",
    re.IGNORECASE,
)
MONEY_RAISED_AFTER = re.compile(
    r"^[^，。；\n]{0,14}?(?:融资|募资|投资|注资|资金|增资|股权|[A-H]\+{0,3}[ ]?轮|天使|种子|Pre|轮|定增|IPO"
    r"|funding|round|series)",
    re.IGNORECASE,
)
NOT_RAISED = re.compile(
    r"(?:营收|收入|利润|亏损|净利|销售额|订单|回购|罚款|赔偿|成交额|交易额|年薪|薪酬|奖金|市场规模|融资余额|资本支出"
    r"|支出|采购)[^，。；\n]{0,14}$"
)

LEAD = re.compile(r"(?:联合|共同|独家|继续|联袂)?领投(?!方)|lead", re.IGNORECASE)
FOLLOW = re.compile(
    r"跟投|参投|(?:联合|共同|独家|战略|追加|继续)(?:投资|参与|出资|入股|加持|加码)|参与(?:了)?(?:本|此|该)?(?:轮|次)?"
    r"|(?:等)?(?:机构|股东|资本)?(?:联合)?投资(?:$|[，。；])|(?:增持|加码|超额追投|追投)"
)
LEAD_BEFORE = re.compile(
    r"(?:领投方|领投机构|领投者)(?:为|是|包括|：|:)?[“\"]?$|领投(?:为|：|:)$|led by $", re.IGNORECASE
)
INVESTORS_BEFORE = re.compile(
    r"(?:投资方|投资机构|投资人|投资者|跟投方|参投方|新增股东|股东|跟投机构)"
    r"(?:为|是|包括|包含|有|含|：|:|分别为)+[“\"]?$|backed by $|from $"
)
_SHAREHOLDERS = "老股东|新股东|知名机构|产业资本|国资|原股东|现有股东|原有股东"
LIST_GAP = re.compile(
    r"\s*(?:[”」』]?\s*(?:[、，,；;]|和|与|及|以及|联合|携手|&|and"
    r"|等[^，。；\n]{0,12}?[，,、]?(?:以及|和|及|与|跟|并由|由)?|[（(][^）)\n]{0,14}[）)])\s*){1,3}"
    rf"[“「『]?\s*(?:{_SHAREHOLDERS})?\s*"
)
"""What may stand between two investors of one list."""
