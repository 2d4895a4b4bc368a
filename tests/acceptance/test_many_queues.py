"""Whom does an agent of several queues get, and when? Judged by what Asterisk saw, not by what we believe."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest

from .centre import Centre, agent, number_of
from .crowd import Crowd
from .engine_process import EngineProcess
from .judge import Rules, passed_over
from .phones import Call
from .waiting import until

pytestmark = pytest.mark.acceptance

Start = Callable[..., EngineProcess]

QUEUES: dict[str, Any] = {
    "minute": {"target_s": 60},
    "half": {"target_s": 30},
    "quarter": {"target_s": 15},
    "quick": {"target_s": 5},
    "alarm": {"target_s": 1000, "tier": 1},
}
BEFORE = ("minute", "half", "minute", "quarter", "half")  # they wait when the agent logs in
MEANWHILE = ("quick", "alarm", "quarter", "quick", "alarm")  # one of them comes during each talk


def serve(centre: Centre, number: str) -> Call:
    phone = centre.rings(number)
    phone.answer()
    return phone.wait("confirmed")


def test_the_most_urgent_of_five_queues(centre: Centre, people: Crowd, start: Start) -> None:
    """Ten callers, five targets, half of them come while others talk: at each ring nobody more urgent was waiting."""
    centre.phones("1001")
    engine = start(QUEUES, {"anna": agent("1001", *QUEUES, starts="logged_out")})
    node, witness = centre.lab.nodes[0], centre.witness
    queue_of: dict[str, str] = {}

    def come(queue: str) -> None:
        number = number_of(101 + len(queue_of))
        queue_of[number] = queue
        people.call(node["host"], node["sip_port"], str(6001 + list(QUEUES).index(queue)), number)
        until(lambda: number in engine.waiting(queue), f"{number} in {queue}")

    for queue in BEFORE:
        come(queue)
    engine.do("anna", "login")
    for queue in (*MEANWHILE, *[""] * len(BEFORE)):
        talk = serve(centre, "1001")
        if queue:
            come(queue)
        talk.hangup()
    centre.until_no_calls()
    rung = until(lambda: witness.rung()[9:] and witness.rung(), "ten rings, as Asterisk saw them")
    assert passed_over(witness, {number: Rules(**QUEUES[queue]) for number, queue in queue_of.items()}) == []
    order = [queue_of[ring.caller] for ring in rung]
    assert order.index("alarm") == 2, "the alarm came during the second talk"
    assert order.count("alarm") == 2 and [ring.caller for ring in rung] != list(queue_of)


def test_head_start_of_known_customers(centre: Centre, start: Start) -> None:
    """What the operator's dialplan says in CTI_CUSTOMER: gold goes before who came earlier, an open complaint too."""
    centre.phones("1001")
    for number, facts in (("6901", "segment=gold"), ("6902", "segment=gold&complaint=open"), ("6903", "segment=tin")):
        centre.witness.dialplan(number, ("Set", f"CTI_CUSTOMER={facts}"), ("Goto", "cti-inbound,6001,1"))
    gold = {"when": {"segment": "gold"}, "seconds": 60}
    complaint = {"when": {"segment": "gold", "complaint": "open"}, "seconds": 90}
    engine = start({"sales": {"head_starts": [gold, complaint]}}, {"anna": agent("1001", "sales", starts="logged_out")})
    for caller, dialled in enumerate(("6001", "6903", "6901", "6902"), 1):
        centre.queued(dialled, caller=caller)
    expected = [number_of(caller) for caller in (4, 3, 1, 2)]
    assert engine.waiting("sales") == expected
    engine.do("anna", "login")
    order = []
    for _ in expected:
        phone = serve(centre, "1001")
        order.append(phone.number)
        phone.hangup()
    assert order == expected
    centre.until_no_calls()


def test_wrap_up_is_shared_by_two_queues(centre: Centre, start: Start) -> None:
    """Asterisk's own case: the first agent, then the second, then nobody until the first is done, in either queue."""
    centre.phones("1001", "1002")
    rules = {"wrap_up_s": 2, "strategy": "linear"}
    engine = start(
        {"sales": rules, "support": rules},
        {"anna": agent("1001", "sales", "support"), "ben": agent("1002", "sales", "support")},
    )
    centre.call("6001", caller=1)
    first = serve(centre, "1001")
    first.hangup()
    began = time.monotonic()
    centre.until_agent("anna", activity="wrapup")
    centre.call("6002", caller=2)
    serve(centre, "1002").hangup()
    centre.until_agent("ben", activity="wrapup")
    centre.queued("6002", caller=3, queue="support")
    assert engine.agent("anna")["activity"] == "wrapup", "both are, so nobody is rung"
    assert centre.rings("1001").number == number_of(3)
    assert 1.9 < time.monotonic() - began < 3.5
    rung = until(lambda: centre.witness.rung()[2:] and centre.witness.rung(), "three rings")
    assert [ring.phone for ring in rung] == ["1001", "1002", "1001"]
