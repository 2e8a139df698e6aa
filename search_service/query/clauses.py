"""What single words, phrases, prefixes and fields of a query mean, as nodes with the words that tell a reader so."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from indexer.folding import BREAK, HAN, index_tokens, query_tokens, tokenise
from search_service.labels import CATEGORY_LABELS, category_named
from search_service.query.parts import EntityFinder, PartKind
from search_service.query.tree import (
    AnyOf,
    Days,
    Everything,
    HanCharacter,
    Keyword,
    MatchField,
    Node,
    Prefix,
    Tokens,
)

_HAN_CHARACTER = re.compile(f"[{HAN}]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause:
    """A node and how it reads in Chinese; ``compound`` clauses need brackets inside others."""

    node: Node
    words: str
    compound: bool = False

    def in_brackets(self) -> str:
        """The words, in brackets where they would not stay together."""
        return f"（{self.words}）" if self.compound else self.words


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldOutcome:
    """What ``field:value`` was read as; no clause where the value says nothing."""

    kind: PartKind
    clause: Clause | None = None
    message: str = ""
    entity_ids: tuple[str, ...] = ()


def text_node(text: str, field: MatchField = "any") -> Node | None:
    """The node that finds a text as it stands; None where it holds nothing to find."""
    tokens = list(query_tokens(text))
    while tokens and tokens[0] == BREAK:
        tokens.pop(0)
    while tokens and tokens[-1] == BREAK:
        tokens.pop()
    if not tokens:
        return None
    if len(tokens) == 1 and _HAN_CHARACTER.fullmatch(tokens[0]):
        return HanCharacter(field=field, character=tokens[0])
    return Tokens(field=field, tokens=tuple(tokens))


def phrase_clause(text: str, field: MatchField = "any") -> Clause | None:
    """A quoted phrase; punctuation inside it must be there in the text as well."""
    node = text_node(text, field)
    return Clause(node=node, words=f"“{text.strip()}”") if node else None


def word_clauses(run: str) -> Iterator[tuple[int, int, Clause]]:
    """The words of a run of bare words, as (start, end, clause). Blanks and punctuation part words; a blank inside a
    name with its version (``GLM 5``) does not."""
    for start, end in _word_spans(run):
        node = text_node(run[start:end])
        if node:
            yield start, end, Clause(node=node, words=f"“{run[start:end]}”")


def _word_spans(run: str) -> Iterator[tuple[int, int]]:
    start, end = 0, 0
    for token in tokenise(run):
        parted = token.text == BREAK or (end and token.start > end and re.search(r"\s", run[end : token.start]))
        if parted and end > start:
            yield start, end
            start = end = 0
        if token.text == BREAK:
            continue
        start = start if end > start else token.start
        end = max(end, token.end)
    if end > start:
        yield start, end


def prefix_clause(text: str) -> Clause | None:
    """``GLM*``: words that begin so. Han text is found anywhere in a run, so its prefix is the text itself."""
    stem = text.strip("*")
    if not stem:
        return Clause(node=Everything(), words="全部条目")
    tokens = [token for token in index_tokens(stem) if token != BREAK]
    if not tokens:
        return None
    if _HAN_CHARACTER.search(tokens[-1]):
        return phrase_clause(stem)
    before = tokens[:-1]
    if before and tokens[-1].startswith(before[-1]):
        before.pop()  # the bare word before its versioned form says nothing more
    words = f"以“{stem}”开头的词"
    return Clause(node=Prefix(field="any", tokens=tuple(before), prefix=tokens[-1]), words=words)


def field_clause(name: str, value: str, find_entities: EntityFinder) -> FieldOutcome:
    """What ``name:value`` means; ``name`` is one of the values of ``FIELD_NAMES``."""
    value = value.strip()
    if not value:
        return FieldOutcome(kind="word", message=f"{name}: 后面没有内容，已忽略")
    if name == "entity":
        return _entity_clause(value, find_entities)
    return _FIELDS[name](value)


def _title_clause(value: str) -> FieldOutcome:
    clause = phrase_clause(value, "title")
    if clause is None:
        return FieldOutcome(kind="title", message="title: 后面没有可以检索的文字，已忽略")
    return FieldOutcome(kind="title", clause=Clause(node=clause.node, words=f"标题含{clause.words}"))


def _section_clause(value: str) -> FieldOutcome:
    label = "没有栏目" if value == "-" else f"栏目是“{value}”"
    return FieldOutcome(kind="section", clause=Clause(node=Keyword(field="section", value=value), words=label))


def _source_clause(value: str) -> FieldOutcome:
    clause = Clause(node=Keyword(field="source", value=value), words=f"来源是“{value}”")
    return FieldOutcome(kind="source", clause=clause)


def _category_clause(value: str) -> FieldOutcome:
    category = category_named(value)
    if category is None:
        known = "、".join(CATEGORY_LABELS.values())
        return FieldOutcome(
            kind="category",
            clause=phrase_clause(value),
            message=f"没有“{value}”这个类别（可用：{known}），按普通文字检索",
        )
    words = f"类别是“{CATEGORY_LABELS[category]}”"
    return FieldOutcome(kind="category", clause=Clause(node=Keyword(field="category", value=category), words=words))


def _entity_clause(value: str, find_entities: EntityFinder) -> FieldOutcome:
    ids = find_entities(value)
    if not ids:
        return FieldOutcome(
            kind="entity", clause=phrase_clause(value), message=f"没有叫“{value}”的实体，按普通文字检索"
        )
    nodes: tuple[Node, ...] = tuple(Keyword(field="entity", value=entity_id) for entity_id in ids)
    node = nodes[0] if len(nodes) == 1 else AnyOf(children=nodes)
    return FieldOutcome(kind="entity", clause=Clause(node=node, words=f"提到实体“{value}”"), entity_ids=ids)


def _since_clause(value: str) -> FieldOutcome:
    period = period_named(value)
    if period is None:
        return FieldOutcome(kind="since", message=f"看不懂日期“{value}”（写作 2026-02-12、2026-02 或 2026），已忽略")
    node = Days(since=period[0], until=None)
    return FieldOutcome(kind="since", clause=Clause(node=node, words=f"{period[0]} 起"))


def _until_clause(value: str) -> FieldOutcome:
    period = period_named(value)
    if period is None:
        return FieldOutcome(kind="until", message=f"看不懂日期“{value}”（写作 2026-02-12、2026-02 或 2026），已忽略")
    node = Days(since=None, until=period[1])
    return FieldOutcome(kind="until", clause=Clause(node=node, words=f"至 {period[1]}"))


_FIELDS: dict[str, Callable[[str], FieldOutcome]] = {
    "title": _title_clause,
    "section": _section_clause,
    "source": _source_clause,
    "category": _category_clause,
    "since": _since_clause,
    "until": _until_clause,
}


def period_named(text: str) -> tuple[date, date] | None:
    """First and last day of ``2026``, ``2026-02`` or ``2026-02-12`` (also with / or .); None for anything else."""
    match = re.fullmatch(r"(\d{4})(?:[-/.](\d{1,2}))?(?:[-/.](\d{1,2}))?", text.strip(), re.ASCII)
    if not match:
        return None
    year, month, day = (int(group) if group else None for group in match.groups())
    try:
        first = date(year or 0, month or 1, day or 1)
        if day:
            return first, first
        if month:
            return first, date(first.year + month // 12, month % 12 + 1, 1) - timedelta(days=1)
        return first, date(first.year, 12, 31)
    except ValueError:
        return None
