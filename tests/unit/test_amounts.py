"""Amounts of money: a wrong reading puts a company into the wrong size class in every list of rounds."""

import pytest

from indexer.extraction.amounts import find_amounts, find_bare_amounts


@pytest.mark.parametrize(
    ("text", "low", "high", "currency"),
    [
        ("近30亿元", None, 3e9, "CNY"),
        ("数千万元", 2e7, 1e8, "CNY"),
        ("数亿元人民币", 2e8, 1e9, "CNY"),
        ("超1亿美元", 1e8, None, "USD"),
        ("1.2亿美元", 1.2e8, 1.2e8, "USD"),
        ("2200 万美元", 2.2e7, 2.2e7, "USD"),
        ("$110 million", 1.1e8, 1.1e8, "USD"),
        ("€5 Billion", 5e9, 5e9, "EUR"),
        ("100亿人民币", 1e10, 1e10, "CNY"),
        ("近亿元", None, 1e8, "CNY"),
        ("亿元级", 1e8, 1e9, "CNY"),
        ("10多亿元", 1e9, None, "CNY"),
        ("5000万-1亿元", 5e7, 1e8, "CNY"),
        ("10 亿美元以上", 1e9, None, "USD"),
        ("3,000万港元", 3e7, 3e7, "HKD"),
        ("数千万", 2e7, 1e8, None),
    ],
)
def test_an_amount_is_read_as_range_and_currency(
    text: str, low: float | None, high: float | None, currency: str | None
) -> None:
    amount = next(find_amounts(text), None) or next(find_bare_amounts(text, 0, len(text)), None)
    assert amount is not None
    assert (amount.low, amount.high, amount.currency) == (low, high, currency)
    assert amount.text == text


@pytest.mark.parametrize("text", ["14亿用户", "3000万人", "GLM-5", "20台", "第2轮", ""])
def test_counts_of_other_things_are_not_money(text: str) -> None:
    assert list(find_amounts(text)) == []


def test_places_count_characters_of_the_whole_text() -> None:
    text = "公司融资1亿元，估值达20亿元"
    assert [text[one.start : one.end] for one in find_amounts(text)] == ["1亿元", "20亿元"]
