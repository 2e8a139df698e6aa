"""docs/api.md names every operation, and its examples work."""

import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from search_service.api.operations import OPERATIONS

TEXT = (Path(__file__).parents[2] / "docs" / "api.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^GET (/api/\S.*)$", TEXT, re.MULTILINE)


def test_the_table_names_every_operation() -> None:
    named = set(re.findall(r"^\| `((?:GET|POST) \S+)` \|", TEXT, re.MULTILINE))
    assert named == {f"{one.method} {one.path}" for one in OPERATIONS} | {"GET /openapi.json"}


@pytest.mark.parametrize("address", EXAMPLES)
def test_examples_work(client: FlaskClient, address: str) -> None:
    assert client.get(address).status_code == 200
