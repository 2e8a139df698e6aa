"""Security of the Elasticsearch that ``elasticsearch.py`` runs: an own authority, roles and users in files.

Certificates come from Java's keytool, because the server needs Java and every Java brings it.
Passwords are new at each start and die with the server.
"""

import base64
import json
import secrets
import ssl
import subprocess
import urllib.request
from dataclasses import dataclass
from pathlib import Path

GOES_WITH = {"zhimai-backup": "zhimai-indexer"}
"""Roles that are enough only together with another one."""
ROLES = Path(__file__).resolve().parent.parent / "deploy"
STORE_PASSWORD = "of-a-file-that-dies-with-the-server"
SETTINGS = f"""\
xpack.security.enabled: true
xpack.security.http.ssl.enabled: true
xpack.security.http.ssl.keystore.path: server.p12
xpack.security.http.ssl.keystore.password: {STORE_PASSWORD}
xpack.security.authc.realms.file.users.order: 0
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileUser:
    """A user of the file realm; ``role`` is the one that the user is made for."""

    name: str
    password: str
    role: str

    @property
    def roles(self) -> str:
        """All roles of the user, as the server's tool takes them."""
        return ",".join(filter(None, (self.role, GOES_WITH.get(self.role))))

    @classmethod
    def with_role(cls, role: str) -> "FileUser":
        """A new one, whose name and password nobody could guess."""
        return cls(name=f"{role}-{secrets.token_hex(4)}", password=secrets.token_urlsafe(18), role=role)


@dataclass(frozen=True, slots=True, kw_only=True)
class Security:
    """What clients of a secured server need; the first user may do everything."""

    ca_file: Path
    users: tuple[FileUser, ...]

    def open(self, url: str) -> bytes:
        """The answer to GET, over TLS, as the user who may do everything."""
        user = self.users[0]
        credentials = base64.b64encode(f"{user.name}:{user.password}".encode()).decode()
        request = urllib.request.Request(url, headers={"Authorization": f"Basic {credentials}"})
        context = ssl.create_default_context(cafile=self.ca_file)
        with urllib.request.urlopen(request, timeout=5, context=context) as answer:
            content: bytes = answer.read()
        return content

    def record(self) -> dict[str, object]:
        """As the line for other programs tells it."""
        users = {user.role: {"name": user.name, "password": user.password} for user in self.users}
        return {"ca_file": str(self.ca_file), "users": users}


def secure(home: Path, java_home: Path) -> Security:
    """Writes certificates, the roles of deploy/ and a user for each into the server's configuration."""
    config = home / "config"
    roles = sorted(ROLES.glob("zhimai-*.json"))
    # a role as the server's API takes it is what its file wants below a name, because JSON is YAML
    text = "".join(f"{path.stem}: {json.dumps(json.loads(path.read_text(encoding='utf-8')))}\n" for path in roles)
    (config / "roles.yml").write_text(text, encoding="utf-8")
    users = tuple(map(FileUser.with_role, ("superuser", *(path.stem for path in roles))))
    for user in users:
        _add(user, home, java_home)
    return Security(ca_file=_write_certificates(config, java_home / "bin" / "keytool"), users=users)


def _add(user: FileUser, home: Path, java_home: Path) -> None:
    """By the server's own tool; the password goes through its standard input, twice as it asks."""
    command = [home / "bin" / "elasticsearch-users", "useradd", user.name, "-r", user.roles]
    subprocess.run(
        command,
        input=f"{user.password}\n" * 2,
        env={"PATH": "/usr/bin:/bin", "ES_JAVA_HOME": str(java_home)},
        text=True,
        capture_output=True,
        check=True,
    )


def _write_certificates(config: Path, keytool: Path) -> Path:
    """An authority and a certificate of the server by it. Gives the authority's certificate."""

    def run(*arguments: object, store: str, given: bytes | None = None) -> bytes:
        words = [*arguments, "-keystore", config / store, "-storetype", "PKCS12", "-storepass", STORE_PASSWORD]
        return subprocess.run([keytool, *map(str, words)], input=given, capture_output=True, check=True).stdout

    key = ("-genkeypair", "-keyalg", "EC", "-groupname", "secp256r1", "-validity", 30)
    authority, server = "authority.p12", "server.p12"
    usage = ("-ext", "bc:critical=ca:true", "-ext", "ku:critical=keyCertSign,cRLSign")
    run(*key, "-alias", "authority", "-dname", "CN=Zhimai test authority", *usage, store=authority)
    certificate = run("-exportcert", "-rfc", "-alias", "authority", store=authority)
    run(*key, "-alias", "server", "-dname", "CN=localhost", store=server)
    asked = run("-certreq", "-alias", "server", store=server)
    names = ("-ext", "san=ip:127.0.0.1,dns:localhost", "-ext", "eku=serverAuth", "-validity", 30)
    signed = run("-gencert", "-rfc", "-alias", "authority", *names, store=authority, given=asked)
    run("-importcert", "-noprompt", "-alias", "authority", store=server, given=certificate)
    run("-importcert", "-noprompt", "-alias", "server", store=server, given=signed + certificate)
    ca_file = config / "authority.pem"
    ca_file.write_bytes(certificate)
    return ca_file
