"""Is everything swept by its own time, and no recording before the law lets it go?"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from kit import center
from sqlalchemy import select
from structlog.testing import capture_logs

from cti.model.policy import Center
from cti.store import follow_up, history_retention, sweeping
from cti.store.attempts import Attempt, ended, intend
from cti.store.database import Store
from cti.store.day_tables import DAYS
from cti.store.history_sums import Sums
from cti.store.interval_tables import queue_interval
from cti.store.interval_writing import write
from cti.store.outbound_retention import DAY_S
from cti.store.promising import take_requests
from cti.store.sweeping import FILES_EVERY_S, Further, Sweeper
from cti.store.tables import attempt, callback_request, contact_fact
from cti.store.voicemail import Voicemail
from cti.store.voicemail import keep as leave

pytestmark = pytest.mark.unit

NOW = 1_700_000_000.0
CHINA = {"trunks": {"carrier": {"dial": "PJSIP/{number}@carrier"}}, "callbacks": {"regulation": "cn"}}


def with_rules(outbound: object) -> Center:
    return Center.model_validate(center().model_dump() | {"outbound": outbound})


def rows(store: Store) -> int:
    with store.engine.connect() as connection:
        return len(connection.execute(callback_request.select()).all())


def message(store: Store, folder: Path, name: str, at: float) -> Path:
    path = folder / f"{name}.wav"
    path.write_bytes(b"RIFF")
    os.utime(path, (at, at))
    leave(store, Voicemail(name, at, "", "sales", f"n1/{name}", str(path)[:-4], 5.0, connect=False), None)
    take_requests(store, lambda number, queue: None)
    return path


def done(store: Store, at: float) -> None:
    for work in follow_up.load(store):
        follow_up.finish(store, work["id"], "", "eva", at)


def test_a_recording_outlives_the_operators_days_as_long_as_the_law_asks(store: Store, tmp_path: Path) -> None:
    path = message(store, tmp_path, "n1-1-1-main-leave-1", NOW)
    done(store, NOW + 60.0)
    sweeper = Sweeper(store, DAY_S, Further(promises_s=DAY_S))
    strict, free = with_rules(CHINA), with_rules({})
    before = rows(store)
    for day in (2, 10, 29.5):
        sweeper.sweep(NOW + day * DAY_S, "v1", strict)
        assert path.exists() and rows(store) == before, day
    while sweeper.sweep(NOW + 31 * DAY_S, "v1", strict):
        pass
    assert not path.exists() and rows(store) == 0
    other = message(store, tmp_path, "n1-2-1-main-leave-1", NOW)
    done(store, NOW + 60.0)
    while sweeper.sweep(NOW + 2 * DAY_S, "v1", free):
        pass
    assert not other.exists(), "where no law asks for it, the operator's days hold"


def test_files_of_no_row_go_once_an_hour_and_not_before_the_law_lets_them(store: Store, tmp_path: Path) -> None:
    def answer(name: str) -> Path:
        path = tmp_path / f"{name}.wav"
        path.write_bytes(b"RIFF")
        os.utime(path, (NOW, NOW))
        return path

    first = answer("n1-1-1-main-ask-1")
    sweeper = Sweeper(store, DAY_S, Further(promises_s=DAY_S, recordings=tmp_path))
    sweeper.sweep(NOW + 10 * DAY_S, "v1", with_rules(CHINA))
    assert first.exists()
    sweeper.sweep(NOW + 31 * DAY_S, "v1", with_rules(CHINA))
    assert not first.exists()
    second = answer("n1-2-1-main-ask-1")
    sweeper.sweep(NOW + 31 * DAY_S + FILES_EVERY_S - 1.0, "v1", with_rules(CHINA))
    assert second.exists()
    sweeper.sweep(NOW + 31 * DAY_S + FILES_EVERY_S, "v1", with_rules(CHINA))
    assert not second.exists()


def test_attempts_have_days_of_their_own_and_a_cap_for_ever_keeps_them(store: Store) -> None:
    def attempts() -> int:
        with store.engine.connect() as connection:
            return len(connection.execute(attempt.select()).all())

    one = Attempt("spring", 7, 1, 0, "+49301234567")
    intend(store, one, NOW)
    ended(store, one.id, "busy", NOW + 20.0)
    sweeper = Sweeper(store, DAY_S, Further(attempts_s=40 * DAY_S))
    sweeper.sweep(NOW + 39 * DAY_S, "v1", with_rules({}))
    assert attempts() == 1
    sweeper.sweep(NOW + 41 * DAY_S, "v1", with_rules({"caps": [{"at_most": 3, "within": "ever"}]}))
    assert attempts() == 1
    Sweeper(store, DAY_S, Further()).sweep(NOW + 41 * DAY_S, "v1", with_rules({}))
    assert attempts() == 1, "without a time they stay"
    sweeper.sweep(NOW + 41 * DAY_S, "v1", with_rules({}))
    assert attempts() == 0


def test_quarter_hours_of_reports_go_when_they_are_too_old_and_their_days_stay(store: Store) -> None:
    midnight = NOW - NOW % DAY_S
    sums = Sums()
    for day in (0, 1):
        sums.add(queue_interval, (int(midnight + day * DAY_S), "sales"), {"offered": 1})
    with store.engine.begin() as connection:
        write(connection, sums)
    Sweeper(store, DAY_S, Further()).sweep(midnight + 90 * DAY_S, "v1", with_rules({}))
    Sweeper(store, DAY_S, Further(sums_s=31 * DAY_S)).sweep(midnight + 32 * DAY_S, "v1", with_rules({}))
    with store.engine.connect() as connection:
        assert connection.execute(select(queue_interval.c.start)).scalars().all() == [midnight + DAY_S]
        assert len(connection.execute(select(DAYS["queue_interval"].c.start)).all()) == 2


def test_a_step_that_fails_holds_up_no_other(store: Store) -> None:
    """The first did: attempts and recordings, personal data, were kept for ever then."""
    one = Attempt("spring", 7, 1, 0, "+49301234567")
    intend(store, one, NOW)
    ended(store, one.id, "busy", NOW + 20.0)
    sweeper = Sweeper(store, DAY_S, Further(attempts_s=DAY_S))
    with store.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE contact_fact RENAME TO away")
    with capture_logs() as logged:
        assert sweeper.sweep(NOW + 2 * DAY_S, "v1", with_rules({})) == 1
    with store.engine.connect() as connection:
        assert connection.execute(attempt.select()).all() == []
    assert {line["what"] for line in logged} == {"facts of contacts", "policies"} and sweeper.errors == 2


def test_while_one_kind_has_more_the_others_rest_and_then_all_have_their_turn(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Policies are looked for through all facts: not four times a second, for as long as millions of rows go."""
    for module in (sweeping, history_retention):
        monkeypatch.setattr(module, "PORTION", 2)
    looked = list[str]()
    monkeypatch.setattr(history_retention, "_sweep_policies", lambda *_: looked.append("policies") or 0)
    rows = [{"id": n, "at": NOW + n, "contact": "c", "kind": 1, "version": "v1", "body": "{}"} for n in range(5)]
    with store.engine.begin() as connection:
        connection.execute(contact_fact.insert(), rows)
    sweeper = Sweeper(store, DAY_S, Further())
    told = [(sweeper.sweep(NOW + 2 * DAY_S, "v1", with_rules({})), len(looked)) for _ in range(5)]
    assert told == [(2, 1), (2, 1), (1, 1), (0, 2), (0, 3)]
