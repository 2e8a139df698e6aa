"""Feeds by their addresses: what a server said of what was fetched last, so that it need not be fetched again."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """A feed as it was last read and stored.

    ``etag`` and ``last_modified`` are the server's words, either empty where it gave none. ``version`` is that of the
    readers and the extraction that took it up, ``digest_ids`` the digests that came of it.
    """

    url: str
    etag: str
    last_modified: str
    version: str
    digest_ids: tuple[str, ...]

    def holds(self, fingerprints: Mapping[str, str]) -> bool:
        """Whether all its digests are stored whole, given the fingerprints of those that are stored."""
        return all(fingerprints.get(digest) for digest in self.digest_ids)


def to_json(subscription: Subscription) -> str:
    """The subscription as JSON."""
    return json.dumps(asdict(subscription))


def from_json(text: str) -> Subscription:
    """The inverse of ``to_json``."""
    record = json.loads(text)
    return Subscription(**{**record, "digest_ids": tuple(record["digest_ids"])})
