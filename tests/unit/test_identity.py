"""What is one item: readers must neither see doubles nor lose an item or a source."""

from dataclasses import replace
from datetime import date
from itertools import permutations

from graph.model import Evidence, Relation
from indexer.codec import from_json, to_json
from indexer.identity import Sighting, digest_id, item_id, resolve
from indexer.model import AnnotatedItem, Annotations, NewsItem, Place, Source

DAY = date(2026, 2, 12)


def seen(
    digest: str, *, day: date | None = DAY, title: str = "智谱发布新模型", body: str = "正文", url: str = ""
) -> Sighting:
    said = Evidence(item_id="?", field="body", start=0, end=2, text=body[:2], trigger=(0, 1))
    item = NewsItem(
        id="?",
        desk="早报",
        day=day,
        title=title,
        summary=body,
        sources=(Source(name="甲报", url=url),) if url else (),
        places=(Place(path=f"{digest}.md", first_line=1, last_line=2),),
        external_ids=(f"x-{digest}",),
    )
    relation = Relation(kind="released", subject="org:智谱", object="model:甲", evidence=said)
    return Sighting(
        digest_id=digest,
        position=0,
        annotated=AnnotatedItem(item=item, annotations=Annotations(relations=(relation,))),
    )


def test_ids_are_pure_short_and_blind_to_writing() -> None:
    assert item_id("早报", DAY, "智谱发布 GLM-5") == item_id("早报", DAY, "智譜發布ＧＬＭ５")
    assert item_id("早报", DAY, "甲") != item_id("晚报", DAY, "甲")
    assert len(item_id("早报", None, "甲")) == len(digest_id("早报", "a.md")) == 16
    assert item_id("早报", None, "甲").isascii()


def test_equal_text_or_equal_link_is_one_item_with_both_places() -> None:
    for other in (seen("2", url="http://b"), seen("2", body="正文更长一些", url="http://a")):
        (item,) = resolve([seen("1", url="http://a"), other])
        assert [place.path for place in item.item.places] == ["1.md", "2.md"]
        assert item.item.external_ids == ("x-1", "x-2")
        assert item.item.summary == max("正文", other.annotated.item.summary, key=len)
        assert item.annotations.relations[0].evidence.item_id == item.item.id


def test_one_title_with_other_text_and_other_link_stays_two_items() -> None:
    items = resolve([seen("1", url="http://a"), seen("2", body="另一件事", url="http://b")])
    assert len({item.item.id for item in items}) == 2


def test_the_first_day_wins_and_gives_the_id() -> None:
    (item,) = resolve([seen("1", day=date(2026, 2, 14)), seen("2"), seen("3", day=None)])
    assert item.item.day == DAY
    assert item.item.id == item_id("早报", DAY, "智谱发布新模型")
    assert item.annotations.relations[0].day == DAY


def test_a_chain_of_links_and_texts_is_one_item_in_every_order() -> None:
    sightings = [
        seen("1", url="http://a"),
        seen("2", body="第二版", url="http://a"),
        seen("3", body="第二版", url="http://c"),
        seen("4", body="无关", url="http://d"),
    ]
    outcomes = {tuple(to_json(item) for item in resolve(order)) for order in permutations(sightings)}
    assert len(outcomes) == 1
    assert len(next(iter(outcomes))) == 2


def test_an_item_comes_back_from_its_json_as_it_went() -> None:
    annotated = seen("1", url="http://a").annotated
    annotated = replace(annotated, item=replace(annotated.item, extra=(("未知", {"a": [1]}),), points=("一", "二")))
    assert from_json(to_json(annotated)) == annotated
