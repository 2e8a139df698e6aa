"""One sighting names all places: a page must not miss half of what an item says about its entity."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from indexer.extraction.propagation import propagate
from indexer.extraction.span import Span

PIECES = st.lists(st.sampled_from(["智谱", "智谱AI", "GLM-5", "/", "GLM", "，", " ", "发布", "Top6"]), max_size=12)


def surfaces(title: str, body: str, spans: tuple[Span, ...]) -> list[tuple[str, str, str]]:
    texts = {"title": title, "body": body}
    return [(span.field, texts[span.field][span.start : span.end], span.kind) for span in spans]


def test_every_place_is_found() -> None:
    title, body = "智谱发布GLM-5", "GLM-5由智谱研发，智谱称GLM-5.1在路上"
    spans = propagate(title, body, [Span("title", 0, 2, "org", 0.9), Span("title", 4, 9, "model", 0.8)])
    assert surfaces(title, body, spans) == [
        ("title", "智谱", "org"),
        ("title", "GLM-5", "model"),
        ("body", "GLM-5", "model"),
        ("body", "智谱", "org"),
        ("body", "智谱", "org"),
    ]


def test_the_inside_of_a_longer_name_is_no_place() -> None:
    title, body = "阿里云", "阿里投资，阿里云跟进"
    spans = propagate(title, body, [Span("title", 0, 3, "org", 0.9), Span("body", 0, 2, "org", 0.9)])
    assert surfaces(title, body, spans) == [
        ("title", "阿里云", "org"),
        ("body", "阿里", "org"),
        ("body", "阿里云", "org"),
    ]


def test_a_name_has_one_kind_in_an_item() -> None:
    title, body = "豆包升级", "豆包用户破亿，豆包很忙"
    sightings = [Span("title", 0, 2, "model", 0.5), Span("body", 0, 2, "product", 0.9)]
    assert {span.kind for span in propagate(title, body, sightings)} == {"product"}


def test_a_slash_list_is_two_names_but_a_repository_is_one() -> None:
    title, body = "支持V3/R1", "见foo/bar"
    spans = propagate(title, body, [Span("title", 2, 7, "model", 0.9), Span("body", 1, 8, "product", 0.9)])
    assert surfaces(title, body, spans) == [
        ("title", "V3", "model"),
        ("title", "R1", "model"),
        ("body", "foo/bar", "product"),
    ]


def test_a_rank_is_no_product() -> None:
    assert propagate("跻身Top6", "", [Span("title", 2, 6, "product", 0.9)]) == ()


@given(PIECES, st.data())
def test_spans_lie_in_their_field_and_never_overlap(pieces: list[str], data: st.DataObject) -> None:
    title, body = "智谱", "".join(pieces)
    ends = [sum(map(len, pieces[:at])) for at in range(len(pieces) + 1)]
    seen = [
        Span("body", start, end, data.draw(st.sampled_from(["org", "model", "product"])), 0.5)
        for start, end in pairwise(ends)
        if data.draw(st.booleans())
    ]
    spans = propagate(title, body, seen)
    for field, text in (("title", title), ("body", body)):
        own = [span for span in spans if span.field == field]
        assert all(0 <= span.start < span.end <= len(text) for span in own)
        assert all(one.end <= two.start for one, two in pairwise(own))
