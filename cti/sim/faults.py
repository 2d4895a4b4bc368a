"""What breaks, and when? Puts the faults of a plan on the agenda; the switch and the world then live with them."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Protocol

from cti.sim.agenda import Agenda
from cti.sim.plan import Fault
from cti.sim.streams import Weather
from cti.sim.switch import SimSwitch


class Engine(Protocol):
    """What of the engine can break."""

    def kill(self, down_s: float, *, after_commands: int | None) -> None: ...
    def jump(self, by_s: float) -> None: ...


class Faults:
    """Breaks one world."""

    def __init__(self, agenda: Agenda, switch: SimSwitch, engine: Engine, rng: random.Random) -> None:
        self._agenda, self._switch, self._engine, self._rng = agenda, switch, engine, rng
        self.happened = 0
        self._by_kind: dict[str, Callable[[Fault], None]] = {
            "lost": lambda fault: self._weather(fault, "lost", fault.share),
            "repeated": lambda fault: self._weather(fault, "repeated", fault.share),
            "late": lambda fault: self._weather(fault, "late", fault.share),
            "slow": lambda fault: self._weather(fault, "slow_s", 10.0),
            "cut": self._cut,
            "agi": self._agi,
            "kill": self._kill,
            "jump": lambda fault: self._engine.jump(fault.for_s),
            "restart": lambda fault: self._switch.node_restarts(fault.node, rng.uniform(1, 8)),
        }

    def schedule(self, faults: list[Fault]) -> None:
        for fault in faults:
            self._agenda.after(fault.at, lambda fault=fault: self._break(fault))  # type: ignore[misc]

    def _break(self, fault: Fault) -> None:
        self.happened += 1
        self._by_kind[fault.kind](fault)

    def _weather(self, fault: Fault, field: str, value: float) -> None:
        weather: Weather = self._switch.ami[fault.node].weather
        setattr(weather, field, value)
        self._agenda.after(fault.for_s, lambda: setattr(weather, field, 0.0))

    def _cut(self, fault: Fault) -> None:
        self._switch.cut_ami(fault.node, fault.for_s, noticed_after_s=self._rng.choice((0.0, 0.0, 3.0)))

    def _agi(self, fault: Fault) -> None:
        """Some AGI connections break; engine and callers live on."""
        for session in list(self._switch.sessions.values()):
            if self._rng.random() < fault.share:
                self._switch.break_agi(session.call)

    def _kill(self, fault: Fault) -> None:
        """kill -9, half of the time in the middle of what the engine was about to say."""
        after = self._rng.randint(0, 4) if self._rng.random() < 0.5 else None
        self._engine.kill(fault.for_s, after_commands=after)
