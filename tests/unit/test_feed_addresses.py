"""Feeds by their addresses, from a server of the test's own: fetched once, within bounds, and no news lost."""

import gzip
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from indexer.fetching import BadAddress, FetchFailed, Limits, checked_address, fetch
from indexer.subscribing import path_of
from search_service.cli import main as zhimai


@dataclass
class Answer:
    """What a path answers. ``drip_s`` seconds pass between its bytes."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    drip_s: float = 0.0
    length: int | None = None


@dataclass
class Site:
    """A server on this machine and what it was asked."""

    url: str
    answers: dict[str, Answer] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        headers = {name.lower(): value for name, value in handler.headers.items()}
        self.asked.append((handler.path, headers))
        answer = self.answers.get(handler.path, Answer(status=404))
        etag = answer.headers.get("ETag")
        if etag and headers.get("if-none-match") == etag:
            handler.send_response(304)
            handler.end_headers()
            return
        if answer.drip_s and not answer.body:
            for _ in range(100):
                handler.wfile.write(b"H")
                time.sleep(answer.drip_s)
        handler.send_response(answer.status)
        for name, value in answer.headers.items():
            handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(answer.body) if answer.length is None else answer.length))
        handler.end_headers()
        for at in range(0, len(answer.body), 1 if answer.drip_s else len(answer.body) or 1):
            handler.wfile.write(answer.body[at:] if not answer.drip_s else answer.body[at : at + 1])
            time.sleep(answer.drip_s)


@pytest.fixture
def site() -> Iterator[Site]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            try:
                there.answer(self)
            except OSError:
                return  # the program hung up, as it should

        def log_message(self, *_words: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    there = Site(url=f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield there
    server.shutdown()
    server.server_close()


def rss(*entries: tuple[str, str, str]) -> bytes:
    """A feed of (id, title, day of February)."""
    items = "".join(
        f"<item><guid isPermaLink='false'>{guid}</guid><title>{title}</title><link>https://a.example/{guid}</link>"
        f"<pubDate>{day} Feb 2026 08:00:00 +0800</pubDate></item>"
        for guid, title, day in entries
    )
    return f"<?xml version='1.0' encoding='utf-8'?><rss version='2.0'><channel>{items}</channel></rss>".encode()


FIRST = rss(("2", "松涛智能发布山风模型", "12"), ("1", "白云科技完成新一轮融资", "11"))


def test_an_answer_comes_with_what_the_server_calls_it(site: Site) -> None:
    headers = {"ETag": '"v1"', "Last-Modified": "Thu, 12 Feb 2026 08:00:00 GMT"}
    site.answers["/feed"] = Answer(gzip.compress(FIRST), headers={**headers, "Content-Encoding": "gzip"})
    fetched = fetch(f"{site.url}/feed")
    assert fetched is not None
    assert gzip.decompress(fetched.laid.location.read_bytes()) == FIRST
    assert (fetched.etag, fetched.last_modified) == ('"v1"', headers["Last-Modified"])
    assert fetch(f"{site.url}/feed", etag=fetched.etag, last_modified=fetched.last_modified) is None
    assert site.asked[-1][1]["if-modified-since"] == headers["Last-Modified"]


def test_names_in_chinese_are_asked_for_in_ascii(site: Site) -> None:
    site.answers["/%E6%97%A9%E6%8A%A5?q=%E6%99%BA%E8%B0%B1"] = Answer(b"ok")
    assert fetch(f"{site.url}/早报?q=智谱") is not None
    assert checked_address("https://例子.example:8443") == "https://xn--fsqu00a.example:8443/"


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (Answer(status=404), "404 Not Found"),
        (Answer(status=410), "gone for good"),
        (Answer(status=500, body=b"<html>"), "500"),
        (Answer(b"x" * 200_000), "more than 0 MiB"),
        (Answer(b"half", length=400), "396 bytes before"),
        (Answer(b"x", headers={"Content-Encoding": "br"}), "packed with br"),
        (Answer(status=302, headers={"Location": "file:///etc/passwd"}), "neither http nor https"),
        (Answer(status=301, headers={"Location": "ftp://127.0.0.1/x"}), "neither http nor https"),
        (Answer(status=302, headers={"Location": "/feed"}), "redirects without end"),
    ],
)
def test_what_goes_wrong_is_told_in_a_sentence(site: Site, answer: Answer, told: str) -> None:
    site.answers["/feed"] = answer
    with pytest.raises(FetchFailed, match=told):
        fetch(f"{site.url}/feed", limits=Limits(size=100_000))


def test_a_chain_of_redirects_is_followed_and_then_left(site: Site) -> None:
    for step in range(9):
        site.answers[f"/{step}"] = Answer(status=302, headers={"Location": f"/{step + 1}"})
    site.answers["/9"] = Answer(b"ok")
    assert fetch(f"{site.url}/5") is not None
    with pytest.raises(FetchFailed, match="redirects"):
        fetch(f"{site.url}/0")


@pytest.mark.parametrize("body", [b"x" * 100, b""], ids=["body", "head"])
def test_a_server_that_gives_a_byte_at_a_time_is_left(site: Site, body: bytes) -> None:
    """Otherwise one hostile feed stops all others."""
    site.answers["/feed"] = Answer(body, drip_s=0.1)
    with pytest.raises(FetchFailed, match=r"more than 0\.5 s"):
        fetch(f"{site.url}/feed", limits=Limits(seconds=0.5))


def test_servers_that_cannot_be_asked_are_told_apart(site: Site) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        with pytest.raises(FetchFailed, match="cannot be reached"):
            fetch(f"http://127.0.0.1:{unused.getsockname()[1]}/feed")
        unused.listen()
        with pytest.raises(FetchFailed, match="in time"):
            fetch(f"http://127.0.0.1:{unused.getsockname()[1]}/feed", limits=Limits(silence_s=0.2))
    with pytest.raises(FetchFailed, match="by this name"):
        fetch("http://nowhere.invalid/feed")
    with pytest.raises(FetchFailed, match="secure connection"):
        fetch(site.url.replace("http://", "https://"))


@pytest.mark.parametrize("url", ["ftp://a.example/", "https://", "https://user:secret@a.example/", "http://[::1"])
def test_what_is_no_address_is_refused_without_repeating_it(url: str) -> None:
    with pytest.raises(BadAddress) as refused:
        checked_address(url)
    assert "secret" not in str(refused.value)


def test_paths_of_feeds_hide_what_queries_hold() -> None:
    """Pages show where an item stands, and keys are often part of the address."""
    assert path_of("https://A.example:8443/rss/ai.xml") == "a.example:8443/rss/ai.xml"
    one, other = path_of("https://a.example/rss?key=s3cret"), path_of("https://a.example/rss?key=other")
    assert one.startswith("a.example/rss?")
    assert "s3cret" not in one
    assert one != other


Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    def call(*words: object) -> Result:
        outcome = CliRunner().invoke(zhimai, ["--engine", f"embedded:{tmp_path / 'archive'}", *map(str, words)])
        assert "Traceback" not in outcome.output
        return outcome

    return call


def index(run: Run, *words: object) -> tuple[int, dict[str, Any]]:
    outcome = run("index", *words, "--extraction", "none", "--json")
    return outcome.exit_code, json.loads(outcome.stdout)


def stored(run: Run) -> dict[str, str]:
    """Titles by desk and day."""
    found = json.loads(run("search", "", "--json").stdout)["items"]
    return {item["title"]: f"{item['desk']} {item['date']}" for item in found}


def test_the_second_fetch_is_not_modified_and_writes_nothing(site: Site, run: Run) -> None:
    site.answers["/feed"] = Answer(FIRST, headers={"ETag": '"v1"'})
    code, report = index(run, f"{site.url}/feed")
    assert (code, report["digests"], report["items"]["added"]) == (0, 2, 2)
    assert stored(run) == {
        "松涛智能发布山风模型": "127.0.0.1 2026-02-12",
        "白云科技完成新一轮融资": "127.0.0.1 2026-02-11",
    }
    code, report = index(run, f"{site.url}/feed")
    assert (code, report["digests"]) == (0, 0)
    assert report["items"] == {"added": 0, "changed": 0, "removed": 0, "unchanged": 2}
    assert site.asked[-1][1]["if-none-match"] == '"v1"'


def test_what_a_feed_no_longer_shows_stays(site: Site, run: Run) -> None:
    """Otherwise an archive of feeds is as short as the feeds."""
    site.answers["/feed"] = Answer(FIRST)
    index(run, f"{site.url}/feed", "--desk", "快讯")
    later = rss(("4", "清泉公司推出清泉助手", "13"), ("3", "远山公司收购近水公司", "12"))
    site.answers["/feed"] = Answer(later)
    code, report = index(run, f"{site.url}/feed", "--desk", "快讯")
    assert (code, report["items"]) == (0, {"added": 2, "changed": 0, "removed": 0, "unchanged": 1})
    assert len(stored(run)) == 4
    code, report = index(run, f"{site.url}/feed", "--desk", "快讯")
    assert report["items"] == {"added": 0, "changed": 0, "removed": 0, "unchanged": 3}


def test_a_corrected_entry_takes_the_place_of_its_former_version(site: Site, run: Run) -> None:
    site.answers["/feed"] = Answer(FIRST)
    index(run, f"{site.url}/feed")
    site.answers["/feed"] = Answer(FIRST.replace("山风".encode(), "海风".encode()))
    code, report = index(run, f"{site.url}/feed")
    assert (code, report["items"]) == (0, {"added": 1, "changed": 0, "removed": 1, "unchanged": 1})
    assert "松涛智能发布海风模型" in stored(run)


def test_what_was_taken_down_comes_back_though_the_feed_is_as_it_was(site: Site, run: Run) -> None:
    site.answers["/feed"] = Answer(FIRST, headers={"ETag": '"v1"'})
    index(run, f"{site.url}/feed")
    run("remove", "--desk", "127.0.0.1")
    assert index(run, f"{site.url}/feed")[1]["items"]["added"] == 2


def test_a_feed_that_cannot_be_had_waits_and_leaves_when_it_can(site: Site, run: Run) -> None:
    code, report = index(run, f"{site.url}/feed")
    assert (code, report["quarantined"]) == (1, 1)
    (problem,) = report["problems"]
    assert "404" in problem["reason"]
    assert problem["path"] == f"{site.url.removeprefix('http://')}/feed"
    site.answers["/feed"] = Answer(FIRST, headers={"ETag": '"v1"'})
    outcome = run("quarantine", "retry", "--extraction", "none")
    assert outcome.exit_code == 0, outcome.output
    assert len(stored(run)) == 2
    site.answers["/feed"] = Answer(status=500)
    assert index(run, f"{site.url}/feed")[0] == 1
    site.answers["/feed"] = Answer(FIRST, headers={"ETag": '"v1"'})
    assert index(run, f"{site.url}/feed")[1]["digests"] == 0
    assert json.loads(run("quarantine", "list", "--json").stdout)["items"] == []


def test_a_feed_that_is_none_waits_with_the_reason(site: Site, run: Run) -> None:
    site.answers["/feed"] = Answer(b"<html><body>sign in</body></html>", headers={"ETag": '"v1"'})
    assert index(run, f"{site.url}/feed")[0] == 1
    assert index(run, f"{site.url}/feed")[0] == 1
    assert "if-none-match" not in site.asked[-1][1]


def test_addresses_and_prune_do_not_go_together(site: Site, run: Run) -> None:
    assert run("index", f"{site.url}/feed", "--prune").exit_code == 2
    assert run("index", "https://user:secret@a.example/").exit_code == 2
