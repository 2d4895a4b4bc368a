"""How do facts travel from the exchange to the engine? Delays, order and faults of AMI and AGI; knows no meaning.

AMI: one stream per node, in order; the faults of a plan lose, repeat, delay and cut it. AGI: one stream per call.
There is no order between the two (shared facts, section 3).
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass

from cti.model.events import AnyEvent, CallTransferred
from cti.sim.agenda import Agenda

Deliver = Callable[[AnyEvent], None]


@dataclass(slots=True)
class Weather:
    """How bad AMI is at the moment: chances per event, delays in seconds."""

    lost: float = 0.0
    repeated: float = 0.0
    late: float = 0.0
    late_s: float = 5.0
    slow_s: float = 0.0

    @property
    def calm(self) -> bool:
        return not (self.lost or self.repeated or self.late or self.slow_s)


class AmiStream:
    """One node's AMI connection, both ways."""

    def __init__(self, agenda: Agenda, rng: random.Random, deliver: Deliver) -> None:
        self._agenda, self._rng, self._deliver = agenda, rng, deliver
        self.weather = Weather()
        self.up = False
        self.in_flight = 0  # events
        self.acting = 0  # actions under way
        self.life = 0
        self._last_at = 0.0
        self.bad_at = 0.0  # when the engine last missed something, or heard it late or twice
        self.checked_at = -1.0  # when the newest snapshot that reached the engine was taken

    def _delay_s(self) -> float:
        return 0.0005 + 0.003 * self._rng.random() + self.weather.slow_s

    def send(self, event: AnyEvent, *, sure: bool = False) -> None:
        """An event starts its way; `sure` ones (snapshots) are never lost, repeated or overtaken."""
        if not self.up:
            return
        at = max(self._last_at, self._agenda.now + self._delay_s())
        weather = self.weather
        if not sure and not weather.calm:
            # A transfer names only the call: told of an earlier talk, it would be a lie about the one that goes on.
            chance = self._rng.random() * (weather.lost if isinstance(event, CallTransferred) else 1.0)
            if chance < weather.lost:
                self.bad_at = self._agenda.now
                return
            if chance < weather.lost + weather.repeated:
                self._fly(event, at + self._rng.random() * weather.late_s)
            elif chance < weather.lost + weather.repeated + weather.late:
                self._fly(event, at + self._rng.random() * weather.late_s)
                return
        self._last_at = at
        self._fly(event, at, self._agenda.now if sure else None)

    def _fly(self, event: AnyEvent, at: float, taken_at: float | None = None) -> None:
        life = self.life
        self.in_flight += 1
        if taken_at is None and at > self._last_at:
            self.bad_at = max(self.bad_at, at)

        def land() -> None:
            if life == self.life:
                self.in_flight -= 1
                if taken_at is not None:
                    self.checked_at = taken_at
                self._deliver(event)

        self._agenda.after(at - self._agenda.now, land)

    def act(self, action: Callable[[], object]) -> None:
        """An action of the engine starts its way; lost if the connection is down or goes down meanwhile."""
        life = self.life
        if not self.up:
            return
        self.acting += 1

        def land() -> None:
            if life == self.life:
                self.acting -= 1
                action()

        self._agenda.after(self._delay_s(), land)

    def cut(self) -> None:
        """The connection is gone with everything that was under way."""
        self.up = False
        self.in_flight = self.acting = 0
        self.life += 1
        self._last_at = 0.0
        self.bad_at = self._agenda.now

    def connect(self) -> None:
        self.up = True

    @property
    def clean(self) -> bool:
        """Whether the engine has seen a snapshot since anything last went wrong, and nothing is under way."""
        calm = self.up and self.weather.calm and not self.in_flight and not self.acting
        return calm and self.checked_at > self.bad_at


class AgiStream:
    """What one engine process hears over its AGI sockets; in order per call only."""

    def __init__(self, agenda: Agenda, rng: random.Random, deliver: Deliver) -> None:
        self._agenda, self._rng, self._deliver = agenda, rng, deliver
        self.in_flight = 0
        self._life = 0
        self._last_at: dict[str, float] = {}

    def send(self, call: str, event: AnyEvent) -> None:
        at = max(self._last_at.get(call, 0.0), self._agenda.now + 0.0003 + 0.003 * self._rng.random())
        self._last_at[call] = at
        life = self._life
        self.in_flight += 1

        def land() -> None:
            if life == self._life:
                self.in_flight -= 1
                self._deliver(event)

        self._agenda.after(at - self._agenda.now, land)

    def forget(self, call: str) -> None:
        self._last_at.pop(call, None)

    def cut(self) -> None:
        self.in_flight = 0
        self._life += 1
        self._last_at.clear()
