"""Does every follow-up of the stream of facts come into the store, also where that is away for a while?"""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError

from cti.model.changes import Changed, Kind
from cti.store import follow_up
from cti.store.database import open_store
from cti.store.follow_up_writer import FollowUpWriter
from tests.store.test_follow_up import NOW, told

pytestmark = pytest.mark.unit


def test_what_is_told_is_there_at_the_next_look(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path}/cti.db")
    writer = FollowUpWriter(store)
    writer.apply(Changed(Kind.SURVEY, "n/1", "after.how", "1", NOW, "SurveyAnswered"))
    writer.apply(told("n/1"))
    assert [row["contact"] for row in writer.load(owner="", done=False, limit=10)] == ["n/1"]
    assert writer.finish(1, "called", "eva", NOW) is True
    assert writer.close() == 0 and (writer.errors, writer.lost) == (0, 0)
    store.close()


def test_a_store_that_is_away_gets_them_later(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = open_store(f"sqlite:///{tmp_path}/cti.db")
    away = [True, True]
    write = follow_up.open_told

    def open_told(*words: object) -> int:
        if away:
            away.pop()
            raise OperationalError("", None, Exception())
        return write(*words)  # type: ignore[arg-type]

    monkeypatch.setattr(follow_up, "open_told", open_told)
    writer = FollowUpWriter(store, retry_s=0.0)
    writer.apply(told("n/1"))
    assert len(writer.load(owner="", done=False, limit=10)) == 1
    assert writer.errors == 2 and writer.close() == 0
    store.close()
