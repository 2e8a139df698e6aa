"""Which organisation of an item raises money: a classifier over what stands around its mentions."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise

from indexer.extraction.funding_terms import FOLLOW, FUNDING, GOING_PUBLIC, LEAD, ROUND
from indexer.extraction.passage import Passage
from indexer.extraction.relation_features import SymbolRow, name_tail

RAISES = "raises"
MODEL = "funding"
_MENTIONS = 5
_SIDE = 10


def organisations(passage: Passage) -> dict[str, list[int]]:
    """Entity id of each organisation to the indices of its mentions, in order of first mention."""
    places: dict[str, list[int]] = defaultdict(list)
    for index, one in enumerate(passage.named):
        if one.kind == "org":
            places[one.entity_id].append(index)
    return dict(places)


def company_features(
    passage: Passage, row: SymbolRow, mentions: Sequence[int], *, rank: int, rivals: int
) -> list[str]:
    """What the classifier sees of one organisation; ``rank`` counts from 0 in order of first mention."""
    features = {"bias", f"rank={min(rank, 4)}", f"rivals={min(rivals, 5)}", f"often={min(len(mentions), 4)}"}
    features.add("tail=" + name_tail(passage, mentions[0]))
    for index in mentions[:_MENTIONS]:
        features.update(_mention_features(passage, row, index))
    title = passage.text[: passage.body_start]
    features.add(f"title={any(passage.named[index].start < passage.body_start for index in mentions)}")
    features.update(f"T:{name}" for name in _zone(title))
    features.update(f"I:{name}" for name in _zone(passage.text))
    return sorted(features)


def _mention_features(passage: Passage, row: SymbolRow, index: int) -> Iterator[str]:
    at = row.at[index]
    one = passage.named[index]
    left, right = row.symbols[max(0, at - _SIDE) : at], row.symbols[at + 1 : at + 1 + _SIDE]
    for a, b in pairwise(left):
        yield "l" + a + b
    for a, b in pairwise(right):
        yield "r" + a + b
    yield "left=" + "".join(left[-2:])
    yield "right=" + "".join(right[:2])
    yield "right3=" + "".join(right[:3])
    start, end = passage.sentences[passage.sentence_of[index]]
    for name in _zone(passage.text[one.end : end]):
        yield "A:" + name
    for name in _zone(passage.text[start : one.start]):
        yield "B:" + name
    for name in _zone(passage.text[one.end : one.end + 16]):
        yield "a:" + name


def _zone(text: str) -> Iterator[str]:
    if FUNDING.search(text):
        yield "funding"
    if ROUND.search(text):
        yield "round"
    if GOING_PUBLIC.search(text):
        yield "public"
    if LEAD.search(text):
        yield "lead"
    if FOLLOW.search(text):
        yield "follow"
    for word in ("完成", "获", "宣布", "估值", "投资", "参投", "融资", "募", "入股", "收购", "上市"):
        if word in text:
            yield word
