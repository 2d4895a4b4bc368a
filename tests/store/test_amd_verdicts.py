"""Is every verdict of a listening kept once, with what the agent noted later?"""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from sqlalchemy import insert
from sqlalchemy.exc import OperationalError

from cti.model.changes import Changed, Kind
from cti.outbound.amd_advice import Verdict
from cti.store import amd_verdicts
from cti.store.amd_verdicts import AmdVerdicts, verdicts_of
from cti.store.database import Store, open_store
from cti.store.tables import attempt

pytestmark = pytest.mark.unit

NOW = 1_700_000_000.0


def told(name: str, new: str = "human", reason: str | None = "human HUMAN-820-800") -> Changed:
    return Changed(Kind.ATTEMPT, name, "answered", new, NOW, "CallArrived", reason=reason, seconds=1.5)


def attempted(store: Store, name: str, result: str, campaign: str = "spring") -> None:
    row = {
        "id": name, "campaign": campaign, "lead": int(name[-1]), "attempt_no": 1, "number_index": 0,
        "number": "+493012345", "contact": "", "state": "ended", "result": result, "rule": "", "by": "engine",
    }  # fmt: skip
    with store.engine.begin() as connection:
        connection.execute(insert(attempt).values(row))


def test_a_verdict_meets_what_the_agent_noted(store: Store) -> None:
    for name, result in (("s1", "machine_again"), ("s2", "answered"), ("s3", "human"), ("s4", "machine")):
        attempted(store, name, result)
    attempted(store, "w5", "sold", "winter")
    writer = AmdVerdicts(store)
    for name in ("s1", "s2", "s3", "w5", "s1"):
        writer.apply(told(name))
    writer.apply(told("s4", "machine", "machine MAXWORDS-4-3"))
    writer.apply(told("s2", reason=None))
    writer.apply(told("s2", "busy"))
    assert (writer.close(), writer.errors, writer.lost) == (0, 0, 0)
    person = Verdict("human", "HUMAN-820-800", 1.5)
    machine = Verdict("machine", "MAXWORDS-4-3", 1.5)
    assert sorted(verdicts_of(store, "spring")) == sorted(
        [person._replace(said="machine_again"), person, person, machine]
    )


def test_a_store_that_is_away_gets_it_later(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = open_store(f"sqlite:///{tmp_path}/cti.db")
    attempted(store, "s1", "sold")
    away, put, written = [True], amd_verdicts.put, threading.Event()

    def flaky(*words: object, **more: object) -> None:
        if away:
            away.pop()
            raise OperationalError("", None, Exception())
        put(*words, **more)  # type: ignore[arg-type]
        written.set()

    monkeypatch.setattr(amd_verdicts, "put", flaky)
    writer = AmdVerdicts(store, retry_s=0.0)
    writer.apply(told("s1"))
    assert written.wait(5.0)
    assert writer.close() == 0 and writer.errors == 1
    assert [verdict.said for verdict in verdicts_of(store, "spring")] == ["sold"]
    store.close()
