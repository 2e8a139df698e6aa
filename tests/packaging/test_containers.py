"""Dockerfile and compose files, read and checked by tools, because no Docker engine runs where the tests do."""

import json
import os
import re
import subprocess
import sys
import time
import tomllib
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest
import yaml
from flask import Flask

from search_service.cli import main as zhimai
from search_service.settings import SETTINGS
from search_service.web.server import Server, bind_sockets

ROOT = Path(__file__).parents[2]
COMPOSE_FILES = ("docker-compose.yml", "docker-compose.embedded.yml")
TOOLS = Path(sys.executable).parent
OF_ELASTICSEARCH = ("elasticsearch", "users", "snapshots")


def compose(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((ROOT / name).read_text(encoding="utf-8"))
    return loaded


def instructions() -> list[tuple[str, str]]:
    """Instructions of the Dockerfile with their arguments, lines joined."""
    text = re.sub(
        r"\\\n\s*", "", re.sub(r"^#.*\n", "", (ROOT / "Dockerfile").read_text(encoding="utf-8"), flags=re.M)
    )
    return [(line.split(" ", 1)[0], line.split(" ", 1)[1]) for line in text.splitlines() if line.strip()]


def argument(name: str) -> str:
    """Of the last instruction of that name."""
    return [value for found, value in instructions() if found == name][-1]


SERVICES = [
    pytest.param(name, service, file, id=f"{file} {name}")
    for file in COMPOSE_FILES
    for name, service in compose(file)["services"].items()
]


@pytest.mark.parametrize("name", COMPOSE_FILES)
def test_compose_files_keep_to_the_schema(name: str) -> None:
    command = [TOOLS / "check-jsonschema", "--builtin-schema", "vendor.compose-spec", ROOT / name]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_hadolint_has_nothing_against_the_dockerfile() -> None:
    done = subprocess.run(
        [TOOLS / "hadolint", ROOT / "Dockerfile"], capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_image_is_built_in_stages_from_exact_versions() -> None:
    bases = [value for name, value in instructions() if name == "FROM"]
    assert len(bases) == 2
    assert all(re.match(r"python:3\.\d+\.\d+-slim-\w+( AS build)?$", base) for base in bases)
    last = instructions()[-1 - [name for name, _ in reversed(instructions())].index("FROM") :]
    assert [value for name, value in last if name == "COPY"] == ["--from=build /opt/zhimai /opt/zhimai"]
    installs = " ".join(value for name, value in instructions() if name == "RUN")
    assert installs.count("--require-hashes") == 2


def test_the_image_runs_as_an_ordinary_user() -> None:
    user = argument("USER")
    assert re.fullmatch(r"[1-9]\d{3,}:[1-9]\d{3,}", user)
    assert {service["user"] for file in COMPOSE_FILES for service in ours(file).values()} == {user}


def test_the_health_check_of_the_image_asks_whether_the_process_lives() -> None:
    check = json.loads(argument("HEALTHCHECK").split("CMD ", 1)[1])
    assert "/livez" in check[2]
    app, stop = Flask("alive"), Event()
    app.add_url_rule("/livez", view_func=lambda: "ok")
    server = Server(app, bind_sockets("127.0.0.1", 0))
    serving = Thread(target=server.run, args=[stop.is_set])
    serving.start()
    command = [sys.executable, *check[1:]]
    environment = {**os.environ, "ZHIMAI_PORT": str(server.port)}
    alive = subprocess.run(command, env=environment, timeout=60, check=False).returncode
    stop.set()
    serving.join(20)
    dead = subprocess.run(command, env=environment, timeout=60, stderr=subprocess.DEVNULL, check=False).returncode
    assert (alive, bool(dead)) == (0, True)


@pytest.mark.parametrize("file", COMPOSE_FILES)
def test_an_indexer_whose_heart_stands_still_is_unhealthy(file: str, tmp_path: Path) -> None:
    indexer = compose(file)["services"]["indexer"]
    heartbeat = indexer["command"][indexer["command"].index("--heartbeat") + 1]
    kind, _python, option, code = indexer["healthcheck"]["test"]
    assert (kind, option, heartbeat in code) == ("CMD", "-c", True)
    touched = tmp_path / "heartbeat"
    command = [sys.executable, "-c", code.replace(heartbeat, str(touched))]
    for age, healthy in ((5, True), (600, False)):
        touched.touch()
        os.utime(touched, (time.time() - age, time.time() - age))
        assert (subprocess.run(command, timeout=60, check=False).returncode == 0) is healthy


def ours(file: str) -> dict[str, Any]:
    """The services that run Zhimai."""
    return {name: one for name, one in compose(file)["services"].items() if name not in OF_ELASTICSEARCH}


@pytest.mark.parametrize(("name", "service", "file"), SERVICES)
def test_every_service_has_only_what_it_needs(name: str, service: dict[str, Any], file: str) -> None:
    assert re.search(r":\d+\.\d+\.\d+$", service["image"])
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert "mem_limit" in service
    assert not {"privileged", "pid", "ipc", "devices"} & service.keys()
    assert "docker.sock" not in json.dumps(service)
    if name != "elasticsearch":  # writes a keystore beside its configuration
        assert service["read_only"] is True
        assert service["tmpfs"]
    if name == "snapshots":  # may change the owner of one folder, and reaches nobody
        assert (service["cap_add"], service["network_mode"]) == (["CHOWN"], "none")
    else:
        assert "cap_add" not in service
        assert not service["user"].startswith("0")


@pytest.mark.parametrize(("name", "service", "file"), SERVICES)
def test_no_secret_stands_in_a_compose_file(name: str, service: dict[str, Any], file: str) -> None:
    for variable, value in service.get("environment", {}).items():
        if re.search("PASSWORD|KEY|SECRET|TOKEN", variable):
            assert re.fullmatch(r"\$\{[A-Z_]+:\?[^}]+\}", value), f"{name} starts without {variable}"
    assert "PASSWORD" not in json.dumps(
        [service.get("command"), service.get("entrypoint"), service.get("healthcheck")]
    )


@pytest.mark.parametrize("file", COMPOSE_FILES)
def test_only_the_web_service_is_reached_from_outside_and_only_from_this_machine(file: str) -> None:
    published = {name: one["ports"] for name, one in compose(file)["services"].items() if "ports" in one}
    assert published.keys() == {"web"}
    assert all(port.startswith("127.0.0.1:") for port in published["web"])


def test_elasticsearch_answers_in_a_network_that_leads_nowhere() -> None:
    loaded = compose("docker-compose.yml")
    assert loaded["networks"]["cluster"]["internal"] is True
    members = {name for name, one in loaded["services"].items() if "cluster" in one.get("networks", ())}
    assert members == {"elasticsearch", "users", "web", "indexer"}
    server = loaded["services"]["elasticsearch"]
    assert server["networks"] == ["cluster"]
    assert server["environment"]["xpack.security.enabled"] == "true"
    assert server["healthcheck"]["test"]
    assert any(volume.startswith("elasticsearch:") for volume in server["volumes"])


def test_the_cluster_is_of_the_version_that_is_tested() -> None:
    script = (ROOT / "scripts" / "elasticsearch.py").read_text(encoding="utf-8")
    tested = re.search(r'DEFAULT_VERSION = "([\d.]+)"', script)
    assert tested
    services = compose("docker-compose.yml")["services"]
    assert {services[name]["image"].rpartition(":")[2] for name in OF_ELASTICSEARCH} == {tested[1]}


@pytest.mark.parametrize("file", COMPOSE_FILES)
def test_services_call_commands_and_settings_that_exist(file: str) -> None:
    known = {setting.variable for setting in SETTINGS}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert json.loads(argument("ENTRYPOINT")) == ["zhimai"]
    for service in ours(file).values():
        assert service["command"][0] in zhimai.commands
        assert service.get("environment", {}).keys() <= known
        assert service["image"] == f"zhimai:{project['version']}"
    assert {service["command"][0] for service in ours(file).values()} == {"serve", "watch"}


def test_the_image_is_built_from_what_the_build_may_see() -> None:
    seen = {line[1:] for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines() if line[:1] == "!"}
    copied = [value.split()[:-1] for name, value in instructions() if name == "COPY" and "--from" not in value]
    assert {path for paths in copied for path in paths} == seen
    assert ".env" in (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()
