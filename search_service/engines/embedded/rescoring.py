"""Orders the best hits of an understood query anew, with what the record keeps of their texts."""

from collections import OrderedDict
from collections.abc import Sequence
from threading import Lock

from search_service.engines.batches import in_batches
from search_service.engines.embedded.connections import ReadConnections
from search_service.engines.embedded.hits import Ranked, RankedHit, Ranking
from search_service.engines.embedded.index_reading import Generation
from search_service.engines.embedded.numbering import BOUND, placeholders
from search_service.engines.embedded.payloads import unpack_text
from search_service.engines.embedded.translation import translate
from search_service.engines.gists import NO_GIST, candidate_in
from search_service.engines.item_fields import is_key_of
from search_service.query import ranking as by_parts
from search_service.query.rescoring import rescored
from search_service.query.tree import Node

_KEPT = 4096


class Frequencies:
    """How many items of a generation trees find; the latest are kept. Shared by threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._kept: OrderedDict[tuple[str, Node], int] = OrderedDict()

    def of(self, nodes: Sequence[Node], generation: Generation) -> tuple[int, ...]:
        """One number for each node."""
        return tuple(self._of(node, generation) for node in nodes)

    def _of(self, node: Node, generation: Generation) -> int:
        key = (generation.name, node)
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        found = int(generation.searcher.search(translate(node, generation), 1).count)
        with self._lock:
            self._kept[key] = found
            while len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        return found


class Rescoring:
    """Rankings whose first hits are ordered by the parts of the query. Shared by threads."""

    def __init__(self, record: ReadConnections, frequencies: Frequencies) -> None:
        self._record = record
        self._frequencies = frequencies

    def over(self, first: Ranking, ranking: by_parts.Ranking, generation: Generation) -> Ranking:
        """The ranking that has the first ``DEPTH`` hits of ``first`` in their new order."""

        def reordered(count: int) -> Ranked:
            found = first(max(count, by_parts.DEPTH))
            head, tail = found.hits[: by_parts.DEPTH], found.hits[by_parts.DEPTH :]
            hits = [*self._in_order(head, ranking, generation), *tail]
            return Ranked(hits=hits[:count], matching=found.matching)

        return reordered

    def _in_order(self, hits: list[RankedHit], ranking: by_parts.Ranking, generation: Generation) -> list[RankedHit]:
        gists = self._gists(hits, generation)
        candidates = [candidate_in(gist, hit.key) for gist, hit in zip(gists, hits, strict=True)]
        nodes = [part.node for part in ranking.parts]
        found = rescored(
            candidates,
            ranking,
            frequencies=self._frequencies.of(nodes, generation),
            items=int(generation.searcher.num_docs),
        )
        return [
            RankedHit(
                score=one.score,
                key=hits[one.at].key,
                address=hits[one.at].address,
                rescored=True,
                reasons=one.reasons,
            )
            for one in found
        ]

    def _gists(self, hits: Sequence[RankedHit], generation: Generation) -> list[str]:
        numbers = generation.searcher.fast_field_values("item", [hit.address for hit in hits])
        found: dict[int, tuple[str, bytes]] = {}
        with self._record.reading() as connection:
            for some in in_batches(numbers, BOUND):
                marks = placeholders(len(some))
                rows = connection.execute(f"SELECT key, id, gist FROM items WHERE key IN ({marks})", some)
                found.update((number, (item, gist)) for number, item, gist in rows)
        return [_gist_of(hit, found.get(number)) for number, hit in zip(numbers, hits, strict=True)]


def _gist_of(hit: RankedHit, stored: tuple[str, bytes] | None) -> str:
    """The gist stored under the number of a hit; none where another item has had the number since."""
    if stored is None or not is_key_of(hit.key, stored[0]):
        return NO_GIST
    return unpack_text(stored[1])
