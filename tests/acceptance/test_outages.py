"""What is lost when Asterisk, the line to it, or the engine is away? Nothing but the calls that died with a node."""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from .centre import Centre, agent, number_of
from .engine_process import EngineProcess
from .proxy import Proxy, proxy
from .waiting import until

pytestmark = pytest.mark.acceptance

Start = Callable[..., EngineProcess]

OUTAGE_S = 10.0


def test_core_restart_now(centre: Centre, start: Start) -> None:
    """One talks, one waits, one agent is on a break: every call ends once, agents and pauses are as before."""
    centre.phones("1001", "1002")
    engine = start(
        {"sales": {}},
        {
            "anna": agent("1001", "sales"),
            "ben": agent("1002", "sales", starts="logged_out"),
            "chen": agent("1003", "sales", starts="logged_out"),
        },
    )
    centre.call("6001", caller=1)
    phone = centre.rings("1001")
    phone.answer()
    centre.until_agent("anna", activity="talking")
    centre.queued("6001", caller=2)
    engine.do("ben", "login")
    centre.rings("1002")
    engine.do("chen", "login")
    engine.do("chen", "pause", reason="lunch")
    try:
        centre.lab.restart("node1")
        until(lambda: not engine.part("calls"), "every call over")
        until(lambda: engine.part("status")["nodes"] == {"node1": "up"}, "the node up again", 15.0)
    finally:
        centre.witness.again()
        centre.restarted("node1")
    centre.until_agent("anna", status="available", activity="idle")
    centre.until_agent("ben", status="available", activity="idle")
    centre.until_agent("chen", status="on_break", reason="lunch")
    sales = engine.queue("sales")
    assert (sales["offered"], sales["answered"], sales["waiting"]) == (2, 1, 0), sales
    assert sales["answered"] + sales["abandoned"] + sales["lost"] == 2, sales
    ended = [row for row in engine.queue_log() if row[4] in ("COMPLETEAGENT", "COMPLETECALLER", "ABANDON", "WITHDRAW")]
    assert len(ended) == len({row[1] for row in ended}) == 2, "each call ended once"
    assert engine.part("status")["bugs"] == 0
    caller = centre.call("6001", caller=3)
    rung = until(lambda: centre.phone("1001").incoming + centre.phone("1002").incoming, "a ring")[0]
    rung.answer()
    rung.wait("confirmed")
    caller.hears()


@pytest.fixture
def line(centre: Centre) -> Iterator[Proxy]:
    """The engine's AMI goes through a proxy of ours."""
    node = centre.lab.nodes[0]
    with proxy((f"{centre.lab.base}.100", 0), (node["host"], node["ami_port"])) as between:
        yield between


def through(centre: Centre, line: Proxy) -> dict[str, object]:
    node = centre.lab.nodes[0]
    return {
        "nodes": {
            "node1": {
                "host": f"{centre.lab.base}.100",
                "port": line.port,
                "username": node["ami_user"],
                "secret": node["ami_secret"],
            }
        }
    }


@pytest.mark.timeout(90)
def test_ami_cut_for_10_s(centre: Centre, start: Start, line: Proxy) -> None:
    """Meanwhile: a talk ends, a new caller comes, a waiting one hangs up. Afterwards memory and Asterisk agree."""
    centre.phones("1001", "1002")
    engine = start(
        {"sales": {}},
        {"anna": agent("1001", "sales"), "ben": agent("1002", "sales", starts="logged_out")},
        **through(centre, line),
    )
    centre.call("6001", caller=1)
    phone = centre.rings("1001")
    phone.answer()
    centre.until_agent("anna", activity="talking")
    leaves = centre.queued("6001", caller=2)
    stays = centre.queued("6001", caller=3)
    began = time.monotonic()
    line.cut()
    until(lambda: engine.part("status")["nodes"]["node1"] == "down", "the engine to notice")
    leaves.hangup()
    newcomer = centre.call("6001", caller=4)
    until(lambda: number_of(4) in engine.waiting("sales"), "a new caller is taken while AMI is away")
    stays.hears()
    time.sleep(max(0.0, OUTAGE_S - (time.monotonic() - began)))  # the outage is the scenario
    phone.hangup()
    line.open()
    until(lambda: engine.part("status")["nodes"]["node1"] == "up", "the engine connected again", 15.0)
    served = centre.rings("1001")
    assert served.number == number_of(3), "the one who hung up is gone, order kept"
    served.answer()
    served.wait("confirmed")
    stays.hears()
    assert newcomer.state == "confirmed"
    served.hangup()
    last = centre.rings("1001")
    assert last.number == number_of(4)
    last.answer()
    last.wait("confirmed").hangup()
    centre.until_no_calls()
    centre.until_agent("anna", status="available", activity="idle")
    sales = engine.queue("sales")
    assert (sales["offered"], sales["answered"], sales["abandoned"]) == (4, 3, 1), sales


@pytest.mark.timeout(90)
def test_a_ring_and_a_talk_without_ami(centre: Centre, start: Start, line: Proxy) -> None:
    """An answer that AMI could not tell: the call is served all the same, and the agent is free afterwards."""
    centre.phones("1001")
    engine = start({"sales": {}}, {"anna": agent("1001", "sales")}, **through(centre, line))
    caller = centre.call("6001", caller=1)
    phone = centre.rings("1001")
    line.cut()
    phone.answer()
    phone.wait("confirmed")
    caller.hears()
    line.open()
    until(lambda: engine.part("status")["nodes"]["node1"] == "up", "the engine connected again", 15.0)
    centre.until_agent("anna", activity="talking")
    phone.hangup()
    caller.wait("disconnected")
    centre.until_agent("anna", status="available", activity="idle")
    centre.until_no_calls()
    assert engine.queue("sales")["answered"] == 1


@pytest.mark.timeout(90)
def test_ami_slow_for_10_s(centre: Centre, start: Start, line: Proxy) -> None:
    """2 kB/s: events come seconds late. Nobody is lost, no agent has two calls, and then all is as if nothing was."""
    centre.phones("1001", "1002")
    engine = start(
        {"sales": {}}, {"anna": agent("1001", "sales"), "ben": agent("1002", "sales")}, **through(centre, line)
    )
    for desk, name in ((centre.phone("1001"), "1001@node1"), (centre.phone("1002"), "1002@node1")):
        desk.auto(name, 200)
    line.mode = "slow"
    began = time.monotonic()
    served = 0
    while time.monotonic() - began < OUTAGE_S:
        caller = centre.call("6001", caller=1 + served % 4)
        until(lambda: centre.witness.together(number_of(1 + served % 4), "1001")  # noqa: B023
              or centre.witness.together(number_of(1 + served % 4), "1002"), "a talk")  # noqa: B023  # fmt: skip
        caller.hangup()
        caller.wait("disconnected")
        served += 1
    line.open()
    for name in ("anna", "ben"):
        centre.until_agent(name, status="available", activity="idle", timeout_s=15.0)
    until(lambda: not engine.part("calls"), "no call left in the engine", 15.0)
    centre.until_no_calls()
    sales = engine.queue("sales")
    assert sales["offered"] == sales["answered"] == served, sales


@pytest.mark.timeout(90)
def test_half_open_ami_is_noticed(centre: Centre, start: Start, line: Proxy) -> None:
    """Nothing closes, nothing comes: the deadline on Ping tells."""
    engine = start({"sales": {}}, {"anna": agent("1001", "sales")}, **through(centre, line))
    line.mode = "deaf"
    until(lambda: engine.part("status")["nodes"]["node1"] == "down", "the engine to notice", 15.0)
    line.cut()
    line.open()
    until(lambda: engine.part("status")["nodes"]["node1"] == "up", "the engine connected again", 15.0)


@pytest.mark.timeout(120)
def test_engine_away_a_callback_is_left_and_taken_over_once(centre: Centre, start: Start) -> None:
    """No engine: music, then the fallback's menu; 1 leaves the caller's number; the engine takes it over once."""
    engine = start({"sales": {}}, {"anna": agent("1001", "sales", starts="logged_out")})
    spool = Path(centre.lab.nodes[0]["callback_spool_dir"])
    waiter = centre.queued("6001", caller=1)
    began = time.monotonic()
    engine.kill()
    newcomer = centre.call("6001", caller=2)
    newcomer.hears()
    centre.witness.no_more_patience(6)
    for caller in (1, 2):
        until(
            lambda n=caller: "cti-callback" in str(centre.witness.channel_of(number_of(n))),  # type: ignore[misc]
            "the fallback's menu",
            30.0,
        )
    assert time.monotonic() - began > 4.0, "first the engine is tried again, with music"
    for call in (waiter, newcomer):
        call.press("1")
        call.wait("disconnected", 30.0)
    requests = [json.loads(file.read_text()) for file in spool.glob("*.json")]
    assert {r["number"] for r in requests} == {number_of(1), number_of(2)}
    engine.start()
    until(lambda: not list(spool.glob("*.json")), "the spool taken over", 15.0)
    # What has become of it by now is no matter here: "new", or "unusable" once somebody has looked at its number.
    assert sorted(number for number, _ in _stored(engine)) == [number_of(1), number_of(2)]
    for request in requests:  # a crash between commit and unlink would show the file again
        (spool / f"{request['id']}.json").write_text(json.dumps(request))
    until(lambda: not list(spool.glob("*.json")), "the spool empty again", 15.0)
    assert len(_stored(engine)) == 2, "taken over once"
    centre.until_no_calls()


def _stored(engine: EngineProcess) -> list[tuple[str, str]]:
    with sqlite3.connect(f"file:{engine.database}?mode=ro", uri=True) as database:
        return list(database.execute("SELECT number, state FROM callback_request"))


def test_agents_status_survives_the_engine(centre: Centre, start: Start) -> None:
    engine = start({"sales": {}}, {"anna": agent("1001", "sales"), "ben": agent("1002", "sales", starts="logged_out")})
    assert engine.do("anna", "pause", reason="training") == 200
    assert engine.do("ben", "login") == 200
    until(lambda: _known(engine) >= {("anna", "on_break", "training"), ("ben", "available", "")}, "both stored")
    engine.kill()
    engine.start()
    centre.until_agent("anna", status="on_break", reason="training")
    centre.until_agent("ben", status="available")


def _known(engine: EngineProcess) -> set[tuple[str, str, str]]:
    with sqlite3.connect(f"file:{engine.database}?mode=ro", uri=True) as database:
        return set(database.execute("SELECT agent, status, reason FROM agent_status"))


def test_two_nodes_caller_on_one_agent_rung_from_it(centre: Centre, start: Start) -> None:
    """The same agent is rung from the node the caller is on, and is one agent all the same."""
    centre.phones("1001")
    engine = start({"sales": {}}, {"anna": agent("1001", "sales")}, on_nodes=2)
    until(lambda: engine.part("status")["nodes"] == {"node1": "up", "node2": "up"}, "both nodes up")
    caller = centre.call("6001", caller=2, node=2)
    phone = centre.rings("1001")
    assert phone.remote.endswith(f"@{centre.lab.nodes[1]['host']}>"), phone.remote
    phone.answer()
    phone.wait("confirmed")
    caller.hears()
    assert centre.witnesses[1].together(number_of(2), "1001")
    other = centre.call("6001", caller=1, node=1)
    until(lambda: engine.waiting("sales") == [number_of(1)], "the other node's caller waits for the same agent")
    phone.hangup()
    again = centre.rings("1001")
    assert again.number == number_of(1) and again.remote.endswith(f"@{centre.lab.nodes[0]['host']}>"), again.remote
    again.answer()
    again.wait("confirmed")
    other.hears()
    again.hangup()
    centre.until_no_calls()
