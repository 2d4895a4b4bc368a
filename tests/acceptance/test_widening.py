"""Who is asked, and from when on? Rings that widen, a caller's own agents, penalties: told by Asterisk's own clock."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from .centre import Centre, agent, number_of
from .engine_process import EngineProcess
from .waiting import until
from .witness import Rung

pytestmark = pytest.mark.acceptance

Start = Callable[..., EngineProcess]

LATE_S = 0.5  # a busy machine's share
DECLINES = 603


def asked(centre: Centre, *phones: str, caller: int = 1) -> list[float]:
    """Wait for the rings of `phones`, and of no other, for this caller: how many seconds after he came each rang."""

    def rung() -> list[Rung]:
        return [ring for ring in centre.witness.rung() if ring.caller == number_of(caller)]

    until(lambda: len(rung()) >= len(phones), f"rings of {phones}")
    assert [ring.phone for ring in rung()] == list(phones)
    return [ring.at - centre.witness.came_at(number_of(caller)) for ring in rung()]


def test_rings_widen_while_he_waits(centre: Centre, start: Start) -> None:
    """A lesser speaker, then a group, then another queue's agent. Who was asked before says no; he stays in sales."""
    centre.phones("1001", "1002", "1003")
    for number in ("1001", "1002"):
        centre.phone(number).auto(f"{number}@node1", DECLINES)
    rings = [
        {"after_s": 2, "accept": {"de": 2}},
        {"after_s": 3, "groups": ["office"]},
        {"after_s": 4, "queues": ["support"]},
    ]
    speaks = {"skills": {"de": 2}}
    engine = start(
        {"sales": {"requires": {"de": 3}, "rings": rings}, "support": {}},
        {
            "anna": agent("1001", "sales", **speaks),
            "gus": agent("1002", groups=["office"], **speaks),
            "sue": agent("1003", "support", **speaks),
            "mute": agent("1004", "sales", "support", groups=["office"], skills={"de": 1}),
        },
    )
    caller = centre.call("6001")
    phone = centre.rings("1003")
    for after_s, rang_after_s in zip((2, 3, 4), asked(centre, "1001", "1002", "1003"), strict=True):
        assert after_s <= rang_after_s < after_s + LATE_S
    assert engine.queue("sales")["waiting"] == 1 and engine.queue("support")["offered"] == 0
    phone.answer()
    phone.wait("confirmed")
    caller.hears()
    connected = until(lambda: engine.queue_log("CONNECT"), "CONNECT in queue_log")
    assert connected[0][2:4] == ["sales", "sue"]
    phone.hangup()
    caller.wait("disconnected")
    centre.until_no_calls()
    assert engine.queue("sales")["answered"] == 1 and engine.queue("support")["offered"] == 0


def test_his_own_agent_is_asked_alone_at_first(centre: Centre, start: Start) -> None:
    """Named by the operator's dialplan or by the entry: though ben is idle longer, and only for the first seconds."""
    centre.phones("1001", "1002")
    centre.witness.dialplan("6901", ("Set", "CTI_AGENTS=anna"), ("Goto", "cti-inbound,6001,1"))
    engine = start(
        {"sales": {"preferred_for_s": 1.5}},
        {"anna": agent("1001", "sales", starts="logged_out"), "ben": agent("1002", "sales")},
        entries={"6001": {"queue": "sales"}, "6002": {"queue": "sales", "preferred": ["anna"]}},
    )
    engine.do("anna", "login")
    centre.call("6901", caller=1)
    own = centre.rings("1001")
    own.answer()
    own.wait("confirmed")
    centre.until_agent("anna", activity="talking")
    asked(centre, "1001", caller=1)
    centre.call("6002", caller=2)
    other = centre.rings("1002")
    assert 1.5 <= asked(centre, "1002", caller=2)[0] < 1.5 + LATE_S, "anna talks: the others after 1.5 s"
    other.reject()
    own.hangup()
    assert centre.rings("1001").number == number_of(2), "his own agent remains one who may take him"


def test_nobody_waits_for_his_own_agent_who_is_not_there(centre: Centre, start: Start) -> None:
    """He goes home while his caller waits for him alone: the others are asked at once."""
    centre.phones("1001", "1002")
    engine = start(
        {"sales": {"preferred_for_s": 60}},
        {"anna": agent("1001", "sales"), "ben": agent("1002", "sales")},
        entries={"6001": {"queue": "sales", "preferred": ["anna"]}},
    )
    engine.do("anna", "pause", reason="lunch")
    centre.queued("6001")
    assert not centre.phone("1002").incoming
    engine.do("anna", "logout")
    assert centre.rings("1002").number == number_of(1)


def test_a_penalty_out_of_range_is_never_asked(centre: Centre, start: Start) -> None:
    """Asterisk's own case: 1 to 5 at first; 9 from 1 s on; 0 never, though it would be the first."""
    centre.phones("1001", "1002", "1003")
    start(
        {"sales": {"min_penalty": 1, "max_penalty": 5, "rings": [{"after_s": 1, "max_penalty": 9}]}},
        {
            name: agent(number, queues={"sales": {"penalty": penalty}})
            for name, number, penalty in (("anna", "1001", 0), ("ben", "1002", 3), ("chen", "1003", 9))
        },
    )
    centre.call("6001", caller=1)
    assert centre.rings("1002").number == number_of(1)
    centre.call("6001", caller=2)
    assert centre.rings("1003").number == number_of(2)
    assert 1 <= asked(centre, "1003", caller=2)[0] < 1 + LATE_S
    assert "1001" not in {rung.phone for rung in centre.witness.rung()}


def test_a_new_engine_knows_how_long_they_have_waited(centre: Centre, start: Start) -> None:
    """kill -9 before the ring widens: it widens at the same moment, and the customer keeps his head start."""
    centre.phones("1001")
    centre.witness.dialplan("6901", ("Set", "CTI_CUSTOMER=segment=gold"), ("Goto", "cti-inbound,6001,1"))
    rules = {
        "requires": {"de": 3},
        "rings": [{"after_s": 4, "accept": {"de": 2}}],
        "head_starts": [{"when": {"segment": "gold"}, "seconds": 60}],
    }
    engine = start({"sales": rules}, {"anna": agent("1001", "sales", skills={"de": 2})})
    for caller, dialled in enumerate(("6001", "6001", "6901"), 1):
        centre.queued(dialled, caller=caller)
    engine.kill()
    engine.start()
    back_after_s = time.time() - centre.witness.came_at(number_of(1))
    first = centre.rings("1001")
    assert first.number == number_of(1)
    assert 4 <= asked(centre, "1001")[0] < max(4, back_after_s) + LATE_S
    until(lambda: {number_of(2), number_of(3)} <= set(engine.waiting("sales")), "the others are back in line")
    until(lambda: all(row["wait_s"] > 4 for row in engine.queue("sales")["position"]), "the others' ring too")
    first.answer()
    first.wait("confirmed").hangup()
    gold = centre.rings("1001")
    assert gold.number == number_of(3)
    gold.answer()
    gold.wait("confirmed").hangup()
    assert centre.rings("1001").number == number_of(2)
