"""Digests word for word as an archive keeps them: what checksums are taken of, and what digests are read from.

A checksum over digests as read would change with every field that a later version gives to items.
"""

from dataclasses import dataclass

import orjson

from indexer.codec import from_json, problems_from, to_json
from indexer.model import AnnotatedDigest, Digest
from search_service.engines.days import day_of, number_of


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenDigest:
    """A digest with its items in their order. ``day`` is a number; items, ``problems`` and ``unparsed`` are JSON."""

    id: str
    desk: str
    path: str
    day: int
    layout: str
    fingerprint: str
    problems: str
    unparsed: str
    items: tuple[bytes, ...]

    @classmethod
    def from_digest(cls, annotated: AnnotatedDigest) -> "WrittenDigest":
        """As this version writes it."""
        digest = annotated.digest
        return cls(
            id=digest.id,
            desk=digest.desk,
            path=digest.path,
            day=number_of(digest.day),
            layout=digest.layout,
            fingerprint=digest.fingerprint,
            problems=orjson.dumps(digest.problems).decode(),
            unparsed=orjson.dumps(digest.unparsed).decode(),
            items=tuple(map(to_json, annotated.items)),
        )

    def read(self) -> AnnotatedDigest:
        """The digest."""
        items = tuple(map(from_json, self.items))
        digest = Digest(
            id=self.id,
            desk=self.desk,
            path=self.path,
            day=day_of(self.day),
            items=tuple(one.item for one in items),
            layout=self.layout,
            problems=problems_from(self.problems),
            unparsed=problems_from(self.unparsed),
            fingerprint=self.fingerprint,
        )
        return AnnotatedDigest(digest=digest, items=items)
