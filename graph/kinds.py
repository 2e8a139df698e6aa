"""Kinds of entity and of relation, with their labels: the one table that pages, exports and the API read."""

from dataclasses import dataclass
from typing import get_args

from graph.model import EntityKind, RelationKind

ENTITY_KINDS: tuple[EntityKind, ...] = get_args(EntityKind)
RELATION_KINDS: tuple[RelationKind, ...] = get_args(RelationKind)


@dataclass(frozen=True, slots=True, kw_only=True)
class KindLabel:
    """``zh`` and ``en`` name a kind; for relations ``reverse_*`` name it seen from the object."""

    zh: str
    en: str
    reverse_zh: str = ""
    reverse_en: str = ""
    symmetric: bool = False


ENTITY_LABELS: dict[EntityKind, KindLabel] = {
    "org": KindLabel(zh="机构", en="organisation"),
    "model": KindLabel(zh="模型", en="model"),
    "policy": KindLabel(zh="政策", en="policy"),
    "product": KindLabel(zh="产品", en="product"),
    "person": KindLabel(zh="人物", en="person"),
}

RELATION_LABELS: dict[RelationKind, KindLabel] = {
    "released": KindLabel(zh="发布", en="released", reverse_zh="发布者", reverse_en="released by"),
    "developed": KindLabel(zh="研发", en="developed", reverse_zh="研发者", reverse_en="developed by"),
    "invested_in": KindLabel(zh="投资", en="invested in", reverse_zh="投资方", reverse_en="investors"),
    "acquired": KindLabel(zh="收购", en="acquired", reverse_zh="收购方", reverse_en="acquired by"),
    "partnered_with": KindLabel(
        zh="合作", en="partnered with", reverse_zh="合作", reverse_en="partnered with", symmetric=True
    ),
    "issued": KindLabel(zh="发文", en="issued", reverse_zh="发文机关", reverse_en="issued by"),
    "founded": KindLabel(zh="创立", en="founded", reverse_zh="创立者", reverse_en="founded by"),
    "works_at": KindLabel(zh="任职于", en="works at", reverse_zh="人员", reverse_en="people"),
}
