"""Ranking measured on the retrieval set of ../shared/evaluation: nDCG@10 of understood searches, by kind of query.

    python scripts/retrieval.py             prints the table, beside the accepted figures and the bar
    python scripts/retrieval.py --check     exit 1 where a figure fell below what was accepted
    python scripts/retrieval.py --accept    keeps today's figures in docs/quality.json

Indexes the items that the set judges (those with ``"ai": true``) without extraction into an archive of its own, or
takes the archive ``--engine`` where they are already. Without the set it says a sentence and exits with 0.
"""

import argparse
import json
import lzma
import math
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

sys.path.remove(str(Path(__file__).resolve().parent))  # or elasticsearch.py beside this is taken for the client

from search_service.engines import open_engine
from search_service.engines.contract import SearchEngine
from search_service.views.search import SearchParameters, search

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared"
QUERIES, JUDGED = (SHARED / "evaluation" / "retrieval" / name for name in ("queries.jsonl", "qrels.tsv"))
ITEMS = SHARED / "corpora" / "news-items.jsonl.xz"
ALL = "all queries"
KINDS = {
    "a": "organisation",
    "b": "model version",
    "c": "policy",
    "d": "funding",
    "e": "concept",
    "f": "alias or spelling",
    "g": "event or date",
    "h": "question",
}
BAR = 0.74
"""What nDCG@10 over all queries is to reach."""

ACCEPTED, SECTION = ROOT / "docs" / "quality.json", "retrieval"
TOLERANCE = 0.03
"""A figure may fall by this much; differences under .05 are noise in so few queries."""

DEPTH = 10
Figures = dict[str, float]


def main() -> int:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--engine", help="an archive that holds the items already")
    parser.add_argument(
        "--runs", type=Path, help="keep query ids and item ids here, for the scorer beside the queries"
    )
    parser.add_argument("--check", action="store_true", help="exit 1 where a figure fell below what was accepted")
    parser.add_argument("--accept", action="store_true", help="keep today's figures in docs/quality.json")
    options = parser.parse_args()
    if not QUERIES.exists():
        print(f"no queries at {QUERIES.parent}: nothing to measure")
        return 0
    with tempfile.TemporaryDirectory() as folder:
        url = options.engine or index_judged(Path(folder))
        with open_engine(url) as engine:
            found = answers(engine)
    if options.runs:
        lines = (f"{query}\t{item}\n" for query, items in found.items() for item in items)
        options.runs.write_text("".join(lines), "utf-8")
    now, kept = figures(found), json.loads(ACCEPTED.read_text("utf-8"))
    accepted: Figures = kept.get(SECTION, {})
    print(table(now, accepted))
    if options.accept:
        ACCEPTED.write_text(json.dumps({**kept, SECTION: now}, ensure_ascii=False, indent=1) + "\n", "utf-8")
    fallen = [name for name, figure in accepted.items() if now[name] < figure - TOLERANCE]
    if options.check and fallen:
        print(f"below what was accepted: {', '.join(fallen)}")
        return 1
    return 0


def index_judged(folder: Path) -> str:
    """Indexes the items that the set judges; gives the engine's URL."""
    items, url = folder / "items.jsonl", f"embedded:{folder / 'archive'}"
    with lzma.open(ITEMS, "rt", encoding="utf-8") as lines, items.open("w", encoding="utf-8") as out:
        out.writelines(line for line in lines if json.loads(line).get("ai"))
    command = [sys.executable, "-m", "search_service", "--engine", url, "index", str(items)]
    subprocess.run([*command, "--extraction", "none"], check=True, capture_output=True, cwd=ROOT)
    return url


def queries() -> list[dict[str, str]]:
    """The queries of the set."""
    return [json.loads(line) for line in QUERIES.read_text("utf-8").splitlines()]


def answers(engine: SearchEngine) -> dict[str, list[str]]:
    """Ids of the first items that the engine finds, by query."""
    return {query["qid"]: list(_first(engine, query["query"])) for query in queries()}


def _first(engine: SearchEngine, text: str) -> Iterator[str]:
    page = search(engine, SearchParameters(q=text, limit=DEPTH, facets=()))
    for item in page["items"]:
        yield item["external_id"] or item["id"]


def figures(found: dict[str, list[str]]) -> Figures:
    """Mean nDCG@10 by kind of query, and over all of them."""
    judged = _judgements()
    by_kind: defaultdict[str, list[float]] = defaultdict(list)
    for query in queries():
        by_kind[query["kind"]].append(ndcg(found[query["qid"]], judged[query["qid"]]))
    scores = {KINDS[kind]: _mean(by_kind[kind]) for kind in KINDS}
    return {ALL: _mean([score for kind in by_kind.values() for score in kind]), **scores}


def _judgements() -> dict[str, dict[str, int]]:
    judged: defaultdict[str, dict[str, int]] = defaultdict(dict)
    for line in JUDGED.read_text("utf-8").splitlines():
        query, item, grade = line.split()
        judged[query][item] = int(grade)
    return judged


def ndcg(found: Sequence[str], judged: dict[str, int]) -> float:
    """nDCG@10 with gains 2^grade - 1; what nobody judged counts nothing."""
    ideal = _gain(sorted(judged.values(), reverse=True)[:DEPTH])
    return _gain([judged.get(item, 0) for item in found[:DEPTH]]) / ideal if ideal else 0.0


def _gain(grades: Sequence[int]) -> float:
    return sum((2**grade - 1) / math.log2(rank + 2) for rank, grade in enumerate(grades))


def _mean(scores: Sequence[float]) -> float:
    return round(sum(scores) / len(scores), 4)


def table(now: Figures, accepted: Figures) -> str:
    """The figures as lines of text: now, accepted, asked for."""
    rows = [f"{'figure (nDCG@10)':28}{'now':>8}{'accepted':>10}{'bar':>7}"]
    for name, figure in now.items():
        kept = f"{accepted[name]:.3f}" if name in accepted else "-"
        bar = f"{BAR:.2f}" if name == ALL else "-"
        rows.append(f"{name:28}{figure:8.3f}{kept:>10}{bar:>7}")
    return "\n".join(rows)


if __name__ == "__main__":
    sys.exit(main())
