"""A new edition of an archive, filled from the digests of the one in use: for other mappings, shards, or formats.

Only a client's searches and bulk writing are needed for it, because documents have to be made anew from what the
digests hold, which no copying inside the cluster does.
"""

from datetime import datetime

from search_service.engines.elasticsearch.cluster import Cluster
from search_service.engines.elasticsearch.digest_reading import stored_digests
from search_service.engines.elasticsearch.editions import open_next, put_in_use, shards_of
from search_service.engines.elasticsearch.engine import ElasticsearchEngine
from search_service.engines.elasticsearch.indices import (
    FORMAT,
    OLDEST_UPGRADED,
    format_of,
    named_indices,
    nothing_there,
)
from search_service.engines.elasticsearch.lease import Lease
from search_service.engines.elasticsearch.quarantine import quarantined
from search_service.engines.elasticsearch.writer import ArchiveWriter
from search_service.engines.lifecycle import Content, Show
from search_service.engines.migration import Copying
from search_service.engines.verification import answers_that_differ, compare_digests, require_none


def reindex(cluster: Cluster, lease: Lease, *, shards: int | None, force: bool, now: datetime, show: Show) -> Content:
    """Fills a new edition in the turn of ``lease`` and puts it in use. Raises NotTheSame."""
    is_readable = format_in_use(cluster) == FORMAT
    if is_readable:
        ArchiveWriter(cluster, lease).finish()
    filled = open_next(cluster, now, shards=shards or shards_of(cluster))
    writer = ArchiveWriter(filled, lease)
    Copying(writer, show).copy((digest, None) for digest in stored_digests(cluster))
    if "quarantine" in named_indices(cluster, oldest=OLDEST_UPGRADED):
        writer.quarantine(quarantined(cluster))
    writer.flush()
    content, differences = compare_digests(stored_digests(cluster), stored_digests(filled))
    require_none(differences, "the new indices are not put in use, because they hold other digests")
    if is_readable and not force:
        require_none(
            answers_that_differ(ElasticsearchEngine(cluster, None), ElasticsearchEngine(filled, None)),
            "the new indices are not put in use, because they answer otherwise (--force puts them in use)",
        )
    put_in_use(cluster)
    return content


def format_in_use(cluster: Cluster) -> int:
    """The format of the archive.

    Raises ArchiveUnavailable where there is none, ArchiveFormatUnknown where this version cannot read its digests.
    """
    found = named_indices(cluster, oldest=OLDEST_UPGRADED)
    if not found:
        raise nothing_there(cluster)
    return min(format_of(cluster, index) or FORMAT for index in found.values())
