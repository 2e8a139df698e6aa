"""One way to write what a part of a query looks for: how engines find it and where it stands in a folded text."""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

from indexer.folding import HAN, fold
from search_service.query.clauses import text_node
from search_service.query.tree import AllOf, AnyOf, Node

_ATOM = re.compile(rf"[{HAN}]+|[^\W\d_{HAN}]+|\d+(?:\.\d+)*|[^\s\w\-·•・]+")
_SEAM = r"[\s\-_·•・]*"


class Found(Protocol):
    """Finds the places of a form in folded text."""

    def __call__(self, text: str) -> list[int]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """``text`` as a vocabulary or a reader writes it; a match counts ``weight`` (1.0: what was typed)."""

    text: str
    weight: float
    node: Node

    @classmethod
    @lru_cache(maxsize=8192)
    def from_text(cls, text: str, weight: float) -> "Form | None":
        """None where the text holds nothing to find."""
        node = text_node(text)
        return cls(text=text, weight=weight, node=node) if node else None


def node_of(forms: tuple[Form, ...]) -> Node:
    """What any of the forms finds; ``forms`` are not empty."""
    return any_of(tuple(form.node for form in forms))


def any_of(nodes: tuple[Node, ...]) -> Node:
    """At least one of the nodes, each named once."""
    distinct = tuple(dict.fromkeys(nodes))
    return distinct[0] if len(distinct) == 1 else AnyOf(children=distinct)


def all_of(nodes: tuple[Node, ...]) -> Node:
    """Every one of the nodes, each named once."""
    distinct = tuple(dict.fromkeys(nodes))
    return distinct[0] if len(distinct) == 1 else AllOf(children=distinct)


@lru_cache(maxsize=8192)
def needle(text: str) -> str:
    """What every folded text has in which ``finder(text)`` finds something."""
    return max(_ATOM.findall(fold(text).text), key=len, default="\0")


@lru_cache(maxsize=8192)
def finder(text: str) -> Found:
    """The places of a text in folded texts, as near to what its tokens match as one pass over the text can tell:
    Han anywhere, Latin words and numbers whole, blanks and dashes between them free."""
    folded = fold(text).text.strip()
    atoms = _ATOM.findall(folded)
    if len(atoms) == 1 and atoms[0] == folded and re.fullmatch(f"[{HAN}]+", folded):
        return _plain_finder(folded)
    pattern = re.compile(_left_edge(folded) + _SEAM.join(map(re.escape, atoms)) + _right_edge(folded))
    needed = needle(text)

    def found(text: str) -> list[int]:
        return [match.start() for match in pattern.finditer(text)] if needed in text else []

    return found


def _plain_finder(run: str) -> Found:
    def found(text: str) -> list[int]:
        places = []
        at = text.find(run)
        while at >= 0:
            places.append(at)
            at = text.find(run, at + 1)
        return places

    return found


def _left_edge(folded: str) -> str:
    if re.match(rf"[^\W\d_{HAN}]", folded):
        return r"(?<![a-z0-9])"
    return r"(?<![\d.a-z])" if folded[:1].isdigit() else ""


def _right_edge(folded: str) -> str:
    if folded[-1:].isdigit():
        return r"(?!\.?\d)(?![a-z])"
    return r"(?![a-z])" if re.search(rf"[^\W\d_{HAN}]$", folded) else ""
