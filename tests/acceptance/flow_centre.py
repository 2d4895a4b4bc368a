"""What does a test of flows have at hand? An engine with the flow of flows/desk.yaml, its backend, callers' ears."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from .centre import Centre, agent, number_of
from .engine_process import REPOSITORY, STOP_TIMEOUT_S, EngineProcess
from .phones import Call
from .tones import Ear, Heard
from .waiting import PATIENCE_S, until

FLOWS = Path(__file__).with_name("flows")
DIALLED = "6001"
ORDER = "10000001"  # of config/sample-backend: shipped
SLOW_S = 30.0  # longer than anybody waits for a lookup
GIVE_UP_S = 3.0
OPEN, CLOSED = {"mon-sun": "open"}, {"mon-sun": "closed"}


@contextmanager
def backend(host: str, port: int, delay_s: float = 0.0) -> Iterator[str]:
    """The sample shop in a process of its own; its address."""
    words = ["sample-backend", "--host", host, "--port", str(port), "--delay-s", str(delay_s)]
    command = [sys.executable, "-m", "cti", *words]
    shop = subprocess.Popen(command, cwd=REPOSITORY, stdout=subprocess.PIPE, text=True, start_new_session=True)
    try:
        assert shop.stdout is not None
        yield shop.stdout.readline().rpartition(" ")[2].strip()
    finally:
        shop.terminate()
        shop.wait(STOP_TIMEOUT_S)


class Caller:
    """A person on the telephone: presses keys, and hears."""

    def __init__(self, call: Call, ear: Ear) -> None:
        self.call, self.ear = call, ear

    def hears(self, what: str, after: Heard | None = None, timeout_s: float = PATIENCE_S) -> Heard:
        """Wait until he hears the prompt (after another one has ended)."""
        return self.ear.until(what, after.end_s if after is not None else 0.0, timeout_s)

    def press(self, digits: str, *, info: bool = False) -> None:
        self.call.press(digits, info=info)

    def hangs_up(self) -> None:
        self.call.hangup()
        self.call.wait("disconnected")

    def is_hung_up_on(self) -> list[str]:
        """Wait for the end of the call; every prompt that he heard."""
        self.call.wait("disconnected")
        until(lambda: self.ear.is_complete, "the end of the recording")
        return self.ear.names()


class FlowCentre:
    """A centre whose number 6001 is the flow `desk`."""

    def __init__(self, centre: Centre, folder: Path, shop: str, slow: str = "") -> None:
        self.centre, self.folder = centre, folder
        self.recordings = folder / "recordings"
        self.recordings.mkdir()
        self._journal = folder / "journal"
        self._systems = {
            "shop": {"base_url": shop, "networks": ["127.0.0.0/8"]},
            "slow": {"base_url": slow or shop, "networks": ["127.0.0.0/8"], "timeout_s": GIVE_UP_S},
            "nobody_there": {"base_url": f"http://{centre.lab.base}.110:9", "networks": ["127.0.0.0/8"]},
        }
        self._calls, self._read = 0, 0

    def open(
        self, *agents: str, weekly: Mapping[str, str] = OPEN, keys: Mapping[str, Any] | None = None
    ) -> EngineProcess:
        """Start the engine; `agents` are the numbers of those who are there for sales, `keys` those of its line."""
        self.centre.phones(*agents)
        return self.centre.open(
            self.folder,
            {"sales": {"wrap_up_s": 0, "keys": dict(keys or {})}},
            {f"a{number}": agent(number, "sales") for number in agents} or {"absent": agent("1002", "sales")},
            entries={DIALLED: {"flow": "desk"}},
            hours={"office": {"zone": "Europe/Berlin", "weekly": dict(weekly)}},
            lookups=self._systems,
            flows={"folder": str(FLOWS), "recordings": str(self.recordings), "transfers": {"boss": "PJSIP/1003"}},
            outbound={"region": "DE"},
            journal=str(self._journal),
        )

    def call(self, caller: int = 1) -> Caller:
        """Caller number `caller` dials and listens."""
        self._calls += 1
        call = self.centre.call(DIALLED, caller, wait=False)
        file = self.folder / f"heard-{self._calls}.wav"
        call.record(file)
        call.wait("confirmed")
        return Caller(call, Ear(file))

    def calls(self, count: int) -> list[Caller]:
        """Callers number 1, 2 ... one after the other."""
        return [self.call(number) for number in range(1, count + 1)]

    def waits(self, caller: int = 1) -> None:
        """He stands in the line of sales."""
        until(lambda: number_of(caller) in self.centre.engine.waiting("sales"), f"caller {caller} waits in sales")

    def answers(self) -> list[tuple[str, int]]:
        """Every answer to a survey that the engine took since `forget`: question and score."""
        events: list[dict[str, Any]] = [json.loads(line)[1] for line in self._lines()[self._read :] if _is_whole(line)]
        return [(event["question"], event["score"]) for event in events if event["type"] == "SurveyAnswered"]

    def metric(self, name: str) -> float:
        """The sum over all labels of a number that Prometheus reads."""
        lines = self.centre.engine.http("/metrics")[1].splitlines()
        values = [float(line.rpartition(" ")[2]) for line in lines if line.startswith((f"{name} ", f"{name}{{"))]
        assert values, f"there is no {name}"
        return sum(values)

    def forget(self) -> None:
        """The next test begins."""
        self._read = len(self._lines())

    def _lines(self) -> list[str]:
        return self._journal.read_text().splitlines() if self._journal.exists() else []

    def nothing_is_left(self) -> None:
        """Everybody is gone: nothing of them in Asterisk or the engine."""
        until(lambda: not self.centre.witness.channels(), "no channel left in Asterisk")
        self.centre.until_no_calls()
        until(lambda: self.metric("cti_flow_calls") == 0.0, "nobody is in a flow")


def _is_whole(line: str) -> bool:
    """The engine writes a piece each second, and the last piece of one that was killed may end in the middle."""
    try:
        json.loads(line)
    except ValueError:
        return False
    return True
