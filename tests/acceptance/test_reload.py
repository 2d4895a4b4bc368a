"""What does another configuration change for those who wait already, and what can it never take from them?"""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from .centre import Centre, agent, number_of
from .crowd import Crowd
from .engine_process import EngineProcess
from .waiting import until

pytestmark = pytest.mark.acceptance

Start = Callable[..., EngineProcess]

SALES, SUPPORT, GOLD = "6001", "6002", "6901"  # what is dialled
LINE = (SALES, SUPPORT, SALES, GOLD, SALES) * 10
SERVED = 22  # a phone of ours has no more than some 30 calls within half a second
RING_S = 1


def test_a_reload_holds_for_fifty_who_wait(centre: Centre, people: Crowd, start: Start) -> None:
    """Targets, head start and rings are new for them too: who nobody could serve are served, in the new order."""
    centre.phones("1001")
    centre.witness.dialplan(GOLD, ("Set", "CTI_CUSTOMER=segment=gold"), ("Goto", f"cti-inbound,{SALES},1"))
    engine = start({"sales": {}, "support": {}}, {"gus": agent("1001", groups=["office"])})
    node, witness = centre.lab.nodes[0], centre.witness
    dialled = {number_of(101 + n): number for n, number in enumerate(LINE)}
    callers = [people.call(node["host"], node["sip_port"], to, number) for number, to in dialled.items()]
    until(lambda: engine.part("status")["waiting"] == len(LINE), "fifty in line")
    until(lambda: all(call["wait_s"] > RING_S for call in engine.part("calls")), "all have waited for long enough")
    assert not witness.rung(), "gus may take none of them"
    sales, support = engine.waiting("sales"), engine.waiting("support")
    gold, plain = ([number for number in sales if dialled[number] == by] for by in (GOLD, SALES))
    assert sales not in (gold + plain, plain + gold), "they stand mixed, as they came"

    by_ring = {"rings": [{"after_s": RING_S, "groups": ["office"]}]}
    head_start = {"head_starts": [{"when": {"segment": "gold"}, "seconds": 600}]}
    engine.rewrite(queues={"sales": {"target_s": 2000, **head_start, **by_ring}, "support": {"target_s": 1, **by_ring}})
    assert json.loads(engine.command("reload"))["applied"]
    expected = support + gold + plain
    for number in expected[:SERVED]:
        phone = centre.rings("1001")
        assert phone.number == number
        phone.answer()
        phone.wait("confirmed")
        centre.until_agent("gus", activity="talking")
        phone.hangup()
    until(lambda: [ring.caller for ring in witness.rung()][: SERVED + 1] == expected[: SERVED + 1], "so says Asterisk")
    assert engine.waiting("sales") == expected[SERVED:], "the others stand where they will be served"
    assert {caller.user for caller in callers if caller.talking} == set(expected[SERVED:]), "and nobody was lost"
    assert len(engine.queue_log("ENTERQUEUE")) == len(LINE), "each entered once"


def test_what_cannot_go_live_changes_nothing(centre: Centre, start: Start) -> None:
    """A broken file, then one without the queue of somebody who waits; then a good one, by SIGHUP, with a new agent."""
    centre.phones("1001")
    engine = start({"sales": {}, "support": {}}, {"sue": agent("1002", "support")})
    caller = centre.queued(SALES)
    engine.rewrite(queues={"sales": {"target_s": -1}, "support": {}})
    status, answer = engine.reload()
    assert status == 409 and "target_s" in str(answer["errors"]), answer
    engine.rewrite(queues={"support": {}}, entries={SALES: {"queue": "support"}})
    status, answer = engine.reload()
    assert status == 409 and answer["refused"] == "in_use" and "sales" in answer["detail"], answer
    assert engine.waiting("sales") == [number_of(1)] and caller.state == "confirmed"
    engine.rewrite(
        queues={"sales": {}, "support": {}},
        agents={"anna": agent("1001", "sales"), "sue": agent("1002", "support")},
    )
    engine.hang_up_signal()
    phone = centre.rings("1001")
    assert phone.number == number_of(1), "the new agent is there, and gets who waits"
    phone.answer()
    phone.wait("confirmed")
    caller.hears()
    centre.until_agent("anna", activity="talking")
