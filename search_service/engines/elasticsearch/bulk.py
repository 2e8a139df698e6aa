"""Writing many documents: in requests of a bounded size, again where the cluster has no room, never out of turn."""

import time
from collections.abc import Callable, Iterable, Iterator

import orjson

from indexer.archive import ArchiveLocked, ArchiveUnavailable
from search_service.engines.elasticsearch.cluster import Cluster, Object, Overloaded
from search_service.engines.elasticsearch.documents import Document

ACTIONS_AT_ONCE = 1000
BYTES_AT_ONCE = 8_000_000
PAUSES_S = (0.5, 1.0, 2.0, 4.0, 8.0, 15.0)
"""Pauses before the tries after the first."""

_DONE = (200, 201)
_MISSING = 404
_CONFLICT = 409
_LATER = (429, 502, 503, 504)


class BulkWriter:
    """Writes documents of one writer. ``epoch`` is its turn: what a later writer wrote is never written over.

    Every document has its id and the epoch as its version, so that sending it twice is the same as once.
    """

    def __init__(
        self, cluster: Cluster, *, epoch: int, check: Callable[[], None], sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self._cluster = cluster
        self._epoch = epoch
        self._check = check
        self._sleep = sleep

    def write(self, documents: Iterable[Document]) -> None:
        """Writes all. Raises ArchiveLocked where another writer took over, ArchiveUnavailable where the cluster has
        no room for long or refuses a document."""
        for batch in _in_requests(documents):
            self._write_batch(batch)

    def _write_batch(self, batch: list[Document]) -> None:
        reason = ""
        for pause in (0.0, *PAUSES_S):
            if pause:
                self._sleep(pause)
            self._check()
            try:
                batch, reason = self._outstanding(batch)
            except Overloaded as error:
                reason = str(error)
                continue
            if not batch:
                return
        raise ArchiveUnavailable(
            f"Elasticsearch has had no room for {len(batch)} documents for a while ({reason}); run it again later"
        )

    def _outstanding(self, batch: list[Document]) -> tuple[list[Document], str]:
        """Sends a batch; what has to be sent again, and why."""
        outcomes = self._cluster.bulk([line for document in batch for line in self._lines(document)])
        later, reason = [], ""
        for document, outcome in zip(batch, outcomes, strict=True):
            if outcome["status"] in _LATER:
                later.append(document)
                reason = _reason(outcome)
            elif not _is_written(document, outcome["status"]):
                raise _refusal(document, outcome)
        return later, reason

    def _lines(self, document: Document) -> Iterator[Object]:
        action = "delete" if document.fields is None else "index"
        yield {
            action: {
                "_index": self._cluster.name(document.kind),
                "_id": document.id,
                "version": self._epoch,
                "version_type": "external_gte",
            }
        }
        if document.fields is not None:
            yield document.fields


def _is_written(document: Document, status: int) -> bool:
    return status in _DONE or (status == _MISSING and document.fields is None)


def _refusal(document: Document, outcome: Object) -> ArchiveLocked | ArchiveUnavailable:
    if outcome["status"] == _CONFLICT:
        return ArchiveLocked("another process has taken over writing to the archive; this one stops")
    return ArchiveUnavailable(f"Elasticsearch refuses {document.kind} {document.id}: {_reason(outcome)}")


def _reason(outcome: Object) -> str:
    error = outcome.get("error")
    while isinstance(error, dict) and isinstance(error.get("caused_by"), dict):
        error = error["caused_by"]
    return str(error.get("reason") if isinstance(error, dict) else error or f"status {outcome['status']}")[:300]


def _in_requests(documents: Iterable[Document]) -> Iterator[list[Document]]:
    batch: list[Document] = []
    size = 0
    for document in documents:
        length = len(orjson.dumps(document.fields)) if document.fields else 0
        if batch and (len(batch) >= ACTIONS_AT_ONCE or size + length > BYTES_AT_ONCE):
            yield batch
            batch, size = [], 0
        batch.append(document)
        size += length
    if batch:
        yield batch
