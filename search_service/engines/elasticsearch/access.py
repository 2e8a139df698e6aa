"""Where a cluster is and what opens it."""

import base64
import re
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from search_service.engines.contract import EngineError

DEFAULT_PREFIX = "zhimai"
SCHEMES = ("http", "https")
_WHO = re.compile(
    r"( for| of)? (user|API key id|API key|service account|run as user) \[[^\]]*\]| with effective roles \[[^\]]*\]"
)
_PREFIX = re.compile(r"[a-z0-9][a-z0-9_-]{0,99}")


class BadAddress(EngineError):
    """A URL of a cluster that cannot be used; the message says why, and never repeats a password."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterAccess:
    """Credentials, never part of a URL nor of a text: an API key, or a user with a password; ``ca_file`` is the
    authority that signed the cluster's certificate, empty for the system's own."""

    api_key: str = field(default="", repr=False)
    user: str = field(default="", repr=False)
    password: str = field(default="", repr=False)
    ca_file: str = ""

    @property
    def basic(self) -> str:
        """User and password as a header carries them: UTF-8, which the client would not write."""
        return base64.b64encode(f"{self.user}:{self.password}".encode()).decode()


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterAddress:
    """The address of a cluster, and the prefix that names one archive of it."""

    url: str
    prefix: str

    @classmethod
    def from_url(cls, url: str) -> "ClusterAddress":
        """From ``http(s)://HOST:PORT[/PREFIX]``. Raises BadAddress."""
        if "@" in url:
            raise BadAddress(
                "credentials do not belong into the address; set ZHIMAI_ELASTICSEARCH_USER and _PASSWORD or _API_KEY"
            )
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError as error:
            raise BadAddress("this is no address of a cluster; write http://HOST:PORT/PREFIX") from error
        if parts.scheme not in SCHEMES or not parts.hostname or parts.query or parts.fragment:
            raise BadAddress("this is no address of a cluster; write http://HOST:PORT/PREFIX")
        prefix = parts.path.strip("/") or DEFAULT_PREFIX
        if not _PREFIX.fullmatch(prefix):
            raise BadAddress(
                f"{prefix!r} cannot name an archive: small letters, digits, - and _ may, and it begins with no sign"
            )
        host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
        return cls(url=f"{parts.scheme}://{host}:{port or (443 if parts.scheme == 'https' else 9200)}", prefix=prefix)

    def __str__(self) -> str:
        return f"{self.url}/{self.prefix}"


def without_credentials(url: str) -> str:
    """An address as it may be shown: credentials do not belong there but get written there."""
    return re.sub(r"(?<=//).*@", "***@", url)


def without_names(reason: str) -> str:
    """What a cluster says, without the user that it names: sentences and logs hold no part of the credentials."""
    return _WHO.sub("", reason)


def connection_advice(url: str, message: str) -> str:
    """What a person can do where no connection came about; empty where the message says it all."""
    if "CERTIFICATE_VERIFY_FAILED" in message:
        return (
            "; its certificate is not trusted here: name that of the authority that signed it in "
            "ZHIMAI_ELASTICSEARCH_CA_FILE, and write the host as the certificate names it"
        )
    if "SSL" in message and url.startswith("https"):
        return "; it does not seem to speak TLS: write http:// in its address, or give the server a certificate"
    if "RemoteDisconnected" in message and url.startswith("http://"):
        return "; if it speaks TLS, write https:// in its address"
    return ""
