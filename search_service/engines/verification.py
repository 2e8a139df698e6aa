"""Whether two archives hold and answer the same: what decides that a copy may take the place of its original.

What is lost is found by comparing every digest with its counterpart; that both are searched alike, by counts and by a
sample of searches that the archive itself suggests. Order by relevance is left out: after many updates engines weigh
words a little differently until they have tidied up (see docs/operations.md).
"""

from collections.abc import Callable, Iterable, Iterator
from hashlib import sha256

import orjson

from indexer.folding import index_tokens
from indexer.model import AnnotatedDigest
from search_service.engines.contract import FACET_FIELDS, ArchiveState, SearchEngine, SearchPage, SearchRequest, Sort
from search_service.engines.lifecycle import Content, NotTheSame
from search_service.engines.written_digests import WrittenDigest
from search_service.query.tree import Everything, Keyword, Node, Tokens

SAMPLED_TITLES = 10
SAMPLED_ENTITIES = 10
SAMPLED_HITS = 20
SORTS: tuple[Sort, ...] = ("newest", "oldest")
TOLD = 5

Search = Callable[[SearchRequest], SearchPage]


class ContentTally:
    """Adds digests up."""

    def __init__(self) -> None:
        self._checksum = sha256()
        self._digests = self._items = 0

    def add(self, digest: WrittenDigest) -> None:
        """Takes the next one in; their order matters."""
        head = (digest.id, digest.desk, digest.path, digest.day, digest.layout, digest.fingerprint)
        self._checksum.update(orjson.dumps([*head, digest.problems, digest.unparsed, len(digest.items)]))
        for item in digest.items:
            self._checksum.update(item)
        self._digests += 1
        self._items += len(digest.items)

    @property
    def content(self) -> Content:
        """All that was added."""
        return Content(digests=self._digests, items=self._items, sha256=self._checksum.hexdigest())


def content_of(digests: Iterable[WrittenDigest]) -> Content:
    """Reads all digests, which come by id."""
    tally = ContentTally()
    for digest in digests:
        tally.add(digest)
    return tally.content


Pair = tuple[AnnotatedDigest | None, AnnotatedDigest | None]


def paired(ones: Iterable[AnnotatedDigest], others: Iterable[AnnotatedDigest]) -> Iterator[Pair]:
    """Digests of two archives side by side, by id; None where one has none of that id."""
    left, right = iter(ones), iter(others)
    one, other = next(left, None), next(right, None)
    while one or other:
        before = one is not None and (other is None or one.digest.id <= other.digest.id)
        after = other is not None and (one is None or other.digest.id <= one.digest.id)
        yield one if before else None, other if after else None
        one = next(left, None) if before else one
        other = next(right, None) if after else other


def compare_digests(ones: Iterable[AnnotatedDigest], others: Iterable[AnnotatedDigest]) -> tuple[Content, list[str]]:
    """What the first hold, and sentences about those that the second have not or have otherwise; at most ``TOLD``."""
    tally, told = ContentTally(), list[str]()
    for one, other in paired(ones, others):
        if one is None:
            continue
        tally.add(WrittenDigest.from_digest(one))
        if one != other and len(told) < TOLD:
            told.append(f"digest {one.digest.desk}/{one.digest.path} {'differs' if other else 'is missing'}")
    return tally.content, told


def answers_that_differ(one: SearchEngine, other: SearchEngine) -> list[str]:
    """Sentences about counts, searches and entities that the second tells otherwise; at most ``TOLD``."""
    counts = _counts_that_differ(one.state(), other.state())
    searches = searches_that_differ(one.search, other.search, suggested_by(one))
    return [*counts, *searches, *_entities_that_differ(one, other)][:TOLD]


def _counts_that_differ(one: ArchiveState, other: ArchiveState) -> Iterator[str]:
    for name in ("items", "digests", "entities", "relations", "last_day", "unparsed_lines"):
        before, after = getattr(one, name), getattr(other, name)
        if before != after:
            yield f"{name.replace('_', ' ')}: {before} and {after}"


def suggested_by(engine: SearchEngine) -> list[Node]:
    """What to search for: everything, words of titles, and values that items have."""
    everything = SearchRequest(tree=Everything(), sort="newest", limit=SAMPLED_TITLES, facets=FACET_FIELDS)
    newest, oldest = (
        engine.search(everything),
        engine.search(SearchRequest(tree=Everything(), sort="oldest", limit=5)),
    )
    nodes: list[Node] = [Everything()]
    for hit in (*newest.hits, *oldest.hits):
        if tokens := index_tokens(hit.item.item.title):
            nodes.append(Tokens(field="any", tokens=tuple(tokens[:2])))
    for field in FACET_FIELDS:
        nodes.extend(Keyword(field=field, value=value.value) for value in newest.facets[field][:3])
    return nodes


def searches_that_differ(one: Search, other: Search, nodes: Iterable[Node]) -> list[str]:
    """Sentences about searches that have other totals, facets or first hits by day."""
    return [told for node in nodes if (told := _difference(one, other, node))]


def _difference(one: Search, other: Search, node: Node) -> str:
    for sort in SORTS:
        request = SearchRequest(tree=node, sort=sort, limit=SAMPLED_HITS, facets=FACET_FIELDS)
        before, after = one(request), other(request)
        if before.total != after.total:
            return f"{_said(node)} finds {before.total} and {after.total} items"
        if before.facets != after.facets:
            return f"{_said(node)} has other facets"
        if before.hits != after.hits:
            return f"{_said(node)} has other {sort} items"
    return ""


def _said(node: Node) -> str:
    match node:
        case Tokens(tokens=tokens):
            return f"the search for {' '.join(tokens)}"
        case Keyword(field=field, value=value):
            return f"the search for {field}:{value}"
    return "the search for everything"


def _entities_that_differ(one: SearchEngine, other: SearchEngine) -> Iterator[str]:
    for record in one.find_entities(limit=SAMPLED_ENTITIES)[0]:
        name = record.entity.id
        if (record, *_page_of(one, name)) != (other.entity(name), *_page_of(other, name)):
            yield f"entity {name} differs"


def _page_of(engine: SearchEngine, entity_id: str) -> tuple[object, ...]:
    return engine.relations(entity_id), engine.neighbours(entity_id), engine.timeline(entity_id)


def require_none(differences: list[str], what: str) -> None:
    """Raises NotTheSame where there are differences."""
    if differences:
        raise NotTheSame(f"{what}: {'; '.join(differences)}")
