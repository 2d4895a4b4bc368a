"""Does a cursor lead back to the key it stands for, in its own list only, and is nothing else taken for one?"""

from __future__ import annotations

import base64
from typing import Any

import pytest
from aiohttp.test_utils import make_mocked_request
from hypothesis import given, settings
from hypothesis import strategies as st
from yarl import URL

from cti.api.asking import BadRequest
from cti.api.paging import Number, Page, Word, cursor, page_of

pytestmark = pytest.mark.unit

AT = st.floats(allow_nan=False, allow_infinity=False)
ID = st.integers(0, 2**63 - 1)


def asked(name: str, key: Any, **query: str) -> Page[Any]:
    return page_of(make_mocked_request("GET", str(URL("/x").with_query(query))), name, key, 10, 100)


@settings(max_examples=50)
@given(at=AT, number=ID)
def test_a_cursor_leads_back_to_its_key(at: float, number: int) -> None:
    assert asked("a", tuple[float, Number], cursor=cursor("a", (at, number))).after == (at, number)


@pytest.mark.parametrize("word", ["node1/1700.1", "a b", "Zoë", "x" * 200])
def test_words_too(word: str) -> None:
    assert asked("a", tuple[float, Word], cursor=cursor("a", (0.5, word))).after == (0.5, word)


def test_a_page_says_whether_there_is_another() -> None:
    page = asked("a", tuple[Number], limit="2")
    assert (page.after, page.limit, page.most) == (None, 2, 3)
    assert page.shown([1, 2, 3], lambda row: (row,)) == ([1, 2], cursor("a", (2,)))
    assert page.shown([1, 2], lambda row: (row,)) == ([1, 2], None)
    assert page.shown([], lambda row: (row,)) == ([], None)


def test_a_cursor_of_another_list_is_refused() -> None:
    with pytest.raises(BadRequest, match="of another list"):
        asked("a", tuple[Number], cursor=cursor("b", (2,)))


@pytest.mark.parametrize(
    "made",
    [
        "", "x", "²", "2", "A" * 1001, cursor("a", ("x",)), cursor("a", (-1,)), cursor("a", (2**63,)),
        cursor("a", (1, 2)), base64.urlsafe_b64encode(b'["a", [1e999]]').decode(),
    ],
)  # fmt: skip
def test_what_is_none_is_refused(made: str) -> None:
    with pytest.raises(BadRequest, match="cursor is what"):
        asked("a", tuple[Number], cursor=made)


@pytest.mark.parametrize("made", [b'["a", [1e999, 1]]', b'["a", [NaN, 1]]', b"[" * 700])
def test_no_number_beyond_all_bounds(made: bytes) -> None:
    with pytest.raises(BadRequest):
        asked("a", tuple[float, Number], cursor=base64.urlsafe_b64encode(made).decode().rstrip("="))


def test_no_word_that_a_store_cannot_take() -> None:
    with pytest.raises(BadRequest):
        asked("a", tuple[float, Word], cursor=cursor("a", (1.0, "a\x00b")))
