"""What writes would do one after the other, worked out without writing: dry runs.

What would stand after the writes so far lies beside the archive in a database that SQLite keeps in a file of its own
and takes away at the end, so a dry run over a large folder needs no more memory than a small one.
"""

import sqlite3
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any

import orjson

from indexer.archive import Changes
from indexer.model import AnnotatedDigest
from search_service.engines import merging
from search_service.engines.merging import Merge, PlacedSighting, StoredSighting, TitleKey, merge

TitlesOf = Callable[[Collection[str]], set[TitleKey]]
"""Titles of the stored sightings of digests."""

_TABLES = (
    "CREATE TABLE titles (desk, title_key, sightings, PRIMARY KEY (desk, title_key))",
    "CREATE TABLE digests (digest, desk, title_key, PRIMARY KEY (digest, desk, title_key))",
)

SightingsOf = Callable[[Collection[TitleKey]], Callable[[TitleKey], list[StoredSighting]]]
"""What gives the stored sightings of each of some titles."""


class Rehearsal:
    """Writes that are worked out on top of one another, until they are forgotten."""

    def __init__(self) -> None:
        self._connection: sqlite3.Connection | None = None
        self._new_keys = 0
        self._replaced: set[str] = set()

    def forget(self) -> None:
        """Begins anew at what is stored."""
        if self._connection:
            self._connection.close()
            self._connection = None
        self._replaced.clear()

    close = forget

    def replace(
        self, digests: Sequence[AnnotatedDigest], *, titles_of: TitlesOf, sightings_of: SightingsOf
    ) -> Changes:
        """How items would change by replacing the digests, after all that was rehearsed before."""
        latest = {digest.digest.id: digest for digest in digests}
        before = self._before(self._titles(latest.values(), titles_of), sightings_of)
        merged = merge(
            before.__getitem__, latest.values(), affected=before, leaves=lambda one: one.digest_id in latest
        )
        self._keep(before, merged, latest)
        return merged.changes()

    @property
    def _beside(self) -> sqlite3.Connection:
        if self._connection is None:
            self._connection = sqlite3.connect("", isolation_level=None, check_same_thread=False)
            for table in _TABLES:
                self._connection.execute(table)
        return self._connection

    def _titles(self, digests: Collection[AnnotatedDigest], stored: TitlesOf) -> list[TitleKey]:
        """Titles that replacing the digests touches."""
        ids = {one.digest.id for one in digests}
        titles = merging.titles_of(digests) | stored(ids - self._replaced)
        for digest in ids & self._replaced:
            statement = "SELECT desk, title_key FROM digests WHERE digest = ?"
            titles.update(self._beside.execute(statement, (digest,)))
        return sorted(titles)

    def _before(self, titles: Sequence[TitleKey], sightings_of: SightingsOf) -> dict[TitleKey, list[StoredSighting]]:
        rehearsed = {title: self._rehearsed(title) for title in titles}
        stored = sightings_of([title for title, sightings in rehearsed.items() if sightings is None])
        return {title: stored(title) if sightings is None else sightings for title, sightings in rehearsed.items()}

    def _rehearsed(self, title: TitleKey) -> list[StoredSighting] | None:
        statement = "SELECT sightings FROM titles WHERE desk = ? AND title_key = ?"
        row = self._beside.execute(statement, title).fetchone()
        return [_sighting_from(one) for one in orjson.loads(row[0])] if row else None

    def _keep(
        self, before: Mapping[TitleKey, list[StoredSighting]], merged: Merge, replaced: Collection[str]
    ) -> None:
        items = {one.item_id: one.item_json for sightings in before.values() for one in sightings}
        items.update({one.id: one.after for one in merged.rewritings if one.after is not None})
        moved = {one.key: one for one in merged.sightings if one.key is not None}
        leaving = set(merged.leaving)
        after = {
            title: [_moved(one, moved.get(one.key), items) for one in sightings if one.key not in leaving]
            for title, sightings in before.items()
        }
        for one in merged.sightings:
            if one.key is None:
                self._new_keys -= 1
                after[one.title].append(_placed(one, self._new_keys, items))
        self._replaced |= set(replaced)
        self._write(after, replaced)

    def _write(self, after: Mapping[TitleKey, Sequence[StoredSighting]], replaced: Collection[str]) -> None:
        self._beside.execute("BEGIN")
        self._beside.executemany("DELETE FROM digests WHERE digest = ?", [(digest,) for digest in replaced])
        self._beside.executemany(
            "INSERT OR REPLACE INTO titles VALUES (?, ?, ?)",
            [(*title, orjson.dumps(list(map(_record, sightings)))) for title, sightings in after.items()],
        )
        self._beside.executemany(
            "INSERT OR IGNORE INTO digests VALUES (?, ?, ?)",
            [
                (one.digest_id, *title)
                for title, sightings in after.items()
                for one in sightings
                if one.digest_id in replaced
            ],
        )
        self._beside.execute("COMMIT")


def _moved(sighting: StoredSighting, to: PlacedSighting | None, items: Mapping[str, bytes]) -> StoredSighting:
    item_id = to.item_id if to else sighting.item_id
    shared = to.shared if to else sighting.shared
    return replace(sighting, item_id=item_id, item_json=items[item_id], shared=shared)


def _placed(sighting: PlacedSighting, key: int, items: Mapping[str, bytes]) -> StoredSighting:
    return StoredSighting(
        key=key,
        digest_id=sighting.digest_id,
        position=sighting.position,
        desk=sighting.title[0],
        item_id=sighting.item_id,
        json=sighting.json,
        item_json=items[sighting.item_id],
        shared=sighting.shared,
    )


def _record(sighting: StoredSighting) -> dict[str, Any]:
    return {**asdict(sighting), "json": sighting.json.decode(), "item_json": sighting.item_json.decode()}


def _sighting_from(record: dict[str, Any]) -> StoredSighting:
    return StoredSighting(**{**record, "json": record["json"].encode(), "item_json": record["item_json"].encode()})
