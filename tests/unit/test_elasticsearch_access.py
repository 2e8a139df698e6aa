"""Addresses and credentials: a wrong one gets a sentence, and no password is ever shown."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from search_service.cli import main as zhimai
from search_service.engines import UnknownEngine, open_engine
from search_service.engines.elasticsearch.access import ClusterAccess, ClusterAddress
from search_service.settings import BadSetting, exposed_files, settings_from


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


@pytest.mark.parametrize("command", ["settings", "doctor"])
def test_what_the_program_shows_of_itself_holds_no_password(command: str) -> None:
    environment = {
        "ZHIMAI_ELASTICSEARCH_PASSWORD": "geheim",
        "ZHIMAI_ENGINE": "http://reader:geheim/@geheim@127.0.0.1:9/x",
    }
    shown = CliRunner().invoke(zhimai, [command], env=environment)
    assert not isinstance(shown.exception, Exception) or isinstance(shown.exception, SystemExit)
    assert "127.0.0.1:9/x" in shown.output.replace("\n", "")
    assert "geheim" not in shown.output


@pytest.mark.parametrize(
    ("name", "value"),
    [("PASSWORD", "ge\nheim"), ("API_KEY", "geheim密钥"), ("USER", "geheim:leser"), ("USER", "geheim\x00")],
)
def test_secrets_that_no_header_can_carry_are_refused_and_not_repeated(name: str, value: str) -> None:
    with pytest.raises(BadSetting, match=f"ZHIMAI_ELASTICSEARCH_{name}") as refusal:
        settings_from({f"ZHIMAI_ELASTICSEARCH_{name}": value})
    assert "geheim" not in str(refusal.value)


def test_doctor_warns_of_a_secret_that_everybody_can_read(tmp_path: Path) -> None:
    secret = tmp_path / "password"
    secret.write_text("geheim", encoding="utf-8")
    environment = {"ZHIMAI_ELASTICSEARCH_PASSWORD_FILE": str(secret), "COLUMNS": "500"}
    secret.chmod(0o604)
    shown = CliRunner().invoke(zhimai, ["doctor"], env=environment).output
    assert f"chmod o-r {secret}" in shown
    assert exposed_files(environment) == (secret,)
    secret.chmod(0o640)
    assert exposed_files(environment) == ()
    assert exposed_files({**environment, "ZHIMAI_ELASTICSEARCH_PASSWORD": "x"}) == ()
