"""Counts of requests, in the text format of Prometheus."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from threading import Lock
from time import perf_counter

from flask import Flask, Response, g, request

from search_service.engines.contract import ArchiveState


class RequestMetrics:
    """Requests by route and status, and the seconds they took. Safe across threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._requests: Counter[tuple[str, int]] = Counter()
        self._seconds: defaultdict[str, float] = defaultdict(float)

    def add(self, route: str, status: int, seconds: float) -> None:
        """Counts one request."""
        with self._lock:
            self._requests[route, status] += 1
            self._seconds[route] += seconds

    def lines(self) -> list[str]:
        """Exposition lines."""
        with self._lock:
            requests, seconds = dict(self._requests), dict(self._seconds)
        counted = [(f'{{route="{escape(r)}",status="{s}"}}', float(n)) for (r, s), n in sorted(requests.items())]
        timed = [(f'{{route="{escape(route)}"}}', float(took)) for route, took in sorted(seconds.items())]
        return [
            *family("zhimai_requests_total", "counter", "Requests by route and status.", counted),
            *family("zhimai_request_seconds_total", "counter", "Seconds spent on requests by route.", timed),
        ]


def count_requests(app: Flask, metrics: RequestMetrics) -> None:
    """Counts every request of the application by the rule that it matched."""

    def begin() -> None:
        g.began = perf_counter()

    def finish(response: Response) -> Response:
        route = request.url_rule.rule if request.url_rule else "none"
        metrics.add(route, response.status_code, perf_counter() - g.get("began", perf_counter()))
        return response

    app.before_request(begin)
    app.after_request(finish)


def archive_lines(state: ArchiveState | None) -> list[str]:
    """Exposition lines of the archive: size and freshness; only that it is down where there is no state."""
    up = family("zhimai_engine_up", "gauge", "Whether the engine answers.", [("", float(state is not None))])
    if state is None:
        return up
    sizes = {
        "zhimai_items": ("Items in the archive.", state.items),
        "zhimai_digests": ("Digests in the archive.", state.digests),
        "zhimai_entities": ("Entities that items name.", state.entities),
        "zhimai_relations": ("Relations between entities.", state.relations),
        "zhimai_unparsed_lines": ("Lines of digests that no reader understood.", state.unparsed_lines),
        "zhimai_waiting_items": ("Items that wait for the search index.", state.waiting),
    }
    lines = [
        line for name, (text, size) in sizes.items() for line in family(name, "gauge", text, [("", float(size))])
    ]
    if state.last_day:
        seconds = (state.last_day.toordinal() - 719163) * 86400.0  # 719163: the ordinal of 1970-01-01
        text = "Last day of the archive, as Unix time of its UTC midnight."
        lines += family("zhimai_last_day_timestamp_seconds", "gauge", text, [("", seconds)])
    return up + lines


def family(name: str, kind: str, text: str, samples: Iterable[tuple[str, float]]) -> list[str]:
    """One metric with its samples (labels, value)."""
    values = (f"{name}{labels} {value:.12g}" for labels, value in samples)
    return [f"# HELP {name} {text}", f"# TYPE {name} {kind}", *values]


def escape(value: str) -> str:
    """A label value as the format wants it."""
    return value.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
