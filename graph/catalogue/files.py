"""Reading the YAML files that lie beside this module."""

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib import resources
from typing import Any, cast

from graph.catalogue.entries import Catalogue, CatalogueEntry, Family, NameUse
from graph.catalogue.plain_yaml import value_from_yaml
from graph.model import Alias, Entity, EntityKind

FAMILIES_FILE = "families.yaml"
USES_FILE = "uses.yaml"
LATIN = "latin"

Record = Mapping[str, Any]


def load_documents() -> dict[str, Any]:
    """The shipped files by name, parsed and not yet checked."""
    folder = resources.files("graph.catalogue")
    names = sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".yaml"))
    return {name: value_from_yaml((folder / name).read_text("utf-8")) for name in names}


@cache
def load_catalogue() -> Catalogue:
    """The shipped catalogue, read once per process. ``check_catalogue`` vouches for its files."""
    return catalogue_from_documents(load_documents())


def catalogue_from_documents(documents: Mapping[str, Any]) -> Catalogue:
    """A catalogue from parsed files; files that ``check_documents`` complains of may raise KeyError."""
    entries = tuple(
        entry_from_record(record, document.get("source", ()))
        for name, document in documents.items()
        if name not in (FAMILIES_FILE, USES_FILE)
        for record in document["entities"]
    )
    by_id = {entry.entity.id: entry for entry in entries}
    families = documents.get(FAMILIES_FILE) or {"families": ()}
    uses = documents.get(USES_FILE) or {"uses": ()}
    return Catalogue(
        entries=entries,
        families=tuple(family_from_record(record, by_id) for record in families["families"]),
        uses=tuple(use_from_record(record) for record in uses["uses"]),
    )


def entry_from_record(record: Record, source: Iterable[str]) -> CatalogueEntry:
    """An entry from its YAML record; the name is the id's where the record has none."""
    kind, name = record["id"].split(":", 1)
    entity = Entity(
        id=record["id"],
        kind=cast(EntityKind, kind),
        name=record.get("name", name),
        aliases=tuple(_aliases(record.get("aliases", {}))),
        description=record.get("description", ""),
        facts=tuple(_facts(record.get("facts", {}))),
        formerly=tuple(record.get("formerly", ())),
        curated=True,
    )
    return CatalogueEntry(
        entity=entity,
        ambiguous=frozenset(record.get("ambiguous", ())),
        sources=tuple(record.get("source", source)),
    )


def _aliases(by_kind: Record) -> Iterator[Alias]:
    for kind, texts in by_kind.items():
        for text in texts:
            yield Alias(text=text, language="en" if text.isascii() else "zh", kind=kind)


def _facts(facts: Record) -> Iterator[tuple[str, str]]:
    for name, value in facts.items():
        for one in [value] if isinstance(value, str) else value:
            yield name, one


def family_from_record(record: str | Record, by_id: Mapping[str, CatalogueEntry]) -> Family:
    """A family from an entity id, or from a record that also lists the forms that take a version."""
    entity_id = record if isinstance(record, str) else record["entity"]
    entry = by_id[entity_id]
    return Family(
        name=entry.entity.name,
        kind=entry.entity.kind,
        entity=entity_id,
        maker=entry.fact("maker"),
        forms=entry.surfaces if isinstance(record, str) else tuple(record["forms"]),
    )


def use_from_record(record: Record) -> NameUse:
    """A name's kinds from its YAML record."""
    return NameUse(
        name=record["name"],
        default=record["default"],
        entities=tuple((entity_id.split(":", 1)[0], entity_id) for entity_id in record["entities"]),
    )
