"""Both engines on the same real items: writing, size, searches by kind, facets, entity pages, deep pages.

usage: python bench/bench_engines.py --cluster http://HOST:PORT [--items FILE] [--count N] [--extraction fast|none]

Needs a running cluster (`make elasticsearch`); leaves nothing in it. Prints Markdown. "Added" is the time of a
request to the application (without its socket) less the time spent waiting for Elasticsearch. "Raw bulk" are the same
bulk requests sent by the client alone to empty indices; the time to tokenise is measured apart and taken off ours.
"""

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from itertools import islice
from pathlib import Path
from typing import Any
from urllib.parse import quote

import elasticsearch
from elastic_transport import Transport
from processes import folder_bytes
from queries import KINDS, UNDERSTOOD

from bench import ITEMS, ZHIMAI, write_excerpt
from indexer.model import AnnotatedDigest
from search_service.engines import Engine, open_engine
from search_service.engines.elasticsearch.cluster import Cluster
from search_service.engines.item_fields import IndexedItem
from search_service.web.app import create_app

PREFIXES = ("bench-ours", "bench-raw")
BATCH_ITEMS = 2000
REPEATS = 5


class Waiting:
    """Counts the seconds that this process waits for Elasticsearch."""

    def __init__(self) -> None:
        self.seconds = 0.0
        plain = Transport.perform_request

        def measured(transport: Transport, *args: Any, **more: Any) -> Any:
            started = time.perf_counter()
            try:
                return plain(transport, *args, **more)
            finally:
                self.seconds += time.perf_counter() - started

        Transport.perform_request = measured


def main() -> None:
    """Measures what the docs report."""
    options = read_options()
    client = elasticsearch.Elasticsearch(options.cluster, request_timeout=300)
    remove_indices(client)
    with tempfile.TemporaryDirectory(prefix="zhimai-bench-") as folder, ExitStack() as stack:
        stack.callback(remove_indices, client)
        archive = Path(folder) / "archive"
        index_embedded(options, archive)
        digests = stored(archive)
        requests = measure_writing(options.cluster, digests)
        measure_raw(client, requests, items=sum(len(digest.items) for digest in digests))
        print_sizes(client, archive)
        engines = {
            "embedded": stack.enter_context(open_engine(f"embedded:{archive}")),
            "Elasticsearch": stack.enter_context(open_engine(f"{options.cluster}/{PREFIXES[0]}")),
        }
        measure_reading(engines, Waiting())


def read_options() -> argparse.Namespace:
    """The command line's options."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cluster", required=True)
    parser.add_argument("--items", type=Path, default=ITEMS)
    parser.add_argument("--count", type=int, default=180_000)
    parser.add_argument("--extraction", choices=("fast", "none"), default="none")
    return parser.parse_args()


def index_embedded(options: argparse.Namespace, archive: Path) -> None:
    """Fills the embedded archive from the file of items, with readers and extraction."""
    excerpt = archive.parent / "items.jsonl"
    write_excerpt(options.items, options.count, excerpt)
    started = time.perf_counter()
    engine = ("--engine", f"embedded:{archive}")
    subprocess.run([*ZHIMAI, *engine, "index", str(excerpt), "--extraction", options.extraction], check=True)
    print(f"embedded, from the file: {options.count / (time.perf_counter() - started):,.0f} items/s\n", flush=True)


def stored(archive: Path) -> list[AnnotatedDigest]:
    """All digests, in memory."""
    with open_engine(f"embedded:{archive}") as engine:
        return list(engine.stored_digests())


def measure_writing(cluster: str, digests: list[AnnotatedDigest]) -> list[list[Any]]:
    """Writes the digests as our writer does; gives the bulk requests it made."""
    requests: list[list[Any]] = []
    plain = Cluster.bulk

    def noted(self: Cluster, lines: Any) -> Any:
        requests.append(list(lines))
        return plain(self, lines)

    Cluster.bulk = noted
    started = time.perf_counter()
    with open_engine(f"{cluster}/{PREFIXES[0]}", write=True) as archive:
        for batch in batches(digests):
            archive.replace(batch)
        archive.flush()
    seconds = time.perf_counter() - started
    Cluster.bulk = plain
    items = [one for digest in digests for one in digest.items]
    started = time.perf_counter()
    for one in items:
        IndexedItem.from_item(one)
    tokenising = time.perf_counter() - started
    print("| writing annotated items that are in memory | items/s |\n| --- | --- |")
    print(f"| ours, whole | {len(items) / seconds:,.0f} |")
    print(f"| ours, tokenising outside the clock | {len(items) / (seconds - tokenising):,.0f} |", flush=True)
    return requests


def batches(digests: list[AnnotatedDigest]) -> Iterator[list[AnnotatedDigest]]:
    """As ingest writes them."""
    batch: list[AnnotatedDigest] = []
    for digest in digests:
        batch.append(digest)
        if sum(len(one.items) for one in batch) >= BATCH_ITEMS:
            yield batch
            batch = []
    if batch:
        yield batch


def measure_raw(client: elasticsearch.Elasticsearch, requests: list[list[Any]], *, items: int) -> None:
    """The same documents to indices of the same mappings, by the client alone."""
    for name, one in client.indices.get(index=f"{PREFIXES[0]}-*").body.items():
        raw = name.replace(*PREFIXES)
        settings = {"number_of_shards": 1, "number_of_replicas": 0, "refresh_interval": "-1"}
        aliases = {alias.replace(*PREFIXES): {} for alias in one["aliases"]}
        client.indices.create(index=raw, mappings=one["mappings"], settings=settings, aliases=aliases)
    renamed = [[_renamed(line) for line in lines] for lines in requests]
    started = time.perf_counter()
    for lines in renamed:
        client.bulk(operations=lines)
    client.indices.refresh(index=f"{PREFIXES[1]}-*")
    print(f"| raw bulk, same requests | {items / (time.perf_counter() - started):,.0f} |\n", flush=True)


def _renamed(line: bytes | str) -> bytes:
    """The line of an action names its index; those of documents stay as they are."""
    told = line if isinstance(line, bytes) else line.encode()
    ours, raw = (f'"_index":"{prefix}-'.encode() for prefix in PREFIXES)
    return told.replace(ours, raw, 1) if told.startswith((b'{"index":', b'{"delete":')) else told


def print_sizes(client: elasticsearch.Elasticsearch, archive: Path) -> None:
    """Bytes on disk of both."""
    stats = client.indices.stats(index=f"{PREFIXES[0]}-*").body["_all"]["total"]["store"]["size_in_bytes"]
    print(f"size: embedded {folder_bytes(archive) / 1e6:,.0f} MB, Elasticsearch {stats / 1e6:,.0f} MB\n", flush=True)


def measure_reading(engines: dict[str, Engine], waiting: Waiting) -> None:
    """A row for each kind of request: both engines, and what we add to Elasticsearch."""
    clients = {name: create_app(engine).test_client() for name, engine in engines.items()}
    print("| request | embedded p50 / p99 ms | Elasticsearch p50 / p99 ms | ratio | added p50 |")
    print("| --- | --- | --- | --- | --- |")
    for kind, addresses in requests_by_kind(engines["embedded"]).items():
        (ours, _), (theirs, added) = (timed(client, addresses, waiting) for client in clients.values())
        ratio = f"{statistics.median(theirs) / statistics.median(ours):.1f}"
        print(f"| {kind} | {_cell(ours)} | {_cell(theirs)} | {ratio} | {statistics.median(added):.1f} |", flush=True)


def requests_by_kind(engine: Engine) -> dict[str, list[str]]:
    """Addresses to ask for, by kind."""
    kinds = {
        kind: [f"/api/v1/search?facets=none&mode=literal&q={quote(query)}" for query in queries]
        for kind, queries in KINDS.items()
    }
    words = [quote(word) for word in KINDS["word"]]
    kinds["understood"] = [f"/api/v1/search?facets=none&q={quote(query)}" for query in UNDERSTOOD]
    kinds["word, 5 facets"] = [f"/api/v1/search?mode=literal&q={word}" for word in words]
    kinds["newest first"] = [f"/api/v1/search?facets=none&mode=literal&sort=newest&q={word}" for word in words]
    kinds["everything, 5 facets"] = ["/api/v1/search"]
    largest = engine.find_entities(limit=20)[0]
    if largest:
        kinds["entity page, 20 largest"] = [f"/entities/{quote(one.entity.id, safe=':')}" for one in largest]
    return kinds


def timed(client: Any, addresses: list[str], waiting: Waiting) -> tuple[list[float], list[float]]:
    """Milliseconds of each request, and those of them that were not spent waiting for Elasticsearch."""
    ask = _asking(client)
    for address in addresses:
        ask(address)
    whole, added = [], []
    for address in islice(_again(addresses), REPEATS * max(len(addresses), 20)):
        started, waited = time.perf_counter(), waiting.seconds
        ask(address)
        taken = time.perf_counter() - started
        whole.append(taken * 1000)
        added.append((taken - (waiting.seconds - waited)) * 1000)
    return sorted(whole), added


def _again(addresses: list[str]) -> Iterator[str]:
    while True:
        yield from addresses


def _asking(client: Any) -> Callable[[str], None]:
    def ask(address: str) -> None:
        answer = client.get(address)
        if answer.status_code != 200:
            sys.exit(f"{address}: {answer.status_code}")

    return ask


def _cell(times: list[float]) -> str:
    return f"{statistics.median(times):.1f} / {times[int(len(times) * 0.99)]:.1f}"


def remove_indices(client: elasticsearch.Elasticsearch) -> None:
    """Takes away what this bench makes."""
    for prefix in PREFIXES:
        for name in list(client.indices.get(index=f"{prefix}-*", allow_no_indices=True).body):
            client.indices.delete(index=name)


if __name__ == "__main__":
    main()
