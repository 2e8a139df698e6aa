"""Runs extraction over digests, in this process or in worker processes, in order and with bounded look-ahead."""

import gc
import os
import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import chain
from multiprocessing import get_context, parent_process
from threading import Thread
from types import TracebackType
from typing import Protocol, Self

from indexer.model import (
    AnnotatedDigest,
    AnnotatedItem,
    Annotations,
    Digest,
    IndexerError,
    ItemProblem,
    NewsItem,
    problem_with,
)

INLINE_ITEMS = 100
"""So many items are annotated in the calling process before workers are worth their start."""


class WorkerLost(IndexerError):
    """A worker process ended unexpectedly; what was written before stays."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Understood:
    """A digest with the annotations of each of its items; items that extraction failed on have none and a problem."""

    digest: Digest
    annotations: tuple[Annotations, ...]
    problems: tuple[ItemProblem, ...] = ()

    def annotated(self) -> AnnotatedDigest:
        """The digest to store; without a fingerprint where an item failed, so that the next run tries it again."""
        digest = replace(self.digest, fingerprint="") if self.problems else self.digest
        items = tuple(
            AnnotatedItem(item=item, annotations=annotations)
            for item, annotations in zip(digest.items, self.annotations, strict=True)
        )
        return AnnotatedDigest(digest=digest, items=items)


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

    def __init__(self, load: Callable[[], Extractor], *, workers: int, inline_items: int = INLINE_ITEMS) -> None:
        self._load = load
        self._inline_items = inline_items
        self._workers = workers
        with without_collection():
            self._extractor = load()
        self._executor: ProcessPoolExecutor | None = None

    @property
    def version(self) -> str:
        """Version of the extractor: part of what decides whether a stored digest is up to date."""
        return self._extractor.version

    def annotate(self, digests: Iterable[Digest]) -> Iterator[Understood]:
        """Each digest with the annotations of its items, in the order given. Raises WorkerLost."""
        inline = 0
        source = iter(digests)
        for digest in source:
            inline += len(digest.items)
            if self._workers > 1 and inline > self._inline_items:
                yield from self._annotate_in_workers(chain([digest], source))
                return
            yield _understand(self._extractor, digest)

    def _annotate_in_workers(self, digests: Iterable[Digest]) -> Iterator[Understood]:
        executor = self._executor = self._executor or _start_executor(self._load, self._workers)
        running: deque[Future[Understood]] = deque()
        try:
            for digest in digests:
                running.append(executor.submit(_understand_in_worker, digest))
                if len(running) > 2 * self._workers:
                    yield running.popleft().result()
            while running:
                yield running.popleft().result()
        except BrokenProcessPool as error:
            raise WorkerLost(
                "an extraction process ended unexpectedly, perhaps for want of memory; "
                "the next run goes on from what is written, --workers 1 needs least"
            ) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._executor is not None:
            self._executor.shutdown(wait=True, cancel_futures=True)


@contextmanager
def without_collection() -> Iterator[None]:
    """For building what stays until the end: looking again and again for garbage among half a million objects that
    are none takes a sixth of a short run."""
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def _start_executor(load: Callable[[], Extractor], workers: int) -> ProcessPoolExecutor:
    # spawn: a forked child would inherit the writer's locks and the engine's threads
    return ProcessPoolExecutor(
        max_workers=workers, mp_context=get_context("spawn"), initializer=_start_worker, initargs=(load,)
    )


_extractor: Extractor | None = None


def _start_worker(load: Callable[[], Extractor]) -> None:
    global _extractor  # noqa: PLW0603 - one extractor a worker process, loaded once
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the process that writes; it ends the workers
    Thread(target=end_with_parent, daemon=True).start()
    with without_collection():
        _extractor = load()


def end_with_parent() -> None:
    """Ends this process when the process that started it is gone; a killed one could not tell it to."""
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _understand_in_worker(digest: Digest) -> Understood:
    if _extractor is None:
        raise RuntimeError("worker was not started")
    return _understand(_extractor, digest)


def _understand(extractor: Extractor, digest: Digest) -> Understood:
    annotations: list[Annotations] = []
    problems: list[ItemProblem] = []
    for item in digest.items:
        try:
            annotations.append(extractor.annotate(item))
        except Exception as error:  # noqa: BLE001 - one odd item must not keep a whole archive from being read
            annotations.append(Annotations())
            problems.append(_failure(digest, item, error))
    return Understood(digest=digest, annotations=tuple(annotations), problems=tuple(problems))


def _failure(digest: Digest, item: NewsItem, error: Exception) -> ItemProblem:
    reason = f"extraction failed on “{item.title[:40]}”: {type(error).__name__}: {error}"
    return problem_with(item, digest, reason)
