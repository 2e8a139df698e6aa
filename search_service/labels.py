"""Words for people: categories of items and fields of the query language, in Chinese and English."""

from typing import get_args

from indexer.model import Category

CATEGORIES: tuple[Category, ...] = get_args(Category)

CATEGORY_LABELS: dict[Category, str] = {
    "funding": "融资",
    "release": "发布",
    "policy": "政策",
    "partnership": "合作",
    "acquisition": "并购",
    "people": "人事",
    "other": "其他",
}


def category_named(text: str) -> Category | None:
    """The category with this value or Chinese label, or None."""
    for category, label in CATEGORY_LABELS.items():
        if text.lower() in (category, label):
            return category
    return None
