"""A reader for plain YAML: mappings, sequences and texts, without anchors and without guessing types.

``yaml.load`` builds a node for every value and asks what type it might be; the catalogue has 30,000 values
and all are texts (360 is a company). Reading the parser's events takes a third of the time.
"""

from typing import Any

import yaml
from yaml.events import (
    AliasEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)


def value_from_yaml(text: str) -> Any:
    """The document in ``text``, built of dict, list and str; None where it is empty.

    Raises yaml.YAMLError, with the line, where the text is not YAML or uses an alias.
    """
    opened: list[tuple[list[Any] | dict[str, Any], str | None]] = []
    document: list[Any] = []
    target: list[Any] | dict[str, Any] = document
    key: str | None = None
    for event in yaml.parse(text, yaml.CSafeLoader):
        kind = event.__class__
        if kind is MappingStartEvent or kind is SequenceStartEvent:
            opened.append((target, key))
            target, key = ({} if kind is MappingStartEvent else []), None
            continue
        if isinstance(event, ScalarEvent):
            value: Any = event.value
        elif kind is MappingEndEvent or kind is SequenceEndEvent:
            value = target
            target, key = opened.pop()
        elif kind is AliasEvent:
            raise yaml.YAMLError(f"an alias is not plain YAML\n{event.start_mark}")
        else:
            continue
        key = _put(target, key, value)
    return document[0] if document else None


def _put(target: list[Any] | dict[str, Any], key: str | None, value: Any) -> str | None:
    """Add a value to the open collection; the key that waits for its value afterwards, if any."""
    if isinstance(target, list):
        target.append(value)
    elif key is None:
        return str(value)
    else:
        target[key] = value
    return None
