"""Feeds of a run: fetched if they changed, and remembered once all of what they gave is stored."""

import hashlib
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

from indexer.archive import Archive
from indexer.fetching import Fetched, FetchFailed, fetch
from indexer.inner_files import with_inner_files
from indexer.intake import Intake
from indexer.readers import READERS_VERSION
from indexer.source_files import SourceFile, Unchanged, Unread
from indexer.subscriptions import Subscription

Fetch = Callable[..., Fetched | None]


class Subscriber:
    """Fetches feeds with one extraction, whose ``version`` decides with the readers' whether a feed is up to date."""

    def __init__(self, *, version: str, fetch: Fetch = fetch) -> None:
        self._version = f"{READERS_VERSION}:{version}"
        self._fetch = fetch
        self._fetched: dict[str, Fetched] = {}

    def find(
        self, url: str, known: Subscription | None, *, desk: str | None = None
    ) -> Iterator[SourceFile | Unread | Unchanged]:
        """What an address gives, or that it is as it was when it became ``known``. The desk is its host if none is
        given."""
        owner, path, given = desk or _host_of(url), path_of(url), desk is not None
        usable = known if known and known.version == self._version else None
        try:
            fetched = self._fetch(
                url,
                etag=usable.etag if usable else "",
                last_modified=usable.last_modified if usable else "",
            )
        except FetchFailed as failure:
            yield Unread(path=path, reason=str(failure), desk=owner, root=url, desk_given=given)
            return
        if fetched is None:
            yield Unchanged(desk=owner, path=path, digest_ids=usable.digest_ids if usable else ())
            return
        self._fetched[url] = fetched
        yield from with_inner_files(
            SourceFile(
                desk=owner,
                root=url,
                path=path,
                location=fetched.laid.location,
                desk_given=given,
                rolling=True,
                kept_by=fetched.laid,
            )
        )

    def settle(self, archive: Archive, intake: Intake) -> None:
        """Remembers the feeds that were read well; those of which something waits are fetched whole the next time."""
        waiting = {entry.root for entry in intake.waiting}
        for url, fetched in self._fetched.items():
            if url not in waiting and (fetched.etag or fetched.last_modified):
                archive.subscribe(
                    Subscription(
                        url=url,
                        etag=fetched.etag,
                        last_modified=fetched.last_modified,
                        version=self._version,
                        digest_ids=tuple(sorted(digest for digest, file in intake.files.items() if file.root == url)),
                    )
                )


def path_of(url: str) -> str:
    """The path under which a feed's digests are stored: without scheme, its query as a checksum, because pages show
    paths and queries hold secrets."""
    parts = urlsplit(url)
    query = f"?{hashlib.sha256(parts.query.encode('utf-8', 'replace')).hexdigest()[:8]}" if parts.query else ""
    return f"{parts.netloc.lower()}{parts.path.rstrip('/')}{query}".encode("utf-8", "replace").decode("utf-8")


def _host_of(url: str) -> str:
    return (urlsplit(url).hostname or "").lower()
