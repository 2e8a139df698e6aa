"""Settings as one table: it drives parsing of the environment, ``zhimai settings`` and the table in the docs."""

from collections.abc import Mapping
from dataclasses import dataclass

DEFAULT_ENGINE = "embedded:./zhimai-data"


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """One setting: the environment variable, its default as written there, and what it does."""

    name: str
    variable: str
    default: str
    meaning: str


SETTINGS = (
    Setting(
        name="engine",
        variable="ZHIMAI_ENGINE",
        default=DEFAULT_ENGINE,
        meaning="where the archive lives: `embedded:FOLDER`; the command line's `--engine` goes before it",
    ),
    Setting(
        name="host", variable="ZHIMAI_HOST", default="127.0.0.1", meaning="address that `zhimai serve` listens on"
    ),
    Setting(name="port", variable="ZHIMAI_PORT", default="8000", meaning="port that `zhimai serve` listens on"),
    Setting(name="threads", variable="ZHIMAI_THREADS", default="8", meaning="threads of `zhimai serve`"),
    Setting(
        name="workers",
        variable="ZHIMAI_WORKERS",
        default="2",
        meaning="processes that extract during `zhimai index`; 1 extracts in the indexing process itself",
    ),
)


class BadSetting(Exception):
    """A setting that cannot be used; the message names it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The settings of this process, read once."""

    engine: str = DEFAULT_ENGINE
    host: str = "127.0.0.1"
    port: int = 8000
    threads: int = 8
    workers: int = 2


def settings_from(environment: Mapping[str, str]) -> Settings:
    """Reads the settings. Raises BadSetting where a number is none or is out of range."""
    values = {setting.name: environment.get(setting.variable, setting.default) for setting in SETTINGS}
    return Settings(
        engine=values["engine"],
        host=values["host"],
        port=_whole_number("ZHIMAI_PORT", values["port"], 0, 65535),
        threads=_whole_number("ZHIMAI_THREADS", values["threads"], 1, 64),
        workers=_whole_number("ZHIMAI_WORKERS", values["workers"], 1, 64),
    )


def _whole_number(variable: str, text: str, lowest: int, highest: int) -> int:
    if not text.isascii() or not text.isdigit() or not lowest <= int(text) <= highest:
        raise BadSetting(f"{variable} must be a whole number from {lowest} to {highest}, not {text!r}")
    return int(text)
