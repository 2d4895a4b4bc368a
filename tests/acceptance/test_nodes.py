"""Two Asterisks: one is added, drained, removed or dies while the engine runs. What of it does the other one notice?"""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Callable
from typing import Any

import pytest

from .centre import Centre, agent, number_of, settings
from .engine_process import EngineProcess
from .waiting import until

pytestmark = [pytest.mark.acceptance, pytest.mark.timeout(240)]

Start = Callable[..., EngineProcess]

BOTH = {"node1": "up", "node2": "up"}
PATIENCE_S = 60.0


def nodes_of(engine: EngineProcess) -> dict[str, Any]:
    return dict(engine.part("status")["nodes"])


def row(engine: EngineProcess, node: str = "node2") -> dict[str, Any]:
    return next(found for found in engine.part("nodes") if found["name"] == node)


def until_nodes(engine: EngineProcess, expected: dict[str, str]) -> None:
    until(lambda: nodes_of(engine) == expected, f"nodes {expected}", PATIENCE_S)


def reload(engine: EngineProcess) -> dict[str, Any]:
    status, answer = engine.reload()
    assert status == 200, answer
    return dict(answer)


def test_a_node_is_added_drained_and_removed_while_calls_go_on(centre: Centre, start: Start) -> None:
    centre.phones("1001", "1002")
    agents = {"anna": agent("1001", "sales", starts="logged_out"), "ben": agent("1002", "sales", starts="logged_out")}
    engine = start({"sales": {}}, agents)
    kept = centre.queued(caller=1)

    both = settings(centre.lab, {"sales": {}}, agents, on_nodes=2)["nodes"]
    engine.rewrite(nodes=both)
    answer = reload(engine)
    assert answer["applied"] and answer["difference"] == ["+ node node2"] and answer["needs_restart"] == []
    until_nodes(engine, BOTH)
    inside = centre.call(caller=2, node=2)
    until(lambda: engine.waiting("sales") == [number_of(1), number_of(2)], "the new node's caller waits", PATIENCE_S)

    drained = json.loads(engine.command("node", "drain", "node2", "--reason", "new kernel"))
    assert drained["difference"] == ["node node2: drained"]
    assert (row(engine)["drain"], row(engine)["reason"], row(engine)["calls"]) == ("draining", "new kernel", 1)
    late = centre.call(caller=3, node=2, wait=False)
    late.wait("disconnected", PATIENCE_S)
    assert late.code == 503 and "confirmed" not in [state for state, _, _ in late.states], (
        "the carrier may try elsewhere"
    )
    centre.call(caller=4, node=1)
    until(lambda: len(engine.waiting("sales")) == 3, "the other node takes new callers", PATIENCE_S)

    engine.do("anna", "login")
    first = centre.rings("1001")
    assert first.number == number_of(1)
    first.answer()
    engine.do("ben", "login")
    second = centre.rings("1002")
    assert second.number == number_of(2), "who is inside is served from there"
    second.answer()
    centre.until_agent("ben", activity="talking")
    second.hangup()
    inside.wait("disconnected", PATIENCE_S)
    until(lambda: row(engine)["drain"] == "empty", "node2 says that it is empty", PATIENCE_S)

    engine.rewrite(nodes={"node1": both["node1"]})
    assert reload(engine)["difference"] == ["- node node2"]
    until_nodes(engine, {"node1": "up"})
    kept.hears()
    third = centre.rings("1002")
    third.answer()
    third.wait("confirmed")
    status = engine.part("status")
    assert (status["bugs"], status["inconsistent"]) == (0, 0), status


def test_a_node_that_is_killed_takes_its_calls_with_it_and_is_used_again_when_it_is_back(
    centre: Centre, start: Start
) -> None:
    """Two talk, two wait, one of each on either node. kill -9, and nobody starts it again for a while."""
    centre.phones("1001", "1002")
    agents = {"anna": agent("1001", "sales"), "ben": agent("1002", "sales", starts="logged_out")}
    engine = start({"sales": {}}, agents, on_nodes=2)
    until_nodes(engine, BOTH)
    lost_talk = centre.call(caller=1, node=2)
    on_node2 = centre.rings("1001")
    on_node2.answer()
    centre.until_agent("anna", activity="talking")
    talk = centre.call(caller=2, node=1)
    engine.do("ben", "login")
    on_node1 = centre.rings("1002")
    on_node1.answer()
    centre.until_agent("ben", activity="talking")
    centre.call(caller=3, node=2)
    until(lambda: engine.waiting("sales") == [number_of(3)], "one waits", PATIENCE_S)
    kept = centre.call(caller=4, node=1)
    until(lambda: engine.waiting("sales") == [number_of(3), number_of(4)], "two wait", PATIENCE_S)
    try:
        os.kill(centre.lab.nodes[1]["pid"], signal.SIGKILL)
        until_nodes(engine, {"node1": "up", "node2": "down"})
        desk = centre.phone("1001")
        desk.auto("1001@node1", 200)
        until(lambda: engine.waiting("sales") == [], "anna is free, and gets the caller of the other node", PATIENCE_S)
        centre.until_agent("anna", PATIENCE_S, activity="talking")
        kept.hears()
        talk.hears()
        assert engine.agent("ben")["activity"] == "talking"
        numbers = {call["caller"] for call in engine.part("calls") if call["state"] == "talking"}
        assert numbers == {number_of(2), number_of(4)}
    finally:
        centre.lab.start("node2")
        centre.witnesses[1].again()
        centre.restarted("node2")
    until_nodes(engine, BOTH)
    until(lambda: len(engine.part("calls")) == 2, "what was on it is over", PATIENCE_S)
    sales = engine.queue("sales")
    assert (sales["offered"], sales["answered"]) == (4, 3), sales
    assert sales["answered"] + sales["abandoned"] + sales["lost"] == 4, sales
    on_node1.hangup()
    centre.until_agent("ben", PATIENCE_S, activity="idle")
    again = centre.call(caller=5, node=2)
    until(
        lambda: centre.phone("1002").incoming[-1:] and centre.phone("1002").incoming[-1].number == number_of(5),
        "a ring",
    )
    ring = centre.phone("1002").incoming[-1]
    ring.answer()
    ring.wait("confirmed")
    again.hears()
    assert lost_talk is not None
    ended = [
        line for line in engine.queue_log() if line[4] in ("COMPLETEAGENT", "COMPLETECALLER", "ABANDON", "WITHDRAW")
    ]
    assert len({line[1] for line in ended}) == len(ended), "each ended once"
    assert engine.part("status")["bugs"] == 0
