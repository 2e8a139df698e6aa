"""Counts of requests, in the text format of Prometheus."""

import mmap
from collections.abc import Iterable
from threading import Lock
from time import perf_counter

from flask import Flask, Response, g, request

from search_service.engines.contract import ArchiveState

OTHER_ROUTE = "none"
OTHER_STATUS = "other"
_ROUTES = 256
_COLUMNS = (
    "seconds",
    *(200, 204, 301, 302, 303, 304, 307, 308, 400, 401, 403, 404, 405, 406, 408, 410, 411, 413, 414, 415, 422, 429),
    *(500, 501, 502, 503, 504),
    OTHER_STATUS,
)
_COLUMN_OF = {status: column for column, status in enumerate(_COLUMNS)}
_OF_PROCESS = _ROUTES * len(_COLUMNS)


class RequestMetrics:
    """Requests by route and status, and the seconds they took, of all processes that serve together.

    The numbers lie in memory that processes forked later share. Each writes in a part of its own, so that nothing is
    locked across processes; a process that follows another goes on with its numbers. Safe across threads.
    """

    def __init__(self, *, processes: int = 1) -> None:
        self._lock = Lock()
        self._board = memoryview(mmap.mmap(-1, 8 * processes * _OF_PROCESS)).cast("d")
        self._own = 0
        self._rows: dict[str, int] = {}

    def write_as(self, process: int) -> None:
        """Which of the processes this is, from 0."""
        self._own = process * _OF_PROCESS

    def name_routes(self, routes: Iterable[str]) -> None:
        """All routes that are counted, the same in all processes; others count as one."""
        names = sorted({*routes} - {OTHER_ROUTE})[: _ROUTES - 1]
        self._rows = {name: row for row, name in enumerate([OTHER_ROUTE, *names])}

    def add(self, route: str, status: int, seconds: float) -> None:
        """Counts one request."""
        row = self._own + self._rows.get(route, 0) * len(_COLUMNS)
        column = _COLUMN_OF.get(status, _COLUMN_OF[OTHER_STATUS])
        with self._lock:
            self._board[row + column] += 1
            self._board[row] += seconds

    def lines(self) -> list[str]:
        """Exposition lines."""
        counted: list[tuple[str, float]] = []
        timed: list[tuple[str, float]] = []
        for route, row in sorted(self._rows.items()):
            seconds, *counts = map(sum, zip(*self._of_all(row), strict=True))
            named = zip(_COLUMNS[1:], counts, strict=True)
            told = [
                (f'{{route="{escape(route)}",status="{status}"}}', float(count)) for status, count in named if count
            ]
            if told:
                counted += told
                timed.append((f'{{route="{escape(route)}"}}', float(seconds)))
        return [
            *family("zhimai_requests_total", "counter", "Requests by route and status.", counted),
            *family("zhimai_request_seconds_total", "counter", "Seconds spent on requests by route.", timed),
        ]

    def _of_all(self, row: int) -> list[list[float]]:
        """The columns of a route, process by process."""
        starts = range(row * len(_COLUMNS), len(self._board), _OF_PROCESS)
        return [list(map(float, self._board[start : start + len(_COLUMNS)])) for start in starts]


def count_requests(app: Flask, metrics: RequestMetrics) -> None:
    """Counts every request of the application by the rule that it matched."""

    def begin() -> None:
        g.began = perf_counter()

    def finish(response: Response) -> Response:
        route = request.url_rule.rule if request.url_rule else OTHER_ROUTE
        metrics.add(route, response.status_code, perf_counter() - g.get("began", perf_counter()))
        return response

    metrics.name_routes(rule.rule for rule in app.url_map.iter_rules())
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
