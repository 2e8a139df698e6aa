"""What pages by relevance are read from: points in time, each shared by the searches of a moment."""

import time
from collections.abc import Callable
from threading import Lock

from search_service.engines.elasticsearch.cluster import Cluster

SHARED_S = 0.5
KEPT = "5m"
FLEETING = "30s"


class Generations:
    """Gives points in time. Shared by threads."""

    def __init__(self, cluster: Cluster, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._cluster = cluster
        self._clock = clock
        self._lock = Lock()
        self._current = ""
        self._opened_at = float("-inf")

    def current(self) -> str:
        """A state not older than ``SHARED_S`` seconds. A search in it decides how long it is kept."""
        with self._lock:
            if not self._current or self._clock() - self._opened_at >= SHARED_S:
                self._current = self._cluster.open_generation("items", keep=FLEETING)
                self._opened_at = self._clock()
            return self._current

    def forget(self) -> None:
        """The next search sees the newest state."""
        with self._lock:
            self._current = ""
