"""Speed of searches through HTTP over an archive that is there: by kind, as a mix at a rate, and while it is written.

usage: python bench/bench_search.py --engine embedded:FOLDER [--rate N] [--seconds S] [--threads N] [--processes N]
                                    [--write]

Prints tables in Markdown. Beside each kind stands what raw tantivy takes for the same words, hits and count, without
record, ranking, highlights, JSON and HTTP. ``--write`` adds made-up items to the archive while it is searched: give
it a copy. An archive of any size: python bench/synthetic.py --engine embedded:FOLDER --count 1000000
"""

import argparse
import http.client
import itertools
import json
import random
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

from bench_tantivy import raw_query
from queries import KINDS, PREFIXES_TYPED, UNDERSTOOD

ZHIMAI = (sys.executable, "-m", "search_service")
SYNTHETIC = Path(__file__).resolve().parent / "synthetic.py"
REPEATS = 5
FEWEST_CALLS = 200

LITERAL = [{"q": query, "mode": "literal", "facets": "none"} for query in (*KINDS["word"], *KINDS["and"])]
READ = [{"q": query, "facets": "none"} for query in UNDERSTOOD]
FACETED = [{"q": query} for query in UNDERSTOOD]
TYPED = [{"q": text} for text in PREFIXES_TYPED]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A row of the table: calls, and the bars for the median and the 99th percentile in milliseconds."""

    name: str
    path: str
    calls: Sequence[dict[str, str]]
    bars: tuple[float, float]


ROWS = (
    Row(name="literal, no facets", path="search", calls=LITERAL, bars=(6, 25)),
    Row(name="understood, no facets", path="search", calls=READ, bars=(15, 45)),
    Row(name="understood, five facets", path="search", calls=FACETED, bars=(30, 75)),
    Row(name="everything, five facets", path="search", calls=[{"q": ""}], bars=(5, 20)),
    Row(name="suggest", path="suggest", calls=TYPED, bars=(5, 15)),
)
MIX = ((ROWS[1], 0.35), (ROWS[0], 0.2), (ROWS[2], 0.15), (ROWS[3], 0.05), (ROWS[4], 0.25))
"""Kinds of requests and their shares: what readers of a search page with suggestions send."""

WRITING_P99 = 100.0
WARMING = 40


def main() -> None:
    """Measures what the options ask for."""
    options = read_options()
    with serving(options.engine, options.processes) as port:
        measure_rows(port)
        measure_raw(Path(options.engine.removeprefix("embedded:")))
        measure_mix(port, options, f"mix at {options.rate}/s")
        if options.write:
            with writing(options.engine):
                measure_mix(port, options, f"mix at {options.rate}/s while items are written")


def read_options() -> argparse.Namespace:
    """The command line's options."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--engine", required=True, help="the archive: embedded:FOLDER")
    parser.add_argument("--rate", type=int, default=150, help="requests a second of the mix")
    parser.add_argument("--seconds", type=int, default=30, help="how long the mix is sent")
    parser.add_argument("--threads", type=int, default=8, help="clients that send the mix")
    parser.add_argument("--processes", type=int, default=2, help="processes that serve")
    parser.add_argument("--write", action="store_true", help="send the mix also while items are written")
    return parser.parse_args()


@contextmanager
def serving(engine: str, processes: int) -> Iterator[int]:
    """The web service on a port of its own choice, ready and warm."""
    command = (*ZHIMAI, "--engine", engine, "serve", "--port", "0", "--processes", str(processes))
    server = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    try:
        assert server.stderr
        port = next((int(line.split(":")[-1].split("/")[0]) for line in server.stderr if "知脉 at" in line), None)
        if port is None:
            sys.exit("the service did not start")
        threading.Thread(target=server.stderr.read, daemon=True).start()
        for _ in range(WARMING):  # a connection each, so that every process gets some
            get(http.client.HTTPConnection("127.0.0.1", port, timeout=60), "suggest", {"q": "预热"})
        yield port
    finally:
        server.terminate()
        server.wait(timeout=30)


@contextmanager
def writing(engine: str) -> Iterator[None]:
    """Made-up items of another seed go into the archive meanwhile."""
    command = (sys.executable, str(SYNTHETIC), "--engine", engine, "--seed", "2", "--count", "10000000")
    writer = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        time.sleep(5)
        yield
    finally:
        writer.terminate()
        writer.wait(timeout=60)


def measure_rows(port: int) -> None:
    """Each kind alone over one kept connection: the first time that a query is asked, and again."""
    client = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    print("| query | first p50 ms | p99 | again p50 | p99 | bars p50/p99 | |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for row in ROWS:
        first = sorted(timed_call(client, row.path, call) for call in row.calls)
        repeats = max(REPEATS, FEWEST_CALLS // len(row.calls))
        again = sorted(timed_call(client, row.path, call) for _ in range(repeats) for call in row.calls)
        kept = at(again, 0.5) <= row.bars[0] and at(again, 0.99) <= row.bars[1]
        times = " | ".join(f"{at(times, share):.1f}" for times in (first, again) for share in (0.5, 0.99))
        print(f"| {row.name} | {times} | {row.bars[0]:g}/{row.bars[1]:g} | {told(kept)} |", flush=True)


def measure_raw(archive: Path) -> None:
    """The same words asked of the index alone."""
    print("\n| raw tantivy | p50 ms | p99 |\n| --- | --- | --- |")
    for kind in ("word", "and", "or"):
        asked = [raw_query(archive, kind, query) for query in KINDS[kind]]
        times = sorted(timed(call) for _ in range(REPEATS * 4) for call in asked)
        print(f"| {kind} | {at(times, 0.5):.2f} | {at(times, 0.99):.2f} |", flush=True)


def measure_mix(port: int, options: argparse.Namespace, name: str) -> None:
    """Requests at a steady rate from several clients. A time runs from when a request was due, so that one that
    waits for another counts its waiting."""
    count, due, lock = options.rate * options.seconds, itertools.count(), threading.Lock()
    chance = random.Random(1)
    rows = chance.choices([row for row, _ in MIX], weights=[share for _, share in MIX], k=count)
    asked = [(row, chance.choice(row.calls)) for row in rows]
    times: list[tuple[str, float]] = []
    begin = time.perf_counter() + 0.5

    def send() -> None:
        client = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        while True:
            with lock:
                number = next(due)
            if number >= count:
                return
            wanted = begin + number / options.rate
            time.sleep(max(0.0, wanted - time.perf_counter()))
            get(client, asked[number][0].path, asked[number][1])
            times.append((asked[number][0].name, (time.perf_counter() - wanted) * 1000))

    threads = [threading.Thread(target=send) for _ in range(options.threads)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print_mix(name, times, time.perf_counter() - begin)


def print_mix(name: str, times: Sequence[tuple[str, float]], seconds: float) -> None:
    """The mix as a whole and by kind."""
    shares = ", ".join(f"{share:.0%} {row.name}" for row, share in MIX)
    print(f"\n{name} ({shares}): {len(times) / seconds:.0f} answers/s\n")
    print(f"| of the mix | p50 ms | p99 | p99 <= {WRITING_P99:g} |\n| --- | --- | --- | --- |")
    for kind in ("all", *(row.name for row, _ in MIX)):
        found = sorted(time for name, time in times if kind in ("all", name))
        print(f"| {kind} | {at(found, 0.5):.1f} | {at(found, 0.99):.1f} | {told(at(found, 0.99) <= WRITING_P99)} |")


def timed_call(client: http.client.HTTPConnection, path: str, call: dict[str, str]) -> float:
    """Milliseconds of a request with its answer read."""
    return timed(lambda: get(client, path, call))


def timed(call: Callable[[], object]) -> float:
    """Milliseconds of a call."""
    started = time.perf_counter()
    call()
    return (time.perf_counter() - started) * 1000


def get(client: http.client.HTTPConnection, path: str, call: dict[str, str]) -> None:
    """One API call over a kept connection; ends the program where the answer is an error."""
    client.request("GET", f"/api/v1/{path}?{urlencode(call)}")
    answer = client.getresponse()
    body = answer.read()
    if answer.status != 200:
        sys.exit(f"{path} {call}: {answer.status} {json.loads(body).get('detail')}")


def at(times: Sequence[float], share: float) -> float:
    """The time that a share of the sorted times stays under."""
    return times[min(len(times) - 1, int(len(times) * share))]


def told(kept: bool) -> str:
    """Whether a bar was kept, as the table says it."""
    return "yes" if kept else "NO"


if __name__ == "__main__":
    main()
