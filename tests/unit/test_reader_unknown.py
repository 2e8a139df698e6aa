"""A file that is no digest is refused with a reason that its owner can act on."""

import json

import pytest

from indexer.readers.documents import document_from
from indexer.readers.unknown import problem_of

COMPANIES = [{"entityId": name, "name": name, "region": "北美", "stage": "成长公司"} for name in ("甲", "乙", "丙")]


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (COMPANIES, "3 objects with names (`name`) and without titles are a register, not news"),
        ({"entities": COMPANIES}, "3 objects with names (`name`)"),
        ([{"company": one, "funding": []} for one in COMPANIES], "3 objects with names (`company.name`)"),
        ({"updated": "2026-02-12", "total": 3}, "JSON without a list of objects or headlines"),
        ([{"k1": 1, "k2": 2}] * 4, "no key of its 4 objects (k1, k2, ...)"),
    ],
)
def test_json_that_is_no_news_is_told_apart(value: object, told: str) -> None:
    problem = problem_of(document_from("x.json", json.dumps(value, ensure_ascii=False)))
    assert problem.reason.startswith("not a digest layout known to this version: ")
    assert told in problem.reason
