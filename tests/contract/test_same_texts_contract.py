"""Near-identical reports know each other: what readers see of it must not hang on who was read first, or when."""

from collections.abc import Callable, Iterator, Sequence
from itertools import combinations, count
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from indexer.archive import Selection
from indexer.duplicates import ReportText, are_candidates, bands_of, signature_of, similarity
from indexer.model import AnnotatedItem
from search_service.engines.same_texts import POPULAR

TITLE = "松涛科技发布新一代仓储机器人"
BODY = "松涛科技今天在杭州发布新一代仓储机器人，整机重量减轻三成，单次充电可以连续工作12小时，首批交付50台。"
LATER = "松涛科技今天在杭州发布新一代仓储机器人，整机重量减轻四成，单次充电可以连续工作18小时，首批交付70台。"
OTHER = "云海汽车宣布与柏川智能成立合资公司，双方各占一半股份，计划在三年内建成五座换电站并对外开放。"


def known(engine: Any, *items: AnnotatedItem) -> dict[str, set[str]]:
    """By desk and title: who knows whom."""
    names = {one.item.id: f"{one.item.desk} {one.item.title}" for one in items}
    found = engine.same_texts(list(names))
    return {names[item]: {names.get(same.item_id, "?") for same in others} for item, others in found.items()}


def test_reports_of_several_desks_and_titles_know_each_other(place: Any, news: Any) -> None:
    one = news.item(TITLE, BODY)
    edited = news.item("仓储机器人更轻了：松涛科技新品亮相", f"2月12日消息，{BODY}", desk="晚报")
    retitled = news.item("松涛科技新品亮相，仓储机器人更轻", BODY.replace("今天", "今日"))
    other = news.item("云海汽车与柏川智能成立合资公司", OTHER)
    with place.open(write=True) as engine:
        engine.replace([news.digest("a.md", one, other, retitled), news.digest("b.md", edited, desk="晚报")])
    with place.open() as engine:
        found = engine.same_texts([one.item.id, other.item.id, edited.item.id, "unknown"])
        assert found.keys() == {one.item.id, edited.item.id}
        assert {same.item_id for same in found[one.item.id]} == {edited.item.id, retitled.item.id}
        assert all(0.6 <= same.similarity <= 1 for same in found[one.item.id])
        assert engine.same_texts([]) == engine.same_texts(["unknown"]) == {}


def test_the_next_report_and_short_lines_stay_apart(place: Any, news: Any) -> None:
    items = [
        news.item(TITLE, BODY),
        news.item(TITLE, LATER, desk="晚报"),
        news.item("快讯", "股指收涨"),
        news.item("快讯", "股指收涨", desk="晚报"),
    ]
    with place.open(write=True) as engine:
        engine.replace([news.digest(f"{at}.md", one) for at, one in enumerate(items)])
        assert known(engine, *items) == {}


def test_a_correction_is_known_at_once(place: Any, news: Any) -> None:
    one, two = news.item(TITLE, BODY), news.item(TITLE, OTHER, desk="晚报")
    corrected = news.item(TITLE, f"{BODY}现已开售。", desk="晚报")
    with place.open(write=True) as engine:
        engine.replace([news.digest("a.md", one), news.digest("b.md", two, desk="晚报")])
        assert known(engine, one, two) == {}
        engine.replace([news.digest("b.md", corrected, desk="晚报")])
        assert known(engine, one, corrected) == {
            f"早报 {TITLE}": {f"晚报 {TITLE}"},
            f"晚报 {TITLE}": {f"早报 {TITLE}"},
        }
        engine.replace([news.digest("b.md", two, desk="晚报")])
        assert known(engine, one, two) == {}


def test_what_is_taken_down_is_known_to_no_one(place: Any, news: Any) -> None:
    one, two, three = (news.item(TITLE, BODY, desk=desk) for desk in ("早报", "晚报", "周报"))
    with place.open(write=True) as engine:
        engine.replace([news.digest(f"{at}.md", item) for at, item in enumerate((one, two, three))])
        engine.remove(Selection(item_id=two.item.id))
        assert known(engine, one, two, three) == {
            f"早报 {TITLE}": {f"周报 {TITLE}"},
            f"周报 {TITLE}": {f"早报 {TITLE}"},
        }
        engine.remove(Selection(desk="早报"))
        assert known(engine, one, two, three) == {}


def test_a_text_that_everyone_has_is_boilerplate_whoever_asks(place: Any, news: Any) -> None:
    items = [news.item(TITLE, BODY, desk=f"{at}报") for at in range(POPULAR + 1)]
    digests = [news.digest(f"{at}.md", item, desk=item.item.desk) for at, item in enumerate(items)]
    with place.open(write=True) as engine:
        engine.replace(digests[1:])
        found = engine.same_texts([item.item.id for item in items])
        assert {len(same) for same in found.values()} == {POPULAR - 1}
        assert len(found) == POPULAR
        engine.replace(digests[:1])
        assert known(engine, *items) == {}
        engine.remove(Selection(desk="7报"))
        assert len(known(engine, *items)) == POPULAR


SENTENCES = [BODY, LATER, OTHER]
stories = st.tuples(
    st.sampled_from([TITLE, "松涛科技新品亮相，仓储机器人更轻", "云海汽车与柏川智能成立合资公司"]),
    st.sampled_from(SENTENCES),
    st.sampled_from(["", "2月12日消息，", "据松涛科技的公告，"]),
    st.sampled_from(["", "（何青）", "双方没有透露更多细节，业内人士表示这是意料之中的一步。"]),
    st.sampled_from(["早报", "晚报", "周报"]),
)


@pytest.fixture(scope="module")
def filling(engine_factory: Callable[[], Any]) -> Iterator[Any]:
    """An archive that all examples go into, fewer than make a text popular."""
    with engine_factory().open(write=True) as engine:
        yield engine


examples = count()


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(told=st.lists(stories, min_size=2, max_size=7, unique_by=lambda story: (story[0], story[4])), data=st.data())
def test_any_order_of_ingest_gives_what_comparing_all_pairs_gives(
    filling: Any, news: Any, told: Sequence[tuple[str, ...]], data: Any
) -> None:
    name = f"{next(examples)}号"
    items = [news.item(title, before + body + after, desk=name + desk) for title, body, before, after, desk in told]
    digests = [news.digest(f"{at}.md", item, desk=item.item.desk) for at, item in enumerate(items)]
    order = data.draw(st.permutations(digests))
    cut = data.draw(st.integers(1, len(order)))
    for batch in (order[:cut], order[cut:]):
        filling.replace(batch)
    found = filling.same_texts([item.item.id for item in items])
    assert all(list(others) == sorted(others, key=lambda s: (-s.similarity, s.item_id)) for others in found.values())
    pairs = {(item, same.item_id, same.similarity) for item, others in found.items() for same in others}
    assert {pair for pair in pairs if pair[1] in {item.item.id for item in items}} == compared(items)


def compared(items: Sequence[AnnotatedItem]) -> set[tuple[str, str, float]]:
    """All pairs of items that share a band and tell the same, from both sides."""
    pairs = set()
    for one, other in combinations((annotated.item for annotated in items), 2):
        signatures = signature_of(one), signature_of(other)
        share = similarity(ReportText.from_item(one), ReportText.from_item(other))
        if share and are_candidates(*signatures) and set(bands_of(signatures[0])) & set(bands_of(signatures[1])):
            pairs |= {(one.id, other.id, round(share, 4)), (other.id, one.id, round(share, 4))}
    return pairs
