"""The Elasticsearch engine: one archive of a cluster behind one object."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Self

from graph.model import EntityKind, EntityRef, FundingRound, RelationKind
from graph.source import Edge, EntityRecord, Month, Neighbour, RelationGroup
from indexer.archive import ArchiveError, Changes, Selection
from indexer.model import AnnotatedDigest, AnnotatedItem
from indexer.quarantine import Quarantined
from indexer.subscriptions import Subscription
from search_service.engines.contract import (
    ArchiveState,
    Day,
    FacetField,
    FacetValue,
    SameText,
    SearchPage,
    SearchRequest,
    StoredDigest,
)
from search_service.engines.elasticsearch import (
    digest_reading,
    entity_reading,
    item_reading,
    quarantine,
    relation_reading,
)
from search_service.engines.elasticsearch.access import ClusterAccess, ClusterAddress
from search_service.engines.elasticsearch.cluster import Cluster, open_cluster
from search_service.engines.elasticsearch.generations import Generations
from search_service.engines.elasticsearch.indices import check_fields, check_readable
from search_service.engines.elasticsearch.same_texts import same_texts_of
from search_service.engines.elasticsearch.searching import Searching
from search_service.engines.elasticsearch.stored import (
    StoredTitles,
    digest_ids_of,
    fingerprints_of,
    items_where,
    titles_where,
)
from search_service.engines.elasticsearch.writer import ArchiveWriter
from search_service.engines.rehearsal import Rehearsal
from search_service.query.tree import Node


class ElasticsearchEngine:
    """Search and relations always, the archive when opened for writing. Threads may share it for reading.

    Reading never waits for a writer. Make one with ``open_elasticsearch``.
    """

    def __init__(self, cluster: Cluster, writer: ArchiveWriter | None) -> None:
        self._cluster = cluster
        self._writer = writer
        self._stored = cluster.patient() if writer else cluster
        self._rehearsal = Rehearsal()
        self._generations = Generations(cluster)
        self._searching = Searching(cluster, self._generations)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def close(self) -> None:
        """Ends the turn to write and lets go of all connections."""
        self._rehearsal.close()
        try:
            if self._writer:
                self._writer.close()
        finally:
            self._cluster.close()

    # SearchEngine

    def search(self, request: SearchRequest) -> SearchPage:
        """One page. Raises BadCursor, EngineUnavailable."""
        return self._searching.page(request)

    def counts(self, trees: Sequence[Node]) -> tuple[int, ...]:
        """How many items each tree finds."""
        return self._searching.counts(trees)

    def items(self, item_ids: Collection[str]) -> dict[str, AnnotatedItem]:
        """Those items that are stored."""
        return item_reading.stored_items(self._cluster, item_ids)

    def same_texts(self, item_ids: Collection[str]) -> dict[str, tuple[SameText, ...]]:
        """Near-identical reports: of each item that has any, those of any desk, most similar first, then by id."""
        return same_texts_of(self._cluster, item_ids)

    def find_entities(
        self, *, text: str = "", kind: EntityKind | None = None, offset: int = 0, limit: int = 20
    ) -> tuple[tuple[EntityRecord, ...], int]:
        """Entities whose name or surface contains ``text`` after folding, most items first; and how many in all."""
        return entity_reading.find_entities(self._cluster, text=text, kind=kind, offset=offset, limit=limit)

    def values(self, field: FacetField, *, limit: int) -> tuple[FacetValue, ...]:
        """The values that most items have, with exact counts: count down, then value."""
        return self._searching.values(field, limit)

    def days(self, *, before: date | None = None, limit: int = 31) -> tuple[Day, ...]:
        """Days that have digests, newest first, strictly before ``before``."""
        return item_reading.days_with_items(self._cluster, before=before, limit=limit)

    def digests_of(self, day: date) -> tuple[StoredDigest, ...]:
        """The digests of a day, by desk and path."""
        return item_reading.digests_of_day(self._cluster, day)

    def check(self) -> None:
        """Looks at everything that pages are read from. Raises EngineUnavailable, ArchiveError."""
        self.state()
        check_fields(self._cluster)

    def state(self) -> ArchiveState:
        """Counts and freshness."""
        return item_reading.archive_state(self._cluster)

    # RelationSource

    def entity(self, entity_id: str) -> EntityRecord | None:
        """The entity, or None where no stored item names it."""
        return entity_reading.entity_record(self._cluster, entity_id)

    def refs(self, entity_ids: Collection[str]) -> dict[str, EntityRef]:
        """Names and kinds of those of ``entity_ids`` that are known."""
        return entity_reading.entity_refs(self._cluster, entity_ids)

    def relations(
        self, entity_id: str, *, kind: RelationKind | None = None, offset: int = 0, limit: int = 50
    ) -> tuple[tuple[RelationGroup, ...], int]:
        """Relations with the entity on either side, latest assertion first, and how many there are in all."""
        return relation_reading.relations_of(self._cluster, entity_id, kind=kind, offset=offset, limit=limit)

    def relations_between(self, one: str, other: str) -> tuple[RelationGroup, ...]:
        """Relations between two entities, in either direction."""
        return relation_reading.relations_between(self._cluster, one, other)

    def rounds(self, entity_id: str) -> tuple[FundingRound, ...]:
        """Funding rounds the entity raised or invested in, newest first."""
        return relation_reading.rounds_of(self._cluster, entity_id)

    def neighbours(
        self, entity_id: str, *, kind: EntityKind | None = None, offset: int = 0, limit: int = 20
    ) -> tuple[tuple[Neighbour, ...], int]:
        """Entities in the same items, most items first (ties: id), and how many there are in all."""
        return entity_reading.neighbours_of(self._cluster, entity_id, kind=kind, offset=offset, limit=limit)

    def timeline(self, entity_id: str) -> tuple[Month, ...]:
        """Months from the first to the last that names the entity, empty ones included."""
        return entity_reading.timeline_of(self._cluster, entity_id)

    def edges(self, entity_ids: Sequence[str], *, limit: int) -> tuple[Edge, ...]:
        """Edges that touch any of ``entity_ids``: per entity at most ``limit``, most assertions first."""
        return relation_reading.edges_at(self._cluster, entity_ids, limit=limit)

    def degrees(self, entity_ids: Collection[str]) -> dict[str, int]:
        """Number of distinct related entities of each."""
        return relation_reading.degrees_of(self._cluster, entity_ids)

    # Archive

    def fingerprints(self, digest_ids: Collection[str]) -> Mapping[str, str]:
        """Fingerprints of those digests that are stored."""
        return fingerprints_of(self._stored, digest_ids)

    def items_in(self, digest_ids: Collection[str]) -> frozenset[str]:
        """Ids of the items that stand in those digests, after merging."""
        return items_where(self._stored, {"terms": {"digest": sorted(digest_ids)}})

    def replace(self, digests: Sequence[AnnotatedDigest]) -> Changes:
        """Stores the digests, each in place of its former version; idempotent.

        Readers see the whole batch when this returns, within the moment that one refresh of all indices takes.
        Stopped half way, the next writer finishes it.
        """
        return self._seen(self._opened_writer().replace(digests))

    def preview(self, digests: Sequence[AnnotatedDigest]) -> Changes:
        """What ``replace`` would do after all that was previewed since the last write. Writes nothing."""
        return self._rehearsal.replace(
            digests,
            titles_of=lambda ids: titles_where(self._stored, {"terms": {"digest": sorted(ids)}}),
            sightings_of=lambda titles: StoredTitles(self._stored, titles).sightings,
        )

    def remove(self, selection: Selection) -> Changes:
        """Takes down items with their facts.

        An item leaves with all its sightings; the fingerprints of their digests are forgotten, so that indexing the
        files again brings it back.
        """
        return self._seen(self._opened_writer().remove(selection))

    def digest_ids(self, desk: str) -> Iterable[str]:
        """Ids of all stored digests of a desk, in order."""
        return digest_ids_of(self._stored, desk)

    def stored_digests(self, *, after: str = "") -> Iterator[AnnotatedDigest]:
        """Everything stored, digest by digest in order of id, as it was written; for readers as well."""
        return digest_reading.stored_digests(self._cluster, after=after)

    def flush(self) -> None:
        """Makes everything written so far visible to readers."""
        self._opened_writer().flush()
        self._generations.forget()

    def quarantine(self, entries: Collection[Quarantined]) -> None:
        """Lets entries wait; those that wait already take the new reason and keep since when."""
        self._opened_writer().quarantine(entries)

    def quarantined(self) -> tuple[Quarantined, ...]:
        """All that waits, by desk and place."""
        return quarantine.quarantined(self._cluster)

    def release(self, ids: Collection[str]) -> int:
        """Takes entries out of quarantine; how many of them waited."""
        return self._opened_writer().release(ids)

    def subscribe(self, subscription: Subscription) -> None:
        """Keeps how a feed was read."""
        self._opened_writer().subscribe(subscription)

    def subscription(self, url: str) -> Subscription | None:
        """How a feed was last read, while all its digests are stored whole."""
        return quarantine.subscription(self._cluster, url)

    def _opened_writer(self) -> ArchiveWriter:
        if self._writer is None:
            raise ArchiveError("this archive was opened for reading")
        return self._writer

    def _seen(self, changes: Changes) -> Changes:
        self._rehearsal.forget()
        self._generations.forget()
        return changes


def open_elasticsearch(
    address: ClusterAddress, access: ClusterAccess, *, write: bool = False, wait_s: float = 60, shards: int = 1
) -> ElasticsearchEngine:
    """Opens an archive of a cluster; writing makes it where it is missing, its indices cut into ``shards``.

    Raises ArchiveLocked where another process still writes after ``wait_s`` seconds, ArchiveUnavailable where there
    is nothing to read yet or the cluster does not answer, ArchiveFormatUnknown where the names are another's.
    """
    cluster = open_cluster(address, access)
    try:
        if not write:
            check_readable(cluster)
            return ElasticsearchEngine(cluster, None)
        return ElasticsearchEngine(
            cluster, ArchiveWriter.open(cluster, wait_s=wait_s, now=datetime.now(UTC), shards=shards)
        )
    except BaseException:
        cluster.close()
        raise
