"""Feeds by their addresses show the latest news only: what they showed before has to stay.

Such a digest is cut into one for each day. A day's digest keeps the items that the feed no longer shows; those that
it shows again, known by the feed's own id or by title and link, take the place of their former version.
"""

import hashlib
from collections.abc import Iterator, Sequence, Set
from dataclasses import replace
from datetime import date

import orjson

from indexer.archive import Archive, stored_digest
from indexer.identity import digest_id, title_key
from indexer.model import Digest, NewsItem, Place
from indexer.readers import READERS_VERSION


def rolled(digest: Digest, archive: Archive) -> Iterator[Digest]:
    """The digests of the days in ``digest``, with what ``archive`` has of each beside."""
    days: dict[date | None, list[NewsItem]] = {}
    for item in digest.items:
        days.setdefault(item.day, []).append(item)
    if not days:
        yield digest
        return
    shown = {_key(item) for item in digest.items}
    for number, day in enumerate(sorted(days, key=lambda day: day or date.min, reverse=True)):
        part = _part_of(digest, day, days[day])
        if number:  # what could not be read is told once
            part = replace(part, problems=(), unparsed=())
        yield _with_former_items(part, shown, archive)


def _part_of(digest: Digest, day: date | None, items: Sequence[NewsItem]) -> Digest:
    path = f"{digest.path}#{day.isoformat() if day else 'undated'}"
    # lines of a feed move with each item that comes: they are no place to find one again
    placed = tuple(replace(item, places=(Place(path=path),)) for item in items)
    return _fingerprinted(replace(digest, id=digest_id(digest.desk, path), path=path, day=day, items=placed))


def _with_former_items(part: Digest, shown: Set[tuple[str, ...]], archive: Archive) -> Digest:
    """The digest with the stored items that are not ``shown`` any more behind its own."""
    stored = archive.fingerprints([part.id]).get(part.id)
    if stored is None or stored.startswith(f"{part.fingerprint}:"):
        return part
    former_digest = stored_digest(archive, part.id)
    former = tuple(item for item in former_digest.digest.items if _key(item) not in shown) if former_digest else ()
    return _fingerprinted(replace(part, items=(*part.items, *former)))


def _key(item: NewsItem) -> tuple[str, ...]:
    """What a feed calls an item: its id, or title and link."""
    if item.external_ids:
        return item.external_ids[:1]
    return title_key(item.title), next((source.url for source in item.sources if source.url), "")


def _fingerprinted(digest: Digest) -> Digest:
    """The fingerprint of what is said, whatever the feed around it says of the time of day."""
    checksum = hashlib.sha256(orjson.dumps([digest.items, digest.problems, digest.unparsed]))
    return replace(digest, fingerprint=f"{READERS_VERSION}:{checksum.hexdigest()}")
