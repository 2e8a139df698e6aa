"""The category facet: an item in the wrong drawer is not found by those who filter."""

import pytest

from graph.model import Evidence, FundingRound, Qualifiers, Relation, RelationKind
from indexer.extraction.category import category_of
from indexer.model import Annotations, Category

SAYS = Evidence(item_id="1", field="title", start=0, end=2, text="甲乙", trigger=(0, 1))


def relation(kind: RelationKind, **qualifiers: bool) -> Relation:
    return Relation(
        kind=kind, subject="org:甲", object="org:乙", evidence=SAYS, qualifiers=Qualifiers(left=bool(qualifiers))
    )


@pytest.mark.parametrize(
    ("kinds", "category"),
    [
        ((), "other"),
        (("developed",), "other"),
        (("works_at",), "other"),
        (("released", "developed"), "release"),
        (("partnered_with", "released"), "release"),
        (("partnered_with",), "partnership"),
        (("released", "issued"), "policy"),
        (("released", "acquired"), "acquisition"),
        (("acquired", "invested_in"), "funding"),
        (("founded", "works_at"), "people"),
    ],
)
def test_the_weightiest_relation_decides(kinds: tuple[RelationKind, ...], category: Category) -> None:
    assert category_of(Annotations(relations=tuple(relation(kind) for kind in kinds))) == category


def test_a_round_without_named_investors_is_funding() -> None:
    assert category_of(Annotations(funding=(FundingRound(company="org:甲", evidence=SAYS),))) == "funding"


def test_leaving_a_post_is_news_about_people() -> None:
    assert category_of(Annotations(relations=(relation("works_at", left=True),))) == "people"
