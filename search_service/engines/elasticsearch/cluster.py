"""The one module that talks to the official client: requests in, plain objects out, errors as ours."""

import os
import ssl
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import Any, Literal
from urllib.parse import quote

import elasticsearch

from indexer.archive import ArchiveUnavailable
from search_service.engines.contract import EngineUnavailable
from search_service.engines.elasticsearch.access import (
    ClusterAccess,
    ClusterAddress,
    connection_advice,
    without_names,
)

Kind = Literal["items", "sightings", "digests", "assertions", "entities", "relations", "quarantine", "writer"]
Edition = Literal["", "next", "former"]
Object = dict[str, Any]

READ_TIMEOUT_S = 15.0
WRITE_TIMEOUT_S = 60.0
PAGE = 1000
IDS_AT_ONCE = 500


class GenerationGone(Exception):
    """The point in time of a search is no longer kept."""


class ChangedMeanwhile(Exception):
    """A document is not as it was when it was read, or is there already."""


class NotThere(Exception):
    """The cluster knows nothing by a name; the message is its own."""


class Overloaded(Exception):
    """The cluster did not take a request now; the same request may go through later."""


class Cluster:
    """One archive of a cluster. Threads may share it.

    ``edition`` tells which of its indices: those in use, those that are being filled to take their place, or those
    that were in use before.
    """

    def __init__(
        self, client: elasticsearch.Elasticsearch, address: ClusterAddress, *, edition: Edition = ""
    ) -> None:
        self._client = client
        self.address = address
        self._edition = edition

    def edition(self, edition: Edition) -> "Cluster":
        """The same archive in other indices, over the same connections."""
        return Cluster(self._client, self.address, edition=edition)

    def close(self) -> None:
        """Lets go of all connections."""
        self._client.close()

    def name(self, kind: Kind) -> str:
        """The alias of a kind of document."""
        return f"{self.address.prefix}-{kind}{f'.{self._edition}' if self._edition else ''}"

    # reading

    def search(self, kind: Kind, body: Object) -> Object:
        """An answer. Raises EngineUnavailable."""
        with reading_errors_told(self.address):
            return dict(self._client.search(index=self.name(kind), **_parameters(body)).body)

    def search_generation(self, generation: str, body: Object, *, keep: str) -> Object:
        """An answer as of a point in time, whose keeping is prolonged. Raises GenerationGone, EngineUnavailable."""
        with reading_errors_told(self.address):
            try:
                pit = {"id": generation, "keep_alive": keep}
                return dict(self._client.search(pit=pit, **_parameters(body)).body)
            except elasticsearch.NotFoundError as error:
                raise GenerationGone from error

    def open_generation(self, kind: Kind, *, keep: str) -> str:
        """Keeps the present state for searches."""
        with reading_errors_told(self.address):
            return str(self._client.open_point_in_time(index=self.name(kind), keep_alive=keep).body["id"])

    def search_many(self, kind: Kind, bodies: Iterable[Object]) -> Iterator[Object]:
        """Answers to several searches, in their order."""
        rest = iter(bodies)
        while some := list(islice(rest, IDS_AT_ONCE)):
            lines: list[Object] = [part for body in some for part in ({}, body)]
            with reading_errors_told(self.address):
                answers = self._client.msearch(index=self.name(kind), searches=lines).body["responses"]
            for answer in answers:
                if "error" in answer:
                    raise EngineUnavailable(f"Elasticsearch could not answer: {_reason(answer['error'])}")
                yield answer

    def count(self, kind: Kind, query: Object | None = None) -> int:
        """Number of documents."""
        with reading_errors_told(self.address):
            return int(self._client.count(index=self.name(kind), query=query).body["count"])

    def all_hits(
        self, kind: Kind, query: Object, *, sort: Sequence[Object], source: Sequence[str] | None = None
    ) -> Iterator[Object]:
        """All hits in an order that is unique for each document."""
        body: Object = {"query": query, "sort": list(sort), "size": PAGE, "track_total_hits": False}
        if source is not None:
            body["_source"] = list(source)
        while True:
            hits = self.search(kind, body)["hits"]["hits"]
            yield from hits
            if len(hits) < PAGE:
                return
            body["search_after"] = hits[-1]["sort"]

    def groups(self, kind: Kind, query: Object, field: str, *, each: Object | None = None) -> Iterator[Object]:
        """Buckets of all values of a field among the hits, exact on any number of shards."""
        composite: Object = {"size": PAGE * 10, "sources": [{"value": {"terms": {"field": field}}}]}
        while True:
            asked = {"groups": {"composite": composite, "aggs": each or {}}}
            answer = self.search(kind, {"query": query, "size": 0, "aggs": asked, "track_total_hits": False})
            found = answer["aggregations"]["groups"]
            yield from found["buckets"]
            if "after_key" not in found:
                return
            composite["after"] = found["after_key"]

    def sources(self, kind: Kind, ids: Collection[str], *, fields: Sequence[str] | None = None) -> dict[str, Object]:
        """Documents by id, as searches see them."""
        found: dict[str, Object] = {}
        wanted = iter(dict.fromkeys(one for one in ids if one))
        while some := list(islice(wanted, IDS_AT_ONCE)):
            with reading_errors_told(self.address):
                answer = self._client.mget(
                    index=self.name(kind), ids=some, realtime=False, source_includes=fields
                ).body["docs"]
            found.update((one["_id"], one["_source"]) for one in answer if one.get("found"))
        return found

    # indices

    def aliases(self) -> dict[str, set[str]]:
        """Indices of this archive by name, with their aliases."""
        with reading_errors_told(self.address):
            found = self._client.indices.get_alias(
                index=f"{self.address.prefix}-*", allow_no_indices=True, expand_wildcards="all"
            ).body
        return {name: set(one["aliases"]) for name, one in found.items()}

    def create_index(self, index: str, body: Object) -> None:
        """Creates an index. Raises ChangedMeanwhile where it is there."""
        with writing_errors_told(self.address):
            try:
                self._client.options(request_timeout=WRITE_TIMEOUT_S).indices.create(index=index, **body)
            except elasticsearch.BadRequestError as error:
                if error.error == "resource_already_exists_exception":
                    raise ChangedMeanwhile from error
                raise

    def manage(self, method: str, *path: str, body: Object | None = None, **parameters: str) -> Object:
        """What the cluster answers to a request about indices, aliases or snapshots.

        Raises NotThere, ArchiveUnavailable.
        """
        headers = {"accept": "application/json", "content-type": "application/json"}
        where = "/" + "/".join(quote(part, safe="*,") for part in path)
        with writing_errors_told(self.address):
            try:
                answer = self._client.options(request_timeout=WRITE_TIMEOUT_S).perform_request(
                    method, where, params=parameters, headers=headers, body=body
                )
            except elasticsearch.NotFoundError as error:
                raise NotThere(_reason(error.body)) from error
        return dict(answer.body)

    def refresh(self, *kinds: Kind) -> None:
        """Makes what was written visible."""
        with writing_errors_told(self.address):
            self._client.options(request_timeout=WRITE_TIMEOUT_S).indices.refresh(
                index=[self.name(kind) for kind in kinds]
            )

    # writing

    def bulk(self, lines: Sequence[Object]) -> list[Object]:
        """The outcome of each action. Raises Overloaded where it may go through later, else ArchiveUnavailable."""
        with writing_errors_told(self.address), overload_told():
            answer = self._client.options(request_timeout=WRITE_TIMEOUT_S, max_retries=0).bulk(
                operations=lines, require_alias=True
            )
        return [outcome for one in answer.body["items"] for outcome in one.values()]

    def stored(self, kind: Kind, one: str) -> tuple[Object, tuple[int, int]] | None:
        """A document as it is stored, visible or not, with what ``store`` needs to notice changes."""
        with writing_errors_told(self.address):
            try:
                found = self._client.get(index=self.name(kind), id=one).body
            except elasticsearch.NotFoundError:
                return None
        return found["_source"], (found["_seq_no"], found["_primary_term"])

    def store(self, kind: Kind, one: str, document: Object, *, read_at: tuple[int, int] | None) -> tuple[int, int]:
        """Stores a document unless it changed since it was read; None says that there was none.

        Raises ChangedMeanwhile, ArchiveUnavailable.
        """
        condition: Object = (
            {"op_type": "create"} if read_at is None else {"if_seq_no": read_at[0], "if_primary_term": read_at[1]}
        )
        with writing_errors_told(self.address):
            try:
                answer = self._client.index(index=self.name(kind), id=one, document=document, **condition).body
            except elasticsearch.ConflictError as error:
                raise ChangedMeanwhile from error
        return answer["_seq_no"], answer["_primary_term"]


def open_cluster(address: ClusterAddress, access: ClusterAccess) -> Cluster:
    """Opens connections when they are needed. Raises ArchiveUnavailable where the CA file cannot be read."""
    settings: Object = {}
    if access.api_key:
        settings["api_key"] = access.api_key
    elif access.user:
        settings["basic_auth"] = (access.user, access.password)
    if access.ca_file and address.url.startswith("https"):
        if not os.access(access.ca_file, os.R_OK):
            raise ArchiveUnavailable(f"cannot read the CA file {access.ca_file}")
        try:
            settings["ssl_context"] = ssl.create_default_context(cafile=access.ca_file)
        except ssl.SSLError as error:
            raise ArchiveUnavailable(f"{access.ca_file} holds no certificate: {error}") from error
    client = elasticsearch.Elasticsearch(
        address.url, request_timeout=READ_TIMEOUT_S, max_retries=2, retry_on_timeout=False, **settings
    )
    return Cluster(client, address)


@contextmanager
def reading_errors_told(address: ClusterAddress) -> Iterator[None]:
    """Turns what the client raises into EngineUnavailable."""
    try:
        yield
    except (elasticsearch.ApiError, elasticsearch.TransportError) as error:
        raise EngineUnavailable(_sentence(address, error)) from _shown_cause(error)


@contextmanager
def writing_errors_told(address: ClusterAddress) -> Iterator[None]:
    """Turns what the client raises into ArchiveUnavailable."""
    try:
        yield
    except (elasticsearch.ApiError, elasticsearch.TransportError) as error:
        raise ArchiveUnavailable(_sentence(address, error)) from _shown_cause(error)


_LATER = (429, 502, 503, 504)


@contextmanager
def overload_told() -> Iterator[None]:
    """Turns what passes by itself into Overloaded."""
    try:
        yield
    except elasticsearch.ApiError as error:
        if error.status_code in _LATER:
            raise Overloaded(f"status {error.status_code}") from error
        raise
    except (elasticsearch.ConnectionError, elasticsearch.ConnectionTimeout) as error:
        raise Overloaded(str(error.message)) from error


_Failure = elasticsearch.ApiError | elasticsearch.TransportError


def _shown_cause(error: _Failure) -> _Failure | None:
    """What a log may show as the cause: an answer about credentials names the user."""
    about_credentials = elasticsearch.AuthenticationException | elasticsearch.AuthorizationException
    return None if isinstance(error, about_credentials) else error


def _sentence(address: ClusterAddress, error: _Failure) -> str:
    """For people; holds no credentials, because the client's messages hold none but the user."""
    if isinstance(error, elasticsearch.AuthenticationException):
        named = "ZHIMAI_ELASTICSEARCH_USER and _PASSWORD, or _API_KEY"
        return f"Elasticsearch at {address.url} does not accept the credentials ({named})"
    if isinstance(error, elasticsearch.AuthorizationException):
        return f"the credentials may not do this on {address}: {_reason(error.body)}"
    if isinstance(error, elasticsearch.ConnectionTimeout):
        return f"Elasticsearch at {address.url} took too long to answer"
    if isinstance(error, elasticsearch.ConnectionError):
        advice = connection_advice(address.url, str(error.message))
        return f"Elasticsearch at {address.url} cannot be reached: {error.message}{advice}"
    if isinstance(error, elasticsearch.ApiError):
        return f"Elasticsearch at {address.url} could not answer ({error.status_code}): {_reason(error.body)}"
    return f"Elasticsearch at {address.url} could not answer: {error.message}"


def _reason(body: Any) -> str:
    """The innermost reason of an error."""
    found = body.get("error", body) if isinstance(body, dict) else body
    while isinstance(found, dict) and isinstance(found.get("caused_by"), dict):
        found = found["caused_by"]
    return without_names(str(found.get("reason", found) if isinstance(found, dict) else found))[:300]


def _parameters(body: Object) -> Object:
    """Fields of a search as the client names them."""
    named = {"from": "from_", "_source": "source"}
    return {named.get(key, key): value for key, value in body.items()}
