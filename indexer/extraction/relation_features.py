"""What the relation classifier sees of a pair of entities: the words around and between them, and where they stand.

The text is read as a row of symbols in which every name is only its kind, so that what is learned about one company
holds for all. Ideas: context n-grams and entity-pair features as in Zhou et al., 2005 (ACL), for characters.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from graph.model import EntityKind
from indexer.extraction.passage import Named, Passage
from indexer.extraction.relation_knowledge import maker_hint
from indexer.extraction.relation_pairs import Pair, subject_first
from indexer.extraction.tokens import tokenise
from indexer.extraction.triggers import DENIED, NEGATED, RUMOURED, TRIGGERS

_SYMBOLS: dict[EntityKind, str] = {"org": "<O>", "model": "<M>", "product": "<P>", "policy": "<L>", "person": "<H>"}
_SENTENCE_ENDS = frozenset("。！？!?；;\n")
_LIST_MARKS = frozenset({"、", "和", "与", "及", ",", "，", "以及", "&"})
_LONG_GAP = 24
_OTHER_PLACES = 12
_AROUND = 12


class SymbolRow:
    """The symbols of a passage; ``at[i]`` is the symbol of its ``i``-th name."""

    def __init__(self, passage: Passage) -> None:
        symbols: list[str] = ["\n"]
        self.at: list[int] = []
        position = 0
        for one in passage.named:
            symbols.extend(_plain(passage.text[position : one.start]))
            self.at.append(len(symbols))
            symbols.append(_SYMBOLS[one.kind])
            position = one.end
        symbols.extend(_plain(passage.text[position:]))
        self.symbols = symbols


def _plain(text: str) -> list[str]:
    return ["0" if word.isdigit() else word.lower() for word in tokenise(text).words if word != " "] if text else []


def pair_features(passage: Passage, row: SymbolRow, pair: Pair) -> list[str]:
    """The features of one pair as strings, those that hold."""
    return [
        "bias",
        *_position_features(passage, row, pair),
        *_gap_features(row, pair),
        *_side_features(row, pair),
        *_trigger_features(passage, pair),
        *_name_features(passage, pair),
        *_neighbour_features(passage, pair),
        *_other_place_features(passage, row, pair),
    ]


def _position_features(passage: Passage, row: SymbolRow, pair: Pair) -> Iterator[str]:
    named = passage.named
    first, second = named[pair.first], named[pair.second]
    order = first.kind[:2] + second.kind[:2]
    sentences = passage.sentence_of
    apart = sentences[pair.second] - sentences[pair.first]
    gap = row.at[pair.second] - row.at[pair.first] - 1
    yield "order=" + order
    yield f"apart={min(apart, 3)}"
    yield f"gap={min(gap, 4) if gap < 5 else 5 + min(gap // 6, 5)}"
    yield f"between={min(pair.second - pair.first - 1, 4)}"
    yield f"title={first.start < passage.body_start}{second.start < passage.body_start}"
    yield f"lead={pair.first == 0}"
    subject = first.entity_id if first.kind in ("org", "person") else second.entity_id
    yield f"leads={named[0].entity_id == subject}"
    yield f"orgs={min(len({one.entity_id for one in named if one.kind == 'org'}), 5)}"
    yield f"things={min(len({one.entity_id for one in named if one.kind == second.kind}), 5)}{order}"
    for index, which in ((pair.first, "1"), (pair.second, "2")):
        yield f"often{which}={min(sum(one.entity_id == named[index].entity_id for one in named), 4)}"


def _gap_features(row: SymbolRow, pair: Pair) -> Iterator[str]:
    gap = row.symbols[row.at[pair.first] + 1 : row.at[pair.second]]
    if len(gap) <= 6:
        yield "whole=" + "".join(gap)
    if len(gap) > _LONG_GAP:
        yield "long"
        gap = [*gap[: _LONG_GAP // 2], "…", *gap[-_LONG_GAP // 2 :]]
    for symbol in dict.fromkeys(gap):
        yield "g" + symbol
    for a, b in dict.fromkeys(pairwise(gap)):
        yield "g" + a + b
    for a, b, c in dict.fromkeys(zip(gap, gap[1:], gap[2:], strict=False)):
        yield "g" + a + b + c
    yield "start=" + "".join(gap[:2])
    yield "start3=" + "".join(gap[:3])
    yield "end=" + "".join(gap[-2:])
    yield "end3=" + "".join(gap[-3:])
    yield f"commas={min(sum(symbol in '，,' for symbol in gap), 3)}"
    yield f"stops={min(sum(symbol in _SENTENCE_ENDS for symbol in gap), 2)}"


def _side_features(row: SymbolRow, pair: Pair) -> Iterator[str]:
    first, second = row.at[pair.first], row.at[pair.second]
    left = row.symbols[max(0, first - _AROUND) : first]
    left = left[_after_last_stop(left) :]
    right = row.symbols[second + 1 : second + 1 + _AROUND]
    right = right[: _before_first_stop(right)]
    for a, b in dict.fromkeys(pairwise(left)):
        yield "l" + a + b
    for a, b in dict.fromkeys(pairwise(right)):
        yield "r" + a + b
    yield "left=" + "".join(left[-2:])
    yield "left1=" + "".join(left[-1:])
    yield "right=" + "".join(right[:2])
    yield "right3=" + "".join(right[:3])


def _after_last_stop(symbols: Sequence[str]) -> int:
    return max((at + 1 for at, symbol in enumerate(symbols) if symbol in _SENTENCE_ENDS), default=0)


def _before_first_stop(symbols: Sequence[str]) -> int:
    return next((at for at, symbol in enumerate(symbols) if symbol in _SENTENCE_ENDS), len(symbols))


def _trigger_features(passage: Passage, pair: Pair) -> Iterator[str]:
    text = passage.text
    first, second = passage.named[pair.first], passage.named[pair.second]
    start = passage.sentences[passage.sentence_of[pair.first]][0]
    end = passage.sentences[passage.sentence_of[pair.second]][1]
    zones = {
        "L": text[start : first.start],
        "G": text[first.end : second.start],
        "R": text[second.end : end],
        "T": text[: passage.body_start],
    }
    for name, zone in zones.items():
        for kind, pattern in TRIGGERS.items():
            if pattern.search(zone):
                yield f"{name}:{kind}"
        if RUMOURED.search(zone):
            yield name + ":rumour"
        if DENIED.search(zone):
            yield name + ":denied"
    if NEGATED.search(zones["G"]):
        yield "negated"


def _name_features(passage: Passage, pair: Pair) -> Iterator[str]:
    first, second = passage.named[pair.first], passage.named[pair.second]
    subject, target = (first, second) if subject_first(pair, passage.named) else (second, first)
    one, other = passage.text[subject.start : subject.end], passage.text[target.start : target.end]
    if pair.kind == "making":
        yield "maker=" + maker_hint(one, other, target.kind)
    low, high = one.lower(), other.lower()
    yield f"inside={low in high or high in low}{low[:2] == high[:2]}"
    yield f"latin={one.isascii()}{other.isascii()}"
    yield "tail1=" + name_tail(passage, pair.first)
    yield "tail2=" + name_tail(passage, pair.second)


def name_tail(passage: Passage, index: int) -> str:
    """How a name ends, which often says what it names: 资本, 基金, 大学; only the script for Latin names."""
    one = passage.named[index]
    tail = passage.text[max(one.start, one.end - 2) : one.end]
    if not tail.isascii():
        return tail
    return "digit" if tail[-1].isdigit() else "latin"


def _neighbour_features(passage: Passage, pair: Pair) -> Iterator[str]:
    """Whether another entity of the partner's kind stands nearer, and whether either is part of a list."""
    named = passage.named
    first, second = named[pair.first], named[pair.second]
    for name, index, partner in (("1", pair.first, second), ("2", pair.second, first)):
        before = next((one for one in reversed(named[:index]) if _rivals(one, partner, named[index])), None)
        behind = next((one for one in named[index + 1 :] if _rivals(one, partner, named[index])), None)
        yield f"nearest{name}={before is not None and before.entity_id == partner.entity_id}"
        yield f"next{name}={behind is not None and behind.entity_id == partner.entity_id}"
    yield "inner=" + "".join(one.kind[:2] for one in named[pair.first + 1 : pair.second][:4])
    yield f"listed1={_is_listed(passage, pair.first, pair.first + 1)}"
    yield f"listed2={_is_listed(passage, pair.second - 1, pair.second)}"


def _rivals(one: Named, partner: Named, own: Named) -> bool:
    return one.kind == partner.kind and one.entity_id != own.entity_id


def _is_listed(passage: Passage, left: int, right: int) -> bool:
    named = passage.named
    if right >= len(named) or named[left].kind != named[right].kind:
        return False
    return passage.text[named[left].end : named[right].start].strip() in _LIST_MARKS


def _other_place_features(passage: Passage, row: SymbolRow, pair: Pair) -> Iterator[str]:
    """What stands between the two where they meet again within a sentence."""
    named, sentence = passage.named, passage.sentence_of
    places = {
        which: [index for index, one in enumerate(named) if one.entity_id == named[which].entity_id][:_OTHER_PLACES]
        for which in (pair.first, pair.second)
    }
    for a in places[pair.first]:
        for b in places[pair.second]:
            if (a, b) == (pair.first, pair.second) or sentence[a] != sentence[b]:
                continue
            low, high, order = (a, b, ">") if a < b else (b, a, "<")
            gap = row.symbols[row.at[low] + 1 : row.at[high]]
            if len(gap) > _LONG_GAP - 4:
                continue
            for left, right in pairwise(gap):
                yield "2" + order + left + right
            if len(gap) <= 5:
                yield "2=" + order + "".join(gap)
