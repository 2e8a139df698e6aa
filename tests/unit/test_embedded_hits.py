"""Order keys and pages by day, where two items share a key: rare, but a page must not lose one of them."""

from datetime import date

import pytest
import tantivy

from search_service.engines.embedded.hits import RankedHit, by_day, by_relevance, id_of, take
from search_service.engines.embedded.index_reading import Generation
from search_service.engines.embedded.index_schema import index_schema
from search_service.engines.item_fields import newest_key, oldest_key

IDS = [f"{number:016x}" for number in (7, 3, 9, 1, 5, 8, 2, 6, 4)]
"""All in one block of order keys: they differ in bits that a key does not hold."""


@pytest.fixture(scope="module")
def generation() -> Generation:
    index = tantivy.Index(index_schema())
    writer = index.writer(15_000_000, 1)
    for number, item in enumerate(IDS):
        document = tantivy.Document()
        document.add_text("id", item)
        document.add_text("title", "松涛")
        document.add_unsigned("newest", newest_key(item, 700_000 + number % 2))
        document.add_unsigned("oldest", oldest_key(item, 700_000 + number % 2))
        writer.add_document(document)
        if number % 4 == 3:
            writer.commit()  # several segments
    writer.commit()
    index.reload()
    return Generation(name="test", searcher=index.searcher(), schema=index.schema)


@pytest.mark.parametrize("newest", [True, False])
@pytest.mark.parametrize("limit", [1, 2, 4, 20])
def test_pages_by_day_lose_nothing_where_keys_are_equal(generation: Generation, newest: bool, limit: int) -> None:
    query, seen, last = tantivy.Query.all_query(), [], None
    while True:

        def before(hit: RankedHit, last: RankedHit | None = last) -> bool:
            return last is not None and hit.key == last.key and id_of(hit, generation) <= id_of(last, generation)

        ranking = by_day(query, generation, newest=newest, start=last.key if last else None)
        taken = take(ranking, limit, skip=before)
        seen.extend(id_of(hit, generation) for hit in taken.hits)
        if not taken.more:
            break
        last = taken.hits[-1]
    late, early = sorted(IDS[1::2]), sorted(IDS[::2])
    assert seen == (late + early if newest else early + late)


def test_hits_of_one_score_are_newest_first(generation: Generation) -> None:
    query = tantivy.Query.term_query(generation.schema, "title", "松涛")
    taken = take(by_relevance(query, generation), 4)
    assert (taken.more, taken.matching) == (True, 9)
    assert {id_of(hit, generation) for hit in taken.hits} == set(IDS[1::2])


def test_order_keys_order_by_day_then_id_and_put_no_day_last() -> None:
    days = [0, 1, date(2026, 2, 12).toordinal(), date.max.toordinal()]
    ids = ["00000000000000ff", "7fffffffffffffff", "ffffffffffffffff"]
    pairs = [(day, item) for day in days for item in ids]
    newest = sorted(pairs, key=lambda pair: -newest_key(pair[1], pair[0]))
    oldest = sorted(pairs, key=lambda pair: oldest_key(pair[1], pair[0]))
    assert newest == sorted(pairs, key=lambda pair: (-pair[0], pair[1]))
    assert oldest == sorted(pairs, key=lambda pair: (pair[0] == 0, pair[0], pair[1]))
    assert all(0 <= newest_key(item, day) < 2**64 and 0 <= oldest_key(item, day) < 2**64 for day, item in pairs)
