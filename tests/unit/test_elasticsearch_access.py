"""Addresses and credentials: a wrong one gets a sentence, and no password is ever shown."""

from pathlib import Path

import pytest

from search_service.engines import UnknownEngine, open_engine
from search_service.engines.elasticsearch.access import ClusterAccess, ClusterAddress
from search_service.settings import BadSetting, settings_from


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("http://localhost:9200", "http://localhost:9200/zhimai"),
        ("https://es.example", "https://es.example:443/zhimai"),
        ("http://[::1]:9200/news-2/", "http://[::1]:9200/news-2"),
    ],
)
def test_an_address_names_server_and_archive(url: str, address: str) -> None:
    assert str(ClusterAddress.from_url(url)) == address


@pytest.mark.parametrize(
    "url",
    ["http://", "http://h:99999", "http://h/A", "http://h/a/b", "http://h/_a", "http://h/a?b=1", "http://h:1:2/a"],
)
def test_an_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(UnknownEngine):
        open_engine(url)


def test_credentials_in_an_address_are_refused_and_not_repeated() -> None:
    with pytest.raises(UnknownEngine, match="_API_KEY") as refusal:
        open_engine("https://reader:geheim@es.example/zhimai")
    assert "geheim" not in str(refusal.value)


def test_credentials_come_from_the_environment_or_files(tmp_path: Path) -> None:
    secret = tmp_path / "password"
    secret.write_text("geheim\n", encoding="utf-8")
    settings = settings_from(
        {"ZHIMAI_ELASTICSEARCH_USER": "reader", "ZHIMAI_ELASTICSEARCH_PASSWORD_FILE": str(secret)}
    )
    assert settings.access == ClusterAccess(user="reader", password="geheim")
    assert "geheim" not in repr(settings) + repr(settings.access)
    with pytest.raises(BadSetting, match="PASSWORD_FILE"):
        settings_from({"ZHIMAI_ELASTICSEARCH_PASSWORD_FILE": str(tmp_path / "none")})
