"""Items, sightings, digests, relations and entities as documents of the cluster."""

import hashlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

import orjson

from graph.model import EntityRef, RelationKind
from graph.source import EntityRecord
from indexer.codec import from_json
from indexer.folding import fold_key
from indexer.identity import title_key
from indexer.model import AnnotatedItem, Digest
from search_service.engines.days import day_of, number_of
from search_service.engines.elasticsearch.cluster import Kind, Object
from search_service.engines.facts import facts_of
from search_service.engines.gists import gist_of
from search_service.engines.item_fields import IndexedItem
from search_service.engines.merging import PlacedSighting, TitleKey

SEPARATOR = "\x1f"
NO_DAY_LAST = 99999999
LONGEST_TOKEN = 255
"""The ``whitespace`` analyser cuts longer ones into several."""

_KEPT_OF_LONG = 100
FILLER = "\u2400"
"""Stands in an empty field, so that Elasticsearch counts it in its average length as tantivy does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A document to write; without ``fields`` one to take away."""

    kind: Kind
    id: str
    fields: Object | None


def key_of(*parts: str) -> str:
    """A short key for texts of any length."""
    return hashlib.sha256(SEPARATOR.join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:32]


def same_title(title: TitleKey) -> str:
    """What items and sightings of one desk and folded title share."""
    return key_of(*title)


def indexed_token(token: str) -> str:
    """The token as it is indexed and looked for: shorter than the analyser's longest, different ones different."""
    if len(token.encode("utf-16-le")) // 2 <= LONGEST_TOKEN:
        return token
    return token[:_KEPT_OF_LONG] + "\u2026" + key_of(token)


def group_name(kind: RelationKind, subject: str, object_: str) -> str:
    """What assertions of one relation share."""
    return SEPARATOR.join((kind, subject, object_))


def item_document(annotated: AnnotatedItem, json: bytes) -> Document:
    """The document of an item."""
    item, indexed, facts = annotated.item, IndexedItem.from_item(annotated), facts_of(annotated)
    fields: Object = {
        "id": item.id,
        **indexed.values,
        "newest": indexed.day,
        "oldest": indexed.day or NO_DAY_LAST,
        "bands": indexed.bands,
        "signature": indexed.signature.hex(),
        "title_text": item.title,
        "body_text": item.body,
        "writing": sorted(SEPARATOR.join(writing) for writing in facts.writings),
        "party": sorted(party for parties in facts.parties for party in parties),
        "same_title": same_title((item.desk, title_key(item.title))),
        "gist": gist_of(annotated),
        "payload": json.decode(),
    }
    if indexed.day:
        fields["day"] = indexed.day
    for name, text in indexed.texts.items():
        fields[name] = " ".join(map(indexed_token, text.tokens)) or FILLER
        fields[f"{name}_ends"] = text.ends
    return Document(kind="items", id=item.id, fields=fields)


def item_in(source: Object) -> AnnotatedItem:
    """The item that a document holds."""
    return from_json(source["payload"].encode())


def assertion_documents(annotated: AnnotatedItem) -> Iterable[Document]:
    """One for each relation that the item asserts."""
    item = annotated.item
    url = next((source.url for source in item.sources if source.url), "")
    for position, relation in enumerate(annotated.annotations.relations):
        fields = {
            "item": item.id,
            "position": position,
            "group": group_name(relation.kind, relation.subject, relation.object),
            "day": number_of(item.day),
            "url": url,
            "payload": orjson.dumps(relation).decode(),
        }
        yield Document(kind="assertions", id=f"{item.id}:{position}", fields=fields)


def sighting_document(sighting: PlacedSighting) -> Document:
    """The document of a sighting."""
    desk, folded = sighting.title
    fields = {
        "digest": sighting.digest_id,
        "position": sighting.position,
        "desk": desk,
        "title_key": folded,
        "same_title": same_title(sighting.title),
        "item": sighting.item_id,
        "payload": sighting.json.decode(),
    }
    return Document(kind="sightings", id=sighting_id(sighting.digest_id, sighting.position), fields=fields)


def sighting_id(digest_id: str, position: int) -> str:
    """The id of a sighting."""
    return f"{digest_id}:{position}"


def digest_document(digest: Digest, *, fingerprint: str) -> Document:
    """The document of a digest."""
    fields = {
        "id": digest.id,
        "desk": digest.desk,
        "path": digest.path,
        "day": number_of(digest.day),
        "layout": digest.layout,
        "fingerprint": fingerprint,
        "problems": orjson.dumps(digest.problems).decode(),
        "unparsed": orjson.dumps(digest.unparsed).decode(),
        "unparsed_lines": len(digest.unparsed),
    }
    return Document(kind="digests", id=digest.id, fields=fields)


@dataclass(slots=True, kw_only=True)
class EntityCount:
    """An entity counted over items; ``writings`` are (role, text) with the number of items that write so, ``first``
    and ``last`` numbers of days, 0 for none."""

    items: int = 0
    first: int = 0
    last: int = 0
    writings: Counter[tuple[str, str]] = field(default_factory=Counter)

    @classmethod
    def from_source(cls, source: Object) -> "EntityCount":
        """As a document has it."""
        writings = Counter({(role, text): count for role, text, count in orjson.loads(source["writings"])})
        return cls(items=source["items"], first=source["first"], last=source["last"], writings=writings)

    def ranked(self, role: str) -> list[tuple[str, int]]:
        """Texts of a role, those of most items first."""
        found = [(text, count) for (of_role, text), count in self.writings.items() if of_role == role and count]
        return sorted(found, key=lambda one: (-one[1], one[0]))

    def document(self, entity_id: str) -> Document:
        """The document of the entity; none where no item names it."""
        if not self.items:
            return Document(kind="entities", id=key_of(entity_id), fields=None)
        names, surfaces, kinds = self.ranked("name"), self.ranked("surface"), self.ranked("kind")
        writings = sorted([role, text, count] for (role, text), count in self.writings.items() if count)
        fields = {
            "id": entity_id,
            "kind": kinds[0][0],
            "name": names[0][0],
            "items": self.items,
            "first": self.first,
            "last": self.last,
            "folded": sorted({fold_key(text) for text, _ in (*names, *surfaces)}),
            "writings": orjson.dumps(writings).decode(),
        }
        return Document(kind="entities", id=key_of(entity_id), fields=fields)


def ref_in(source: Object) -> EntityRef:
    """Name and kind of the entity that a document holds."""
    return EntityRef(id=source["id"], name=source["name"], kind=source["kind"])


def entity_in(source: Object) -> EntityRecord:
    """The entity that a document holds."""
    return EntityRecord(
        entity=ref_in(source),
        items=source["items"],
        first_seen=day_of(source["first"]),
        last_seen=day_of(source["last"]),
        surfaces=tuple(EntityCount.from_source(source).ranked("surface")),
    )


def relation_document(group: str, *, count: int, last: int) -> Document:
    """The document of a relation, counted over its assertions."""
    if not count:
        return Document(kind="relations", id=key_of(group), fields=None)
    kind, subject, object_ = group.split(SEPARATOR)
    fields = {
        "group": group,
        "kind": kind,
        "subject": subject,
        "object": object_,
        "ends": sorted({subject, object_}),
        "count": count,
        "last": last,
    }
    return Document(kind="relations", id=key_of(group), fields=fields)
