"""What a writer is in the middle of: noted before the first document changes, struck out after the last one.

A writer that finds a note of another works out everything that it names anew, so that a process may stop at any
moment and the archive is whole again when the next one has opened it.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import orjson

from search_service.engines.elasticsearch.cluster import Cluster
from search_service.engines.elasticsearch.documents import Document, group_name
from search_service.engines.facts import ItemFacts
from search_service.engines.merging import TitleKey

_DOCUMENT = "journal"


@dataclass(frozen=True, slots=True, kw_only=True)
class Touched:
    """What a write changes: titles, and what is counted over their items."""

    titles: frozenset[TitleKey]
    entities: frozenset[str]
    groups: frozenset[str]

    @classmethod
    def from_facts(cls, titles: Iterable[TitleKey], facts: Iterable[ItemFacts]) -> "Touched":
        """All that the facts are counted in."""
        known = list(facts)
        return cls(
            titles=frozenset(titles),
            entities=frozenset(entity for one in known for entity in one.entities),
            groups=frozenset(
                group_name(relation.kind, relation.subject, relation.object)
                for one in known
                for relation in one.annotations.relations
            ),
        )

    def __or__(self, other: "Touched") -> "Touched":
        return Touched(
            titles=self.titles | other.titles,
            entities=self.entities | other.entities,
            groups=self.groups | other.groups,
        )


def note(touched: Touched) -> Document:
    """The document of the journal."""
    payload = orjson.dumps([sorted(touched.titles), sorted(touched.entities), sorted(touched.groups)])
    return Document(kind="writer", id=_DOCUMENT, fields={"payload": payload.decode()})


STRUCK_OUT = Document(kind="writer", id=_DOCUMENT, fields=None)


def noted(cluster: Cluster) -> Touched | None:
    """What a writer left unfinished."""
    found = cluster.stored("writer", _DOCUMENT)
    if found is None:
        return None
    titles, entities, groups = orjson.loads(found[0]["payload"])
    return Touched(
        titles=frozenset((desk, title) for desk, title in titles),
        entities=frozenset(entities),
        groups=frozenset(groups),
    )
