"""Runs extraction over digests, in this process or in worker processes, in order and with bounded look-ahead."""

import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from itertools import chain
from multiprocessing import get_context
from types import TracebackType
from typing import Protocol, Self

from indexer.model import Annotations, Digest, NewsItem

Annotated = tuple[Digest, tuple[Annotations, ...]]

INLINE_ITEMS = 100
"""So many items are annotated in the calling process before workers are worth their start."""


class Extractor(Protocol):
    """Understands one item at a time; ``version`` changes whenever its results may."""

    @property
    def version(self) -> str: ...

    def annotate(self, item: NewsItem) -> Annotations:
        """Mentions, relations and rounds of one item."""


class ExtractionPool:
    """Annotates digests with ``workers`` processes, started when there is enough to do; one means this process.

    ``load`` builds the extractor and must be importable by name, since workers build their own. Closing the pool (its
    ``with`` block) ends the workers.
    """

    def __init__(self, load: Callable[[], Extractor], *, workers: int) -> None:
        self._load = load
        self._workers = workers
        self._extractor = load()
        self._executor: ProcessPoolExecutor | None = None

    @property
    def version(self) -> str:
        """Version of the extractor: part of what decides whether a stored digest is up to date."""
        return self._extractor.version

    def annotate(self, digests: Iterable[Digest]) -> Iterator[Annotated]:
        """Each digest with the annotations of its items, in the order given."""
        inline = 0
        source = iter(digests)
        for digest in source:
            inline += len(digest.items)
            if self._workers > 1 and inline > INLINE_ITEMS:
                yield from self._annotate_in_workers(chain([digest], source))
                return
            yield digest, tuple(self._extractor.annotate(item) for item in digest.items)

    def _annotate_in_workers(self, digests: Iterable[Digest]) -> Iterator[Annotated]:
        executor = self._executor = self._executor or _start_executor(self._load, self._workers)
        running: deque[tuple[Digest, Future[tuple[Annotations, ...]]]] = deque()
        for digest in digests:
            running.append((digest, executor.submit(_annotate_items, digest.items)))
            if len(running) > 2 * self._workers:
                yield _finished(running)
        while running:
            yield _finished(running)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._executor is not None:
            self._executor.shutdown(wait=True, cancel_futures=True)


def _start_executor(load: Callable[[], Extractor], workers: int) -> ProcessPoolExecutor:
    # spawn: a forked child would inherit the writer's locks and the engine's threads
    return ProcessPoolExecutor(
        max_workers=workers, mp_context=get_context("spawn"), initializer=_start_worker, initargs=(load,)
    )


def _finished(running: deque[tuple[Digest, Future[tuple[Annotations, ...]]]]) -> Annotated:
    digest, future = running.popleft()
    return digest, future.result()


_extractor: Extractor | None = None


def _start_worker(load: Callable[[], Extractor]) -> None:
    global _extractor  # noqa: PLW0603 - one extractor a worker process, loaded once
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the process that writes; it ends the workers
    _extractor = load()


def _annotate_items(items: Sequence[NewsItem]) -> tuple[Annotations, ...]:
    if _extractor is None:
        raise RuntimeError("worker was not started")
    return tuple(_extractor.annotate(item) for item in items)
