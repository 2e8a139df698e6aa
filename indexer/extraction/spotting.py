"""Where names stand in an item: what the catalogue, the tagger and patterns propose, made one set of spans.

The tagger reads context and decides; an unambiguous name of the catalogue or an unmistakable form counts where
the tagger saw nothing. Afterwards every name found is looked for in the whole item.
"""

from collections.abc import Iterable, Sequence

from graph.catalogue import load_catalogue
from graph.model import EntityKind, TextField
from indexer.extraction.names import NameMatch
from indexer.extraction.patterns import find_policies, is_stop_name
from indexer.extraction.span import Span

CATALOGUE_CONFIDENCE = 0.8
PATTERN_CONFIDENCE = 0.6


def spot_names(field: TextField, text: str, matches: Sequence[NameMatch]) -> tuple[Span, ...]:
    """The places of catalogue names that need no second reason: unambiguous ones, and others whose entity the
    same text also names unambiguously."""
    certain = {match.entity_ids[0] for match in matches if _is_certain(match)}
    return tuple(
        Span(field, match.start, match.end, _kind_in(text, match), CATALOGUE_CONFIDENCE)
        for match in matches
        if (_is_certain(match) or match.entity_ids[0] in certain)
        and not is_stop_name(text[match.start : match.end], match.kinds[0])
    )


def _is_certain(match: NameMatch) -> bool:
    return not match.ambiguous and match.exact


_MODEL_WORDS = ("大模型", "模型", "系列模型", " 模型", " 大模型")


def _kind_in(text: str, match: NameMatch) -> EntityKind:
    """The kind of a name with several: a word for models behind it decides, else the catalogue's usual use."""
    if len(match.kinds) == 1:
        return match.kinds[0]
    if "model" in match.kinds and text.startswith(_MODEL_WORDS, match.end):
        return "model"
    use = load_catalogue().use_of(text[match.start : match.end])
    return use.default if use and use.default in match.kinds else match.kinds[0]


def spot_patterns(field: TextField, text: str) -> tuple[Span, ...]:
    """Names of policies that their form gives away."""
    return tuple(Span(field, start, end, "policy", PATTERN_CONFIDENCE) for start, end in find_policies(text))


def with_added(spans: Iterable[Span], more: Iterable[Span]) -> tuple[Span, ...]:
    """``spans`` with those of ``more`` that touch none of them."""
    kept = list(spans)
    for span in more:
        if not any(span.field == one.field and span.start < one.end and one.start < span.end for one in kept):
            kept.append(span)
    return tuple(sorted(kept, key=lambda one: (one.field == "body", one.start)))
