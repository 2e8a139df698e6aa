"""What goes wrong with a cluster, in our terms: whether it passes, and a sentence for operators, who are told the
address, and one for strangers, who are not."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import elasticsearch

from indexer.archive import ArchiveUnavailable
from search_service.engines.contract import EngineUnavailable
from search_service.engines.elasticsearch.access import ClusterAddress, connection_advice, without_names
from search_service.engines.elasticsearch.circuit import StillSilent

Failure = (elasticsearch.ApiError, elasticsearch.TransportError)
"""All that the client raises."""

NO_INDEX = "index_not_found_exception"
BLOCKED = "cluster_block_exception"

_VALUES = re.compile(r"\. Preview of field's value|\), all of which were skipped|; for more information, see")
_BY_SYSTEM = re.compile(r"\[Errno -?\d+\] ([^)'\[]+)")
_SILENT = "Elasticsearch takes too long to answer"
_LATER = (429, 502, 503, 504)
_NEVER = (400, 413)

_Failure = elasticsearch.ApiError | elasticsearch.TransportError


class Overloaded(ArchiveUnavailable):
    """The cluster did not take a request now; the same request may go through later."""


class RequestRefused(ArchiveUnavailable):
    """The cluster does not take a request as it is, now or later."""


class IndexMissing(ArchiveUnavailable):
    """An index that belongs to the archive is not there."""


def kind_of(body: Any) -> str:
    """The type of an error, empty for an answer that is none."""
    error = body.get("error") if isinstance(body, dict) else None
    return str(error.get("type")) if isinstance(error, dict) else ""


def reason_of(body: Any) -> str:
    """The innermost reason of an error."""
    found = body.get("error", body) if isinstance(body, dict) else body
    while isinstance(found, dict) and isinstance(found.get("caused_by"), dict):
        found = found["caused_by"]
    if isinstance(found, dict):
        found = found.get("reason") or found.get("type") or found
    return without_names(str(found))[:300]


def full_reason_of(body: Any) -> str:
    """The outer reason with the innermost: one names the field, the other says what is wrong with it.

    Values are left out, and so are advice and prefixes in bytes, which help nobody who reads news.
    """
    error = body.get("error") if isinstance(body, dict) else None
    outer = str(error.get("reason") or error.get("type")) if isinstance(error, dict) else str(error or body)
    inner = reason_of(body)
    parts = [_VALUES.split(text, maxsplit=1)[0].strip() for text in ([outer] if inner == outer else [outer, inner])]
    return without_names(": ".join(parts))[:300]


def sentence_of(address: ClusterAddress, status: int, body: Any) -> str:
    """For operators."""
    reason = reason_of(body)
    if kind_of(body) == NO_INDEX:
        return f"an index of the archive {address} is missing: {reason}"
    if kind_of(body) == BLOCKED:
        return f"an index of the archive {address} is blocked: {reason}"
    if status == 503:
        return f"not all of the archive {address} is available: {reason}"
    return f"Elasticsearch at {address.url} could not answer ({status}): {reason}"


def brief_of(status: int, body: Any) -> str:
    """For health checks."""
    if kind_of(body) == NO_INDEX:
        return "an index of the archive is missing"
    if kind_of(body) == BLOCKED:
        return "an index of the archive is blocked"
    if status == 503:
        return "not all of the archive is available"
    return f"Elasticsearch could not answer ({status})"


@contextmanager
def reading_errors_told(address: ClusterAddress) -> Iterator[None]:
    """Turns what the client raises into EngineUnavailable."""
    try:
        yield
    except StillSilent as error:
        raise EngineUnavailable(f"Elasticsearch at {address.url} took too long to answer", brief=_SILENT) from error
    except Failure as error:
        raise EngineUnavailable(sentence_of_failure(address, error), brief=_brief(error)) from _shown_cause(error)


@contextmanager
def writing_errors_told(address: ClusterAddress) -> Iterator[None]:
    """Turns what the client raises into ArchiveUnavailable: Overloaded, IndexMissing, RequestRefused or itself."""
    try:
        yield
    except Failure as error:
        raise _told_to_writers(error)(sentence_of_failure(address, error)) from _shown_cause(error)


def _told_to_writers(error: _Failure) -> type[ArchiveUnavailable]:
    if passes(error):
        return Overloaded
    if not isinstance(error, elasticsearch.ApiError):
        return ArchiveUnavailable
    if kind_of(error.body) == NO_INDEX:
        return IndexMissing
    return RequestRefused if error.status_code in _NEVER else ArchiveUnavailable


def passes(error: _Failure) -> bool:
    """Whether the same request may go through later."""
    if isinstance(error, elasticsearch.ApiError):
        return error.status_code in _LATER
    reached = isinstance(error, elasticsearch.SSLError)
    return not reached and isinstance(error, elasticsearch.ConnectionError | elasticsearch.ConnectionTimeout)


def _shown_cause(error: _Failure) -> _Failure | None:
    """What a log may show as the cause: an answer about credentials names the user."""
    about_credentials = elasticsearch.AuthenticationException | elasticsearch.AuthorizationException
    return None if isinstance(error, about_credentials) else error


def sentence_of_failure(address: ClusterAddress, error: _Failure) -> str:
    """For people; holds no credentials, because the client's messages hold none but the user."""
    if isinstance(error, elasticsearch.AuthenticationException):
        named = "ZHIMAI_ELASTICSEARCH_USER and _PASSWORD, or _API_KEY"
        return f"Elasticsearch at {address.url} does not accept the credentials ({named})"
    if isinstance(error, elasticsearch.AuthorizationException) and kind_of(error.body) != BLOCKED:
        return f"the credentials may not do this on {address}: {reason_of(error.body)}"
    if isinstance(error, elasticsearch.ConnectionTimeout):
        return f"Elasticsearch at {address.url} took too long to answer"
    if isinstance(error, elasticsearch.ConnectionError):
        advice = connection_advice(address.url, str(error.message))
        by_system = _BY_SYSTEM.search(str(error.message))
        why = by_system[1] if by_system else error.message
        return f"Elasticsearch at {address.url} cannot be reached: {why}{advice}"
    if isinstance(error, elasticsearch.ApiError):
        return sentence_of(address, error.status_code, error.body)
    return f"Elasticsearch at {address.url} could not answer: {error.message}"


def _brief(error: _Failure) -> str:
    """The same without addresses."""
    if isinstance(error, elasticsearch.AuthenticationException):
        return "Elasticsearch does not accept the credentials"
    if isinstance(error, elasticsearch.ConnectionTimeout):
        return _SILENT
    if isinstance(error, elasticsearch.ApiError):
        return brief_of(error.status_code, error.body)
    return "Elasticsearch cannot be reached"
