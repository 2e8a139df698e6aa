"""Credentials reach the cluster in one header and appear nowhere else, whatever goes wrong."""

import base64
import logging
import sys
import traceback
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from subprocess import PIPE, CompletedProcess, Popen
from typing import Any

import pytest
from click.testing import CliRunner

from search_service.cli import main as zhimai_command
from search_service.engines import open_engine
from search_service.settings import settings_from
from search_service.web.app import create_app

ROOT = Path(__file__).parents[2]
DIGEST = str(ROOT / "samples" / "2026-07-28.md")
USER, PASSWORD, API_KEY = "kranich-leser", "Geheim/密码+42", "a3JhbmljaDpzY2hsdWVzc2Vs"
HEADER = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
TRACES = (USER, PASSWORD, "Geheim", "密码", API_KEY, HEADER)
BASIC = {"ZHIMAI_ELASTICSEARCH_USER": USER, "ZHIMAI_ELASTICSEARCH_PASSWORD": PASSWORD}
KEY = {"ZHIMAI_ELASTICSEARCH_API_KEY": API_KEY}
PATHS = ("/", "/?q=智谱", "/entities", "/items/x", "/api/v1/search?q=智谱", "/api/v1/entities", "/readyz", "/metrics")

Zhimai = Callable[..., CompletedProcess[str]]
MakeRelay = Callable[..., AbstractContextManager[Any]]


@pytest.fixture(scope="module")
def filled(elasticsearch_address: str, zhimai: Zhimai) -> str:
    """The name of an archive in an open cluster."""
    name = f"secrets-{uuid.uuid4().hex[:8]}"
    done = zhimai({"ZHIMAI_ENGINE": f"{elasticsearch_address}/{name}"}, "index", DIGEST, "--extraction", "none")
    assert done.returncode == 0, done.stderr
    return name


@pytest.fixture
def cluster(relay: MakeRelay, forward: Any, elasticsearch_address: str) -> Iterator[Any]:
    """A relay to the open cluster, which does not ask who comes."""
    with relay(forward(elasticsearch_address)) as running:
        yield running


@pytest.fixture
def failures(error_answer: Any) -> dict[str, Callable[[Any], Any]]:
    """What a cluster may answer instead; real ones name the user as these do."""
    denied = (
        f"action [indices:data/read/search] is unauthorized for user [{USER}] with effective roles [x] on indices [y]"
    )
    owner = f"action [a] is unauthorized for API key id [{API_KEY}] of user [{USER}] on indices [y]"
    unknown = f"unable to authenticate user [{USER}] for REST request [/x]"
    return {
        "unknown user": lambda _: error_answer(401, "security_exception", unknown),
        "denied user": lambda _: error_answer(403, "security_exception", denied),
        "denied key": lambda _: error_answer(403, "security_exception", owner),
        "broken": lambda _: error_answer(500, "illegal_state_exception", "something"),
        "silent": lambda _: None,
    }


def assert_no_trace(text: str) -> None:
    for trace in TRACES:
        assert trace not in text, trace


@pytest.mark.parametrize("credentials", [BASIC, KEY], ids=["password", "key"])
def test_pages_answers_and_logs_at_debug_level_hold_no_credentials(
    cluster: Any, filled: str, failures: Any, credentials: dict[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    settings = settings_from({"ZHIMAI_ENGINE": f"{cluster.address}/{filled}", **credentials})
    with open_engine(settings.engine, access=settings.access) as engine:
        client = create_app(engine).test_client()
        shown = [repr(settings), str(settings.access), repr(engine), repr(vars(engine))]
        answers = [client.get(path) for path in PATHS]
        assert [answer.status_code for answer in answers if answer.status_code >= 500] == []
        for failure in ("unknown user", "denied user", "denied key", "broken"):
            cluster.answer = failures[failure]
            answers += [client.get(path) for path in PATHS]
    assert any(answer.status_code == 503 for answer in answers)
    shown += [answer.get_data(as_text=True) + str(answer.headers) for answer in answers]
    assert_no_trace("\n".join(shown))
    assert "_search" in caplog.text, "the client's own log is looked at"
    assert_no_trace(caplog.text)
    for address in (cluster.address.removeprefix("http://"), filled):
        assert address not in "\n".join(shown[4:]), "readers are not told where the cluster is"


@pytest.mark.parametrize("failure", ["unknown user", "denied user", "denied key", "broken"])
def test_errors_hold_no_credentials_even_with_their_causes(
    cluster: Any, failures: Any, failure: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    cluster.answer = failures[failure]
    settings = settings_from({"ZHIMAI_ENGINE": f"{cluster.address}/x", **BASIC})
    for write in (False, True):
        with pytest.raises(Exception, match=r"Elasticsearch|credentials") as raised:
            open_engine(settings.engine, write=write, wait_s=0, access=settings.access)
        assert_no_trace("".join(traceback.format_exception(raised.value)))
    assert_no_trace(caplog.text)


@pytest.mark.parametrize(
    "words", [("settings",), ("doctor",), ("search", "智谱"), ("index", DIGEST, "--extraction", "none")]
)
def test_commands_print_no_credentials(cluster: Any, filled: str, failures: Any, words: tuple[str, ...]) -> None:
    environment = {"ZHIMAI_ENGINE": f"{cluster.address}/{filled}", **BASIC, **KEY}
    for answer in (cluster.answer, failures["denied user"]):
        cluster.answer = answer
        done = CliRunner().invoke(zhimai_command, words, env=environment)
        assert done.output
        assert_no_trace(done.output + str(done.exception))


@pytest.mark.parametrize(
    "url",
    [
        f"https://{USER}:{PASSWORD}@127.0.0.1:9/x",
        f"https://{USER}:12/{PASSWORD}@127.0.0.1:9/x",
        f"https://{API_KEY}@127.0.0.1",
        f"htps://{USER}:{PASSWORD}@127.0.0.1:9/x",
        f"https://127.0.0.1:9/{PASSWORD}@x",
    ],
)
def test_credentials_in_an_address_are_refused_and_not_repeated(url: str) -> None:
    done = CliRunner().invoke(zhimai_command, ["search", "智谱"], env={"ZHIMAI_ENGINE": url})
    assert done.exit_code == 2
    assert_no_trace(done.output)
    assert "ZHIMAI_ELASTICSEARCH" in done.output or "names no engine" in done.output


@pytest.mark.skipif(not Path("/proc/self/cmdline").exists(), reason="processes are listed below /proc on Linux")
def test_arguments_of_processes_hold_no_credentials(cluster: Any, filled: str) -> None:
    environment = {"PYTHONPATH": str(ROOT), "ZHIMAI_ENGINE": f"{cluster.address}/{filled}", **BASIC, **KEY}
    command = [sys.executable, "-m", "search_service", "serve", "--port", "0"]
    with Popen(command, env=environment, stderr=PIPE, text=True) as process:
        assert process.stderr
        assert "http://127.0.0.1" in process.stderr.readline()
        own = Path(f"/proc/{process.pid}")
        children = [Path(f"/proc/{pid}") for pid in (own / f"task/{process.pid}/children").read_text().split()]
        arguments = "".join((one / "cmdline").read_text(encoding="utf-8") for one in (own, *children))
        process.terminate()
        assert_no_trace(arguments + process.stderr.read())


@pytest.mark.parametrize(
    ("settings", "header"),
    [
        (KEY, f"ApiKey {API_KEY}"),
        ({**BASIC, **KEY}, f"ApiKey {API_KEY}"),
        (BASIC, f"Basic {HEADER}"),
        ({}, None),
    ],
    ids=["key", "key before password", "password", "none"],
)
def test_credentials_go_to_the_cluster_in_one_header_only(
    cluster: Any, filled: str, settings: dict[str, str], header: str | None
) -> None:
    read = settings_from({"ZHIMAI_ENGINE": f"{cluster.address}/{filled}", **settings})
    with open_engine(read.engine, access=read.access) as engine:
        assert engine.state().items > 0
    assert cluster.received
    for received in cluster.received:
        assert received.headers.get("authorization") == header
        others = [value for name, value in received.headers.items() if name != "authorization"]
        assert_no_trace("\n".join([received.path, *others, received.body.decode()]))


def test_credentials_in_files_are_sent_as_well(cluster: Any, filled: str, tmp_path: Path) -> None:
    key = tmp_path / "key"
    key.write_text(f"{API_KEY}\n", encoding="utf-8")
    read = settings_from(
        {"ZHIMAI_ENGINE": f"{cluster.address}/{filled}", "ZHIMAI_ELASTICSEARCH_API_KEY_FILE": str(key)}
    )
    with open_engine(read.engine, access=read.access) as engine:
        engine.state()
    assert {received.headers["authorization"] for received in cluster.received} == {f"ApiKey {API_KEY}"}
