"""Writing an archive: merge, note, write, show, strike out.

Indices do not refresh by themselves: readers see nothing of a batch until all of it is written, and then all kinds of
documents by one request. Their window is the time in which that request reaches one index after the other.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import chain

from indexer.archive import Changes, Refusal, Selection
from indexer.codec import from_json, to_json
from indexer.model import AnnotatedDigest, AnnotatedItem
from indexer.quarantine import Quarantined
from indexer.subscriptions import Subscription
from search_service.engines.batches import in_batches
from search_service.engines.elasticsearch.bulk import BulkWriter, RefusedDocument
from search_service.engines.elasticsearch.cluster import Cluster
from search_service.engines.elasticsearch.counting import recounted_entities, recounted_relations
from search_service.engines.elasticsearch.documents import (
    Document,
    assertion_documents,
    digest_document,
    item_document,
    sighting_document,
    sighting_id,
)
from search_service.engines.elasticsearch.indices import (
    check_complete,
    check_fields,
    create_missing_indices,
    create_writer_index,
    named_indices,
)
from search_service.engines.elasticsearch.journal import STRUCK_OUT, Touched, note, noted
from search_service.engines.elasticsearch.lease import Lease
from search_service.engines.elasticsearch.quarantine import (
    released_documents,
    subscription_document,
    waiting_documents,
)
from search_service.engines.elasticsearch.refusals import changes_between, refusals_of
from search_service.engines.elasticsearch.stored import (
    StoredTitles,
    assertions_of,
    digest_ids_of,
    digests_where,
    titles_where,
)
from search_service.engines.elasticsearch.tallies import entities_after, relations_after
from search_service.engines.facts import facts_of, facts_of_changes
from search_service.engines.merging import Merge, PlacedSighting, StoredSighting, in_sequence, merge, titles_of

DIGESTS_AT_ONCE = 10
"""Digests taken down in one step; a desk can hold more items than memory."""


class ArchiveWriter:
    """The one writer of an archive, until closed."""

    def __init__(self, cluster: Cluster, lease: Lease) -> None:
        self._cluster = cluster.patient()
        self._lease = lease
        self._bulk = BulkWriter(cluster, epoch=lease.epoch, check=lease.check)
        self._unfinished = False

    @classmethod
    def open(cls, cluster: Cluster, *, wait_s: float, now: datetime, shards: int = 1) -> "ArchiveWriter":
        """Takes the turn, makes what is missing and finishes what a stopped writer left.

        Raises ArchiveLocked, ArchiveFormatUnknown, ArchiveUnavailable.
        """
        named_indices(cluster)  # refuses what is not ours before anything is made
        create_writer_index(cluster)
        # the time, because what is known of earlier turns is lost with their index
        lease = Lease.acquire(cluster, wait_s=wait_s, above=int(now.timestamp()))
        try:
            create_missing_indices(cluster.patient(), now, shards=shards)
            writer = cls(cluster, lease)
            writer.flush()  # a refresh passes over a shard that is away, and what is not seen would be written twice
            writer.finish()
        except BaseException:
            lease.close()
            raise
        return writer

    def close(self) -> None:
        """Lets the next writer in."""
        self._lease.close()

    def replace(self, digests: Sequence[AnnotatedDigest]) -> Changes:
        """Stores the digests, each in place of its former version."""
        self._finish_own()
        latest = {digest.digest.id: digest for digest in digests}
        stored, merged = self._merged(latest)
        read = [digest_document(one.digest, fingerprint=one.digest.fingerprint) for one in latest.values()]
        # until its items are there, a digest counts as one that has to be read again
        begun = [digest_document(one.digest, fingerprint="") for one in latest.values()]
        return self._write(merged, stored, coming=latest, before=begun, after=read)

    def _merged(self, latest: Mapping[str, AnnotatedDigest]) -> tuple[StoredTitles, Merge]:
        affected = titles_of(latest.values()) | titles_where(self._cluster, {"terms": {"digest": sorted(latest)}})
        stored = StoredTitles(self._cluster, affected)
        return stored, merge(stored.sightings, latest.values(), affected=sorted(affected), leaves=_stands_in(latest))

    def remove(self, selection: Selection) -> Changes:
        """Takes down an item, a digest or a desk."""
        self._finish_own()
        if selection.item_id is not None:
            return self._remove_item(selection.item_id)
        if selection.digest_id is not None:
            return self._remove_digests([selection.digest_id])
        if selection.desk is not None:
            return self._remove_desk(selection.desk)
        raise ValueError("a selection names an item, a digest or a desk")

    def _remove_item(self, item_id: str) -> Changes:
        titles = titles_where(self._cluster, {"term": {"item": item_id}})
        sightings = [one for title in titles for one in StoredTitles(self._cluster, [title]).sightings(title)]
        digests = {one.digest_id for one in sightings if one.item_id == item_id}
        return self._leave(titles, lambda sighting: sighting.item_id == item_id, before=self._forgotten(digests))

    def _remove_digests(self, digest_ids: Iterable[str]) -> Changes:
        parts = []
        for some in in_batches(digest_ids, DIGESTS_AT_ONCE):
            titles = titles_where(self._cluster, {"terms": {"digest": some}})
            begun = self._forgotten(some)
            gone = [Document(kind="digests", id=digest.id, fields=None) for digest in begun]
            parts.append(self._leave(titles, _stands_in(some), before=begun, after=gone))
        return in_sequence(parts)

    def _remove_desk(self, desk: str) -> Changes:
        of_digests = self._remove_digests(digest_ids_of(self._cluster, desk))
        # a digest of another desk can quote items of this one
        titles = titles_where(self._cluster, {"term": {"desk": desk}})
        return in_sequence([of_digests, self._leave(titles, lambda _sighting: True)])

    def _leave(
        self,
        titles: set[tuple[str, str]],
        leaves: Callable[[StoredSighting], bool],
        *,
        before: Sequence[Document] = (),
        after: Sequence[Document] = (),
    ) -> Changes:
        stored = StoredTitles(self._cluster, titles)
        merged = merge(stored.sightings, (), affected=sorted(titles), leaves=leaves)
        return self._write(merged, stored, before=before, after=after)

    def _forgotten(self, digest_ids: Collection[str]) -> list[Document]:
        """Digests without their fingerprint, so that the next run reads them anew."""
        return [
            Document(kind="digests", id=digest["id"], fields={**digest, "fingerprint": ""})
            for digest in digests_where(self._cluster, {"terms": {"id": sorted(digest_ids)}})
        ]

    def flush(self) -> None:
        """Makes everything written so far visible."""
        self._cluster.refresh("items", "sightings", "assertions", "entities", "relations", "digests")

    def quarantine(self, entries: Collection[Quarantined]) -> None:
        """Lets entries wait."""
        self._bulk.write(waiting_documents(self._cluster, entries))
        self._cluster.refresh("quarantine")

    def release(self, ids: Collection[str]) -> int:
        """Takes entries out of quarantine; how many of them waited."""
        gone = released_documents(self._cluster, ids)
        self._bulk.write(gone)
        self._cluster.refresh("quarantine")
        return len(gone)

    def subscribe(self, subscription: Subscription) -> None:
        """Keeps how a feed was read."""
        self._bulk.write([subscription_document(subscription)])

    def _write(
        self,
        merged: Merge,
        stored: StoredTitles,
        *,
        coming: Collection[str] = (),
        before: Sequence[Document] = (),
        after: Sequence[Document] = (),
    ) -> Changes:
        """Writes a merge; ``coming`` are the digests that bring it about. What the cluster refuses is left out."""
        if not (merged.leaving or merged.sightings or merged.rewritings or before or after):
            return merged.changes()
        check_complete(self._cluster)  # deleting a document of a missing index would make another one
        taken, added = facts_of_changes(merged.rewritings)
        touched = Touched.from_facts(stored.titles, (*taken.values(), *added.values()))
        self._unfinished = True
        self._bulk.write([note(touched)])
        refused = self._bulk.write_acceptable(chain(before, _documents(merged)))
        if refused:
            return self._leave_out(refused, merged, stored, coming=coming, touched=touched, after=after)
        counted = entities_after(self._cluster, taken, added), relations_after(self._cluster, taken, added)
        self._bulk.write(chain(*counted, after))
        self._show()
        return merged.changes()

    def _leave_out(
        self,
        refused: Collection[RefusedDocument],
        merged: Merge,
        stored: StoredTitles,
        *,
        coming: Collection[str],
        touched: Touched,
        after: Sequence[Document],
    ) -> Changes:
        """The rest of a write of which the cluster refuses a part."""
        check_fields(self._cluster)  # in an index that is not ours, it would not be the items' fault
        sightings = [one for one in merged.sightings if one.digest_id in coming]
        items = [one.annotated for one in merged.rewritings if one.annotated]
        refusals = self._take_back(refusals_of(refused, sightings), items)
        refusals += self._work_out(touched)
        unread = {refusal.digest_id for refusal in refusals}
        self._bulk.write(document for document in after if document.id not in unread)
        self._show()
        return changes_between(stored.items, StoredTitles(self._cluster, stored.titles).items, refusals)

    def _take_back(self, refusals: Mapping[str, Refusal], items: Iterable[AnnotatedItem]) -> list[Refusal]:
        """Takes away what was written of refused items, their sightings last: as long as these stand, whoever comes
        next finds out again."""
        refused = {refusal.item_id for refusal in refusals.values()}
        said = (one.id for item in items if item.item.id in refused for one in assertion_documents(item))
        self._bulk.write(Document(kind="assertions", id=one, fields=None) for one in said)
        self._bulk.write(Document(kind="sightings", id=one, fields=None) for one in refusals)
        return list(refusals.values())

    def _show(self) -> None:
        self.flush()
        self._bulk.write([STRUCK_OUT])
        self._unfinished = False

    def _finish_own(self) -> None:
        """A write that failed half way comes first."""
        if self._unfinished:
            self.finish()

    def finish(self) -> None:
        """Works out anew what this writer or a stopped one had noted."""
        touched = noted(self._cluster)
        if touched is None:
            return
        self._unfinished = True
        self._work_out(touched)
        self._show()

    def _work_out(self, touched: Touched) -> list[Refusal]:
        """Makes all that is touched follow from the sightings, whatever was before. Sightings of items that the
        cluster refuses go, and their digests count as unread."""
        refusals: list[Refusal] = []
        while True:
            self.flush()
            stored = StoredTitles(self._cluster, touched.titles)
            merged = merge(stored.sightings, (), affected=sorted(touched.titles), leaves=lambda _sighting: False)
            items = _items_after(merged, stored.items)
            facts = map(facts_of, chain(map(from_json, stored.items.values()), items))
            touched |= Touched.from_facts(touched.titles, facts)
            self._bulk.write([note(touched)])
            refused = self._bulk.write_acceptable(
                [*map(sighting_document, merged.sightings), *self._item_documents(items, stored.items)]
            )
            if not refused:
                break
            new = self._take_back(refusals_of(refused, _sightings_after(merged, stored)), items)
            self._bulk.write(self._forgotten({refusal.digest_id for refusal in new}))
            refusals += new
        self._cluster.refresh("items", "assertions", "sightings")
        self._bulk.write(recounted_entities(self._cluster, touched.entities))
        self._bulk.write(recounted_relations(self._cluster, touched.groups))
        return refusals

    def _item_documents(self, items: Sequence[AnnotatedItem], stored: Collection[str]) -> Iterator[Document]:
        """The items with their assertions in place of what is stored."""
        written: set[str] = set()
        for item in items:
            yield item_document(item, to_json(item))
            for document in assertion_documents(item):
                written.add(document.id)
                yield document
        kept = {item.item.id for item in items}
        yield from (Document(kind="items", id=item, fields=None) for item in sorted(set(stored) - kept))
        for assertion in assertions_of(self._cluster, {*stored, *kept}):
            if assertion["id"] not in written:
                yield Document(kind="assertions", id=assertion["id"], fields=None)


def _items_after(merged: Merge, stored: Mapping[str, bytes]) -> list[AnnotatedItem]:
    """All items that a merge leaves, changed or not."""
    unchanged = [from_json(stored[item]) for item in sorted(merged.unchanged)]
    return [*unchanged, *(rewriting.annotated for rewriting in merged.rewritings if rewriting.annotated)]


def _sightings_after(merged: Merge, stored: StoredTitles) -> Iterable[PlacedSighting | StoredSighting]:
    """All sightings that a merge leaves, moved or not."""
    found: dict[str, PlacedSighting | StoredSighting] = {str(one.key): one for one in stored.all_sightings()}
    found.update((sighting_id(one.digest_id, one.position), one) for one in merged.sightings)
    return found.values()


def _documents(merged: Merge) -> Iterator[Document]:
    """All that a merge changes of items, sightings and assertions."""
    placed = {sighting_id(one.digest_id, one.position) for one in merged.sightings}
    yield from map(sighting_document, merged.sightings)
    yield from (Document(kind="sightings", id=str(key), fields=None) for key in merged.leaving if key not in placed)
    for rewriting in merged.rewritings:
        old = {one.id for one in assertion_documents(from_json(rewriting.before))} if rewriting.before else set()
        if rewriting.annotated is None or rewriting.after is None:
            yield Document(kind="items", id=rewriting.id, fields=None)
        else:
            yield item_document(rewriting.annotated, rewriting.after)
            for document in assertion_documents(rewriting.annotated):
                old.discard(document.id)
                yield document
        yield from (Document(kind="assertions", id=one, fields=None) for one in sorted(old))


def _stands_in(digest_ids: Collection[str]) -> Callable[[StoredSighting], bool]:
    known = frozenset(digest_ids)
    return lambda sighting: sighting.digest_id in known
