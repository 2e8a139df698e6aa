"""The embedded engine: a folder with a record (SQLite) and a search index (tantivy), behind one object."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import partial
from pathlib import Path
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
from search_service.engines.embedded import digest_reading, entity_reading, item_reading, quarantine, relation_reading
from search_service.engines.embedded.connections import ReadConnections
from search_service.engines.embedded.folder import ArchiveFolder
from search_service.engines.embedded.index_place import index_in_use
from search_service.engines.embedded.index_reading import IndexReader
from search_service.engines.embedded.same_texts import same_texts_of
from search_service.engines.embedded.searching import Searching
from search_service.engines.embedded.stored_sightings import stored_sightings, titles_in
from search_service.engines.embedded.writing import ArchiveWriting
from search_service.engines.rehearsal import Rehearsal
from search_service.query.tree import Node


class EmbeddedEngine:
    """Search and relations always, the archive when opened for writing. Threads may share it for reading.

    Reading never waits for a writer. Make one with ``open_embedded``.
    """

    def __init__(self, folder: ArchiveFolder, writing: ArchiveWriting | None) -> None:
        self._writing = writing
        self._record = ReadConnections(folder.record)
        self._folder = folder
        self._index = IndexReader(self._index_in_use)
        self._searching = Searching(self._index, self._record)
        self._rehearsal = Rehearsal()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def close(self) -> None:
        """Lets go of all files."""
        self._record.close()
        self._rehearsal.close()
        if self._writing:
            self._writing.close()

    # SearchEngine

    def search(self, request: SearchRequest) -> SearchPage:
        """One page. Raises BadCursor, EngineUnavailable."""
        return self._searching.page(request)

    def counts(self, trees: Sequence[Node]) -> tuple[int, ...]:
        """How many items each tree finds."""
        return self._searching.counts(trees)

    def items(self, item_ids: Collection[str]) -> dict[str, AnnotatedItem]:
        """Those items that are stored."""
        with self._record.reading() as connection:
            return item_reading.stored_items(connection, item_ids)

    def same_texts(self, item_ids: Collection[str]) -> dict[str, tuple[SameText, ...]]:
        """Near-identical reports: of each item that has any, those of any desk, most similar first, then by id."""
        return same_texts_of(self._index, self._record, item_ids)

    def find_entities(
        self, *, text: str = "", kind: EntityKind | None = None, offset: int = 0, limit: int = 20
    ) -> tuple[tuple[EntityRecord, ...], int]:
        """Entities whose name or surface contains ``text`` after folding, most items first; and how many in all."""
        with self._record.reading() as connection:
            return entity_reading.find_entities(connection, text=text, kind=kind, offset=offset, limit=limit)

    def values(self, field: FacetField, *, limit: int) -> tuple[FacetValue, ...]:
        """The values that most items have, with exact counts: count down, then value."""
        return self._searching.values(field, limit)

    def days(self, *, before: date | None = None, limit: int = 31) -> tuple[Day, ...]:
        """Days that have digests, newest first, strictly before ``before``."""
        with self._record.reading() as connection:
            return item_reading.days_with_items(connection, before=before, limit=limit)

    def digests_of(self, day: date) -> tuple[StoredDigest, ...]:
        """The digests of a day, by desk and path."""
        with self._record.reading() as connection:
            return item_reading.digests_of_day(connection, day)

    def check(self) -> None:
        """Looks at everything that pages are read from. Raises EngineUnavailable, ArchiveError."""
        self.state()

    def state(self) -> ArchiveState:
        """Counts and freshness."""
        with self._record.reading() as connection:
            return item_reading.archive_state(connection)

    # RelationSource

    def entity(self, entity_id: str) -> EntityRecord | None:
        """The entity, or None where no stored item names it."""
        with self._record.reading() as connection:
            return entity_reading.entity_record(connection, entity_id)

    def refs(self, entity_ids: Collection[str]) -> dict[str, EntityRef]:
        """Names and kinds of those of ``entity_ids`` that are known."""
        with self._record.reading() as connection:
            return entity_reading.entity_refs(connection, entity_ids)

    def relations(
        self, entity_id: str, *, kind: RelationKind | None = None, offset: int = 0, limit: int = 50
    ) -> tuple[tuple[RelationGroup, ...], int]:
        """Relations with the entity on either side, latest assertion first, and how many there are in all."""
        with self._record.reading() as connection:
            return relation_reading.relations_of(connection, entity_id, kind=kind, offset=offset, limit=limit)

    def relations_between(self, one: str, other: str) -> tuple[RelationGroup, ...]:
        """Relations between two entities, in either direction."""
        with self._record.reading() as connection:
            return relation_reading.relations_between(connection, one, other)

    def rounds(self, entity_id: str) -> tuple[FundingRound, ...]:
        """Funding rounds the entity raised or invested in, newest first."""
        with self._record.reading() as connection:
            return relation_reading.rounds_of(connection, entity_id)

    def neighbours(
        self, entity_id: str, *, kind: EntityKind | None = None, offset: int = 0, limit: int = 20
    ) -> tuple[tuple[Neighbour, ...], int]:
        """Entities in the same items, most items first (ties: id), and how many there are in all."""
        with self._record.reading() as connection:
            return entity_reading.neighbours_of(connection, entity_id, kind=kind, offset=offset, limit=limit)

    def timeline(self, entity_id: str) -> tuple[Month, ...]:
        """Months from the first to the last that names the entity, empty ones included."""
        with self._record.reading() as connection:
            return entity_reading.timeline_of(connection, entity_id)

    def edges(self, entity_ids: Sequence[str], *, limit: int) -> tuple[Edge, ...]:
        """Edges that touch any of ``entity_ids``: per entity at most ``limit``, most assertions first."""
        with self._record.reading() as connection:
            return relation_reading.edges_at(connection, entity_ids, limit=limit)

    def degrees(self, entity_ids: Collection[str]) -> dict[str, int]:
        """Number of distinct related entities of each."""
        with self._record.reading() as connection:
            return relation_reading.degrees_of(connection, entity_ids)

    # Archive

    def fingerprints(self, digest_ids: Collection[str]) -> Mapping[str, str]:
        """Fingerprints of those digests that are stored."""
        with self._record.reading() as connection:
            return digest_reading.fingerprints(connection, digest_ids)

    def items_in(self, digest_ids: Collection[str]) -> frozenset[str]:
        """Ids of the items that stand in those digests, after merging."""
        with self._record.reading() as connection:
            return digest_reading.items_in(connection, digest_ids)

    def replace(self, digests: Sequence[AnnotatedDigest]) -> Changes:
        """Stores the digests in one transaction, each in place of its former version; idempotent.

        Digests whose fingerprint is the stored one may be given: they change nothing. Readers see the record at once
        and the search results when this returns, other processes within a second.
        """
        return self._seen(self._opened_writing().replace(digests))

    def preview(self, digests: Sequence[AnnotatedDigest]) -> Changes:
        """What ``replace`` would do after all that was previewed since the last write. Writes nothing."""
        with self._record.reading() as connection:
            return self._rehearsal.replace(
                digests,
                titles_of=lambda ids: titles_in(connection, "digest = ?", list(ids)),
                sightings_of=lambda _titles: partial(stored_sightings, connection),
            )

    def remove(self, selection: Selection) -> Changes:
        """Takes down items with their facts.

        An item leaves with all its sightings; the fingerprints of their digests are forgotten, so that indexing the
        files again brings it back.
        """
        return self._seen(self._opened_writing().remove(selection))

    def digest_ids(self, desk: str) -> Iterable[str]:
        """Ids of all stored digests of a desk, in order."""
        with self._record.reading() as connection:
            return digest_reading.digest_ids_of(connection, desk)

    def stored_digests(self, *, after: str = "") -> Iterator[AnnotatedDigest]:
        """Everything stored, digest by digest in order of id, as it was written; for readers as well."""
        while True:
            # a reading of its own for each: a long one would keep the writer from shortening its log
            with self._record.reading() as connection:
                digest = digest_reading.digest_after(connection, after)
            if digest is None:
                return
            yield digest.read()
            after = digest.id

    def flush(self) -> None:
        """Makes everything written so far visible to readers."""
        self._opened_writing().flush()
        self._index.refresh()

    def quarantine(self, entries: Collection[Quarantined]) -> None:
        """Lets entries wait; those that wait already take the new reason and keep since when."""
        self._opened_writing().quarantine(entries)

    def quarantined(self) -> tuple[Quarantined, ...]:
        """All that waits, by desk and place."""
        with self._record.reading() as connection:
            return quarantine.quarantined(connection)

    def release(self, ids: Collection[str]) -> int:
        """Takes entries out of quarantine; how many of them waited."""
        return self._opened_writing().release(ids)

    def subscribe(self, subscription: Subscription) -> None:
        """Keeps how a feed was read."""
        self._opened_writing().subscribe(subscription)

    def subscription(self, url: str) -> Subscription | None:
        """How a feed was last read, while all its digests are stored whole."""
        with self._record.reading() as connection:
            return quarantine.subscription(connection, url)

    def _index_in_use(self) -> Path:
        with self._record.reading() as connection:
            return index_in_use(self._folder, connection)

    def _opened_writing(self) -> ArchiveWriting:
        if self._writing is None:
            raise ArchiveError("this archive was opened for reading")
        return self._writing

    def _seen(self, changes: Changes) -> Changes:
        self._rehearsal.forget()
        self._index.refresh()
        return changes


def open_embedded(path: Path, *, write: bool = False, wait_s: float = 60) -> EmbeddedEngine:
    """Opens the archive in a folder; writing makes it where it is missing.

    Raises ArchiveLocked where another process still writes after ``wait_s`` seconds, ArchiveUnavailable where there
    is nothing to read yet, ArchiveFormatUnknown where the folder is something else.
    """
    folder = ArchiveFolder(path)
    if not write:
        folder.check_readable()
        return EmbeddedEngine(folder, None)
    writing = ArchiveWriting.open(folder, wait_s=wait_s)
    try:
        return EmbeddedEngine(folder, writing)
    except BaseException:
        writing.close()
        raise
