"""What relevance means, whatever the engine."""

from search_service.query.tree import AllOf, AnyOf, AtLeast, MatchField, Node, Tokens

TITLE_BOOST = 2.0

MATCHED_FIELDS: dict[MatchField, tuple[str, ...]] = {"any": ("title", "body"), "title": ("title",), "body": ("body",)}
"""Fields that a leaf looks into."""


def scores(node: Node) -> bool:
    """Whether relevance means anything for the tree."""
    match node:
        case Tokens():
            return True
        case AllOf(children=children) | AnyOf(children=children) | AtLeast(children=children):
            return any(scores(child) for child in children)
    return False
