"""The bundled sample, indexed by the command line, served by the real server, read in a real browser."""

import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event, Thread

import pytest
from playwright.sync_api import Browser, Error, Page, sync_playwright

from search_service.engines import open_engine
from search_service.web.app import create_app
from search_service.web.server import Server, bind_sockets

ROOT = Path(__file__).parents[2]
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")

OpenPage = Callable[..., Page]


@pytest.fixture(scope="session")
def archive(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The engine URL of an archive with the sample in it."""
    url = f"embedded:{tmp_path_factory.mktemp('sample') / 'archive'}"
    command = [sys.executable, "-m", "search_service", "--engine", url, "index", str(ROOT / "samples")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    return url


@pytest.fixture(scope="session")
def address(archive: str) -> Iterator[str]:
    """Where the service listens."""
    with open_engine(archive) as engine:
        server, stop = Server(create_app(engine), bind_sockets("127.0.0.1", 0)), Event()
        thread = Thread(target=server.run, args=[stop.is_set])
        thread.start()
        yield f"http://127.0.0.1:{server.port}"
        stop.set()
        thread.join(20)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """An installed Chrome or Chromium, else Playwright's own."""
    installed = next(filter(None, map(shutil.which, BROWSERS)), None)
    with sync_playwright() as playwright:
        try:
            # without a sandbox: it cannot start as root, and the only pages are our own
            opened = playwright.chromium.launch(executable_path=installed, args=["--no-sandbox"])
        except Error as error:
            pytest.fail(f"No browser to test with; `make browser` brings one ({error.message.splitlines()[0]})")
        yield opened
        opened.close()


@pytest.fixture
def open_page(browser: Browser, address: str) -> Iterator[OpenPage]:
    """Opens a page of its own; what the browser complains of on the way fails the test."""
    complaints: list[str] = []
    contexts = []

    def opened(path: str, **settings: object) -> Page:
        context = browser.new_context(base_url=address, locale="zh-CN", **settings)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(path)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert complaints == []
