"""Labelled items: a text, its names, and the labels of its tokens."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from graph.kinds import ENTITY_KINDS
from graph.model import EntityKind, TextField
from indexer.extraction.tokens import TokenisedText, half_width, tokenise
from indexer.model import IndexerError


class BadLabels(IndexerError):
    """A file of items or labels cannot be used; the message says which line and why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelledItem:
    """An item and its names: each surface with the kinds it was labelled as, half width as the tokens are."""

    id: str
    title: str
    text: TokenisedText
    names: Mapping[str, Sequence[EntityKind]]

    @property
    def body(self) -> str:
        return self.text.text[len(self.title) + 1 :]

    def mentions(self) -> set[tuple[TextField, int, int, EntityKind]]:
        """Every place of every name that no longer name covers, with offsets into its field."""
        taken = bytearray(len(self.text.text))
        after_title = len(self.title) + 1
        found: set[tuple[TextField, int, int, EntityKind]] = set()
        for start, end, kind in self._places():
            if all(taken[start:end]):
                continue
            taken[start:end] = b"\1" * (end - start)
            if end < after_title:
                found.add(("title", start, end, kind))
            elif start >= after_title:
                found.add(("body", start - after_title, end - after_title, kind))
        return found

    def token_labels(self) -> list[str]:
        """BIO labels of the tokens. Longer names go first; a name that cuts a token is left out."""
        labels = ["O"] * len(self.text.starts)
        starts = {start: at for at, start in enumerate(self.text.starts)}
        ends = {end: at for at, end in enumerate(self.text.ends)}
        for start, end, kind in self._places():
            first, last = starts.get(start), ends.get(end)
            if first is None or last is None or any(label != "O" for label in labels[first : last + 1]):
                continue
            labels[first : last + 1] = [f"B-{kind}", *[f"I-{kind}"] * (last - first)]
        return labels

    def _places(self) -> Iterator[tuple[int, int, EntityKind]]:
        text = self.text.text
        for name in sorted(self.names, key=lambda one: (-len(one), one)):
            start = text.find(name)
            while start >= 0:
                yield start, start + len(name), self.names[name][0]
                start = text.find(name, start + 1)


def load_labelled(items: Path, labels: Path) -> tuple[LabelledItem, ...]:
    """The items that have labels, in the order of the labels.

    ``items`` has lines {"id", "title", "body"}, ``labels`` lines {"id", "entities": [{"type", "surfaces"}]}.
    Raises BadLabels with the line that is wrong.
    """
    texts = {record["id"]: record for _, record in read_records(items, ("id", "title"))}
    labelled = []
    for line, record in read_records(labels, ("id", "entities")):
        if record["id"] not in texts:
            raise BadLabels(f"{labels}, line {line}: no item has the id {record['id']!r}")
        labelled.append(_labelled_item(texts[record["id"]], record["entities"]))
    return tuple(labelled)


def read_records(path: Path, needed: Sequence[str]) -> Iterator[tuple[int, dict[str, Any]]]:
    """Number and object of each line of a file of JSON lines.

    Raises BadLabels for a line that is no JSON or lacks one of the ``needed`` keys.
    """
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            try:
                record = json.loads(line)
            except ValueError as error:
                raise BadLabels(f"{path}, line {number}: not JSON ({error})") from error
            missing = [name for name in needed if name not in record]
            if missing:
                raise BadLabels(f"{path}, line {number}: {', '.join(missing)} missing")
            yield number, record


def _labelled_item(record: Mapping[str, Any], entities: Sequence[Mapping[str, Any]]) -> LabelledItem:
    title, body = record["title"] or "", record.get("body") or ""
    names: dict[str, list[EntityKind]] = {}
    for entity in entities:
        if entity["type"] in ENTITY_KINDS:
            for surface in entity["surfaces"]:
                kinds = names.setdefault(half_width(surface), [])
                if surface and entity["type"] not in kinds:
                    kinds.append(entity["type"])
    return LabelledItem(id=record["id"], title=title, text=tokenise(f"{title}\n{body}"), names=names)
