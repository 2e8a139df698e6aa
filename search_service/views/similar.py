"""More like this: items that share what is rare about one, its entities and the words of its title, and say so."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice

import rjieba

from graph.model import EntityRef
from indexer.folding import fold
from indexer.model import AnnotatedItem
from search_service.engines.contract import SearchEngine, SearchRequest
from search_service.query.clauses import text_node
from search_service.query.tree import AnyOf, Keyword, Node
from search_service.views.parameters import DEFAULT_LIMIT
from search_service.views.records import Record, item_record, mentioned, page_record, ref_record

MOST_ENTITIES = 12
MOST_WORDS = 12
CANDIDATES = 60
"""Items that each of the two searches brings to be compared."""

SEARCHED = 6
"""Clues that are searched for: the rarest ones."""

TOO_COMMON = 0.1
FEW_ITEMS = 20
"""What more than a tenth of all items share, and more than a few, says nothing."""

ENOUGH = 1.0
"""One clue that an item in seven has is enough, or several that are more common."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Clue:
    """Something that items can share; ``weight`` grows with its rarity."""

    node: Node
    weight: float
    entity: EntityRef | None = None
    word: str = ""

    def shared_with(self, names: frozenset[str], title: str, body: str) -> float:
        """What it gives: a word in the body alone half of one in the title."""
        if self.entity:
            return self.weight if self.entity.id in names else 0.0
        return self.weight if self.word in title else self.weight / 2 if self.word in body else 0.0


def similar(engine: SearchEngine, item_id: str, *, limit: int = DEFAULT_LIMIT) -> Record | None:
    """Items like one, the likest first, each with what it shares; None for an unknown id.

    Near-identical reports of the same text are left out: the item names them itself.
    """
    item = engine.items([item_id]).get(item_id)
    if item is None:
        return None
    clues = sorted(_clues(engine, item), key=lambda clue: -clue.weight)
    same = {item_id, *(one.item_id for one in engine.same_texts([item_id]).get(item_id, ()))}
    compared = (_compared(other, clues) for other in _candidates(engine, clues) if other.item.id not in same)
    ranked = sorted((one for one in compared if one["score"] >= ENOUGH), key=_order)
    return page_record(ranked[:limit], None)


def _clues(engine: SearchEngine, item: AnnotatedItem) -> Iterator[_Clue]:
    bare = [
        _Clue(node=Keyword(field="entity", value=entity.id), weight=0, entity=entity)
        for entity in list(mentioned(item).values())[:MOST_ENTITIES]
    ]
    for word in islice(_words(_without_names(item)), MOST_WORDS):
        if node := text_node(word):
            bare.append(_Clue(node=node, weight=0, word=word))
    if not bare:
        return
    total = engine.state().items
    for clue, count in zip(bare, engine.counts([clue.node for clue in bare]), strict=True):
        if 1 < count <= max(FEW_ITEMS, total * TOO_COMMON):
            yield replace(clue, weight=math.log1p(total / count) / 2)


def _without_names(item: AnnotatedItem) -> str:
    """The title with blanks for its entities, which are clues of their own."""
    title = item.item.title
    for mention in item.annotations.mentions:
        if mention.field == "title":
            title = title[: mention.start] + " " * (mention.end - mention.start) + title[mention.end :]
    return title


def _words(title: str) -> Iterator[str]:
    folded = fold(title).text
    for word in dict.fromkeys(rjieba.cut(folded)):
        if len(word) > 1 and not word.isdigit() and word.isalnum():
            yield word


def _candidates(engine: SearchEngine, clues: Sequence[_Clue]) -> Iterator[AnnotatedItem]:
    """Items that share any of the rarest entities, the newest; or words, the most fitting."""
    found: dict[str, AnnotatedItem] = {}
    for of_words in (False, True):
        nodes = tuple(clue.node for clue in clues if bool(clue.word) == of_words)[:SEARCHED]
        if nodes:
            page = engine.search(SearchRequest(tree=AnyOf(children=nodes), limit=CANDIDATES))
            found.update((hit.item.item.id, hit.item) for hit in page.hits)
    yield from found.values()


def _compared(other: AnnotatedItem, clues: Sequence[_Clue]) -> Record:
    names, title, body = frozenset(mentioned(other)), fold(other.item.title).text, fold(other.item.body).text
    shared = [(clue, gave) for clue in clues if (gave := clue.shared_with(names, title, body))]
    return {
        **item_record(other),
        "reason": {
            "entities": [ref_record(clue.entity) for clue, _gave in shared if clue.entity],
            "words": [clue.word for clue, _gave in shared if clue.word],
        },
        "score": round(sum(gave for _clue, gave in shared), 4),
    }


def _order(record: Record) -> tuple[float, int, str]:
    day = record["date"]
    return -record["score"], -int(day.replace("-", "")) if day else 0, record["id"]
