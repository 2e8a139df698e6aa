"""Reads a query: words (all must match), OR, -not, "phrase", prefix*, field:value, since: until:, parentheses.

A wrong query is read in the nearest sensible way; what was wrong is told with its position. Nothing raises.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from search_service.query.parser import Parser
from search_service.query.parts import EntityFinder, Part, QueryProblem
from search_service.query.ranking import Ranking
from search_service.query.tree import AllOf, AnyOf, AtLeast, HanCharacter, Node, Prefix, Tokens

Cuts = tuple[tuple[int, int], ...]
"""Half-open spans of words in the folded query."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A query as read. ``leaves`` are the nodes whose matches are highlighted (none under a negation).

    A query that was understood has a ``ranking``. ``relaxed`` are trees that find more than ``tree``, step by step
    fewer parts; they are asked where ``tree`` finds nothing or the query is a ``question``. ``cuts`` are the places
    where words were parted by what the archive had then: reading with them again gives the same trees.
    """

    text: str
    tree: Node
    read_as: str
    parts: tuple[Part, ...]
    problems: tuple[QueryProblem, ...]
    leaves: tuple[Node, ...]
    ranking: Ranking | None = None
    relaxed: tuple[Node, ...] = ()
    question: bool = False
    cuts: Cuts = ()
    understood: bool = False


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
        leaves=tuple(positive_leaves(clause.node)),
    )


def positive_leaves(node: Node) -> Iterator[Node]:
    """What has to do with a match and is no negation."""
    match node:
        case AllOf(children=children) | AnyOf(children=children) | AtLeast(children=children):
            for child in children:
                yield from positive_leaves(child)
        case Tokens() | Prefix() | HanCharacter():
            yield node
