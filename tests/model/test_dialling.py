"""Is there one rule for the names of attempts?"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cti.model.dialling import attempt_id, attempt_parts, dialled_again

pytestmark = pytest.mark.unit


@given(st.from_regex(r"[a-z][a-z0-9_-]{0,20}", fullmatch=True), st.integers(0, 10**12), st.integers(1, 999))
def test_what_a_name_was_made_of_is_read_from_it(campaign: str, lead: int, attempt_no: int) -> None:
    assert attempt_parts(attempt_id(campaign, lead, attempt_no)) == (campaign, lead, attempt_no)


@pytest.mark.parametrize("name", ["", "x1", "spring-1", "spring-1-2.3", "spring-a-1", "-1-1", "spring-1-1\n"])
def test_other_names_are_no_attempt_that_is_written_down(name: str) -> None:
    assert attempt_parts(name) is None


def test_a_call_out_without_books_dials_again_under_another_name() -> None:
    assert [dialled_again("spring-1-1", times) for times in (1, 2, 3)] == ["spring-1-1", "spring-1-1.2", "spring-1-1.3"]
    assert attempt_parts(dialled_again("spring-1-1", 2)) is None
