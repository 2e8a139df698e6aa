"""Names that their form gives away, and forms that are never a name.

Patterns are hints to the tagger (``features``) and a second reason for the linker; alone they decide nothing.
"""

import re
from collections.abc import Iterator

from graph.model import EntityKind

_ENACTED = (
    "办法|方案|意见|规定|条例|规划|通知|指南|指引|计划|措施|法|标准|纲要|目录|规范|细则|法案|政策|公告|决定|令|宣言"
    "|倡议|框架|草案|征求意见稿|清单|要求|准则|公约|决议|规则|通则|协定|声明|章程|战略|路线图|导则|批复"
)
_DRAFT = "[^（()）]{0,6}(?:草案|意见稿|送审稿|讨论稿)[^（()）]{0,6}"  # drafts go by the name of what they will be
_POLICY = re.compile(
    rf"《(?P<quoted>[^《》\n]{{2,80}}?(?:{_ENACTED})(?:[（(](?!{_DRAFT})[^（()）]*[）)])*)(?:[（(]{_DRAFT}[）)])*》"
    r"|(?P<initiative>[“\"]?人工智能[+＋][一-鿿]{0,6}[”\"]?(?:专项)?行动|[“\"]人工智能[+＋][”\"])"
    r"|(?P<act>(?:欧盟|美国|韩国)?《?(?:人工智能|AI)(?:基本)?法案?》?(?![一-鿿]?院)"
    r"|(?:数据安全|网络安全|个人信息保护|著作权|反垄断|芯片与科学|数字市场|数字服务|民)法(?:典|案)?(?![律院规学])"
    r"|(?<![A-Za-z])(?:SB|AB|HR|H\.R\.)[ -]?\d{2,4}(?!\d)(?:[ ]?号?法案)?|[“\"]?十[四五]五[”\"]?规划(?:纲要)?)"
)

_VARIANT = (
    "Pro|Max|Flash|Turbo|Mini|mini|Lite|Omni|Air|Plus|Ultra|Preview|preview|Base|Instruct|Thinking|Opus|Sonnet|Haiku"
    "|Codex|Coder|VL|Image|Audio|Video|TTS|ASR|OCR|Embedding|Live|High|Fast|Next|Exp|Speciale|Deep Think|Reasoning"
    r"|\d+(?:\.\d+)?[BM](?![A-Za-z])|A\d+B|\d{4}"
)
_MODEL = re.compile(
    r"(?<![A-Za-z0-9])(?:[A-Z][A-Za-z]{0,14}|[a-z]{1,2}[A-Z][A-Za-z]+|[一-鿿]{2}(?=[ -]?\d+\.\d))"
    r"(?:[-· ]?[A-Z][A-Za-z]+){0,2}[- ]?[VvRrKkMmOo]?\d+(?:\.\d+)*[A-Za-z]?"
    rf"(?:[- ](?:{_VARIANT}))*(?![A-Za-z0-9])"
)

_NEVER = re.compile(
    r"(?i:top[ -]?\d+|no\.? ?\d+|vol\.? ?\d+|part ?\d+|day ?\d+|q[1-4]|fy\d{2,4}|20\d\d年?"
    r"|(?:int|fp|bf|tf|nvfp|mxfp|uint)-?\d{1,2}|l[0-5]|[2-6]g|[2348]k|[23]d|b2[bc]|c2c|p2p|o2o"
    r"|\.?(?:pptx?|docx?|xlsx?|pdf|csv|json|md|html?|png|jpe?g|mp[34]|gguf|zip)"
    r"|\d+(?:\.\d+)?(?:b|m|k|gb|mb|tb|nm|v|w|hz|ghz|fps)"
    r"|ces(?: ?20\d\d)?|waic(?: ?20\d\d)?|gtc(?: ?20\d\d)?|mwc(?: ?20\d\d)?|wwdc(?:\d\d)?|i/o"
    r"|neurips|icml|iclr|cvpr|aaai|acl"
    r"|ai|agi|aigc|llms?|vlms?|vla|moe|rag|mcp|gpu|cpu|npu|api|sdk|ide|cli|gui|ui|ux|ipo|ceo|cto|cfo|coo|saas|paas"
    r"|apps?|usb(?:-c)?|pcie|hbm\d?e?|ddr\d|wi-?fi ?\d?|vr|ar|xr|mr|iot|seo|geo|kpi|arr"
    r"|a2a|skills?|rest(?:ful)? api|model context protocol)"
)

_NO_POLICY = re.compile(r".*(?:协议|报告|[白蓝绿]皮书)(?:[（(].*)?")


def find_policies(text: str) -> Iterator[tuple[int, int]]:
    """Spans that read like the name of a law, plan or initiative, without 《》 around them."""
    for match in _POLICY.finditer(text):
        group = match.lastgroup or 0
        start, end = match.span(group)
        start += text[start] == "《"
        yield start, end - (text[end - 1] == "》")


def find_models(text: str) -> Iterator[tuple[int, int]]:
    """Spans of the form word + version: models, and devices and chips alike."""
    for match in _MODEL.finditer(text):
        yield match.span()


def is_stop_name(surface: str, kind: EntityKind) -> bool:
    """Whether ``surface`` cannot name an entity of ``kind``: ranks, formats, number types, events, abbreviations,
    agreements and reports as policies."""
    plain = surface.strip(" \t\n“”\"'《》「」.,，。、:：()（）")
    if not plain:
        return True
    if kind == "policy":
        return len(plain) < 2 or bool(_NO_POLICY.fullmatch(plain))
    return bool(_NEVER.fullmatch(plain))
