"""What becomes of a contact that the agent sends elsewhere?"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from .centre import Centre, agent, number_of
from .engine_process import EngineProcess
from .phones import Call
from .waiting import until

pytestmark = pytest.mark.acceptance

Start = Callable[..., EngineProcess]


@pytest.fixture
def engine(centre: Centre, start: Start) -> EngineProcess:
    centre.phones("1001", "1002", "1003")
    return start(
        {"sales": {}, "support": {}},
        {
            "anna": agent("1001", "sales"),
            "ben": agent("1002", "support", starts="logged_out"),
            "chen": agent("1003", "support", starts="logged_out"),
        },
    )


def talk(centre: Centre, dialled: str = "6001") -> tuple[Call, Call]:
    caller = centre.call(dialled, caller=1)
    phone = centre.rings("1001")
    phone.answer()
    phone.wait("confirmed")
    caller.hears()
    centre.until_agent("anna", activity="talking")
    return caller, phone


def test_blind_transfer_to_a_colleague(centre: Centre, engine: EngineProcess) -> None:
    """The caller talks to 1002, anna is free at once, and the call is counted once."""
    caller, phone = talk(centre)
    phone.transfer_blind("1002")
    colleague = centre.rings("1002")
    centre.until_agent("anna", activity="idle")
    colleague.answer()
    colleague.wait("confirmed")
    caller.hears()
    assert centre.witness.together(number_of(1), "1002")
    phone.wait("disconnected")
    assert engine.part("status")["transfers"] == {"blind": 1}
    assert engine.queue("sales")["answered"] == 1
    logged = until(lambda: engine.queue_log("BLINDTRANSFER"), "BLINDTRANSFER in queue_log")
    assert logged[0][3] == "anna" and logged[0][5:7] == ["1002", "cti-agent"]
    caller.hangup()
    centre.until_no_calls()
    assert not engine.queue_log("COMPLETEAGENT") and not engine.queue_log("COMPLETECALLER")


def test_blind_transfer_back_into_a_queue_is_the_same_contact(centre: Centre, engine: EngineProcess) -> None:
    caller, phone = talk(centre)
    contact = engine.part("calls")[0]["contact"]
    phone.transfer_blind("6002")
    until(lambda: engine.waiting("support") == [number_of(1)], "the caller in support")
    calls = engine.part("calls")
    assert [(call["contact"], call["state"], call["queue"]) for call in calls] == [(contact, "waiting", "support")]
    centre.until_agent("anna", activity="idle")
    phone.wait("disconnected")
    engine.do("ben", "login")
    second = centre.rings("1002")
    assert second.number == number_of(1)
    second.answer()
    second.wait("confirmed")
    caller.hears()
    second.hangup()
    caller.wait("disconnected")
    centre.until_no_calls()
    assert engine.queue("sales")["answered"] == engine.queue("support")["answered"] == 1
    callids = {row[1] for row in engine.queue_log() if row[4] in ("CONNECT", "ENTERQUEUE")}
    assert len(callids) == 1, "one call with two handlings"


def test_who_sends_him_away_does_not_get_him_back_as_his_own(centre: Centre, engine: EngineProcess) -> None:
    """anna is his own agent by CTI_AGENTS, which is still on his channel when he comes back into a queue."""
    centre.witness.dialplan("6901", ("Set", "CTI_AGENTS=anna"), ("Goto", "cti-inbound,6001,1"))
    engine.do("ben", "login")
    _, phone = talk(centre, "6901")
    phone.transfer_blind("6002")
    assert centre.rings("1002").number == number_of(1)
    centre.until_agent("anna", activity="idle")
    assert not centre.phone("1001").incoming


def test_the_transferred_caller_keeps_his_since(centre: Centre, engine: EngineProcess) -> None:
    """Sent back, he stands before one who came to that queue before his transfer, but called after him."""
    _, phone = talk(centre)
    centre.queued("6002", caller=2, queue="support")
    phone.transfer_blind("6002")
    until(lambda: len(engine.waiting("support")) == 2, "both in support")
    engine.do("ben", "login")
    assert centre.rings("1002").number == number_of(1)


def test_the_shown_order_is_the_order_of_service(centre: Centre, engine: EngineProcess) -> None:
    """What the live view shows as position 1 is who is served next, after a transfer too."""
    _, phone = talk(centre)
    centre.queued("6002", caller=2, queue="support")
    phone.transfer_blind("6002")
    until(lambda: len(engine.waiting("support")) == 2, "both in support")
    shown = engine.waiting("support")
    engine.do("ben", "login")
    assert centre.rings("1002").number == shown[0]


def test_attended_transfer_to_a_colleague(centre: Centre, engine: EngineProcess) -> None:
    caller, phone = talk(centre)
    phone.hold()
    consultation = centre.dial("1001", "1002")
    colleague = centre.rings("1002")
    colleague.answer()
    consultation.wait("confirmed")
    phone.transfer_attended(consultation)
    until(lambda: centre.witness.together(number_of(1), "1002"), "the caller with the colleague")
    phone.wait("disconnected")
    consultation.wait("disconnected")
    caller.hears()
    colleague.hears()
    centre.until_agent("anna", activity="idle")
    assert engine.queue("sales")["answered"] == 1
    caller.hangup()
    colleague.wait("disconnected")
    centre.until_no_calls()
    logged = until(lambda: engine.queue_log("ATTENDEDTRANSFER"), "ATTENDEDTRANSFER in queue_log")
    assert len(logged) == 1 and logged[0][3] == "anna"
    centre.until_agent("anna", activity="idle", status="available")


def test_attended_transfer_into_a_queue_is_the_same_contact(centre: Centre, engine: EngineProcess) -> None:
    """anna dials support herself, hears music, and hands her place to the caller, who keeps his own `since`."""
    caller, phone = talk(centre)
    contact = engine.part("calls")[0]["contact"]
    centre.queued("6002", caller=2, queue="support")
    phone.hold()
    consultation = centre.dial("1001", "6002").wait("confirmed")
    until(lambda: len(engine.waiting("support")) == 2, "anna's own call in the line")
    phone.transfer_attended(consultation)
    phone.wait("disconnected")
    consultation.wait("disconnected")
    centre.until_agent("anna", activity="idle")
    until(lambda: len(engine.part("calls")) == 2, "two contacts, not three")
    waiting = {call["contact"]: call for call in engine.part("calls")}
    assert contact in waiting, "the same contact"
    assert (waiting[contact]["state"], waiting[contact]["queue"]) == ("waiting", "support")
    caller.hears()
    engine.do("ben", "login")
    served = centre.rings("1002")
    served.answer()
    served.wait("confirmed")
    until(lambda: centre.witness.together(number_of(1), "1002"), "the caller, who came first, with ben")
    caller.hears()
    served.hangup()
    caller.wait("disconnected")
    assert centre.rings("1002").number == number_of(2)


def test_hold_and_resume(centre: Centre, engine: EngineProcess) -> None:
    """The agent holds: the caller hears music, the engine shows it; then they talk on."""
    caller, phone = talk(centre)
    phone.hold()
    centre.until_agent("anna", activity="hold")
    caller.hears()
    phone.unhold()
    centre.until_agent("anna", activity="talking")
    caller.hears()
    phone.hears()
    caller.hangup()
    phone.wait("disconnected")
    centre.until_agent("anna", activity="idle")
    centre.until_no_calls()
