"""Does the line keep its promises? Who is next, who may not be called, who leaves it and how, what is announced."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest

from .centre import Centre, agent, number_of
from .engine_process import EngineProcess
from .phones import Call
from .waiting import until

pytestmark = pytest.mark.acceptance

Start = Callable[..., EngineProcess]


def serve(centre: Centre, number: str) -> Call:
    """The agent takes the next call."""
    phone = centre.rings(number)
    phone.answer()
    return phone.wait("confirmed")


def test_two_queues_one_agent_most_urgent_first(centre: Centre, start: Start) -> None:
    """support's target is twenty times shorter: its caller, who came later, is more urgent; tier goes before both."""
    centre.phones("1001")
    engine = start(
        {"sales": {"target_s": 200}, "support": {"target_s": 10}, "complaints": {"tier": 1, "target_s": 1000}},
        {"anna": agent("1001", "sales", "support", "complaints", starts="logged_out")},
    )
    centre.queued("6001", caller=1, queue="sales")
    centre.queued("6002", caller=2, queue="support")
    centre.queued("6002", caller=3, queue="support")
    centre.queued("6003", caller=4, queue="complaints")
    until(
        lambda: engine.queue("support")["longest_wait_s"] * 20 > 2 * engine.queue("sales")["longest_wait_s"], "urgency"
    )
    engine.do("anna", "login")
    order = []
    for _ in range(4):
        phone = serve(centre, "1001")
        order.append(phone.number)
        phone.hangup()
    assert order == [number_of(4), number_of(2), number_of(3), number_of(1)]
    centre.until_no_calls()


def test_head_start_counts_as_waiting(centre: Centre, start: Start) -> None:
    centre.phones("1001")
    engine = start(
        {"sales": {}},
        {"anna": agent("1001", "sales", starts="logged_out")},
        entries={"6001": {"queue": "sales"}, "6009": {"queue": "sales", "head_start_s": 60}},
    )
    centre.queued("6001", caller=1)
    centre.queued("6009", caller=2)
    engine.do("anna", "login")
    assert centre.rings("1001").number == number_of(2)


def test_wrap_up_holds_across_queues(centre: Centre, start: Start) -> None:
    """sales grants 2 s of wrap-up; a caller of support, who waits already, does not disturb them."""
    centre.phones("1001")
    engine = start({"sales": {"wrap_up_s": 2}, "support": {}}, {"anna": agent("1001", "sales", "support")})
    centre.call("6001", caller=1)
    phone = serve(centre, "1001")
    centre.queued("6002", caller=2, queue="support")
    began = time.monotonic()
    phone.hangup()
    centre.until_agent("anna", activity="wrapup")
    assert engine.waiting("support") == [number_of(2)]
    second = centre.rings("1001")
    assert second.number == number_of(2)
    assert 1.9 < time.monotonic() - began < 3.5


def test_ready_ends_the_wrap_up(centre: Centre, start: Start) -> None:
    """*15 on his own phone; while he dials, his phone is engaged and is not rung."""
    centre.phones("1001")
    start({"sales": {"wrap_up_s": 60}}, {"anna": agent("1001", "sales")})
    centre.call("6001", caller=1)
    serve(centre, "1001").hangup()
    centre.until_agent("anna", activity="wrapup")
    centre.queued("6001", caller=2)
    code = centre.dial("1001", "*15")
    centre.until_agent("anna", activity="idle")
    code.wait("disconnected")
    assert centre.rings("1001").number == number_of(2)


def test_a_digit_leaves_the_line(centre: Centre, start: Start) -> None:
    """2 leads to another queue with the old wait, 9 into the dialplan, any other digit nowhere."""
    centre.phones("1001")
    engine = start(
        {"sales": {"keys": {"2": {"queue": "support"}, "9": {"goto": "cti-fallback,6001,1"}}}, "support": {}},
        {"anna": agent("1001", "support", starts="logged_out")},
    )
    first = centre.queued("6001", caller=1)
    second = centre.queued("6001", caller=2)
    first.press("5")
    first.press("2")
    until(lambda: engine.waiting("support") == [number_of(1)], "the caller in the other queue")
    assert engine.waiting("sales") == [number_of(2)]
    assert engine.queue("support")["position"][0]["wait_s"] > 0
    second.press("9")
    until(lambda: engine.queue("sales")["key_exit"] == 2, "both left sales by a key")
    until(lambda: "cti-callback" in str(centre.witness.channel_of(number_of(2))), "the caller in the fallback's menu")
    assert [row[5] for row in engine.queue_log("EXITWITHKEY")] == ["2", "9"]
    engine.do("anna", "login")
    serve(centre, "1001")
    first.hears()


def test_maximum_wait(centre: Centre, start: Start) -> None:
    """After 1 s to the next queue; after 1 s more good-bye. The wait counts on, and each visit has one outcome."""
    engine = start(
        {
            "sales": {"max_wait_s": 1, "on_max_wait": {"queue": "support"}},
            "support": {"max_wait_s": 1, "on_max_wait": {"play": ["beep"]}},
        },
        {"anna": agent("1001", "sales", starts="logged_out")},
    )
    caller = centre.queued("6001")
    until(lambda: engine.waiting("support") == [number_of(1)], "the overflow", 4.0)
    assert caller.state == "confirmed"
    caller.wait("disconnected", 6.0)
    centre.until_no_calls()
    assert engine.queue("sales")["timed_out"] == engine.queue("support")["timed_out"] == 1
    assert len(until(lambda: engine.queue_log("EXITWITHTIMEOUT"), "EXITWITHTIMEOUT")) == 2


def test_a_full_line(centre: Centre, start: Start) -> None:
    engine = start(
        {"sales": {"max_waiting": 1, "on_full": {"queue": "support"}}, "support": {}},
        {"anna": agent("1001", "sales", starts="logged_out")},
    )
    centre.queued("6001", caller=1)
    centre.queued("6001", caller=2, queue="support")
    assert engine.waiting("sales") == [number_of(1)]
    assert engine.queue("sales")["overflowed"] == 1


def test_an_announcement_does_not_delay_a_free_agent(centre: Centre, start: Start) -> None:
    """A long prompt plays to the caller; the agent becomes free, and his phone rings at once."""
    centre.phones("1001")
    engine = start(
        {"sales": {"announce": {"first_after_s": 0.5, "every_s": 30, "play": ["demo-congrats"]}}},
        {"anna": agent("1001", "sales", starts="logged_out")},
    )
    caller = centre.queued("6001")
    until(lambda: centre.witness.events("MusicOnHoldStop"), "the announcement in place of music")
    began = time.monotonic()
    engine.do("anna", "login")
    phone = centre.rings("1001")
    assert time.monotonic() - began < 1.0, "the prompt takes half a minute"
    phone.answer()
    phone.wait("confirmed")
    caller.hears()


def test_agents_use_feature_codes(centre: Centre, start: Start) -> None:
    """*11 in, *12 out, *13 break, *132 lunch, *14 back, from the agent's own phone; another phone is refused."""
    centre.phones("1001", "1002")
    engine = start({"sales": {}}, {"anna": agent("1001", "sales", starts="logged_out")})

    def dial(number: str, code: str) -> None:
        call = centre.dial(number, code)
        call.wait("confirmed").hangup()

    def press(code: str, **expected: Any) -> None:
        dial("1001", code)
        centre.until_agent("anna", **expected)

    press("*11", status="available")
    press("*13", status="on_break", reason="break")
    press("*14", status="available")
    press("*132", status="on_break", reason="lunch")
    centre.queued("6001")
    assert engine.agent("anna")["activity"] == "idle", "on a break nobody is rung"
    dial("1002", "*14")
    press("*14", status="available")
    rung = centre.rings("1001")
    assert rung.number == number_of(1)
    rung.answer()
    rung.wait("confirmed").hangup()
    centre.until_agent("anna", activity="idle")
    press("*12", status="logged_out")
    assert engine.agent("anna")["status"] == "logged_out"
    words = [row[4] for row in engine.queue_log() if row[3] == "anna" and row[2] in ("sales", "NONE")]
    assert [w for w in words if w in ("ADDMEMBER", "REMOVEMEMBER", "PAUSE", "UNPAUSE")] == [
        "ADDMEMBER", "PAUSE", "UNPAUSE", "PAUSE", "UNPAUSE", "REMOVEMEMBER",
    ]  # fmt: skip


def test_a_phone_that_does_something_else_is_not_rung(centre: Centre, start: Start) -> None:
    """anna makes a call of her own: no offer until she has hung up, then at once."""
    centre.phones("1001", "1002")
    engine = start({"sales": {}}, {"anna": agent("1001", "sales")})
    own = centre.dial("1001", "1002")
    centre.rings("1002").answer()
    own.wait("confirmed")
    centre.queued("6001")
    centre.until_agent("anna", engaged=True)
    assert engine.part("status")["offers"] == {}
    own.hangup()
    assert centre.rings("1001").number == number_of(1)
