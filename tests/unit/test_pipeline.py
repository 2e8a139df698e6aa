"""The pipeline as callers see it: what it promises for every text, and how it refuses."""

from dataclasses import replace
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.catalogue import load_catalogue
from indexer.extraction.names import load_names
from indexer.extraction.pipeline import UnknownExtraction, load_extraction
from indexer.extraction.records import annotation_record
from indexer.extraction_pool import Extractor
from indexer.model import Annotations, NewsItem

ITEM = NewsItem(
    id="7",
    desk="d",
    day=None,
    title="智谱发布GLM-5",
    summary="智谱AI发布旗舰模型GLM-5。",
    points=("OpenAI尚未回应。",),
)
HOSTILE = st.text(alphabet="智谱发布投资GLM-5.２Ａ《》“”（）\n\r\t 👍🏽\u200bé①\x00/,，。亿元$", max_size=80)


@cache
def fast() -> Extractor:
    return load_extraction("fast")


def test_levels() -> None:
    assert load_extraction("none").annotate(ITEM) == Annotations()
    assert load_extraction("none").version != fast().version
    with pytest.raises(UnknownExtraction, match="choose one of fast, accurate, none"):
        load_extraction("slow")


def test_mentions_stand_in_their_fields() -> None:
    texts = {"title": ITEM.title, "body": ITEM.body}
    found = {(texts[m.field][m.start : m.end], m.entity_id) for m in fast().annotate(ITEM).mentions}
    assert {("智谱", "org:智谱"), ("智谱AI", "org:智谱"), ("GLM-5", "model:GLM-5"), ("OpenAI", "org:OpenAI")} <= found


def test_the_same_item_gives_the_same_annotations_whatever_came_before() -> None:
    """Else a second run over an archive would change it."""
    first = fast().annotate(ITEM)
    fast().annotate(replace(ITEM, title="字节跳动收购某公司"))
    assert fast().annotate(ITEM) == first == load_extraction("fast").annotate(ITEM)


@settings(max_examples=80, deadline=None)
@given(HOSTILE, HOSTILE)
def test_any_text_gives_offsets_within_its_fields(title: str, body: str) -> None:
    item = NewsItem(id="x", desk="d", day=None, title=title, summary=body)
    texts = {"title": item.title, "body": item.body}
    found = fast().annotate(item)
    for mention in found.mentions:
        assert 0 <= mention.start < mention.end <= len(texts[mention.field])
        assert "/" not in mention.entity_id
    ids = {mention.entity_id for mention in found.mentions}
    for relation in found.relations:
        assert {relation.subject, relation.object} <= ids
        evidence = relation.evidence
        assert texts[evidence.field][evidence.start : evidence.end] == evidence.text
        assert evidence.start <= evidence.trigger[0] <= evidence.trigger[1] <= evidence.end


@pytest.mark.parametrize(("title", "body"), [("", ""), ("", "OpenAI"), ("OpenAI", ""), ("\n", "\n")])
def test_empty_fields_do_no_harm(title: str, body: str) -> None:
    assert len(fast().annotate(NewsItem(id="x", desk="d", day=None, title=title, summary=body)).mentions) <= 1


def test_records_have_what_scorers_read() -> None:
    record = annotation_record("7", fast().annotate(ITEM))
    assert record["id"] == "7"
    assert {"field", "start", "end", "type", "entity_id", "name"} <= set(record["mentions"][0])
    assert {"subject_id": "org:智谱", "predicate": "released", "object_id": "model:GLM-5"}.items() <= record[
        "relations"
    ][0].items()
    assert record["funding"] == []


@pytest.mark.parametrize(
    ("text", "surface"),
    [
        ("GLM-5.2-Flash上线", "GLM-5.2-Flash"),
        ("ＧＬＭ－５上线", "ＧＬＭ－５"),
        ("Qwen3.5-Plus 与", "Qwen3.5-Plus"),
        ("DeepSeek V3.2发布", "DeepSeek V3.2"),
    ],
)
def test_a_catalogue_name_is_found_with_its_whole_version(text: str, surface: str) -> None:
    assert surface in {text[match.start : match.end] for match in load_names().find(text)}


@pytest.mark.parametrize("text", ["a figure in meta space", "TopGemini2x", "sOpenAIs"])
def test_words_that_hold_a_name_are_not_it(text: str) -> None:
    assert load_names().find(text) == ()


def test_every_unambiguous_catalogue_name_is_found_by_itself() -> None:
    missed = [
        surface
        for surface, _, ambiguous in load_catalogue().names()
        if not ambiguous and len(surface) > 2 and not load_names().find(surface)
    ]
    assert missed == []
