"""A file's content as layouts look at it: lines of text with front matter, a JSON value, or an XML tree."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

from indexer.readers.malformed import Malformed
from indexer.readers.xml_tree import Element, tree_from

MAX_LINE = 1_000_000
"""Characters a line of a text may have; longer ones are reported, not read."""

_XML_HEAD = re.compile(r"\s*<(?:\?xml\s|rss[\s>]|feed[\s>]|rdf:RDF[\s>])", re.IGNORECASE)
_FENCES = ("---", "+++")
"""What front matter stands between: YAML and TOML, of which one-line fields are read."""
_FIELD = re.compile(r"(?P<key>[A-Za-z_][\w-]*)\s*[:=]\s*(?P<value>.*)")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TextDocument:
    """A text: ``lines[0]`` is line 1; ``start`` lines are front matter, its one-line fields in ``front_matter``.

    Documents are told apart by identity, so that what was worked out of one can be kept while it is read.
    """

    path: str
    lines: tuple[str, ...]
    start: int = 0
    front_matter: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class JsonDocument:
    """A parsed JSON file."""

    path: str
    value: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class XmlDocument:
    """A parsed XML file."""

    path: str
    root: Element


Document = TextDocument | JsonDocument | XmlDocument


def document_from(path: str, text: str) -> Document:
    """The document in a text. Text that begins like JSON and is none raises ``Malformed`` with its place."""
    head = text.lstrip()[:2]
    if head[:1] == "{" or (head[:1] == "[" and _begins_json_list(text)):
        return JsonDocument(path=path, value=_json_value(text))
    if _XML_HEAD.match(text):
        return XmlDocument(path=path, root=tree_from(text))
    return _text_document(path, text)


def _begins_json_list(text: str) -> bool:
    """Markdown may begin with a link's bracket; a JSON list goes on with a value or ends."""
    return re.match(r"\s*\[\s*(?:[\[{\"\]]|-?\d|true|false|null)", text) is not None and not re.match(
        r"\s*\[[^\]\n]*\]\(", text[:4000]
    )


def _json_value(text: str) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as failure:
        reason = f"broken JSON at line {failure.lineno}, column {failure.colno}: {failure.msg}"
        raise Malformed(reason, failure.lineno) from failure
    except (RecursionError, ValueError) as failure:
        raise Malformed(f"JSON that cannot be read: {failure}", 1) from failure


def _text_document(path: str, text: str) -> TextDocument:
    lines = tuple(line.rstrip("\r") for line in text.split("\n"))
    end = _front_matter_end(lines)
    fields: dict[str, str] = {}
    for line in lines[1:end]:
        if (match := _FIELD.match(line)) and len(line) < MAX_LINE:
            fields[match["key"]] = match["value"].strip().strip("\"'")
    return TextDocument(path=path, lines=lines, start=end, front_matter=fields)


def _front_matter_end(lines: tuple[str, ...]) -> int:
    """The number of lines the front matter takes, its fences included; 0 where there is none."""
    fence = lines[0].strip()
    if fence not in _FENCES:
        return 0
    for number, line in enumerate(lines[1:400], 1):
        if line.rstrip() == fence:
            return number + 1
    return 0
