"""Writing many documents: in requests of a bounded size, again where the cluster has no room, never out of turn."""

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import orjson

from indexer.archive import ArchiveLocked, ArchiveUnavailable
from search_service.engines.elasticsearch.cluster import PAUSES_S, Cluster, Object
from search_service.engines.elasticsearch.documents import Document
from search_service.engines.elasticsearch.failures import (
    BLOCKED,
    NO_INDEX,
    Overloaded,
    RequestRefused,
    full_reason_of,
)

ACTIONS_AT_ONCE = 1000
BYTES_AT_ONCE = 8_000_000

_DONE = (200, 201)
_MISSING = 404
_CONFLICT = 409
_LATER = (429, 502, 503, 504)
_NEVER = (400, 413)
_OTHER_MAPPING = "strict_dynamic_mapping_exception"


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedDocument:
    """A document that the cluster will never take as it is, and why."""

    document: Document
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Action:
    """A document as it is sent."""

    document: Document
    lines: tuple[bytes, ...]

    @property
    def length(self) -> int:
        return sum(map(len, self.lines))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Outcome:
    """What became of a request: what has to be sent again and why, and what will never be taken."""

    later: list[_Action]
    reason: str
    refused: list[RefusedDocument]

    def __add__(self, other: "_Outcome") -> "_Outcome":
        return _Outcome(
            later=[*self.later, *other.later],
            reason=other.reason or self.reason,
            refused=[*self.refused, *other.refused],
        )


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
        for refused in self.write_acceptable(documents):
            document = refused.document
            raise ArchiveUnavailable(f"Elasticsearch refuses {document.kind} {document.id}: {refused.reason}")

    def write_acceptable(self, documents: Iterable[Document]) -> list[RefusedDocument]:
        """Writes all that the cluster takes; the others. Raises ArchiveLocked, ArchiveUnavailable."""
        return [
            refused for actions in _in_requests(map(self._action, documents)) for refused in self._written(actions)
        ]

    def _action(self, document: Document) -> _Action:
        action = "delete" if document.fields is None else "index"
        head = {
            "_index": self._cluster.name(document.kind),
            "_id": document.id,
            "version": self._epoch,
            "version_type": "external_gte",
        }
        # as bytes already, so that next to nothing happens between the check of the turn and the sending
        lines = (orjson.dumps({action: head}), *(() if document.fields is None else (orjson.dumps(document.fields),)))
        return _Action(document=document, lines=lines)

    def _written(self, actions: list[_Action]) -> list[RefusedDocument]:
        """Writes, again and again if need be; what is refused."""
        refused: list[RefusedDocument] = []
        reason = ""
        for pause in (0.0, *PAUSES_S):
            if pause:
                self._sleep(pause)
            try:
                self._check()
                outcome = self._sent(actions)
            except Overloaded as error:
                reason = str(error)
                continue
            refused += outcome.refused
            actions, reason = outcome.later, outcome.reason
            if not actions:
                return refused
        if len(actions) == 1 and actions[0].length > BYTES_AT_ONCE:
            # some limits of memory answer as if there were no room just now, when there never is for so much
            return [*refused, RefusedDocument(document=actions[0].document, reason=f"too large: {reason}")]
        raise ArchiveUnavailable(
            f"Elasticsearch has not taken {len(actions)} documents for a while ({reason}); run it again later"
        )

    def _sent(self, actions: list[_Action]) -> _Outcome:
        """Sends a request once; in halves where it is refused as a whole, until what is refused stands alone."""
        try:
            outcomes = self._cluster.bulk([line for action in actions for line in action.lines])
        except RequestRefused as error:
            if len(actions) == 1:
                alone = RefusedDocument(document=actions[0].document, reason=str(error))
                return _Outcome(later=[], reason="", refused=[alone])
            middle = len(actions) // 2
            return self._sent(actions[:middle]) + self._sent(actions[middle:])
        return _outcome(actions, outcomes)


def _outcome(actions: list[_Action], outcomes: list[Object]) -> _Outcome:
    later: list[_Action] = []
    refused: list[RefusedDocument] = []
    reason = ""
    for action, outcome in zip(actions, outcomes, strict=True):
        if outcome["status"] in _LATER:
            later.append(action)
            reason = full_reason_of(outcome)
        elif not _is_written(action.document, outcome):
            refused.append(_refusal(action.document, outcome))
    return _Outcome(later=later, reason=reason, refused=refused)


def _is_written(document: Document, outcome: Object) -> bool:
    if "error" in outcome:
        return False
    return outcome["status"] in _DONE or (outcome["status"] == _MISSING and document.fields is None)


def _refusal(document: Document, outcome: Object) -> RefusedDocument:
    """A refusal of this document. Raises where it is not about the document."""
    reason, error = full_reason_of(outcome), outcome.get("error") or {}
    if outcome["status"] == _CONFLICT:
        raise ArchiveLocked("another process has taken over writing to the archive; this one stops")
    if error.get("type") == BLOCKED:
        raise ArchiveUnavailable(f"the index of {document.kind} is blocked: {reason}")
    if error.get("type") == NO_INDEX:
        raise ArchiveUnavailable(f"the index of {document.kind} is missing: {reason}")
    if error.get("type") == _OTHER_MAPPING or outcome["status"] not in _NEVER:
        raise ArchiveUnavailable(f"Elasticsearch refuses {document.kind} {document.id}: {reason}")
    return RefusedDocument(document=document, reason=reason)


def _in_requests(actions: Iterable[_Action]) -> Iterator[list[_Action]]:
    some: list[_Action] = []
    size = 0
    for action in actions:
        if some and (len(some) >= ACTIONS_AT_ONCE or size + action.length > BYTES_AT_ONCE):
            yield some
            some, size = [], 0
        some.append(action)
        size += action.length
    if some:
        yield some
