"""Sightings as the record has them."""

import sqlite3
from collections.abc import Sequence

from search_service.engines.embedded.payloads import unpack
from search_service.engines.merging import StoredSighting, TitleKey


def titles_in(connection: sqlite3.Connection, where: str, values: Sequence[str | int]) -> set[TitleKey]:
    """Titles of the stored sightings that an SQL condition holds for, asked once for each value."""
    statement = f"SELECT DISTINCT desk, title_key FROM sightings WHERE {where}"
    return {title for value in values for title in connection.execute(statement, (value,))}


def stored_sightings(connection: sqlite3.Connection, title: TitleKey) -> list[StoredSighting]:
    """The sightings of a title."""
    rows = connection.execute(
        "SELECT s.key, s.digest, s.position, s.desk, i.id, i.payload, s.payload"
        " FROM sightings s JOIN items i ON i.key = s.item WHERE s.desk = ? AND s.title_key = ?",
        title,
    )
    return [
        StoredSighting(
            key=key,
            digest_id=digest,
            position=position,
            desk=desk,
            item_id=item,
            json=unpack(own or of_item),
            item_json=unpack(of_item),
            shared=own is None,
        )
        for key, digest, position, desk, item, of_item, own in rows
    ]
