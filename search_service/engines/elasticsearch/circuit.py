"""What spares readers the wait for a cluster that does not answer: one of them finds out, the others are told.

The idea is Nygard's circuit breaker ("Release It!", 2007). Without it, every thread of the web service would stand
in a request that nobody answers, and pages that need no cluster would wait behind them.
"""

import time
from collections.abc import Callable
from threading import Lock
from typing import TypeVar

T = TypeVar("T")


class StillSilent(Exception):
    """The cluster did not answer a moment ago, and somebody else is asking it just now."""


class Circuit:
    """Passes requests on. Shared by threads."""

    def __init__(self, *, silence: type[Exception], clock: Callable[[], float] = time.monotonic) -> None:
        self._silence = silence
        self._clock = clock
        self._lock = Lock()
        self._silent = False
        self._probed = False
        self._answered_at = float("-inf")

    def ask(self, ask: Callable[[], T]) -> T:
        """The answer. Raises StillSilent at once where waiting is of no use, and whatever ``ask`` raises."""
        asked_at = self._begin()
        try:
            answer = ask()
        except self._silence:
            self._end(asked_at, answered=False)
            raise
        except BaseException:
            self._end(asked_at, answered=True)  # an error is an answer, too
            raise
        self._end(asked_at, answered=True)
        return answer

    def _begin(self) -> float:
        with self._lock:
            if self._silent and self._probed:
                raise StillSilent
            self._probed = self._silent
            return self._clock()

    def _end(self, asked_at: float, *, answered: bool) -> None:
        with self._lock:
            self._probed = False
            if answered:
                self._silent, self._answered_at = False, self._clock()
            elif self._answered_at < asked_at:  # else that one request was too much, not the cluster silent
                self._silent = True
