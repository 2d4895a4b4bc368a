"""Does what a supervisor types happen to real callers: another queue, an earlier turn, the end of a wait?"""

from __future__ import annotations

import json
import os
import pwd
from collections.abc import Callable
from typing import Any

import pytest

from .centre import Centre, agent, number_of
from .engine_process import EngineProcess
from .waiting import until

pytestmark = pytest.mark.acceptance

Start = Callable[..., EngineProcess]


def told(engine: EngineProcess, *words: str) -> Any:
    return json.loads(engine.command(*words))


def contact_of(engine: EngineProcess, caller: int) -> str:
    """As `cti contact list` shows it, without the node: what a person copies."""
    [row] = [row for row in told(engine, "contact", "list") if row["caller"] == number_of(caller)]
    return str(row["contact"]).partition("/")[2]


def test_a_supervisor_moves_prioritises_and_withdraws(centre: Centre, start: Start) -> None:
    centre.phones("1001")
    engine = start({"sales": {}, "support": {}}, {"sue": agent("1001", "support", starts="logged_out")})
    first, second, third, fourth = (centre.queued("6001", caller=number) for number in (1, 2, 3, 4))
    told(engine, "contact", "move", contact_of(engine, 1), "support")
    told(engine, "contact", "prioritise", contact_of(engine, 3), "120")
    assert (engine.waiting("support"), engine.waiting("sales")) == ([number_of(1)], [number_of(n) for n in (3, 2, 4)])
    told(engine, "contact", "move", contact_of(engine, 3), "support")
    assert engine.waiting("support") == [number_of(3), number_of(1)], "the seconds given go with him"
    told(engine, "contact", "withdraw", contact_of(engine, 2))
    second.wait("disconnected")
    assert {call.state for call in (first, third, fourth)} == {"confirmed"}
    engine.do("sue", "login")
    for caller in (3, 1):
        phone = centre.rings("1001")
        assert phone.number == number_of(caller)
        phone.answer()
        phone.wait("confirmed")
        phone.hangup()
    until(lambda: engine.queue("support")["answered"] == 2, "both served")
    sales = engine.queue("sales")
    assert (sales["moved"], sales["withdrawn"], sales["waiting"]) == (2, 1, 1)
    assert sorted(row[-1] for row in engine.queue_log("WITHDRAW")) == ["moved", "moved", "withdrawn"]
    asked = told(engine, "audit")
    assert [entry["what"] for entry in asked][:2] == ["agent.login", "contact.withdraw"]
    assert {(entry["user"], entry["result"]) for entry in asked} == {(pwd.getpwuid(os.getuid()).pw_name, "done")}
    fourth.hangup()
    centre.until_no_calls()


def test_who_joins_a_queue_is_rung_at_once_and_still_after_a_restart(centre: Centre, start: Start) -> None:
    centre.phones("1001")
    engine = start({"sales": {}, "support": {}}, {"sue": agent("1001", "support")})
    caller = centre.queued("6001")
    told(engine, "agent", "join", "sue", "sales", "--level", "2")
    told(engine, "queue", "set", "sales", "target_s=33", "rings=[{after_s: 60, queues: [support]}]")
    phone = centre.rings("1001")
    phone.answer()
    phone.wait("confirmed")
    caller.hears()
    phone.hangup()
    centre.until_no_calls()
    engine.stop()
    engine.start()
    assert engine.agent("sue")["queues"] == ["support", "sales"] and engine.queue("sales")["target_s"] == 33
    assert [change["path"] for change in told(engine, "live")] == [
        "agents.sue.queues.sales",
        "queues.sales.rings",
        "queues.sales.target_s",
    ]
    told(engine, "queue", "reset", "sales")
    told(engine, "agent", "leave", "sue", "sales")
    assert told(engine, "live") == [] and engine.queue("sales")["target_s"] == 20
