"""Qualifiers of relations in the words of the text: role, leaving, open source."""

import re

from indexer.extraction.amounts import find_amounts
from indexer.extraction.passage import Passage
from indexer.extraction.relation_pairs import Pair
from indexer.extraction.triggers import LEFT, OPEN_SOURCED, TRIGGERS

_OFFICE = (
    r"(?:(?:联合|共同)?创始人|联创|创办人|CEO|CTO|CFO|COO|CPO|CIO|CMO|CSO"
    r"|首席[一-鿿A-Za-z]{0,8}?(?:官|科学家|经济学家|工程师|架构师|分析师|代表|专家)"
    r"|(?:副)?董事长|(?:独立|执行)?董事|(?:高级|执行|资深)?(?:副)?总裁|(?:副)?总经理|法定代表人|(?:管理)?合伙人"
    r"|[一-鿿A-Za-z]{0,6}(?:负责人|总监|主管|经理)|院士|(?:资深)?研究员|研究科学家|科学家"
    r"|(?:副)?(?:教授|院长|校长|所长|主任|主席|部长|局长|司长|厅长|市长|州长|总统|总理|秘书长|处长|书记)"
    r"|(?:软件|资深|高级)?工程师|高管|掌门人?|老板|员工|议员|法官|发言人|顾问|分析师|学者|成员)"
)
_ROLE = re.compile(rf"{_OFFICE}(?:(?:兼|、|及|和|暨|兼任){_OFFICE})*", re.IGNORECASE)
_TAKES_OFFICE = re.compile(
    rf"(?:担任|出任|任命为|任|成为|作为|升任|接任|履新)(?P<role>[^，。；\n]{{0,10}}?{_OFFICE})"
)
_LEAVES = re.compile(r"[^，。；]{0,8}(?:离开|离职|辞去|辞职|卸任|离任)")
_WINDOW = 24


def career_details(passage: Passage, pair: Pair) -> tuple[str | None, bool]:
    """The role of a person at an organisation, None where unsaid, and whether the text says they left."""
    first, second = passage.named[pair.first], passage.named[pair.second]
    text = passage.text
    start = passage.sentences[passage.sentence_of[pair.first]][0]
    end = passage.sentences[passage.sentence_of[pair.second]][1]
    gap = text[first.end : second.start]
    before = text[max(start, first.start - 4) : first.start]
    after = text[second.end : min(end, second.end + _WINDOW)]
    zones = (gap, after) if second.kind == "person" else (gap, after, before)
    role = next((found for zone in zones if (found := _role(zone))), None)
    return role, bool(LEFT.search(before[-2:] + gap) or _LEAVES.match(after))


def _role(zone: str) -> str | None:
    match = _TAKES_OFFICE.search(zone)
    if match:
        return match.group("role").strip()
    plain = _ROLE.search(zone[:_WINDOW])
    return plain.group().strip() if plain else None


def is_open_sourced(passage: Passage, pair: Pair) -> bool:
    """Whether a sentence of the pair says that what was released is open."""
    sentences = {passage.sentence_of[pair.first], passage.sentence_of[pair.second]}
    return any(OPEN_SOURCED.search(passage.text, *passage.sentences[at]) for at in sentences)


def price(passage: Passage) -> str | None:
    """The amount in the sentences that speak of an acquisition, None where there is none or several."""
    words = {
        one.text
        for sentence in passage.sentences
        if TRIGGERS["acquired"].search(passage.text, *sentence)
        for one in find_amounts(passage.text, *sentence)
    }
    return words.pop() if len(words) == 1 else None
