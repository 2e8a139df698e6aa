"""Relations: a wrong one puts a false statement, with a quotation under it, on two pages of the graph."""

import pytest

from graph.model import EntityKind
from indexer.extraction.passage import Named, Passage
from indexer.extraction.relation_details import career_details, is_open_sourced
from indexer.extraction.relation_features import SymbolRow, pair_features
from indexer.extraction.relation_model import relations_of
from indexer.extraction.relation_pairs import find_pairs
from indexer.extraction.relations import find_relations
from indexer.extraction.sentences import sentence_spans
from indexer.extraction.triggers import find_triggers


def passage(title: str, body: str, **kinds: EntityKind) -> Passage:
    text = f"{title}\n{body}"
    named = sorted(
        (
            Named(start=at, end=at + len(name), kind=kind, entity_id=f"{kind}:{name}", name=name)
            for name, kind in kinds.items()
            for at in range(len(text))
            if text.startswith(name, at)
        ),
        key=lambda one: one.start,
    )
    return Passage(item_id="7", text=text, body_start=len(title) + 1, named=tuple(named))


def asserted(item: Passage) -> set[tuple[str, str, str]]:
    return {(one.subject, one.kind, one.object) for one in find_relations(item)}


@pytest.mark.parametrize(
    ("title", "body", "kinds", "fact"),
    [
        ("云雀科技发布海图3", "云雀科技今日发布大模型海图3。", {"云雀科技": "org", "海图3": "model"}, "released"),
        ("工信局印发《星河条例》", "工信局日前印发《星河条例》。", {"工信局": "org", "星河条例": "policy"}, "issued"),
        ("云雀科技CEO王小满辞职", "云雀科技CEO王小满昨日辞职。", {"王小满": "person", "云雀科技": "org"}, "works_at"),
        ("云雀科技宣布收购青禾智能", "云雀科技收购了青禾智能。", {"云雀科技": "org", "青禾智能": "org"}, "acquired"),
        (
            "云雀科技携手青禾智能",
            "云雀科技与青禾智能达成战略合作。",
            {"云雀科技": "org", "青禾智能": "org"},
            "partnered_with",
        ),
    ],
)
def test_names_never_seen_before_are_related_by_their_context(
    title: str, body: str, kinds: dict[str, EntityKind], fact: str
) -> None:
    subject, target = (f"{kind}:{name}" for name, kind in kinds.items())
    assert (subject, fact, target) in asserted(passage(title, body, **kinds))


def test_evidence_is_a_whole_sentence_of_one_field_with_the_word_that_says_it() -> None:
    item = passage("行业快讯", "天气晴好。云雀科技今日发布大模型海图3。", 云雀科技="org", 海图3="model")
    (relation,) = find_relations(item)
    evidence = relation.evidence
    assert (evidence.item_id, evidence.field, evidence.text) == ("7", "body", "云雀科技今日发布大模型海图3。")
    assert item.text[item.body_start :][slice(*evidence.trigger)] == "发布"


def test_a_denial_takes_an_event_back() -> None:
    item = passage("云雀科技回应", "云雀科技否认收购青禾智能。", 云雀科技="org", 青禾智能="org")
    assert asserted(item) == set()


def test_a_negated_word_announces_nothing() -> None:
    assert list(find_triggers("released", "公司尚未发布新模型", 0, 9)) == []
    assert list(find_triggers("released", "公司发布新模型", 0, 7)) == [(2, 4)]


def test_directions_of_organisations_come_from_the_label() -> None:
    assert list(relations_of("acquired<", first_is_subject=True)) == [("acquired", False)]
    assert list(relations_of("works_at+founded", first_is_subject=True)) == [("works_at", True), ("founded", True)]


@pytest.mark.parametrize(
    ("body", "role", "left"),
    [
        ("云雀科技联合创始人兼CTO王小满表示", "联合创始人兼CTO", False),
        ("前云雀科技首席科学家王小满创业", "首席科学家", True),
        ("王小满加入云雀科技，担任副总裁", "副总裁", False),
        ("王小满从云雀科技离职", None, True),
    ],
)
def test_office_and_leaving(body: str, role: str | None, left: bool) -> None:
    item = passage("", body, 云雀科技="org", 王小满="person")
    (pair,) = find_pairs(item)
    assert career_details(item, pair) == (role, left)


def test_open_source_is_said_in_the_same_sentence() -> None:
    item = passage("", "云雀科技开源海图3。", 云雀科技="org", 海图3="model")
    assert is_open_sourced(item, next(find_pairs(item)))
    item = passage("", "云雀科技发布海图3。另一家公司宣布开源。", 云雀科技="org", 海图3="model")
    assert not is_open_sourced(item, next(find_pairs(item)))


def test_features_do_not_know_names() -> None:
    """Else the classifier would learn companies instead of statements. How a name ends (资本, 大学) it may know."""
    one = passage("", "云雀科技今日发布海图3。", 云雀科技="org", 海图3="model")
    other = passage("", "青禾科技今日发布远图3。", 青禾科技="org", 远图3="model")
    rows = [pair_features(item, SymbolRow(item), next(find_pairs(item))) for item in (one, other)]
    assert rows[0] == rows[1]


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("标题\n第一句。第二句！“引文。”尾", ["标题", "第一句。", "第二句！", "“引文。”", "尾"]),
        ("。。\n\n", []),
        ("", []),
    ],
)
def test_sentences(text: str, sentences: list[str]) -> None:
    assert [text[start:end] for start, end in sentence_spans(text)] == sentences
