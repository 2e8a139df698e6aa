"""What an item reports, told from its relations and funding rounds."""

from graph.model import RelationKind
from indexer.model import Annotations, Category

_REPORTED_BY: dict[RelationKind, Category] = {
    "invested_in": "funding",
    "released": "release",
    "issued": "policy",
    "partnered_with": "partnership",
    "acquired": "acquisition",
    "founded": "people",
    "works_at": "people",
}
"""``developed`` is background in most items ("Qwen of Alibaba"), so it makes none a report of its own."""


def categories_of(annotations: Annotations) -> tuple[Category, ...]:
    """Everything the item reports, sorted; ``other`` where that is nothing."""
    reported = {_REPORTED_BY[relation.kind] for relation in annotations.relations if relation.kind in _REPORTED_BY}
    if annotations.funding:
        reported.add("funding")
    return tuple(sorted(reported)) or ("other",)
