"""What knowing near-identical reports costs a reader: pages of hits, asked for same texts after their search.

usage: python bench/bench_same_texts.py ENGINE [--limit N]

ENGINE is a URL as in ZHIMAI_ENGINE. Prints a row in Markdown: milliseconds a page, and what was found.
"""

import argparse
import time
from collections.abc import Iterator
from dataclasses import replace

from queries import KINDS

from indexer.folding import query_tokens
from search_service.engines import open_engine
from search_service.engines.contract import SearchEngine, SearchRequest
from search_service.query.tree import Tokens

PAGES = 10


def main() -> None:
    """Measures every page of every query once."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("engine")
    parser.add_argument("--limit", type=int, default=20, help="hits a page")
    options = parser.parse_args()
    with open_engine(options.engine) as engine:
        pages = [page for query in KINDS["word"] for page in pages_of(engine, query, options.limit)]
        times, found = zip(*(timed(engine, page) for page in pages), strict=True)
    ordered = sorted(times)
    p50, p99 = ordered[len(ordered) // 2], ordered[len(ordered) * 99 // 100]
    print("| pages | p50 ms | p99 ms | hits with same texts |\n| --- | --- | --- | --- |")
    print(f"| {len(pages)} of {options.limit} | {p50:.2f} | {p99:.2f} | {sum(found):,} |")


def pages_of(engine: SearchEngine, query: str, limit: int) -> Iterator[list[str]]:
    """Ids of the items of the first pages."""
    request = SearchRequest(tree=Tokens(field="any", tokens=query_tokens(query)), limit=limit)
    for _ in range(PAGES):
        page = engine.search(request)
        yield [hit.item.item.id for hit in page.hits]
        if page.next is None:
            return
        request = replace(request, cursor=page.next)


def timed(engine: SearchEngine, page: list[str]) -> tuple[float, int]:
    """Milliseconds for a page, and how many of its hits have same texts."""
    started = time.perf_counter()
    found = engine.same_texts(page)
    return (time.perf_counter() - started) * 1000, len(found)


if __name__ == "__main__":
    main()
