"""Is anybody dropped, moved back in the line or disturbed in a talk when the engine is killed?"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from .centre import Centre, Lab, agent, number_of, settings
from .conftest import lab_or_skip
from .crowd import Crowd, Dialog, crowd
from .engine_process import EngineProcess
from .waiting import until
from .witness import witness_of

pytestmark = pytest.mark.acceptance

Start = Callable[..., EngineProcess]

AGENTS, WAITING = 20, 50
TRUNKS = 4


@pytest.fixture
def crowded_lab(tmp_path: Path) -> Iterator[Lab]:
    """A node whose agents' phones stand at one address and need not register."""
    words = ("1", "--agents", str(AGENTS), "--trunks", str(TRUNKS), "--silent-moh", "--retry", "30", "--agent-contact")
    lab = lab_or_skip(tmp_path / "lab", *words, "{base}.200:5080")
    try:
        yield lab
    finally:
        lab.down()


class Crowded:
    """The engine, 20 phones that answer at once, and callers who arrive one after the other."""

    def __init__(self, lab: Lab, engine: EngineProcess, phones: Crowd, callers: Crowd) -> None:
        self.engine, self.phones, self.callers = engine, phones, callers
        self.exchange = (lab.nodes[0]["host"], lab.nodes[0]["sip_port"])

    def arrive(self, first: int, last: int) -> list[Dialog]:
        """Each caller is in the engine's hands before the next one dials, so that arrival is an order."""
        dialogs = []
        for number in range(first, last + 1):
            dialogs.append(self.callers.call(*self.exchange, "6001", f"4930000{number:03d}"))
            until(lambda n=number: self.engine.queue("sales")["offered"] == n, f"caller {number} in the line")  # type: ignore[misc]
        return dialogs

    def serve_one_by_one(self, last: int) -> None:
        """One talk ends, the next caller comes to a phone, and so on: the order of service can be seen."""
        while (rung := len(self.phones.order)) < last:
            self.phones.hang_up(self.phones.talking()[0])
            until(lambda n=rung: len(self.phones.order) > n, "the next caller at a phone")  # type: ignore[misc]


@pytest.fixture
def crowded(crowded_lab: Lab, tmp_path: Path) -> Iterator[Crowded]:
    lab = crowded_lab
    agents = {f"a{n}": agent(str(1000 + n), "sales") for n in range(1, AGENTS + 1)}
    engine = EngineProcess(tmp_path, settings(lab, {"sales": {}}, agents, settle_s=2.0)).start()
    try:
        with crowd(f"{lab.base}.200", 5080, lambda _: 200) as phones, crowd(f"{lab.base}.151", 5060) as callers:
            yield Crowded(lab, engine, phones, callers)
    finally:
        engine.stop()
        print(engine.tail())


@pytest.mark.timeout(150)
def test_kill_while_50_wait_and_20_talk(crowded: Crowded, crowded_lab: Lab) -> None:
    engine, phones = crowded.engine, crowded.phones
    with witness_of(crowded_lab.nodes[0]) as witness:
        talkers = crowded.arrive(1, AGENTS)
        until(lambda: len(phones.talking()) == AGENTS and engine.part("status")["talking"] == AGENTS, "20 talks")
        waiters = crowded.arrive(AGENTS + 1, AGENTS + WAITING)
        expected = [dialog.user for dialog in waiters]
        assert engine.waiting("sales") == expected
        before = {c["Uniqueid"]: c["BridgeId"] for c in witness.channels()}
        assert len(before) == 2 * AGENTS + WAITING

        engine.kill()
        time.sleep(1.0)  # the engine is away: this is the scenario, not a wait for something
        engine.start()
        until(lambda: engine.queue("sales")["waiting"] == WAITING, "50 back in the line", 20.0)
        until(lambda: engine.part("status")["talking"] == AGENTS, "the 20 talks known again", 20.0)

        assert [d for d in talkers + waiters if not d.talking] == [], "nobody dropped"
        assert {c["Uniqueid"]: c["BridgeId"] for c in witness.channels()} == before, "talks untouched"
        assert len(phones.order) == AGENTS, "nobody was rung meanwhile"
        assert engine.waiting("sales") == expected, "order kept"

        crowded.serve_one_by_one(AGENTS + WAITING)
        assert [dialog.other for dialog in phones.order[AGENTS:]] == expected, "served in the order of arrival"
        for dialog in phones.talking():
            phones.hang_up(dialog)
        until(lambda: not engine.part("calls"), "no call left")
        sales = engine.queue("sales")
        assert (sales["answered"], sales["abandoned"], sales["lost"]) == (WAITING, 0, 0), sales
        assert engine.part("status")["bugs"] == 0
        until(lambda: len(engine.queue_log("COMPLETEAGENT")) >= AGENTS + WAITING, "all talks logged")
        assert len({row[1] for row in engine.queue_log("COMPLETEAGENT")}) == AGENTS + WAITING, "each call ended once"
        assert len(engine.queue_log("ENTERQUEUE")) == AGENTS + WAITING, "who came back did not enter again"
        until(lambda: not witness.channels(), "no channel left")


def test_nobody_hears_it(centre: Centre, start: Start) -> None:
    """One talks, one waits with music; kill -9. Sound goes on for both, and the one who waits is served next."""
    centre.phones("1001")
    engine = start({"sales": {}}, {"anna": agent("1001", "sales")}, settle_s=2.0)
    talker = centre.call("6001", caller=1)
    phone = centre.rings("1001")
    phone.answer()
    centre.until_agent("anna", activity="talking")
    waiter = centre.queued("6001", caller=2)
    waiter.hears()
    engine.kill()
    for call in (talker, phone, waiter):
        call.hears(25)  # half a second of sound with no engine at all
    engine.start()
    until(lambda: engine.waiting("sales") == [number_of(2)], "the caller back in the line")
    centre.until_agent("anna", activity="talking")
    for call in (talker, phone, waiter):
        call.hears(10)
    phone.hangup()
    again = centre.rings("1001")
    assert again.number == number_of(2)
    again.answer()
    again.wait("confirmed")
    waiter.hears()
    waiter.hangup()
    centre.until_no_calls()


def test_kill_while_a_phone_rings(centre: Centre, start: Start) -> None:
    """The phone goes on ringing (Dial is Asterisk's); who answers it then talks, and the engine learns of it."""
    centre.phones("1001")
    engine = start({"sales": {}}, {"anna": agent("1001", "sales")}, settle_s=2.0)
    caller = centre.call("6001")
    phone = centre.rings("1001")
    engine.kill()
    phone.answer()
    phone.wait("confirmed")
    engine.start()
    centre.until_agent("anna", activity="talking")
    caller.hears()
    phone.hangup()
    caller.wait("disconnected")
    centre.until_agent("anna", activity="idle")
    centre.until_no_calls()


def test_an_engine_that_stops_is_no_different(centre: Centre, start: Start) -> None:
    """SIGTERM (an upgrade): exit code 0, who waits keeps his place."""
    centre.phones("1001")
    engine = start({"sales": {}}, {"anna": agent("1001", "sales", starts="logged_out")}, settle_s=2.0)
    for caller in (1, 2, 3):
        centre.queued("6001", caller=caller)
    before = engine.waiting("sales")
    assert engine.stop() == 0
    engine.start()
    until(lambda: len(engine.waiting("sales")) == 3, "three back in the line")
    assert engine.waiting("sales") == before
    assert engine.do("anna", "login") == 200
    assert centre.rings("1001").number == number_of(1)
