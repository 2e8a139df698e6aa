"""The one module that talks to the official client: requests in, plain objects out, errors as ours."""

import logging
import os
import ssl
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, Literal, TypeVar
from urllib.parse import quote

import elasticsearch

from indexer.archive import ArchiveUnavailable
from search_service.engines.contract import EngineUnavailable
from search_service.engines.elasticsearch.access import ClusterAccess, ClusterAddress
from search_service.engines.elasticsearch.circuit import Circuit
from search_service.engines.elasticsearch.failures import (
    NO_INDEX,
    Failure,
    Overloaded,
    brief_of,
    kind_of,
    passes,
    reading_errors_told,
    reason_of,
    sentence_of,
    sentence_of_failure,
    writing_errors_told,
)

Kind = Literal["items", "sightings", "digests", "assertions", "entities", "relations", "quarantine", "writer"]
Edition = Literal["", "next", "former"]
Object = dict[str, Any]

T = TypeVar("T")

LOG = logging.getLogger(__name__)
# at debug level the client writes whole bodies: what readers ask, and answers that name the user
logging.getLogger("elastic_transport.node").setLevel(logging.INFO)

READ_TIMEOUT_S = 15.0
WRITE_TIMEOUT_S = 60.0
SHARD_TIMEOUT = "20s"
"""How long the cluster itself waits for a shard that it cannot write to, before it says so."""

PAUSES_S = (0.5, 1.0, 2.0, 4.0, 8.0, 15.0)
"""A writer's pauses before the tries after the first."""

PAGE = 1000
IDS_AT_ONCE = 500


class GenerationGone(EngineUnavailable):
    """The point in time of a search is no longer kept."""


class ChangedMeanwhile(Exception):
    """A document is not as it was when it was read, or is there already."""


class NotThere(ArchiveUnavailable):
    """The cluster knows nothing by a name; the message is its own."""


class Cluster:
    """One archive of a cluster. Threads may share it.

    ``edition`` tells which of its indices: those in use, those that are being filled to take their place, or those
    that were in use before. ``pauses``, in seconds, are what it waits for before it asks again what the cluster could
    not answer now; without any, who asks is told at once.
    """

    def __init__(
        self,
        client: elasticsearch.Elasticsearch,
        address: ClusterAddress,
        *,
        edition: Edition = "",
        pauses: Sequence[float] = (),
    ) -> None:
        self._client = client
        self.address = address
        self._edition = edition
        self._pauses = pauses
        self._circuit = Circuit(silence=elasticsearch.ConnectionTimeout)

    def edition(self, edition: Edition) -> "Cluster":
        """The same archive in other indices, over the same connections."""
        return Cluster(self._client, self.address, edition=edition, pauses=self._pauses)

    def patient(self) -> "Cluster":
        """The same for a writer, who would rather wait than stop."""
        return Cluster(self._client, self.address, edition=self._edition, pauses=PAUSES_S)

    def close(self) -> None:
        """Lets go of all connections."""
        self._client.close()

    def name(self, kind: Kind) -> str:
        """The alias of a kind of document."""
        return f"{self.address.prefix}-{kind}{f'.{self._edition}' if self._edition else ''}"

    # reading

    def search(self, kind: Kind, body: Object) -> Object:
        """An answer, of all shards or none. Raises EngineUnavailable."""
        whole = {"allow_partial_search_results": False, **_parameters(body)}
        return dict(self._read(lambda: self._client.search(index=self.name(kind), **whole).body))

    def search_generation(self, generation: str, body: Object, *, keep: str) -> Object:
        """An answer as of a point in time, whose keeping is prolonged. Raises GenerationGone, EngineUnavailable."""
        # words are weighed over all shards, so that the order does not depend on their number
        whole = {
            "allow_partial_search_results": False,
            "search_type": "dfs_query_then_fetch",
            **_parameters(body),
        }

        def ask() -> Any:
            try:
                return self._client.search(pit={"id": generation, "keep_alive": keep}, **whole).body
            except elasticsearch.NotFoundError as error:
                raise GenerationGone("the state that these pages are read from is gone") from error

        return dict(self._read(ask))

    def open_generation(self, kind: Kind, *, keep: str) -> str:
        """Keeps the present state for searches."""
        answer = self._read(lambda: self._client.open_point_in_time(index=self.name(kind), keep_alive=keep).body)
        return str(answer["id"])

    def search_many(self, kind: Kind, bodies: Iterable[Object]) -> Iterator[Object]:
        """Answers to several searches, in their order."""
        rest = iter(bodies)
        while some := list(islice(rest, IDS_AT_ONCE)):
            yield from self.search_each([(kind, body) for body in some])

    def search_each(self, asked: Sequence[tuple[Kind, Object]]) -> list[Object]:
        """Answers to searches of several kinds in one request, in their order. Raises EngineUnavailable."""
        heads = ({"index": self.name(kind), "allow_partial_search_results": False} for kind, _ in asked)
        lines: list[Object] = [part for head, (_, body) in zip(heads, asked, strict=True) for part in (head, body)]
        answers: list[Object] = self._read(lambda: self._client.msearch(searches=lines).body["responses"])
        for answer in answers:
            self._check_part(answer)
        return answers

    def count(self, kind: Kind, query: Object | None = None) -> int:
        """Number of documents."""
        body: Object = {"size": 0, "track_total_hits": True, **({"query": query} if query else {})}
        return int(self.search(kind, body)["hits"]["total"]["value"])

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
            answer = self._documents(kind, some, fields)
            found.update((one["_id"], one["_source"]) for one in answer if one.get("found"))
        return found

    def _documents(self, kind: Kind, ids: list[str], fields: Sequence[str] | None) -> list[Object]:
        """What the cluster says about each id."""
        asked: Object = {"index": self.name(kind), "ids": ids, "realtime": False, "source_includes": fields}
        answers: list[Object] = self._read(lambda: self._client.mget(**asked).body["docs"])
        for answer in answers:
            self._check_part(answer)
        return answers

    def _check_part(self, answer: Object) -> None:
        """Raises EngineUnavailable where one part of an answer is an error."""
        if "error" in answer:
            status = answer.get("status", 404 if kind_of(answer) == NO_INDEX else 503)
            raise EngineUnavailable(sentence_of(self.address, status, answer), brief=brief_of(status, answer))

    # indices

    def aliases(self) -> dict[str, set[str]]:
        """Indices of this archive by name, with their aliases."""
        found = self._read(
            lambda: (
                self._client.indices.get_alias(
                    index=f"{self.address.prefix}-*", allow_no_indices=True, expand_wildcards="all"
                ).body
            )
        )
        return {name: set(one["aliases"]) for name, one in found.items()}

    def mappings(self, kinds: Collection[Kind]) -> dict[str, Object]:
        """Mappings by index, of the kinds given."""
        names = [self.name(kind) for kind in kinds]
        found = self._read(lambda: self._client.indices.get_mapping(index=names).body)
        return {index: one["mappings"] for index, one in found.items()}

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
                raise NotThere(reason_of(error.body)) from error
        return dict(answer.body)

    def refresh(self, *kinds: Kind) -> None:
        """Makes what was written visible."""
        index = [self.name(kind) for kind in kinds]
        client = self._client.options(request_timeout=WRITE_TIMEOUT_S)
        with writing_errors_told(self.address):
            shards = self._asked(lambda: client.indices.refresh(index=index).body)["_shards"]
        if shards["failed"]:
            reason = reason_of(shards["failures"][0].get("reason"))
            raise Overloaded(f"not all that was written to {self.address} could be shown: {reason}")

    # writing

    def bulk(self, lines: Sequence[Any]) -> list[Object]:
        """The outcome of each action; ``lines`` are JSON.

        Raises Overloaded where it may go through later, RequestRefused where it never will, else ArchiveUnavailable.
        """
        with writing_errors_told(self.address):
            answer = self._client.options(request_timeout=WRITE_TIMEOUT_S, max_retries=0).bulk(
                operations=lines, require_alias=True, timeout=SHARD_TIMEOUT
            )
        return [outcome for one in answer.body["items"] for outcome in one.values()]

    def stored(self, kind: Kind, one: str) -> tuple[Object, tuple[int, int]] | None:
        """A document as it is stored, visible or not, with what ``store`` needs to notice changes.

        Raises IndexMissing, ArchiveUnavailable.
        """
        with writing_errors_told(self.address):
            try:
                found = self._asked(lambda: self._client.get(index=self.name(kind), id=one).body)
            except elasticsearch.NotFoundError as error:
                if kind_of(error.body) == NO_INDEX:
                    raise
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
                answer = self._client.index(
                    index=self.name(kind), id=one, document=document, require_alias=True, **condition
                ).body
            except elasticsearch.ConflictError as error:
                raise ChangedMeanwhile from error
        return answer["_seq_no"], answer["_primary_term"]

    def _read(self, ask: Callable[[], T]) -> T:
        """An answer for readers. Raises EngineUnavailable."""
        with reading_errors_told(self.address):
            return self._circuit.ask(lambda: self._asked(ask))

    def _asked(self, ask: Callable[[], T]) -> T:
        """Asks until there is an answer or no pause is left."""
        for pause in self._pauses:
            try:
                return ask()
            except Failure as error:
                if not passes(error):
                    raise
                LOG.warning("%s; asking again in %g s", sentence_of_failure(self.address, error), pause)
                time.sleep(pause)
        return ask()


def open_cluster(address: ClusterAddress, access: ClusterAccess) -> Cluster:
    """Opens connections when they are needed. Raises ArchiveUnavailable where the CA file cannot be read."""
    settings: Object = {}
    if access.api_key:
        settings["api_key"] = access.api_key
    elif access.user:
        settings["basic_auth"] = access.basic
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


def _parameters(body: Object) -> Object:
    """Fields of a search as the client names them."""
    named = {"from": "from_", "_source": "source"}
    return {named.get(key, key): value for key, value in body.items()}
