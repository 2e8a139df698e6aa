"""Speed and size on real items: indexing with and without extraction, then search through HTTP beside raw tantivy.

usage: python bench/bench.py [--items FILE] [--count N] [--annotated M] [--keep FOLDER] [--only index|search]

FILE is a JSON-lines file of items (default: ../shared/corpora/news-items.jsonl.xz). Prints a table in Markdown. Times
of one run compare with each other, not with those of another machine or hour: quote medians and ratios.
"""

import argparse
import http.client
import itertools
import json
import lzma
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote, urlencode

from bench_tantivy import raw_query
from processes import folder_bytes, run_measured
from queries import KINDS

ROOT = Path(__file__).resolve().parent.parent
ITEMS = ROOT.parent / "shared" / "corpora" / "news-items.jsonl.xz"
ZHIMAI = (sys.executable, "-m", "search_service")
REPEATS = 5


def main() -> None:
    """Measures what the options ask for."""
    options = read_options()
    if options.only != "search" and not options.items.exists():
        sys.exit(f"{options.items} is absent: give a JSON-lines file of items with --items")
    folder = options.keep or Path(tempfile.mkdtemp(prefix="zhimai-bench-"))
    if options.only != "search":
        print("| indexing | items | items/s | peak MB | archive MB |\n| --- | --- | --- | --- | --- |")
        measure_index(options.items, options.annotated, "fast", folder / "annotated")
        measure_index(options.items, options.count, "none", folder / "plain")
    if options.only != "index":
        archive = folder / "annotated" if options.search_annotated else folder / "plain"
        with serving(archive) as port:
            measure_search(port, archive)


def read_options() -> argparse.Namespace:
    """The command line's options."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--items", type=Path, default=ITEMS)
    parser.add_argument("--count", type=int, default=180_000, help="items indexed without extraction")
    parser.add_argument("--annotated", type=int, default=10_000, help="items indexed with extraction")
    parser.add_argument("--keep", type=Path, help="keep the archives in this folder and use what is there")
    parser.add_argument("--only", choices=("index", "search"))
    parser.add_argument("--search-annotated", action="store_true", help="search the archive with extraction")
    return parser.parse_args()


def measure_index(items: Path, count: int, extraction: str, archive: Path) -> None:
    """Indexes the first ``count`` items and prints a row."""
    archive.parent.mkdir(parents=True, exist_ok=True)
    excerpt = archive.parent / f"items-{count}.jsonl"
    write_excerpt(items, count, excerpt)
    engine = f"embedded:{archive}"
    command = (*ZHIMAI, "--engine", engine, "index", str(excerpt), "--extraction", extraction, "--json")
    run = run_measured(command, limit_s=3600)
    if run.code != 0:
        sys.exit(f"indexing failed with {run.code}: {run.output[-400:]}")
    stored = json.loads(run.output)["items"]["added"]
    rate, peak, size = count / run.seconds, run.peak_bytes / 1e6, folder_bytes(archive) / 1e6
    print(
        f"| {extraction} | {count:,} read, {stored:,} stored | {rate:,.0f} | {peak:,.0f} | {size:,.0f} |", flush=True
    )


def write_excerpt(items: Path, count: int, excerpt: Path) -> None:
    """The first ``count`` lines of the items."""
    with (lzma.open if items.suffix == ".xz" else open)(items, "rb") as lines, excerpt.open("wb") as out:
        out.writelines(itertools.islice(lines, count))


@contextmanager
def serving(archive: Path) -> Iterator[int]:
    """The web service over an archive, on a free port of the loopback."""
    port = 18_000 + hash(str(archive)) % 2000
    command = (*ZHIMAI, "--engine", f"embedded:{archive}", "serve", "--port", str(port))
    server = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    try:
        wait_until_ready(port)
        yield port
    finally:
        server.terminate()
        server.wait(timeout=30)


def wait_until_ready(port: int) -> None:
    """Waits at most a minute for the service."""
    for _ in range(300):
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", "/readyz")
            if connection.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.2)
    sys.exit("the service did not start")


def measure_search(port: int, archive: Path) -> None:
    """Times every kind of query through HTTP and, where raw tantivy can ask the same, there."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    print("\n| query | HTTP p50 ms | p99 ms | raw tantivy p50 | p99 | p99 <= 5x + 10 |")
    print("| --- | --- | --- | --- | --- | --- |")
    for kind, queries in KINDS.items():
        ask = [lambda q=q: get(connection, "search", q=q, facets="none") for q in queries]
        raw = [raw_query(archive, kind, query) for query in queries]
        print_row(kind, timed(ask), timed(raw))
    for name, parameters in (
        ("word + 5 facets", [{"q": word} for word in KINDS["word"]]),
        ("newest first", [{"q": word, "sort": "newest", "facets": "none"} for word in KINDS["word"]]),
        ("everything + 5 facets", [{"q": ""}]),
    ):
        print_row(name, timed([lambda p=p: get(connection, "search", **p) for p in parameters]), None)
    entities = json.loads(get(connection, "entities", limit="20"))["items"]
    if entities:
        pages = [lambda i=e["id"]: get_path(connection, f"/entities/{quote(i, safe=':')}") for e in entities]
        print_row("entity page, 20 largest", timed(pages), None)


def get(connection: http.client.HTTPConnection, path: str, **parameters: str) -> bytes:
    """One API call; ends the program where the answer is an error."""
    return get_path(connection, f"/api/v1/{path}?{urlencode(parameters)}")


def get_path(connection: http.client.HTTPConnection, path: str) -> bytes:
    """One request over the kept connection."""
    connection.request("GET", path)
    answer = connection.getresponse()
    body = answer.read()
    if answer.status != 200:
        sys.exit(f"{path}: {answer.status}")
    return body


def timed(calls: list[Callable[[], object]]) -> list[float]:
    """Milliseconds of each call, all of them ``REPEATS`` times after one round of warming up."""
    for call in calls:
        call()
    times = []
    for _ in range(REPEATS * max(1, 40 // len(calls))):
        for call in calls:
            started = time.perf_counter()
            call()
            times.append((time.perf_counter() - started) * 1000)
    return sorted(times)


def print_row(name: str, ours: list[float], raw: list[float] | None) -> None:
    """One row of the table."""
    p99 = ours[int(len(ours) * 0.99)]
    cells = [name, f"{statistics.median(ours):.1f}", f"{p99:.1f}"]
    if raw:
        raw_p99 = raw[int(len(raw) * 0.99)]
        cells += [f"{statistics.median(raw):.2f}", f"{raw_p99:.2f}", "yes" if p99 <= 5 * raw_p99 + 10 else "NO"]
    else:
        cells += ["", "", ""]
    print("| " + " | ".join(cells) + " |", flush=True)


if __name__ == "__main__":
    main()
