"""What the catalogue knows about a pair before the text is read: a hint to the classifier, never an assertion."""

from functools import lru_cache
from typing import Literal

from graph.catalogue import load_catalogue
from graph.model import EntityKind
from indexer.extraction.linking import load_linker

MakerHint = Literal["same", "other", "unknown", "none"]


@lru_cache(maxsize=65536)
def maker_hint(organisation: str, thing: str, kind: EntityKind) -> MakerHint:
    """Whether the catalogue says that ``organisation`` makes the model or product named ``thing``.

    ``same``: it or its parent does; ``other``: another one does; ``unknown``: a maker is known, the organisation is
    not; ``none``: no maker is known.
    """
    maker = _maker(thing, kind)
    if maker is None:
        return "none"
    linked = load_linker().lookup(organisation, "org")
    if linked is None:
        return "unknown"
    return "same" if maker in _with_parents(linked.entity_id) or linked.entity_id in _with_parents(maker) else "other"


def _maker(thing: str, kind: EntityKind) -> str | None:
    linked = load_linker().lookup(thing, kind)
    if linked is None:
        return None
    catalogue = load_catalogue()
    entry = catalogue.by_id.get(linked.entity_id)
    if entry is not None and (maker := entry.fact("maker")):
        return maker
    family = catalogue.family_of(linked.name, kind)
    return family.maker if family else None


def _with_parents(entity_id: str) -> tuple[str, ...]:
    chain = [entity_id]
    by_id = load_catalogue().by_id
    while (entry := by_id.get(chain[-1])) is not None:
        parent = entry.fact("parent")
        if parent is None or parent in chain:
            break
        chain.append(parent)
    return tuple(chain)
