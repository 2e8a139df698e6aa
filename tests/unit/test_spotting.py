"""Names as taggers give them, cut to what readers would call the name."""

import pytest

from graph.model import EntityKind
from indexer.extraction.patterns import is_stop_name
from indexer.extraction.span import Span
from indexer.extraction.spotting import with_whole_names, without_loose_marks


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("“探索者计划", "探索者计划"),
        ("探索者计划”", "探索者计划"),
        ("“人工智能+”行动", "“人工智能+”行动"),
        ("云字〔2026〕3号《数据办法", "数据办法"),
        ("关于修改《数据办法》的决定", "关于修改《数据办法》的决定"),
        ("Lowe’s", "Lowe’s"),
        ("“", ""),
    ],
)
def test_names_end_at_marks_whose_other_half_is_outside(text: str, name: str) -> None:
    title = f"见{text}等"
    spans = without_loose_marks([Span("title", 1, 1 + len(text), "policy", 0.9)], {"title": title, "body": ""})
    assert [title[span.start : span.end] for span in spans] == [name] * bool(name)


@pytest.mark.parametrize(
    ("name", "stopped"),
    [("战略合作框架协议", True), ("人工智能白皮书（2026）", True), ("年度报告", True), ("数据安全管理办法", False)],
)
def test_agreements_and_reports_are_no_policies(name: str, stopped: bool) -> None:
    assert is_stop_name(name, "policy") is stopped


@pytest.mark.parametrize(
    ("text", "kind", "name"),
    [
        ("青禾创投领投", "org", "青禾创投"),
        ("青禾投资了墨衡", "org", "青禾"),
        ("青禾资本市场部", "org", "青禾"),
        ("青禾集团", "person", "青禾"),
    ],
)
def test_an_organisation_keeps_the_word_for_its_form(text: str, kind: EntityKind, name: str) -> None:
    """Else an investor is linked to whoever else begins like it."""
    (span,) = with_whole_names([Span("body", 0, 2, kind, 0.9)], {"title": "", "body": text})
    assert text[span.start : span.end] == name
