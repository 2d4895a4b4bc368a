"""What does a caller keep who goes from one queue to another, and who is turned away at the door?"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from prometheus_client.parser import text_string_to_metric_families

from .centre import Centre, agent, number_of
from .crowd import Crowd
from .engine_process import EngineProcess
from .waiting import until

pytestmark = pytest.mark.acceptance

Start = Callable[..., EngineProcess]

SLOW, SMALL, EMPTY, KEYED, SUPPORT = "6001", "6002", "6003", "6004", "6005"


def outcomes(engine: EngineProcess) -> dict[tuple[str, str], int]:
    """What Prometheus reads: how many visits of which queue ended how."""
    families = text_string_to_metric_families(engine.http("/metrics")[1])
    found = next(family for family in families if family.name == "cti_queue_contacts")
    return {
        (sample.labels["queue"], sample.labels["outcome"]): int(sample.value)
        for sample in found.samples
        if sample.value and sample.name.endswith("_total")
    }


def served(centre: Centre, number: str, calls: int) -> list[str]:
    """The agent takes so many calls, one after the other: whose they were."""
    order = []
    for _ in range(calls):
        phone = centre.rings(number)
        order.append(phone.number)
        phone.answer()
        phone.wait("confirmed").hangup()
    return order


def test_whoever_overflows_keeps_his_wait(centre: Centre, start: Start) -> None:
    """By time, by nobody there, by key into a full line, by key: all stand before one who called support later."""
    centre.phones("1001")
    support = {"queue": "support"}
    engine = start(
        {
            "slow": {"max_wait_s": 3, "on_max_wait": support},
            "small": {"max_waiting": 1, "on_full": support},
            "empty": {"on_nobody": support},
            "keyed": {"keys": {"2": {"queue": "small"}, "3": support}},
            "support": {},
        },
        {"sue": agent("1001", "support", starts="logged_out"), "ema": agent("1002", "empty")},
    )
    engine.do("ema", "pause", reason="lunch")
    centre.queued(SLOW, caller=1, queue="slow")
    centre.queued(EMPTY, caller=2, queue="empty")
    full = centre.queued(KEYED, caller=3, queue="keyed")
    keyed = centre.queued(KEYED, caller=4, queue="keyed")
    centre.queued(SMALL, caller=5, queue="small")
    centre.queued(SUPPORT, caller=6, queue="support")
    keyed.press("3")
    engine.do("ema", "logout")
    full.press("2")
    ahead = [number_of(caller) for caller in (1, 2, 3, 4, 6)]
    until(lambda: engine.waiting("support") == ahead, f"five in support: {ahead}")
    assert engine.waiting("small") == [number_of(5)]
    engine.do("sue", "login")
    assert served(centre, "1001", 5) == ahead
    until(lambda: len(engine.queue_log("COMPLETEAGENT")) == 5, "five talks in queue_log")
    until(lambda: [ring.caller for ring in centre.witness.rung()] == ahead, "so says Asterisk too")

    assert outcomes(engine) == {
        ("slow", "timed_out"): 1,
        ("empty", "overflowed"): 1,
        ("keyed", "key_exit"): 2,
        ("small", "overflowed"): 1,
        ("support", "answered"): 5,
    }
    offered = {name: engine.queue(name)["offered"] for name in ("slow", "empty", "keyed", "small", "support")}
    assert offered == {"slow": 1, "empty": 1, "keyed": 2, "small": 2, "support": 5}
    assert [(row[2], row[-1]) for row in engine.queue_log("WITHDRAW")] == [("small", "overflowed")]
    assert [row[2] for row in engine.queue_log("EXITEMPTY")] == ["empty"]
    assert sorted(row[5] for row in engine.queue_log("EXITWITHKEY")) == ["2", "3"]
    assert [row[2] for row in engine.queue_log("EXITWITHTIMEOUT")] == ["slow"]
    first = engine.queue_log("EXITWITHTIMEOUT")[0][1]
    story = [(row[2], row[4]) for row in engine.queue_log() if row[1] == first]
    assert story == [
        ("slow", "ENTERQUEUE"), ("slow", "EXITWITHTIMEOUT"),
        ("support", "ENTERQUEUE"), ("support", "CONNECT"), ("support", "COMPLETEAGENT"),
    ]  # fmt: skip


def test_a_queue_of_eleven_refuses_the_twelfth(centre: Centre, people: Crowd, start: Start) -> None:
    """Asterisk's own case; when one of the eleven goes there is room again."""
    node = centre.lab.nodes[0]
    engine = start(
        {"sales": {"max_waiting": 11, "on_full": {"play": ["beep"]}}},
        {"anna": agent("1001", "sales", starts="logged_out")},
    )
    numbers = [number_of(100 + caller) for caller in range(13)]
    callers = [people.call(node["host"], node["sip_port"], "6001", number) for number in numbers[:11]]
    until(lambda: engine.queue("sales")["waiting"] == 11, "eleven in the line")
    twelfth = people.call(node["host"], node["sip_port"], "6001", numbers[11])
    until(lambda: twelfth.over_at is not None, "the twelfth turned away")
    assert twelfth.answered_at is not None and twelfth.ended_by == "them", "he heard why"
    assert sorted(engine.waiting("sales")) == numbers[:11]
    people.hang_up(callers[0])
    until(lambda: engine.queue("sales")["abandoned"] == 1, "one gave up")
    people.call(node["host"], node["sip_port"], "6001", numbers[12])
    until(lambda: engine.waiting("sales")[-1:] == [numbers[12]], "room for one more")
    assert outcomes(engine) == {("sales", "overflowed"): 1, ("sales", "abandoned"): 1}
    refused = until(lambda: engine.queue_log("WITHDRAW"), "WITHDRAW in queue_log")
    assert [row[5:] for row in refused] == [["12", "12", "0", "overflowed"]]


def test_the_last_one_logs_out_while_his_phone_rings(centre: Centre, start: Start) -> None:
    """Nobody is left in sales: the caller goes on to support, and does not wait there for ever."""
    centre.phones("1001", "1002")
    engine = start(
        {"sales": {"on_nobody": {"queue": "support"}}, "support": {}},
        {"anna": agent("1001", "sales"), "sue": agent("1002", "support")},
    )
    caller = centre.call("6001")
    rung = centre.rings("1001")
    engine.do("anna", "logout")
    rung.wait("disconnected")
    phone = centre.rings("1002")
    phone.answer()
    phone.wait("confirmed")
    caller.hears()
    assert outcomes(engine) == {("sales", "overflowed"): 1, ("support", "answered"): 1}
