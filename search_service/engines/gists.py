"""What engines keep of an item for ordering hits anew: its folded texts and the entities it names, as one text.

Reading two hundred whole items for one page would take longer than the search; folding their texts again would too.
"""

from collections.abc import Iterable

from indexer.extraction.category import category_of
from indexer.folding import fold
from indexer.model import AnnotatedItem
from search_service.engines.item_fields import newest_day
from search_service.query.ranking import Candidate

LONGEST_BODY = 5000
"""Folded characters of a body that count."""

MOST_ENTITIES = 20
_BETWEEN, _WITHIN = "\x1e", "\x1f"
NO_GIST = _BETWEEN * 4
"""Of an item that is gone."""


def gist_of(annotated: AnnotatedItem) -> str:
    """The gist of an item."""
    item, mentions = annotated.item, sorted(annotated.annotations.mentions, key=lambda mention: mention.start)
    parts = (
        category_of(annotated.annotations),
        _listed(mention.entity_id for mention in mentions if mention.field == "title"),
        _listed(mention.entity_id for mention in mentions if mention.field == "body"),
        _text(item.title),
        _text(item.body),
    )
    return _BETWEEN.join(parts)


def candidate_in(gist: str, key: int) -> Candidate:
    """The candidate that a gist and the order key ``newest`` make."""
    category, in_title, in_body, title, body = gist.split(_BETWEEN)
    return Candidate(
        title=title,
        body=body,
        in_title=tuple(in_title.split(_WITHIN)) if in_title else (),
        in_body=tuple(in_body.split(_WITHIN)) if in_body else (),
        category=category,
        day=newest_day(key),
        key=key,
    )


def _listed(entity_ids: Iterable[str]) -> str:
    return _WITHIN.join(list(dict.fromkeys(entity_ids))[:MOST_ENTITIES])


def _text(text: str) -> str:
    return fold(text).text[:LONGEST_BODY].replace(_BETWEEN, " ")
