"""XML as a tree of elements, read with expat and with nothing that a hostile file could use.

A document type declaration is refused as soon as it declares an entity, so no text can grow ("billion laughs") and no
file can be drawn in; depth and length are bounded. Names of elements are in lower case and without namespace prefix:
feeds are told apart by structure. HTML's named entities, which careless feeds use undeclared, are read as characters.
"""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.parsers import expat

from indexer.readers.malformed import Malformed

MAX_DEPTH = 64

_XML_ENTITIES = frozenset({"amp", "lt", "gt", "quot", "apos"})
_BLOCKS = frozenset({"p", "div", "br", "li", "ul", "ol", "tr", "blockquote", "h1", "h2", "h3", "h4", "h5", "h6"})
_NAMED = re.compile(r"&([A-Za-z][A-Za-z0-9]{1,30});")
_DECLARATION = re.compile(r"\A\s*<\?xml[^>]{0,200}\?>")


@dataclass(slots=True)
class Element:
    """An element: its attributes, what is inside it in order, and the lines (from 1) it takes."""

    name: str
    line: int
    attributes: dict[str, str] = field(default_factory=dict)
    content: list["str | Element"] = field(default_factory=list)
    last_line: int = 0

    @property
    def children(self) -> Iterator["Element"]:
        """The elements directly inside."""
        return (one for one in self.content if isinstance(one, Element))

    @property
    def text(self) -> str:
        """The text directly inside."""
        return "".join(one for one in self.content if isinstance(one, str)).strip()

    @property
    def deep_text(self) -> str:
        """The text with that of all elements inside; where one of these stands for a block, lines end."""
        found: list[str] = []
        pending: list[str | Element] = [self]
        while pending:
            current = pending.pop()
            if isinstance(current, str):
                found.append(current)
                continue
            edge = "\n" if current.name in _BLOCKS else ""
            pending.extend((edge, *reversed(current.content), edge))
        return "".join(found).strip()

    def named(self, *names: str) -> Iterator["Element"]:
        """The children of these names, in order."""
        return (child for child in self.children if child.name in names)

    def first(self, *names: str) -> str:
        """The first text that is not blank among the children of these names, names in order of preference."""
        texts = (child.text for name in names for child in self.named(name))
        return next((text for text in texts if text), "")


def tree_from(text: str) -> Element:
    """The root of a document. Raises ``Malformed`` with the line where the file breaks or is refused."""
    builder = _Builder()
    source = _DECLARATION.sub(lambda match: "\n" * match[0].count("\n"), text, count=1)  # bytes are decoded already
    try:
        builder.parser.Parse(_NAMED.sub(_as_character, source).encode("utf-8", "replace"), True)
    except expat.ExpatError as failure:
        raise Malformed(f"broken XML: {expat.ErrorString(failure.code)}", failure.lineno) from failure
    return next(builder.root.children)


class _Builder:
    def __init__(self) -> None:
        self.parser = expat.ParserCreate(namespace_separator="\n")
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._take
        self.parser.EntityDeclHandler = self._refuse
        self.root = Element("", 1)
        self._open = [self.root]

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if len(self._open) > MAX_DEPTH:
            raise Malformed(f"XML nested more than {MAX_DEPTH} deep", self.parser.CurrentLineNumber)
        plain = {_local(key): value for key, value in attributes.items()}
        element = Element(_local(name), self.parser.CurrentLineNumber, plain)
        self._open[-1].content.append(element)
        self._open.append(element)

    def _end(self, _name: str) -> None:
        self._open.pop().last_line = self.parser.CurrentLineNumber

    def _take(self, text: str) -> None:
        self._open[-1].content.append(text)

    def _refuse(self, *_declaration: object) -> None:
        raise Malformed("XML that declares entities of its own is refused", self.parser.CurrentLineNumber)


def _local(name: str) -> str:
    return name.rsplit("\n", 1)[-1].lower()


def _as_character(match: re.Match[str]) -> str:
    if match[1] in _XML_ENTITIES:
        return match[0]
    character = html.unescape(match[0])
    return match[0] if character == match[0] else f"&#{ord(character[0])};"
