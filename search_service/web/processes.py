"""Several processes that serve from the same sockets: started, watched, started again, stopped.

The sockets listen before the first process starts and stay open while one is replaced, so no connection is refused.
Each process accepts when it is free to, so a busy one gets fewer.
"""

import logging
import os
import signal
import time
from collections.abc import Callable
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait

from search_service.web.stopping import StopSignals, noted_signals

LOG = logging.getLogger(__name__)

GRACE_S = 20.0
"""Longer than a process takes to answer what it has begun."""
FIRST_PAUSE_S = 0.5
LONGEST_PAUSE_S = 30.0
STEADY_S = 60.0
"""A process that lived so long ended by accident: its successor starts after the first pause again."""
_LOOK_EVERY_S = 0.25
_READY = b"ready"
_FORKING = get_context("fork")

Work = Callable[[int, Callable[[], None], StopSignals], None]
"""What a process does: given its number, what to call when it listens, and when to stop."""


class Worker:
    """One of the processes: the present one of its number, and when the next may start."""

    def __init__(self, number: int, work: Work, *, clock: Callable[[], float]) -> None:
        self.number = number
        self._work = work
        self._clock = clock
        self._pause = 0.0
        self._start()

    def _start(self) -> None:
        self._told, telling = _FORKING.Pipe(duplex=False)
        arguments = (self.number, self._work, telling, os.getpid())
        self.process = _FORKING.Process(target=_run, args=arguments, name=f"zhimai-serve-{self.number}")
        self.process.start()
        telling.close()
        self._due: float | None = None
        self._started_at = self._clock()

    @property
    def runs(self) -> bool:
        """Whether there is a process just now."""
        return self.process.exitcode is None

    def begin(self, stop: Callable[[], bool]) -> int:
        """Waits until the process listens, or for a signal: 0. Gives its exit code where it ended before."""
        while not stop():
            if wait([self._told], timeout=_LOOK_EVERY_S):
                return 0 if _heard(self._told) else self._failed()
        return 0

    def _failed(self) -> int:
        self.process.join()
        return max(self.process.exitcode or 0, 1)

    def look(self) -> None:
        """Notices that the process has ended or may be followed."""
        if self._due is not None:
            if self._clock() >= self._due:
                self._start()
        elif not self.runs:
            self._plan_next()

    def _plan_next(self) -> None:
        self._told.close()
        steady = self._clock() - self._started_at >= STEADY_S
        self._pause = FIRST_PAUSE_S if steady or not self._pause else min(2 * self._pause, LONGEST_PAUSE_S)
        self._due = self._clock() + self._pause
        ended = f"process {self.process.pid} of zhimai serve ended with code {self.process.exitcode}"
        LOG.error("%s; the next one starts in %g s", ended, self._pause)

    def stop(self, deadline: float) -> None:
        """Waits for the end, which the process has been told to come to; after the deadline it is killed."""
        self.process.join(max(0.0, deadline - self._clock()))
        if self.runs:
            self.process.kill()
            self.process.join()


def serve_in_processes(
    work: Work, count: int, *, on_ready: Callable[[], None], clock: Callable[[], float] = time.monotonic
) -> tuple[int, int]:
    """Keeps ``count`` processes at work until a signal. Gives that signal, and 0 or the exit code of a failure.

    The first process shows whether it can be done at all: where it ends before it listens, nothing more is started
    and its exit code is given. Later ones are started again. No thread may run yet, because processes are forked.
    """
    with noted_signals() as stop:
        workers = [Worker(0, work, clock=clock)]
        try:
            failure = workers[0].begin(stop)
            if failure or stop():
                return stop.received, failure
            on_ready()
            workers += [Worker(number, work, clock=clock) for number in range(1, count)]
            while not stop():
                wait([worker.process.sentinel for worker in workers if worker.runs], timeout=_LOOK_EVERY_S)
                for worker in workers:
                    worker.look()
        finally:
            _stop_all([worker for worker in workers if worker.runs], clock)
    return stop.received, 0


def _stop_all(workers: list[Worker], clock: Callable[[], float]) -> None:
    for worker in workers:
        worker.process.terminate()
    deadline = clock() + GRACE_S
    for worker in workers:
        worker.stop(deadline)


def _heard(told: Connection) -> bool:
    try:
        return told.recv_bytes() == _READY
    except EOFError:
        return False


def _run(number: int, work: Work, telling: Connection, parent: int) -> None:
    """The life of a process."""
    for one in (signal.SIGTERM, signal.SIGINT):
        signal.signal(one, signal.SIG_DFL)
    with noted_signals(started_by=parent) as stop:
        work(number, lambda: telling.send_bytes(_READY), stop)
