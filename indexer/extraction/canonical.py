"""The form of a name that all its writings share, and the ids of entities that no catalogue lists.

Everything here is a pure function of the name as written, so desks that never saw each other's items agree on the id.
"""

import re
import unicodedata
from functools import lru_cache
from hashlib import blake2b

from graph.model import EntityKind
from indexer.folding import HAN, fold_key

LONGEST_ID = 200
"""Bytes."""

_PLACES = (
    "北京|上海|天津|重庆|深圳|广州|杭州|南京|苏州|无锡|常州|宁波|合肥|武汉|成都|西安|长沙|青岛|济南|厦门|福州|东莞"
    "|佛山|珠海|郑州|沈阳|大连|哈尔滨|长春|石家庄|太原|南昌|昆明|贵阳|南宁|海口|嘉兴|绍兴|温州|湖州|广东|浙江|江苏"
    "|山东|安徽|福建|湖北|湖南|四川|陕西|河南|河北"
)
_QUOTES = re.compile(r"[“”‘’\"「」『』《》〈〉]")
_MIDDLE_DOT = re.compile(r"\s*[・•‧·･]\s*")
_BLANK = re.compile(r"\s+")
_PARENTHESES = re.compile(r"[（(][^（）()]*[）)]")
_LEGAL = re.compile(r"(?:集团)?(?:股份|控股)?(?:有限)(?:责任)?公司$")
_LATIN_LEGAL = re.compile(
    r",? ?(?:\bInc|\bLtd|\bCorp|\bCorporation|\bCo|\bLLC|\bPLC|\bPBC|\bGmbH|\bLimited)\.?$", re.I
)
_COMPANY = re.compile(r"(?<=..)(?:集团公司|控股集团|控股公司|公司|集团|控股)$")
_TRADE = re.compile(r"(?<=...)(?:(?:信息|网络|智能|数字)?(?:科技|技术)(?:发展)?|信息|网络)$")
_TOWN = re.compile(rf"^(?:{_PLACES})(?:省|市)?(?=.{{3}})")
_TOWN_START_UP = re.compile(rf"^(?:{_PLACES})市?(?=[{HAN}]{{2,}}(?:科技|智能|机器人|生物|半导体)$)")
_GOVERNMENT = re.compile(rf"^[{HAN}]{{2,6}}(?:省|市|自治区|自治州)$")
_MODEL_SUFFIX = re.compile(r"(?<=..) ?(?:系列大模型|系列模型|系列|大语言模型|语言模型|大模型|模型)$")
_PRODUCT_SUFFIX = re.compile(r"(?<=..) ?(?:App|APP|app|应用程序|客户端|手机客户端)$")
_DRAFT = re.compile(
    r"[（(][^（）()]*(?:草案|意见稿|试行|暂行|修订|修正|送审稿|讨论稿)[^（）()]*[）)]$|(?:草案|征求意见稿)$"
)
_STATE = re.compile(r"^中华人民共和国(?=..)")
_ISSUED_ABOUT = re.compile(r"^关于(?:印发|发布)?")


@lru_cache(maxsize=65536)
def cleaned_name(surface: str) -> str:
    """The name to show: as written, in usual width, without quotes and doubled blanks."""
    plain = _MIDDLE_DOT.sub("·", unicodedata.normalize("NFKC", _QUOTES.sub("", surface)))
    return _BLANK.sub(" ", plain).strip() or surface


@lru_cache(maxsize=65536)
def canonical_form(surface: str, kind: EntityKind) -> str:
    """``surface`` without what does not tell entities of its kind apart.

    Organisations lose legal forms and, with those, place and trade; models and products the word that says
    what they are; policies the marks of a draft.
    """
    form = cleaned_name(surface)
    if kind == "org":
        return _organisation_form(form)
    if kind == "model":
        return _MODEL_SUFFIX.sub("", form)
    if kind == "product":
        return _PRODUCT_SUFFIX.sub("", form)
    if kind == "policy":
        return _STATE.sub("", _DRAFT.sub("", form)).strip() or form
    return form


def is_legal_name(surface: str) -> bool:
    """Whether an organisation's name carries a legal form: 有限公司 and alike."""
    return bool(_LEGAL.search(_PARENTHESES.sub("", surface)))


def _organisation_form(form: str) -> str:
    bare = _PARENTHESES.sub("", form).strip() or form
    stem = _LEGAL.sub("", bare)
    if stem != bare:
        stem = _TRADE.sub("", _TOWN.sub("", _COMPANY.sub("", stem)))
    else:
        stem = _LATIN_LEGAL.sub("", _COMPANY.sub("", _PRODUCT_SUFFIX.sub("", _TOWN_START_UP.sub("", stem))))
    if _GOVERNMENT.match(stem):
        stem += "政府"
    return stem.strip() or form


def entity_key(form: str) -> str:
    """What equal forms share: folded, without blanks, dashes and slashes."""
    return fold_key(form).replace("/", "").replace("\\", "") or fold_key("-")


@lru_cache(maxsize=65536)
def new_entity_id(form: str, kind: EntityKind) -> str:
    """The id of an entity outside the catalogue: kind and key, shortened with a hash where it would be too long."""
    entity_id = f"{kind}:{entity_key(form)}"
    encoded = entity_id.encode()
    if len(encoded) <= LONGEST_ID:
        return entity_id
    mark = blake2b(encoded, digest_size=6).hexdigest()
    return encoded[: LONGEST_ID - len(mark) - 1].decode(errors="ignore") + "~" + mark
