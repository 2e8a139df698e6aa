"""Settings as one table: it drives parsing of the environment, ``zhimai settings`` and the table in the docs."""

import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from search_service.engines.elasticsearch.access import ClusterAccess, without_credentials

DEFAULT_ENGINE = "embedded:./zhimai-data"
MOUNTED_SECRETS = Path("/run/secrets")


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """One setting: the environment variable, its default as written there, and what it does."""

    name: str
    variable: str
    default: str
    meaning: str
    secret: bool = False
    from_file: bool = False  # the variable with _FILE behind it may name a file that holds the value


SETTINGS = (
    Setting(
        name="engine",
        variable="ZHIMAI_ENGINE",
        default=DEFAULT_ENGINE,
        meaning="where the archive lives: `embedded:FOLDER`, or `http(s)://HOST:PORT[/PREFIX]` for Elasticsearch; "
        "the command line's `--engine` goes before it",
    ),
    Setting(
        name="host", variable="ZHIMAI_HOST", default="127.0.0.1", meaning="address that `zhimai serve` listens on"
    ),
    Setting(name="port", variable="ZHIMAI_PORT", default="8000", meaning="port that `zhimai serve` listens on"),
    Setting(name="threads", variable="ZHIMAI_THREADS", default="8", meaning="threads of `zhimai serve`"),
    Setting(
        name="processes",
        variable="ZHIMAI_PROCESSES",
        default="1",
        meaning="processes of `zhimai serve`, each with its threads; several use several cores",
    ),
    Setting(
        name="workers",
        variable="ZHIMAI_WORKERS",
        default="2",
        meaning="processes that extract during `zhimai index`; 1 extracts in the indexing process itself",
    ),
    Setting(
        name="elasticsearch_api_key",
        variable="ZHIMAI_ELASTICSEARCH_API_KEY",
        default="",
        meaning="API key for Elasticsearch, before user and password; or `..._API_KEY_FILE`, a file with it",
        secret=True,
        from_file=True,
    ),
    Setting(
        name="elasticsearch_user",
        variable="ZHIMAI_ELASTICSEARCH_USER",
        default="",
        meaning="user for Elasticsearch; or `..._USER_FILE`",
        secret=True,
        from_file=True,
    ),
    Setting(
        name="elasticsearch_password",
        variable="ZHIMAI_ELASTICSEARCH_PASSWORD",
        default="",
        meaning="password of that user; or `..._PASSWORD_FILE`",
        secret=True,
        from_file=True,
    ),
    Setting(
        name="elasticsearch_ca_file",
        variable="ZHIMAI_ELASTICSEARCH_CA_FILE",
        default="",
        meaning="certificate of the authority that signed Elasticsearch's (PEM); or `..._CA_FILE_FILE`",
        from_file=True,
    ),
    Setting(
        name="elasticsearch_shards",
        variable="ZHIMAI_ELASTICSEARCH_SHARDS",
        default="1",
        meaning="shards of each index of a new archive in a cluster; of one that is there: `zhimai reindex --shards`",
    ),
)


class BadSetting(Exception):
    """A setting that cannot be used; the message names it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The settings of this process, read once."""

    engine: str = field(default=DEFAULT_ENGINE, repr=False)
    host: str = "127.0.0.1"
    port: int = 8000
    threads: int = 8
    processes: int = 1
    workers: int = 2
    elasticsearch_api_key: str = field(default="", repr=False)
    elasticsearch_user: str = field(default="", repr=False)
    elasticsearch_password: str = field(default="", repr=False)
    elasticsearch_ca_file: str = ""
    elasticsearch_shards: int = 1

    @property
    def archive(self) -> str:
        """``engine`` as it may be shown."""
        return without_credentials(self.engine)

    @property
    def access(self) -> ClusterAccess:
        """What opens Elasticsearch."""
        return ClusterAccess(
            api_key=self.elasticsearch_api_key,
            user=self.elasticsearch_user,
            password=self.elasticsearch_password,
            ca_file=self.elasticsearch_ca_file,
        )


def settings_from(environment: Mapping[str, str]) -> Settings:
    """Reads the settings. Raises BadSetting where a number is none or is out of range, or a file cannot be read."""
    values = {setting.name: _value_of(setting, environment) for setting in SETTINGS}
    return Settings(
        engine=values["engine"],
        host=values["host"],
        port=_whole_number("ZHIMAI_PORT", values["port"], 0, 65535),
        threads=_whole_number("ZHIMAI_THREADS", values["threads"], 1, 64),
        processes=_whole_number("ZHIMAI_PROCESSES", values["processes"], 1, 64),
        workers=_whole_number("ZHIMAI_WORKERS", values["workers"], 1, 64),
        elasticsearch_api_key=values["elasticsearch_api_key"],
        elasticsearch_user=values["elasticsearch_user"],
        elasticsearch_password=values["elasticsearch_password"],
        elasticsearch_ca_file=values["elasticsearch_ca_file"],
        elasticsearch_shards=_whole_number("ZHIMAI_ELASTICSEARCH_SHARDS", values["elasticsearch_shards"], 1, 1024),
    )


def exposed_files(environment: Mapping[str, str]) -> tuple[Path, ...]:
    """Files with secrets that everybody on this machine can read.

    What a container has below /run/secrets is left out: only its own processes see it, whatever its mode.
    """
    paths = [_file_of(setting, environment) for setting in SETTINGS if setting.secret]
    return tuple(path for path in paths if path and path.parent != MOUNTED_SECRETS and _readable_by_all(path))


def _readable_by_all(path: Path) -> bool:
    return path.exists() and bool(path.stat().st_mode & stat.S_IROTH)


def _file_of(setting: Setting, environment: Mapping[str, str]) -> Path | None:
    """The file that holds the value of a setting; the variable itself goes before it."""
    path = environment.get(f"{setting.variable}_FILE") if setting.from_file else None
    return Path(path) if path and setting.variable not in environment else None


def _value_of(setting: Setting, environment: Mapping[str, str]) -> str:
    path = _file_of(setting, environment)
    if path is None:
        value = environment.get(setting.variable, setting.default)
    else:
        try:
            value = path.read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise BadSetting(f"{setting.variable}_FILE names {path}, which cannot be read") from error
    if setting.secret and (problem := _problem_of(setting, value)):
        raise BadSetting(f"{setting.variable} holds {problem}")
    return value


def _problem_of(setting: Setting, value: str) -> str:
    """Why a header cannot carry a secret; says nothing of the secret itself."""
    if not value.isprintable():
        return "a line break or another sign that cannot be printed"
    if setting.name == "elasticsearch_user" and ":" in value:
        return "a colon, which no user's name can have"
    if setting.name == "elasticsearch_api_key" and not value.isascii():
        return "more than letters, digits and signs of ASCII, so it is no API key"
    return ""


def _whole_number(variable: str, text: str, lowest: int, highest: int) -> int:
    if not text.isascii() or not text.isdigit() or not lowest <= int(text) <= highest:
        raise BadSetting(f"{variable} must be a whole number from {lowest} to {highest}, not {text!r}")
    return int(text)
