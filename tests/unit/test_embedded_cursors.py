"""Cursors come from strangers: whatever they hold, a reader gets a page or a sentence."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search_service.engines.contract import BadCursor, SearchRequest
from search_service.engines.cursors import Cursor, DayCursor, RelevanceCursor, decode, encode
from search_service.engines.shown_marks import joined_marks, mark_of, marks_in
from search_service.query.tree import Everything, Tokens

REQUEST = SearchRequest(tree=Everything())
keys = st.integers(0, 2**64 - 1)
cursors = st.one_of(
    st.builds(DayCursor, key=keys, id=st.text("0123456789abcdef")),
    st.builds(
        RelevanceCursor,
        generation=st.text("0123456789abcdef"),
        shown=st.integers(0, 10**6),
        score=st.floats(0, 1000, width=32),
        key=keys,
        marks=st.lists(keys, max_size=5).map(lambda many: joined_marks([mark_of(key) for key in many])),
    ),
)


def with_cursor(text: str, request: SearchRequest = REQUEST) -> SearchRequest:
    return SearchRequest(tree=request.tree, sort=request.sort, cursor=text)


@given(cursor=cursors)
def test_a_cursor_comes_back_as_it_was(cursor: Cursor) -> None:
    text = encode(cursor, REQUEST)
    assert decode(with_cursor(text)) == cursor
    assert text.isascii() and text.replace("-", "a").replace("_", "a").isalnum()
    for other in (
        SearchRequest(tree=Tokens(field="any", tokens=("a",))),
        SearchRequest(tree=Everything(), sort="oldest"),
    ):
        with pytest.raises(BadCursor):
            decode(with_cursor(text, other))


@given(text=st.text())
def test_any_other_text_is_refused(text: str) -> None:
    with pytest.raises(BadCursor):
        decode(with_cursor(text))


@pytest.mark.parametrize(
    "forged",
    [
        DayCursor(key=-(2**70), id="a"),
        DayCursor(key=2**64, id="a"),
        DayCursor(key="a", id="a"),  # type: ignore[arg-type]
        RelevanceCursor(generation="a", shown=2**64, score=1.0, key=1, marks=""),
        RelevanceCursor(generation="a", shown=1, score=1.0, key=1, marks="\\"),
        RelevanceCursor(generation="a", shown=1, score="x", key=1, marks=""),  # type: ignore[arg-type]
    ],
)
def test_a_forged_cursor_is_refused(forged: Cursor) -> None:
    try:
        text = encode(forged, REQUEST)
    except TypeError:
        return  # JSON itself has no such number
    with pytest.raises(BadCursor):
        decode(with_cursor(text))


def test_no_cursor_is_no_cursor() -> None:
    assert decode(REQUEST) is None


@given(many=st.lists(keys))
def test_marks_keep_their_order(many: list[int]) -> None:
    marks = [mark_of(key) for key in many]
    assert marks_in(joined_marks(marks)) == marks
