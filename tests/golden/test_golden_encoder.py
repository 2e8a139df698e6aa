"""The shipped encoder on news in our own words: names that no list and no training label holds."""

from functools import cache

import pytest

from indexer.extraction.encoder.tagger import load_encoder_tagger
from indexer.extraction.pipeline import load_extraction
from indexer.extraction_pool import Extractor
from indexer.model import NewsItem


def tag(title: str, body: str = "") -> set[tuple[str, str]]:
    texts = {"title": title, "body": body}
    return {(texts[span.field][span.start : span.end], span.kind) for span in load_encoder_tagger().tag(title, body)}


@cache
def accurate() -> Extractor:
    return load_extraction("accurate")


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("澜石智能完成A轮融资，由青禾资本领投", {("澜石智能", "org"), ("青禾资本", "org")}),
        (
            "墨衡科技CEO陆之遥开源HengLM-3",
            {("墨衡科技", "org"), ("陆之遥", "person"), ("HengLM-3", "model")},
        ),
        ("云岭省印发《云岭省人工智能产业促进办法》", {("云岭省人工智能产业促进办法", "policy")}),
    ],
)
def test_new_names_are_found_by_their_context(text: str, names: set[tuple[str, str]]) -> None:
    assert names <= tag(text)


def test_names_behind_the_first_window_of_a_long_article_are_found() -> None:
    filler = "会议讨论了今年的工作安排，大家各抒己见。" * 120
    body = f"{filler}智谱发布了大模型GLM-5。"
    found = load_encoder_tagger().tag("一篇长文", body)
    assert {body[span.start : span.end] for span in found} >= {"智谱", "GLM-5"}


def test_the_whole_of_extraction_stands_on_it() -> None:
    item = NewsItem(id="1", desk="d", day=None, title="智谱发布GLM-5", summary="智谱今天发布旗舰模型GLM-5。")
    found = accurate().annotate(item)
    assert {mention.entity_id for mention in found.mentions} == {"org:智谱", "model:GLM-5"}
    assert [relation.kind for relation in found.relations] == ["released"]
    assert accurate().version.startswith("accurate-")
    assert accurate().version != load_extraction("fast").version


@pytest.mark.parametrize(("title", "body"), [("", ""), ("", "OpenAI"), ("OpenAI", ""), ("\n", "\n\n")])
def test_empty_fields_do_no_harm(title: str, body: str) -> None:
    assert len(load_encoder_tagger().tag(title, body)) <= 1
