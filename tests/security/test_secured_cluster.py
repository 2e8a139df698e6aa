"""TLS, passwords and roles against a real server: what is right works, what is wrong gets a sentence and code 3."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest

from search_service.engines import open_engine
from search_service.settings import settings_from
from search_service.web.app import create_app

ROOT = Path(__file__).parents[2]
ROLES = ("zhimai-backup", "zhimai-indexer", "zhimai-web")
DIGEST = str(ROOT / "samples" / "2026-07-28.md")

Zhimai = Callable[..., CompletedProcess[str]]


@pytest.mark.parametrize("role", ROLES)
def test_the_roles_in_the_docs_are_those_that_are_tested(role: str) -> None:
    page = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    (shown,) = re.findall(rf"PUT /_security/role/{role}\n(\{{.*?\n\}})\n```", page, re.DOTALL)
    assert shown == (ROOT / "deploy" / f"{role}.json").read_text(encoding="utf-8").strip()


def test_the_indexer_writes_and_the_web_service_reads(secured: Any, zhimai: Zhimai) -> None:
    web = secured.environment("zhimai-web")
    found = zhimai(web, "search", "智谱", "--json")
    assert found.returncode == 0, found.stderr
    assert json.loads(found.stdout)["total"] > 0
    assert zhimai(web, "doctor").returncode == 0
    again = zhimai(secured.environment("zhimai-indexer"), "index", DIGEST, "--extraction", "none", "--json")
    assert json.loads(again.stdout)["items"]["added"] == 0


def test_every_page_works_with_the_role_of_the_web_service(secured: Any) -> None:
    settings = settings_from(secured.environment("zhimai-web"))
    with open_engine(settings.engine, access=settings.access) as engine:
        client = create_app(engine).test_client()
        assert client.get("/readyz").status_code == 200
        found = client.get("/api/v1/search?q=智谱&limit=1").get_json()
        assert found["total"] > 0
        item = found["items"][0]["id"]
        following = f"/api/v1/search?q=智谱&limit=1&cursor={found['next']}"
        paths = [
            "/?q=智谱",
            "/?q=智谱 发布 算力 天气",  # several searches in one request
            following,
            f"/items/{item}",
            "/entities",
            "/api/v1/days",
            "/days/2026-07-28",
            "/api/v1/suggest?q=智",
            "/metrics",
        ]
        for path in paths:
            assert client.get(path).status_code in (200, 308), path


@pytest.mark.parametrize(
    "words", [("search", "智谱"), ("index", DIGEST, "--extraction", "none"), ("serve", "--port", "0")]
)
def test_a_wrong_password_is_told(secured: Any, zhimai: Zhimai, words: tuple[str, ...]) -> None:
    done = zhimai(secured.environment("zhimai-web", ZHIMAI_ELASTICSEARCH_PASSWORD="falsch"), *words)
    assert done.returncode == 3
    assert "does not accept the credentials" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_a_certificate_of_an_unknown_authority_is_told(secured: Any, zhimai: Zhimai) -> None:
    done = zhimai(secured.environment("zhimai-web", ZHIMAI_ELASTICSEARCH_CA_FILE=""), "search", "智谱")
    assert done.returncode == 3
    assert "certificate is not trusted" in done.stderr
    assert "ZHIMAI_ELASTICSEARCH_CA_FILE" in done.stderr


def test_an_authority_that_is_no_file_or_no_certificate_is_told(secured: Any, zhimai: Zhimai, tmp_path: Path) -> None:
    nonsense = tmp_path / "authority.pem"
    nonsense.write_text("nonsense", encoding="utf-8")
    for path in (nonsense, tmp_path / "missing.pem"):
        done = zhimai(secured.environment("zhimai-web", ZHIMAI_ELASTICSEARCH_CA_FILE=str(path)), "search", "智谱")
        assert done.returncode == 3
        assert str(path) in done.stderr


def test_the_wrong_scheme_is_told(secured: Any, zhimai: Zhimai, elasticsearch_address: str) -> None:
    plain = secured.environment("zhimai-web", ZHIMAI_ENGINE=secured.url.replace("https", "http"))
    done = zhimai(plain, "search", "智谱")
    assert done.returncode == 3
    assert "write https://" in done.stderr
    tls = elasticsearch_address.replace("http://", "https://")
    done = zhimai(secured.environment("zhimai-web", ZHIMAI_ENGINE=tls), "search", "智谱")
    assert done.returncode == 3
    assert "write http://" in done.stderr


def test_the_web_service_cannot_write(secured: Any, zhimai: Zhimai) -> None:
    done = zhimai(secured.environment("zhimai-web"), "index", DIGEST, "--extraction", "none")
    assert done.returncode == 3
    assert "may not do this" in done.stderr
    assert "granted by the index privileges" in done.stderr, "it says which privilege is missing"
    assert zhimai(secured.environment("zhimai-web"), "remove", "--desk", "samples").returncode == 3


def test_the_indexer_cannot_touch_another_prefix(secured: Any, zhimai: Zhimai) -> None:
    other = secured.environment("zhimai-indexer", ZHIMAI_ENGINE=f"{secured.address}/andere")
    for words in (("index", DIGEST, "--extraction", "none"), ("search", "智谱")):
        done = zhimai(other, *words)
        assert done.returncode == 3
        assert "andere" in done.stderr


def test_reindexing_and_backups_work_with_their_roles(
    secured: Any, zhimai: Zhimai, secured_elasticsearch: dict[str, Any]
) -> None:
    indexer, backup = (secured.environment(role) for role in ("zhimai-indexer", "zhimai-backup"))
    assert zhimai(indexer, "reindex").returncode == 0
    named = ("--repository", secured.prefix)
    location = str(Path(secured_elasticsearch["log"]).parents[1] / "snapshots" / secured.prefix)
    refused = zhimai(backup, "backup", *named, "--location", location)
    assert refused.returncode == 3
    assert "cluster privileges [manage" in refused.stderr, "registering a repository is for administrators"
    assert zhimai(secured.environment("superuser"), "backup", *named, "--location", location).returncode == 0
    saved = zhimai(backup, "backup", *named, "--snapshot", "second")
    assert saved.returncode == 0, saved.stderr
    assert zhimai(indexer, "backup", *named, "--snapshot", "third").returncode == 3
