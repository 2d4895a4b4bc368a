"""A tiny exchange for tests: two phones, a wire that writes everything down, people who do nothing by themselves."""

from __future__ import annotations

from typing import Any

from cti.sim.agenda import VirtualAgenda
from cti.sim.channels import Call, Leg
from cti.sim.exchange import Exchange


class Notebook:
    """Implements exchange.Wire and exchange.People; `lines` is what was told, in order."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.listens = True

    def agi_open(self, call: Call) -> bool:
        self.lines.append(f"agi entry={call.entry} dial_status={call.dial_status}")
        if self.listens:
            call.agi = "session"
        return self.listens

    def agi_hangup(self, call: Call, session: Any) -> None:
        self.lines.append("agi hangup")

    def leg_new(self, leg: Leg) -> None:
        self.lines.append(f"new {leg.phone.dial}")

    def dial_begin(self, leg: Leg) -> None:
        self.lines.append(f"begin {leg.phone.dial}")

    def dial_end(self, leg: Leg, status: str) -> None:
        self.lines.append(f"end {leg.phone.dial} {status}")

    def leg_gone(self, leg: Leg) -> None:
        self.lines.append(f"gone {leg.phone.dial}")

    def call_new(self, call: Call) -> None: ...

    def call_gone(self, call: Call) -> None:
        self.lines.append("caller gone")

    def digit(self, call: Call, digit: str) -> None:
        self.lines.append(f"digit {digit}")

    def held(self, leg: Leg, held: bool) -> None:
        self.lines.append(f"held {held}")

    def transferred(self, call: Call, leg: Leg, context: str, exten: str) -> None:
        self.lines.append(f"transferred {context} {exten}")

    def phone_rings(self, leg: Leg) -> None: ...
    def phone_stops(self, leg: Leg) -> None: ...
    def talk_begins(self, call: Call, leg: Leg) -> None: ...
    def talk_ends(self, call: Call, leg: Leg) -> None: ...
    def call_over(self, call: Call) -> None: ...


class Two:
    """An exchange with PJSIP/1 and PJSIP/2 on node1; `results` are the ends of dials."""

    def __init__(self) -> None:
        self.agenda = VirtualAgenda()
        self.exchange = Exchange(self.agenda, ["node1"], ["PJSIP/1", "PJSIP/2"])
        self.book = Notebook()
        self.exchange.wire = self.exchange.people = self.book
        self.results: list[tuple[str, float, bool]] = []

    def call(self) -> Call:
        call = self.exchange.new_call("node1", "6001", "+4912345")
        self.book.lines.clear()
        return call

    def dial(self, call: Call, *phones: str, timeout_s: float = 10.0) -> None:
        self.exchange.dial(
            call,
            [(phone, phone) for phone in phones],
            timeout_s,
            lambda end: self.results.append((end.status, round(end.answered_s, 3), end.caller_there)),
        )

    def leg(self, phone: str) -> Leg:
        return next(iter(self.exchange.phones[phone].legs.values()))

    def wait(self, for_s: float) -> None:
        """Let time pass."""
        until = self.agenda.now + for_s
        while (at := self.agenda.next_at()) is not None and at <= until:
            self.agenda.step()
        self.agenda.pass_to(until)
