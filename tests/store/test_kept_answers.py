"""Is a request's key taken once, also by those who come while the first one is refused? On both databases."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import event

from cti.store.database import Store
from cti.store.kept_answers import KeptAnswers

pytestmark = pytest.mark.unit


def test_a_key_that_is_given_back_while_somebody_asks_for_it_is_his(store: Store) -> None:
    """The first one is refused, and forgotten, between his insert and his look."""
    answers = KeptAnswers(store)
    assert answers.begin("eva", "k", "d", 5.0) is None
    gone: list[bool] = []

    def refused(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if statement.lstrip().startswith("SELECT") and "kept_answer" in statement and not gone:
            gone.append(True)
            answers.forget("eva", "k")

    event.listen(store.engine, "before_cursor_execute", refused)
    try:
        assert answers.begin("eva", "k", "d", 5.0) is None
    finally:
        event.remove(store.engine, "before_cursor_execute", refused)
    found = answers.begin("eva", "k", "other", 5.0)
    assert gone and found is not None and (found.digest, found.status) == ("d", 0)


def test_at_once_one_of_many_is_the_first(store: Store) -> None:
    answers = KeptAnswers(store)

    def begin_and_be_refused(_number: int) -> bool:
        first = answers.begin("eva", "k", "d", 5.0) is None
        if first:
            answers.forget("eva", "k")
        return first

    with ThreadPoolExecutor(8) as threads:
        assert any(threads.map(begin_and_be_refused, range(40)))
