"""Being told to stop: signals as something to look at, so that what is being answered is answered to its end."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

SIGNALS = (signal.SIGTERM, signal.SIGINT)


class StopSignals:
    """Whether this process was told to stop, by a signal or because the process that started it is gone."""

    def __init__(self, *, started_by: int | None = None) -> None:
        self.received = 0
        self._started_by = started_by

    def __call__(self) -> bool:
        return bool(self.received) or (self._started_by is not None and os.getppid() != self._started_by)

    def note(self, number: int, _frame: FrameType | None = None) -> None:
        """Handles a signal. A second one is no longer noted: it ends the process at once."""
        self.received = number
        for one in SIGNALS:
            signal.signal(one, signal.SIG_DFL)


@contextmanager
def noted_signals(*, started_by: int | None = None) -> Iterator[StopSignals]:
    """Notes SIGTERM and Ctrl-C for the length of a block of the main thread."""
    stop = StopSignals(started_by=started_by)
    before = {number: signal.signal(number, stop.note) for number in SIGNALS}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
