"""Reads a query: words (all must match), OR, -not, "phrase", prefix*, field:value, since: until:, parentheses.

A wrong query is read in the nearest sensible way; what was wrong is told with its position. Nothing raises.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from search_service.query.parser import Parser
from search_service.query.parts import EntityFinder, Part, QueryProblem
from search_service.query.tree import AllOf, AnyOf, HanCharacter, Node, Prefix, Tokens


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A query as understood. ``leaves`` are the nodes whose matches are highlighted (none under a negation)."""

    text: str
    tree: Node
    read_as: str
    parts: tuple[Part, ...]
    problems: tuple[QueryProblem, ...]
    leaves: tuple[Node, ...]


def no_entities(_name: str) -> tuple[str, ...]:
    """Finds no entity: for reading a query without a catalogue."""
    return ()


def read_query(text: str, *, find_entities: EntityFinder = no_entities) -> Reading:
    """Reads a query text; an empty one finds everything."""
    parser = Parser(text, find_entities=find_entities)
    clause = parser.parse()
    return Reading(
        text=text,
        tree=clause.node,
        read_as=clause.words,
        parts=tuple(sorted(parser.parts, key=lambda part: part.start)),
        problems=tuple(sorted(parser.problems, key=lambda problem: problem.position)),
        leaves=tuple(_positive_leaves(clause.node)),
    )


def _positive_leaves(node: Node) -> Iterator[Node]:
    match node:
        case AllOf(children=children) | AnyOf(children=children):
            for child in children:
                yield from _positive_leaves(child)
        case Tokens() | Prefix() | HanCharacter():
            yield node
