"""The script that makes roles and users for docker-compose.yml, against a stub: real ones need a server that can keep
native users, which the test distribution cannot."""

import base64
import json
import shutil
import subprocess
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest

DEPLOY = Path(__file__).parents[2] / "deploy"
PASSWORDS = {
    "ELASTIC_PASSWORD": "oberster-Kranich-1",
    "ZHIMAI_INDEXER_PASSWORD": "schreibender-Kranich-2",
    "ZHIMAI_WEB_PASSWORD": "lesender-Kranich-3",
}

MakeRelay = Callable[..., AbstractContextManager[Any]]

pytestmark = pytest.mark.skipif(not shutil.which("curl") or not shutil.which("bash"), reason="it runs bash and curl")


def make_users(address: str, environment: dict[str, str]) -> "subprocess.CompletedProcess[str]":
    command = ["bash", str(DEPLOY / "make-users.sh"), address]
    environment = {"PATH": "/usr/local/bin:/usr/bin:/bin", **environment}
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)


def test_roles_and_users_are_made_as_documented(relay: MakeRelay) -> None:
    with relay(lambda _: (200, {}, b'{"created":true}')) as cluster:
        done = make_users(cluster.address, PASSWORDS)
    assert done.returncode == 0, done.stderr
    asked = {one.path.removeprefix("/_security/"): json.loads(one.body) for one in cluster.received}
    assert list(asked) == ["role/zhimai-indexer", "role/zhimai-web", "user/zhimai-indexer", "user/zhimai-web"]
    for role, variable in (("zhimai-indexer", "ZHIMAI_INDEXER_PASSWORD"), ("zhimai-web", "ZHIMAI_WEB_PASSWORD")):
        assert asked[f"role/{role}"] == json.loads((DEPLOY / f"{role}.json").read_text(encoding="utf-8"))
        assert asked[f"user/{role}"] == {"password": PASSWORDS[variable], "roles": [role]}
    expected = base64.b64encode(f"elastic:{PASSWORDS['ELASTIC_PASSWORD']}".encode()).decode()
    assert {one.headers["authorization"] for one in cluster.received} == {f"Basic {expected}"}
    assert {one.method for one in cluster.received} == {"PUT"}
    assert "Kranich" not in done.stdout + done.stderr


def test_a_refusal_ends_the_script(relay: MakeRelay, error_answer: Any) -> None:
    with relay(lambda _: error_answer(401, "security_exception", "unable to authenticate")) as cluster:
        done = make_users(cluster.address, PASSWORDS)
    assert done.returncode != 0
    assert "401" in done.stderr
    assert len(cluster.received) == 1


@pytest.mark.parametrize("password", ["", "short", 'quote"quote"quote', "line\nline-line-line"])
def test_a_password_that_could_break_out_is_refused(password: str) -> None:
    done = make_users("http://127.0.0.1:9", {**PASSWORDS, "ZHIMAI_WEB_PASSWORD": password})
    assert done.returncode == 2
    assert "ZHIMAI_WEB_PASSWORD" in done.stderr
