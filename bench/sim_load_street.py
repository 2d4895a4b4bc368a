"""Who calls while an engine is loaded over simulated AMI and FastAGI? As many as are asked for, at any rate.

A process of its own, started by bench/sim_load.py. Each line on standard input is a JSON object; each is answered by
one; it ends with its standard input. Some callers of their own kind only press keys, so that we see how long the engine
takes from an event on AMI to the command that follows from it.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import sys
import time
from typing import Any

import uvloop

from bench import simulated
from bench.percentiles import quantile
from cti import machine
from cti.api.loop_watch import LoopWatch
from cti.sim.channels import Call, Leg
from cti.sim.plan import Caller
from cti.sim.street import Street
from cti.sim.tcp import TcpSwitch

TICK_S = 0.01
ANSWER_S = (0.1, 0.4)
PROBES, PRESS_EVERY_S, PROBE_NUMBER = 20, 1.0, "9000"
FOR_EVER_S = 1e6


class Noted(dict[str, str]):
    """A probe's channel variables: the ticket comes anew when the engine has heard its key."""

    def __init__(self, took_s: list[float]) -> None:
        super().__init__()
        self.took_s, self.pressed_at = took_s, 0.0

    def __setitem__(self, name: str, value: str) -> None:
        super().__setitem__(name, value)
        if name == "CTI_TICKET" and self.pressed_at:
            self.took_s.append(time.monotonic() - self.pressed_at)
            self.pressed_at = 0.0


class Load(Street):
    """A street with a rate that can be set, and a number of callers who stay."""

    def __init__(self, switch: TcpSwitch, queues: int) -> None:
        numbers = [str(6000 + n) for n in range(queues)]
        super().__init__(
            switch, random.Random(1), numbers=numbers, calls_per_minute=60, talk_s=10.0, patience_s=60.0, miss=0.0
        )
        self.per_s = self._owed = 0.0
        self._most = 0  # calls inside; 0: no such limit
        self._ticked_at = time.monotonic()
        self.took_s: list[float] = []
        self.pressed = 0
        self.lags: list[float] = []
        self._watch = LoopWatch(self.lags.append)
        self._watch.start()

    def begin(self) -> None:
        """Let the probes call, and take up the rate."""
        for number in range(PROBES):
            self.agenda.after(number * PRESS_EVERY_S / PROBES, self._probe)
        self._tick()

    def set(self, per_s: float, *, most: int = 0, talk_s: float = 10.0, patience_s: float = 60.0) -> None:
        """From now on."""
        self.per_s, self._most, self.talk_s, self.patience_s, self._owed = per_s, most, talk_s, patience_s, 0.0

    def clear(self) -> None:
        """Everybody but the probes hangs up."""
        for call in list(self.exchange.calls.values()):
            if not isinstance(call.variables, Noted):
                self.exchange.hang_up_call(call)

    def figures(self) -> dict[str, Any]:
        """Since the last time it was asked for."""
        took, lags = self.took_s, self.lags
        waiting = sum(isinstance(call.variables, Noted) and call.variables.pressed_at > 0 for call in self._calls())
        found = {
            **self.counts(),
            "pressed": self.pressed,
            "unheard": waiting,
            "ami_p50_ms": _ms(took, 0.5),
            "ami_p99_ms": _ms(took, 0.99),
            "own_lag_p99_ms": _ms(lags, 0.99),
            "own_cpu_s": time.process_time(),
            "places": self._places(),
        }
        self.took_s.clear()
        self.lags.clear()
        self.pressed = 0
        return found

    def _calls(self) -> list[Call]:
        return list(self.exchange.calls.values())

    def _places(self) -> dict[str, int]:
        found: dict[str, int] = {}
        for call in self.exchange.calls.values():
            found[call.place] = found.get(call.place, 0) + 1
        return found

    def _tick(self) -> None:
        now = time.monotonic()
        self._owed += self.per_s * (now - self._ticked_at)
        self._ticked_at = now
        while self._owed >= 1.0:
            self._owed -= 1.0
            if not self._most or len(self.exchange.calls) < self._most + PROBES:
                self._one()
        self.agenda.after(TICK_S, self._tick)

    def _one(self) -> None:
        rng = self.rng
        caller = Caller(0.0, rng.choice(self.numbers), "node1", self.patience_s, self.talk_s)
        caller.ends = "agent" if rng.random() < 0.5 else "caller"
        self._arrive(caller)

    # --- probes -----------------------------------------------------------------------------------------------------

    def _probe(self) -> None:
        before = set(self.exchange.calls)
        self._arrive(Caller(0.0, PROBE_NUMBER, "node1", FOR_EVER_S))
        (new,) = set(self.exchange.calls) - before
        call = self.exchange.calls[new]
        call.variables = noted = Noted(self.took_s)
        self.agenda.after(2.0, lambda: self._press(call, noted))

    def _press(self, call: Call, noted: Noted) -> None:
        if not call.up:
            self._probe()
            return
        if not noted.pressed_at:
            self.pressed += 1
            noted.pressed_at = time.monotonic()
            self.exchange.press(call, "1")
        self.agenda.after(PRESS_EVERY_S, lambda: self._press(call, noted))

    # --- exchange.People --------------------------------------------------------------------------------------------

    def phone_rings(self, leg: Leg) -> None:
        leg.timer = self.agenda.after(self.rng.uniform(*ANSWER_S), lambda: self._picks_up(leg))

    def _picks_up(self, leg: Leg) -> None:
        if leg.up and leg.dial is not None and leg in leg.dial.ringing:
            self.exchange.answer(leg)

    def phone_stops(self, leg: Leg) -> None:
        """He is there all the time."""


def _ms(values: list[float], share: float) -> float | None:
    return round(1000 * quantile(values, share), 1) if values else None


async def run(options: argparse.Namespace) -> None:
    """Do what standard input says, until it ends."""
    switch = simulated.asterisk(options)
    await switch.start()
    load = Load(switch, options.queues)
    loop = asyncio.get_running_loop()
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        asked = json.loads(line)
        does = asked.pop("do")
        if does == "begin":
            load.begin()
        elif does == "set":
            load.set(**asked)
        elif does == "clear":
            load.clear()
        print(json.dumps(load.figures() if does == "figures" else {}), flush=True)


def main() -> int:
    parser = simulated.arguments("bench.sim_load_street")
    machine.raise_file_limit()
    machine.make_pauses_rare()
    uvloop.run(run(parser.parse_args()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
