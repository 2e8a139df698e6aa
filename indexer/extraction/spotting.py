"""Where names stand in an item: what the tagger sees, joined by names of the catalogue that have a second reason.

The tagger reads context and decides. A catalogue name that it passed over counts where the item names that entity
elsewhere, or where it is an unmistakable name of a model, product or person. Other desks' items showed that names of
organisations alone cost more (places, media, parts of longer names) than they bring.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from graph.catalogue import load_catalogue
from graph.model import EntityKind, TextField
from indexer.extraction.linking import Linker
from indexer.extraction.names import NameMatch
from indexer.extraction.patterns import is_stop_name
from indexer.extraction.span import Span

CATALOGUE_CONFIDENCE = 0.8
_STAND_ALONE: frozenset[EntityKind] = frozenset({"model", "product", "person"})


def spot_names(
    field: TextField, text: str, matches: Sequence[NameMatch], spoken_of: frozenset[str]
) -> tuple[Span, ...]:
    """The places of catalogue names that count; ``spoken_of`` are the ids of entities the item names anyhow."""
    found = []
    for match in matches:
        kind = _kind_in(text, match)
        certain = not match.ambiguous and match.exact and kind in _STAND_ALONE
        known = match.entity_ids[match.kinds.index(kind)] in spoken_of
        if (known or certain) and not is_stop_name(text[match.start : match.end], kind):
            found.append(Span(field, match.start, match.end, kind, CATALOGUE_CONFIDENCE))
    return tuple(found)


_MODEL_WORDS = ("大模型", "模型", "系列模型", " 模型", " 大模型")


def _kind_in(text: str, match: NameMatch) -> EntityKind:
    """The kind of a name with several: a word for models behind it decides, else the catalogue's usual use."""
    if len(match.kinds) == 1:
        return match.kinds[0]
    if "model" in match.kinds and text.startswith(_MODEL_WORDS, match.end):
        return "model"
    use = load_catalogue().use_of(text[match.start : match.end])
    return use.default if use and use.default in match.kinds else match.kinds[0]


def with_added(spans: Iterable[Span], more: Iterable[Span]) -> tuple[Span, ...]:
    """``spans`` with those of ``more`` that touch none of them."""
    kept = list(spans)
    taken = {(span.field, at) for span in kept for at in range(span.start, span.end)}
    for span in more:
        places = {(span.field, at) for at in range(span.start, span.end)}
        if taken.isdisjoint(places):
            taken |= places
            kept.append(span)
    return tuple(sorted(kept, key=lambda one: (one.field == "body", one.start)))


DOUBTFUL = 0.9
"""Below this the tagger's choice between model and product gives way to what the catalogue knows."""

_OTHER_KIND: Mapping[EntityKind, EntityKind] = {"model": "product", "product": "model"}


def with_known_kinds(spans: Iterable[Span], texts: Mapping[TextField, str], linker: Linker) -> tuple[Span, ...]:
    """Doubtful models whose name the catalogue knows as a product only become products, and the reverse."""
    return tuple(_known_kind(span, texts[span.field][span.start : span.end], linker) for span in spans)


def _known_kind(span: Span, surface: str, linker: Linker) -> Span:
    other = _OTHER_KIND.get(span.kind)
    if other is None or span.confidence >= DOUBTFUL or linker.lookup(surface, span.kind):
        return span
    link = linker.lookup(surface, other)
    return replace(span, kind=other) if link is not None and link.listed else span


_CLOSED_BY = {"“": "”", "「": "」", "『": "』", "‘": "’"}
_OPENED_BY = {closing: opening for opening, closing in _CLOSED_BY.items()}


def without_loose_marks(spans: Iterable[Span], texts: Mapping[TextField, str]) -> tuple[Span, ...]:
    """Names cut at marks whose other half is outside: ``“探索者计划`` loses its mark, ``文号《办法`` its number."""
    cut = (_within_marks(span, texts[span.field]) for span in spans)
    return tuple(span for span in cut if span.start < span.end)


def _within_marks(span: Span, text: str) -> Span:
    start, end = span.start, span.end
    if "》" not in text[start:end]:
        start = max(start, text.rfind("《", start, end) + 1)
    while start < end and text[start] in _CLOSED_BY and _CLOSED_BY[text[start]] not in text[start + 1 : end]:
        start += 1
    while start < end and text[end - 1] in _OPENED_BY and _OPENED_BY[text[end - 1]] not in text[start : end - 1]:
        end -= 1
    return replace(span, start=start, end=end)


_REST_OF_NAME = re.compile(
    r"创投(?![日圈界])|资本(?!市场|开支|支出|化)|集团(?!军)|大学(?!生)|银行|证券(?!市场|化)|研究院"
)


def with_whole_names(spans: Iterable[Span], texts: Mapping[TextField, str]) -> tuple[Span, ...]:
    """Organisations with the word for their form behind them: ``奇绩`` before ``创投`` is ``奇绩创投``.

    In the labelled items these words directly behind an organisation belong to it in all but one of some 660 places.
    """
    kept = list(spans)
    starts = {(span.field, span.start) for span in kept}
    return tuple(
        replace(span, end=rest.end())
        if span.kind == "org"
        and (rest := _REST_OF_NAME.match(texts[span.field], span.end))
        and (span.field, span.end) not in starts
        else span
        for span in kept
    )


_ORGANISATION_END = (
    "资本|创投|投资|基金|科技|集团|大学|公司|银行|实验室|研究院|证券|学院|智能|机器人|研究所|医院|半导体|汽车"
)
_JOINED = re.compile(
    rf"(?P<left>.+?(?:{_ORGANISATION_END}))(?:和|与|及|以及|暨)(?P<right>.{{2,}}(?:{_ORGANISATION_END}))"
)


def without_joins(spans: Iterable[Span], texts: Mapping[TextField, str]) -> tuple[Span, ...]:
    """Organisations that the tagger took as one, apart again: ``碧鸿投资和正心谷资本``."""
    return tuple(part for span in spans for part in _parts(span, texts[span.field]))


def _parts(span: Span, text: str) -> Iterator[Span]:
    match = _JOINED.fullmatch(text, span.start, span.end) if span.kind == "org" else None
    if match is None:
        yield span
        return
    for side in ("left", "right"):
        yield Span(span.field, *match.span(side), span.kind, span.confidence)
