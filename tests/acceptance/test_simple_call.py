"""Does a caller reach an agent, do they hear each other, and does it end cleanly, whoever hangs up first?"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from .centre import Centre, agent, number_of
from .engine_process import EngineProcess
from .phones import Call
from .waiting import until

pytestmark = pytest.mark.acceptance

Start = Callable[..., EngineProcess]


def talk(centre: Centre) -> tuple[Call, Call]:
    """A caller who talks to the agent at 1001."""
    caller = centre.call("6001", caller=1)
    phone = centre.rings("1001")
    assert phone.number == number_of(1), "the agent sees who calls"
    phone.answer()
    phone.wait("confirmed")
    caller.hears()
    phone.hears()
    centre.until_agent("anna", activity="talking")
    assert centre.witness.together(number_of(1), "1001")
    return caller, phone


def test_agent_hangs_up_first(centre: Centre, start: Start) -> None:
    centre.phones("1001")
    engine = start({"sales": {}}, {"anna": agent("1001", "sales")})
    caller, phone = talk(centre)
    phone.hangup()
    caller.wait("disconnected")
    centre.until_agent("anna", activity="idle", status="available")
    centre.until_no_calls()
    events = [row[4] for row in until(lambda: engine.queue_log("COMPLETEAGENT") and engine.queue_log(), "the log")]
    assert [name for name in events if name in ("ENTERQUEUE", "CONNECT", "COMPLETEAGENT", "COMPLETECALLER")] == [
        "ENTERQUEUE",
        "CONNECT",
        "COMPLETEAGENT",
    ]


def test_caller_hangs_up_first(centre: Centre, start: Start) -> None:
    centre.phones("1001")
    engine = start({"sales": {}}, {"anna": agent("1001", "sales")})
    caller, phone = talk(centre)
    uniqueid = centre.witness.channel_of(number_of(1))["Uniqueid"]  # type: ignore[index]
    caller.hangup()
    phone.wait("disconnected")
    centre.until_agent("anna", activity="idle", status="available")
    centre.until_no_calls()
    completed = until(lambda: engine.queue_log("COMPLETECALLER"), "COMPLETECALLER in queue_log")
    assert len(completed) == 1 and completed[0][1:4] == [uniqueid, "sales", "anna"]
    assert not engine.queue_log("COMPLETEAGENT") and not engine.queue_log("ABANDON")


def test_agent_becomes_free_for_the_next_caller(centre: Centre, start: Start) -> None:
    centre.phones("1001")
    start({"sales": {}}, {"anna": agent("1001", "sales")})
    _, phone = talk(centre)
    second = centre.queued("6001", caller=2)
    phone.hangup()
    again = centre.rings("1001")
    assert again.number == number_of(2)
    again.answer()
    again.wait("confirmed")
    second.hears()
    again.hangup()
    centre.until_no_calls()
    assert centre.engine.queue("sales")["answered"] == 2
