"""Fetches Elasticsearch and runs it in the foreground on 127.0.0.1, for trying things and for tests.

The official test distribution comes through Maven; it needs Java 21 or newer and an ordinary user, so root starts it
as a system user made for that. Prints one line of JSON when it is ready: its address, log, version and process.
Ends with the process that started it, or by Ctrl-C, and leaves nothing running.
"""

import argparse
import json
import os
import pwd
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
import zipfile
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from functools import partial
from pathlib import Path

import elasticsearch_security

ROOT = Path(__file__).resolve().parent.parent
STORE = ROOT / ".work"
DEFAULT_VERSION = "9.5.0"
ARTIFACT = "org.elasticsearch.distribution.integ-test-zip:elasticsearch:{version}:zip"
MAVEN_COPY = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy"
USER = "zhimai-elasticsearch"
LOWEST_JAVA = 21
READY_S = 180
SETTINGS = """\
cluster.name: zhimai
discovery.type: single-node
network.host: 127.0.0.1
http.port: {port}
path.data: {folder}/data
path.logs: {folder}/logs
path.repo: {folder}/snapshots
cluster.routing.allocation.disk.threshold_enabled: false
cluster.max_shards_per_node: 20000
"""
OPEN_TO_ALL = "xpack.security.enabled: false\n"


class NotPossible(Exception):
    """Elasticsearch cannot run here; the message says what is missing."""


def java_home() -> Path:
    """Home of a Java that is new enough. Raises NotPossible."""
    named = [Path(os.environ[name]) for name in ("ES_JAVA_HOME", "JAVA_HOME") if os.environ.get(name)]
    found = sorted(Path("/usr/lib/jvm").glob("*"), reverse=True) if Path("/usr/lib/jvm").is_dir() else []
    on_path = shutil.which("java")
    for home in (*named, *found, *([Path(on_path).resolve().parent.parent] if on_path else [])):
        if _java_version(home) >= LOWEST_JAVA:
            return home
    raise NotPossible(f"Elasticsearch needs Java {LOWEST_JAVA} or newer; install one or set ES_JAVA_HOME")


def _java_version(home: Path) -> int:
    release = home / "release"
    if not release.is_file() or not (home / "bin" / "java").exists():
        return 0
    found = re.search(r'JAVA_VERSION="(\d+)', release.read_text(encoding="utf-8"))
    return int(found[1]) if found else 0


def archive_of(version: str) -> Path:
    """The zip of a version in .work/, fetched where it is missing. Raises NotPossible."""
    archive = STORE / f"elasticsearch-{version}.zip"
    if archive.exists():
        return archive
    maven = shutil.which("mvn")
    if maven is None:
        raise NotPossible("Elasticsearch is fetched through Maven; install it (mvn)")
    STORE.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=STORE) as folder:
        artifact = ARTIFACT.format(version=version)
        command = [maven, "-q", "-B", MAVEN_COPY, f"-Dartifact={artifact}", f"-DoutputDirectory={folder}"]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
        fetched = Path(folder) / archive.name
        if done.returncode or not fetched.exists():
            raise NotPossible(f"Maven could not fetch {artifact}:\n{done.stdout[-2000:]}")
        fetched.rename(archive)
    return archive


def unpack(archive: Path, folder: Path) -> Path:
    """Home of the server below ``folder``."""
    with zipfile.ZipFile(archive) as zipped:
        zipped.extractall(folder)
    home = folder / archive.stem
    for script in (home / "bin").iterdir():
        script.chmod(0o755)
    return home


def ordinary_user(folder: Path) -> str | None:
    """The user to start the server as, who owns ``folder``; None stands for the present one."""
    if os.geteuid() != 0:
        return None
    try:
        pwd.getpwnam(USER)
    except KeyError:
        command = ["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", USER]
        if subprocess.run(command, check=False).returncode:
            raise NotPossible("Elasticsearch does not start as root and no user could be made for it") from None
    for path in (folder, *folder.rglob("*")):
        shutil.chown(path, USER, USER)
    return USER


def free_port() -> int:
    """A port that nobody listens on just now."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


def start(home: Path, folder: Path, port: int, *, security: str = OPEN_TO_ALL) -> subprocess.Popen[bytes]:
    """Starts the server; ``security`` holds more of its settings."""
    settings = SETTINGS.format(port=port, folder=folder) + security
    (home / "config" / "elasticsearch.yml").write_text(settings, encoding="utf-8")
    environment = {
        "PATH": os.environ["PATH"],
        "ES_JAVA_HOME": str(java_home()),
        "ES_JAVA_OPTS": "-Xms512m -Xmx512m",
        "ES_TMPDIR": str(folder / "tmp"),  # may not hold the program: the server refuses to read that
        "HOME": str(folder / "tmp"),
    }
    for name in ("logs", "tmp"):
        (folder / name).mkdir(exist_ok=True)
    with (folder / "logs" / "output.txt").open("wb") as output:
        user = ordinary_user(folder)
        return subprocess.Popen(
            [home / "bin" / "elasticsearch", "-p", str(folder / "pid")],
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            user=user,
            group=user,
            extra_groups=[] if user else None,
            start_new_session=True,
        )


def wait_until_ready(process: subprocess.Popen[bytes], ask: Callable[[], bytes], log: Path) -> None:
    """Raises NotPossible where the server ends or ``ask`` gets no good health from it in time."""
    deadline = time.monotonic() + READY_S
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise NotPossible(f"Elasticsearch ended with {process.returncode}; its log: {log}")
        try:
            if json.loads(ask())["status"] != "red":
                return
        except (OSError, urllib.error.URLError, ValueError):
            time.sleep(0.3)
    raise NotPossible(f"Elasticsearch did not answer within {READY_S} s; its log: {log}")


def stop(process: subprocess.Popen[bytes], folder: Path) -> None:
    """Stops the server: the launcher is a process of its own, so both get the signal."""
    pid = folder / "pid"
    if pid.exists() and process.poll() is None:
        os.kill(int(pid.read_text()), signal.SIGTERM)
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(20)


def run(
    version: str, port: int, *, secured: bool, until_input_ends: bool, kept: Path | None, settings: Sequence[str]
) -> None:
    """Runs a server until the process is told to stop; ``kept`` is a folder whose data outlive it."""
    java = java_home()
    archive = archive_of(version)
    # below the system's folder for such things, because the server's user may not see into this one
    with nullcontext(kept) if kept else tempfile.TemporaryDirectory(prefix="zhimai-elasticsearch-") as name:
        folder = Path(name)
        home = folder / archive.stem
        if not home.exists():
            unpack(archive, folder)
        more = "".join(f"{setting}\n" for setting in settings)
        told: dict[str, object] = {"log": str(folder / "logs" / "zhimai.log"), "version": version}
        if secured:
            security = elasticsearch_security.secure(home, java)
            told |= {"address": f"https://127.0.0.1:{port}", **security.record()}
            process = start(home, folder, port, security=elasticsearch_security.SETTINGS + more)
            open_url = security.open
        else:
            told |= {"address": f"http://127.0.0.1:{port}"}
            process = start(home, folder, port, security=OPEN_TO_ALL + more)
            open_url = _open
        try:
            try:
                wait_until_ready(
                    process, partial(open_url, f"{told['address']}/_cluster/health"), Path(str(told["log"]))
                )
            except NotPossible:
                print(_tail(folder / "logs" / "output.txt"), file=sys.stderr)
                raise
            told["pid"] = int((folder / "pid").read_text())
            print(json.dumps(told), flush=True)
            if until_input_ends:
                sys.stdin.read()
            else:
                process.wait()
        finally:
            stop(process, folder)


def _open(url: str) -> bytes:
    with urllib.request.urlopen(url, timeout=5) as answer:
        content: bytes = answer.read()
    return content


def _tail(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace")[-3000:] if path.exists() else ""


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--version", default=os.environ.get("VERSION") or DEFAULT_VERSION)
    parser.add_argument("--port", type=int, default=9200, help="0 takes a free one")
    parser.add_argument(
        "--secure", action="store_true", help="TLS with an own authority, and users for the roles of deploy/"
    )
    parser.add_argument("--until-input-ends", action="store_true", help="stop when standard input is closed")
    parser.add_argument("--folder", type=Path, help="keep program and data there, for another start")
    parser.add_argument("--setting", action="append", default=[], metavar="NAME: VALUE", help="one more setting")
    arguments = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        run(
            arguments.version,
            arguments.port or free_port(),
            secured=arguments.secure,
            until_input_ends=arguments.until_input_ends,
            kept=arguments.folder.resolve() if arguments.folder else None,
            settings=arguments.setting,
        )
    except NotPossible as error:
        sys.exit(str(error))
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
