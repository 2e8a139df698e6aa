"""When two names in one item name the same entity: short forms, last names, initials, names put in parentheses."""

import re
from collections.abc import Sequence

from graph.model import EntityKind
from indexer.extraction.canonical import canonical_form, entity_key
from indexer.folding import HAN

_HAN_RUN = re.compile(rf"[{HAN}·]+")
_LATIN_RUN = re.compile(r"[A-Za-z][A-Za-z0-9 .&-]*")
_ORGANISATION_TAIL = re.compile(
    r"(?:公司|集团|股份|控股|科技|技术|智能|机器人|汽车|资本|创投|基金|投资|证券|银行|大学|学院|研究院|半导体|电子"
    r"|网络|信息|通信|通讯|生物|医疗|医药|软件|数据|云控|创新|动力|能源|人工智能|研究所|团队|实验室|\s|AI"
    r"|Technologies|Labs?|Group|Inc|Ventures|Capital)+$"
)
_EQUATING = re.compile(
    r"(?:（|\(|，|,|、| )*(?:以下)?"
    r"(?:简称|又名|又称|原名|原称|曾用名|即|代号|内部代号|英文名|中文名|也就是|也称|俗称|别名|aka)?"
    r"(?:为|是|：|:| )*[“\"「『]?"
)
_PLACES = 12
"""A text says what a name is called else where it first uses it."""

_OPENS = re.compile(r"[”\"」』》]?\s*(?:[（(]|[，,]?(?:以下)?(?:简称|又名|又称|原名|曾用名|代号|内部代号|英文名))")


def is_short_form(short: str, long: str, kind: EntityKind) -> bool:
    """Whether, within one item, ``short`` abbreviates ``long``; both name entities of ``kind``."""
    a, b = entity_key(canonical_form(short, kind)), entity_key(canonical_form(long, kind))
    if not a or not b or len(a) > len(b):
        return False
    if a == b:
        return True
    rule = _RULES.get(kind)
    return rule is not None and rule(short, long)


def _organisation(short: str, long: str) -> bool:
    a, b = entity_key(canonical_form(short, "org")), entity_key(canonical_form(long, "org"))
    if b.startswith(a) and len(a) >= 2 and not _cuts_latin(a, b):
        return bool(_ORGANISATION_TAIL.match(b[len(a) :].strip()) or _ORGANISATION_TAIL.match(long[len(short) :]))
    if _is_part_of_compound(short, long):
        return True
    return _are_initials(short, long)


def _person(short: str, long: str) -> bool:
    a, b = entity_key(short), entity_key(long)
    if "·" in long or " " in long:
        parts = [entity_key(part) for part in re.split(r"[·\s]+", long)]
        return a in parts and len(a) >= 2
    return len(a) >= 2 and b.endswith(a) and len(b) - len(a) <= 2


def _version(short: str, long: str) -> bool:
    a, b = entity_key(short), entity_key(long)
    if not b.endswith(a) or len(a) < 2:
        return False
    before = b[len(a) * -1 - 1 : len(b) - len(a)]
    return not (before.isascii() and before.isalnum() and before.isalpha() == a[0].isalpha() and _joined(short, long))


def _joined(short: str, long: str) -> bool:
    """Whether the short form starts inside a word of the long one."""
    at = long.casefold().rfind(short.casefold())
    return at <= 0 or (long[at - 1].isalnum() and long[at - 1].isalpha() == long[at].isalpha())


def _policy(short: str, long: str) -> bool:
    key = entity_key(canonical_form(short, "policy"))
    return len(key) >= 4 and key in entity_key(canonical_form(long, "policy"))


def _cuts_latin(a: str, b: str) -> bool:
    return a[-1].isascii() and a[-1].isalnum() and b[len(a)].isascii() and b[len(a)].isalnum()


def _is_part_of_compound(short: str, long: str) -> bool:
    """``强脑科技`` of ``BrainCo强脑科技``: one name in two scripts."""
    han, latin = _HAN_RUN.findall(long), _LATIN_RUN.findall(long)
    if len(han) != 1 or len(latin) != 1 or len(han[0]) + len(latin[0].strip()) < len(long.replace(" ", "")) - 1:
        return False
    return entity_key(short) in (entity_key(han[0]), entity_key(latin[0])) and len(han[0]) >= 2


def _are_initials(short: str, long: str) -> bool:
    words = re.findall(r"[A-Za-z][a-z]*", long)
    return 2 <= len(short) == len(words) and short.isupper() and short == "".join(word[0] for word in words).upper()


_RULES = {
    "org": _organisation,
    "person": _person,
    "model": _version,
    "product": _version,
    "policy": _policy,
}


def is_equated(text: str, first: str, first_starts: Sequence[int], second: str, second_starts: Sequence[int]) -> bool:
    """Whether the text gives one as another name of the other: 甲（乙）, 甲，代号乙."""
    pairs = [(a, b) for a in first_starts[:_PLACES] for b in second_starts[:_PLACES]]
    return any(
        _equates(text, a + len(first), b, b + len(second))
        if a < b
        else _equates(text, b + len(second), a, a + len(first))
        for a, b in pairs
    )


def _equates(text: str, left_end: int, right_start: int, right_end: int) -> bool:
    gap = text[left_end:right_start]
    if not 0 < len(gap) <= 14 or "\n" in gap:
        return False
    if not (_OPENS.match(gap) and _EQUATING.fullmatch(gap.lstrip('”"」』》 '))):
        return False
    if "（" in gap or "(" in gap:
        return bool(re.match(r"[”\"」』]?\s*[）)]", text[right_end : right_end + 3]))
    return True
