"""Settings: a wrong one is refused by name, the default needs none."""

from dataclasses import fields

import pytest

from search_service.settings import SETTINGS, BadSetting, Settings, settings_from


def test_without_environment_the_defaults_hold() -> None:
    assert settings_from({}) == Settings()


def test_the_table_names_every_setting_once() -> None:
    assert [setting.name for setting in SETTINGS] == [field.name for field in fields(Settings)]


def test_values_come_from_the_environment() -> None:
    settings = settings_from({"ZHIMAI_ENGINE": "embedded:/srv/news", "ZHIMAI_PORT": "8080"})
    assert (settings.engine, settings.port) == ("embedded:/srv/news", 8080)


@pytest.mark.parametrize(
    ("variable", "value"), [("ZHIMAI_PORT", "http"), ("ZHIMAI_PORT", "70000"), ("ZHIMAI_WORKERS", "0")]
)
def test_a_wrong_number_is_refused_by_name(variable: str, value: str) -> None:
    with pytest.raises(BadSetting, match=variable):
        settings_from({variable: value})
