"""What kind of news an item is, from what it asserts: the facet and filter ``category``."""

from graph.model import RelationKind
from indexer.model import Annotations, Category

_BY_RELATION: tuple[tuple[Category, frozenset[RelationKind]], ...] = (
    ("funding", frozenset({"invested_in"})),
    ("acquisition", frozenset({"acquired"})),
    ("policy", frozenset({"issued"})),
    ("release", frozenset({"released"})),
    ("partnership", frozenset({"partnered_with"})),
    ("people", frozenset({"founded"})),
)
"""In order of precedence. Money and ownership first: such an item often names products and offices in passing, while
a release seldom mentions a round. ``works_at`` and ``developed`` are said in passing everywhere; a post that
somebody left, or taking one, is news about people."""


def category_of(annotations: Annotations) -> Category:
    """The category of an item: funding rounds first, then its relations in order of precedence, else ``other``.

    ``people`` are items that report founding a company or leaving a post.
    """
    if annotations.funding:
        return "funding"
    kinds = {relation.kind for relation in annotations.relations}
    for category, telling in _BY_RELATION:
        if kinds & telling:
            return category
    if any(relation.kind == "works_at" and relation.qualifiers.left for relation in annotations.relations):
        return "people"
    return "other"
