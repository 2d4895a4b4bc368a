"""Is anybody dropped, moved back in the line or disturbed in a talk when the engine is killed?"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from .centre import Centre, Lab, agent, number_of, settings
from .conftest import lab_or_skip
from .crowd import Dialog, crowd
from .engine_process import EngineProcess
from .waiting import until
from .witness import Witness

pytestmark = pytest.mark.acceptance

Start = Callable[..., EngineProcess]

AGENTS, WAITING = 20, 50
TRUNKS = 4


@pytest.fixture
def crowded_lab(tmp_path: Path) -> Iterator[Lab]:
    """A node whose agents' phones stand at one address and need not register."""
    words = ("1", "--agents", str(AGENTS), "--trunks", str(TRUNKS), "--silent-moh", "--agent-contact")
    lab = lab_or_skip(tmp_path / "lab", *words, "{base}.200:5080")
    try:
        yield lab
    finally:
        lab.down()


def arrival(user: str) -> int:
    return int(user[-3:])


@pytest.mark.timeout(150)
def test_kill_while_50_wait_and_20_talk(crowded_lab: Lab, tmp_path: Path) -> None:
    lab = crowded_lab
    agents = {f"a{n}": agent(str(1000 + n), "sales") for n in range(1, AGENTS + 1)}
    engine = EngineProcess(tmp_path, settings(lab, {"sales": {}}, agents, settle_s=2.0)).start()
    witness = Witness(lab.nodes[0])
    host, port = lab.nodes[0]["host"], lab.nodes[0]["sip_port"]
    short_talks = threading.Event()

    try:
        with crowd(f"{lab.base}.200", 5080, lambda _: 200) as phones, crowd(f"{lab.base}.151", 5060) as callers:

            def one_more(number: int) -> Dialog:
                """The next caller; he is in the engine's hands before the one after him dials: arrival is an order."""
                dialog = callers.call(host, port, "6001", f"4930000{number:03d}")
                until(lambda: engine.queue("sales")["offered"] == number, f"caller {number} in the line")
                return dialog

            talkers = [one_more(n) for n in range(1, AGENTS + 1)]
            until(lambda: engine.part("status")["talking"] == AGENTS, "20 talks")
            until(lambda: len(phones.talking()) == AGENTS, "20 phones in a talk")
            waiters = [one_more(n) for n in range(AGENTS + 1, AGENTS + WAITING + 1)]
            assert engine.queue("sales")["waiting"] == WAITING
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
            expected = [dialog.user for dialog in waiters]
            assert engine.waiting("sales") == expected, "order kept"

            served = phones.order[AGENTS:]
            stop = threading.Event()

            def serve_quickly() -> None:
                """The agents end their talks one after the other, so that who is next can be seen."""
                while not stop.is_set():
                    talking = phones.talking()
                    if talking and len(phones.order) < AGENTS + WAITING:
                        before_n = len(phones.order)
                        phones.hang_up(talking[0])
                        until(lambda: len(phones.order) > before_n, "the next caller at a phone")
                    else:
                        return

            serve_quickly()
            short_talks.set()
            served = phones.order[AGENTS:]
            assert [dialog.other for dialog in served] == expected, "served in the order of arrival"
            for dialog in phones.talking():
                phones.hang_up(dialog)
            until(lambda: not engine.part("calls"), "no call left")
            sales = engine.queue("sales")
            assert sales["lost"] == 0 and sales["abandoned"] == 0, sales
            assert sales["answered"] == WAITING, sales
            assert engine.part("status")["bugs"] == 0
            completed = until(
                lambda: len(rows := engine.queue_log("COMPLETEAGENT")) >= AGENTS + WAITING and rows, "all talks logged"
            )
            assert len(completed) == AGENTS + WAITING, "every call ended once"
            until(lambda: not witness.channels(), "no channel left")
    except BaseException:
        print(engine.tail())
        raise
    finally:
        engine.stop()
        witness.close()
