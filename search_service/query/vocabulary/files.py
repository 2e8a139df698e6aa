"""Reads the YAML files that lie beside this module."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from graph.catalogue.plain_yaml import value_from_yaml
from indexer.model import Category

GROUP_FILES = ("technology.yaml", "business.yaml", "society.yaml")


@dataclass(frozen=True, slots=True, kw_only=True)
class WordGroup:
    """Words that mean the ``same``, words said of the same thing (``near``), and what items about it report."""

    same: tuple[str, ...]
    near: tuple[str, ...] = ()
    category: Category | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """A fair, conference or festival: its names and the months (1-12) that it can fall in."""

    names: tuple[str, ...]
    months: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """All files. ``nicknames`` are names of entities by id; ``ending`` words ask only at the end of a query, and
    ``classes`` are what questions ask for instances of."""

    groups: tuple[WordGroup, ...] = ()
    events: tuple[Event, ...] = ()
    nicknames: Mapping[str, str]
    asking: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    ending: tuple[str, ...] = ()
    framing: tuple[str, ...] = ()


@cache
def load_vocabulary() -> Vocabulary:
    """The shipped files, read once per process."""
    folder = resources.files(__package__)
    documents: dict[str, Any] = {
        entry.name: value_from_yaml(entry.read_text("utf-8"))
        for entry in folder.iterdir()
        if entry.name.endswith(".yaml")
    }
    questions = documents["questions.yaml"]
    return Vocabulary(
        groups=tuple(_group(record) for name in GROUP_FILES for record in documents[name]["groups"]),
        events=tuple(
            Event(names=tuple(record["names"]), months=tuple(map(int, record["months"])))
            for record in documents["events.yaml"]["events"]
        ),
        nicknames=documents["nicknames.yaml"]["names"],
        asking=tuple(questions["asking"]),
        classes=tuple(questions["classes"]),
        ending=tuple(questions["ending"]),
        framing=tuple(questions["framing"]),
    )


def _group(record: Mapping[str, Any]) -> WordGroup:
    return WordGroup(same=tuple(record["same"]), near=tuple(record.get("near", ())), category=record.get("category"))
