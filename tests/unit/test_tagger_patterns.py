"""Forms of names: a law or a model that the tagger has never seen is found by how it is written."""

import pytest

from graph.model import EntityKind
from indexer.extraction.patterns import find_models, find_policies, is_stop_name


def found(text: str, spans: list[tuple[int, int]]) -> list[str]:
    return [text[start:end] for start, end in spans]


@pytest.mark.parametrize(
    ("text", "policies"),
    [
        ("某省印发《智能机器人产业促进条例》，今日施行", ["智能机器人产业促进条例"]),
        ("《数据流通管理办法（征求意见稿）》公开征求意见", ["数据流通管理办法"]),
        ("《算力网络建设办法（试行）》发布", ["算力网络建设办法（试行）"]),
        ("开展“人工智能+”行动", ["“人工智能+”行动"]),
        ("加州SB 53法案生效", ["SB 53法案"]),
        ("欧盟AI法案推迟", ["欧盟AI法案"]),
        ("读完《三体》和《人工智能简史》", []),
    ],
)
def test_policies_are_known_by_their_form(text: str, policies: list[str]) -> None:
    assert found(text, list(find_policies(text))) == policies


@pytest.mark.parametrize(
    ("text", "models"),
    [
        ("发布Foo-7.5 Max，性能提升", ["Foo-7.5 Max"]),
        ("开源 BarLM-70B-Instruct", ["BarLM-70B-Instruct"]),
        ("没有名字的一句话", []),
    ],
)
def test_models_are_known_by_word_and_version(text: str, models: list[str]) -> None:
    assert found(text, list(find_models(text))) == models


@pytest.mark.parametrize("surface", ["Top6", ".pptx", "INT8", "BF16", "L3", "CES", "CES 2026", "Q1", "70B", "“”"])
def test_ranks_formats_and_events_never_get_a_page(surface: str) -> None:
    assert is_stop_name(surface, "product")


@pytest.mark.parametrize(
    ("surface", "kind"),
    [("H200", "product"), ("360", "org"), ("Pro", "model"), ("GLM-5", "model"), ("SB 53", "policy")],
)
def test_short_names_stay(surface: str, kind: EntityKind) -> None:
    assert not is_stop_name(surface, kind)
