"""How is the switch tried alone on a real Asterisk? In a thread of its own, with a desk that only writes down.

Knows no core: the test gives the commands itself, and reads what comes of them in order.
"""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import socket
import threading
import time
from collections.abc import Callable
from typing import Any, TypeVar

from cti.model import commands, events
from cti.model.changes import Refused
from cti.model.ticket import Ticket
from cti.model.words import AgentId, AttemptId, CallId, ContactId, DialResult, NodeId, OfferId, QueueName
from cti.switch.asterisk import AsteriskSwitch, NodeAddress
from cti.switch.strays import ENGINE_AT
from cti.switch.trunks import Trunk

from .centre import Lab
from .waiting import PATIENCE_S, until

E = TypeVar("E", bound=events.Event)
START_S = 10.0
NODE = NodeId("node1")
NUMBER = "+4930123456"
PHONES = {"PJSIP/1001": "anna", "PJSIP/1002": "ben"}

_dead: list[LoneSwitch] = []  # kept for good: what is collected would be cleaned up, and the dead clean up nothing


class OpenLedger:
    """Takes everything in at once."""

    async def intend(self, call: commands.PlaceCall) -> bool:
        return True

    def sent(self, attempt: AttemptId) -> None: ...

    def not_sent(self, attempt: AttemptId, result: DialResult) -> None: ...


class LoneSwitch:
    """A running AsteriskSwitch over the first node of a lab. `told`: each event and when it came (monotonic)."""

    def __init__(self, lab: Lab, *, takes_over: bool = False) -> None:
        """`takes_over`: beside one that is frozen and keeps its port; the node is told where this one is."""
        self.told: list[tuple[float, events.AnyEvent]] = []
        self.joins_at_once: dict[AttemptId, OfferId] = {}  # who is joined as soon as he arrives, by the desk itself
        self._lab, self._phones = lab, dict(PHONES)
        host, _, port = lab.engine.rpartition(":")
        self._host, self._port = host, int(port) + takes_over
        self._here = f"{self._host}:{self._port}" if takes_over else ""
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="lone-switch", daemon=True)
        self._thread.start()
        self.switch = self._run(self._make())
        self._run(self.switch.start(self))

    async def _make(self) -> AsteriskSwitch:
        node = self._lab.nodes[0]
        trunks = {"world": Trunk("PJSIP/{number}@trunk4", ("+",))}
        address = NodeAddress(node["host"], node["ami_port"], node["ami_user"], node["ami_secret"])
        return AsteriskSwitch(
            {NODE: address},
            {phone: AgentId(name) for phone, name in self._phones.items()},
            listen=(self._host, self._port),
            here=self._here,
            allow=[ipaddress.ip_network("127.0.0.0/8")],
            token=node["agi_token"],
            trunks=trunks,
            ledger=OpenLedger(),
        )

    def _run(self, awaitable: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(awaitable, self._loop).result(START_S)

    def dies(self) -> None:
        """As by kill -9: not one more line of it runs, and the kernel ends its sockets."""
        self.freezes()
        self._end_sockets()

    def freezes(self) -> None:
        """As by SIGSTOP: not one more line of it runs, and whoever is connected hears nothing."""
        self._stop()
        _dead.append(self)

    def _end_sockets(self) -> None:
        connections = list(getattr(self._loop, "_transports").values())  # noqa: B009  asyncio's own register
        listener: Any = self.switch.agi
        for end in (*(each.get_extra_info("socket") for each in connections), *listener._listener.sockets):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def _stop(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(START_S)

    def close(self) -> None:
        if not self._thread.is_alive():
            self._end_sockets()
            return
        if self._here:
            self.switch.nodes[NODE].link.fire({"Action": "Setvar", "Variable": ENGINE_AT, "Value": ""})
        self._run(self.switch.close())
        self._stop()

    # --- ports.Desk -------------------------------------------------------------------------------------------------

    def post(self, event: events.AnyEvent) -> None:
        self.told.append((time.monotonic(), event))
        if isinstance(event, events.CallArrived) and event.attempt in self.joins_at_once:
            self.switch.execute(commands.Join(event.call, self.joins_at_once.pop(event.attempt)))

    def ask(self, event: events.AnyEvent) -> Refused | None:
        return None

    # --- the test as the core ---------------------------------------------------------------------------------------

    def do(self, *given: commands.AnyCommand) -> float:
        """Execute at once, in the switch's own thread; when that was (monotonic)."""

        async def execute() -> float:
            at = time.monotonic()
            for command in given:
                self.switch.execute(command)
            return at

        return float(self._run(execute()))

    def place(self, attempt: str, number: str = NUMBER, ring_timeout_s: float = 20.0, **more: Any) -> float:
        """Call somebody in the world."""
        ticket = Ticket(ContactId(attempt), QueueName("sales"), since=1.0, entered_at=1.0)
        return self.do(commands.PlaceCall(AttemptId(attempt), NODE, number, ring_timeout_s, ticket, **more))

    def ring(self, offer: str, phone: str, ring_timeout_s: float = 20.0, show: str = "") -> float:
        """Ring an agent before his customer."""
        leg = commands.RingLeg(OfferId(offer), f"PJSIP/{phone}")
        return self.do(commands.RingAgent(NODE, leg, ring_timeout_s, show))

    def until(
        self,
        kind: type[E],
        matches: Callable[[E], bool] = lambda event: True,
        timeout_s: float = PATIENCE_S,
    ) -> tuple[float, E]:
        """The first event of this kind that fits, and when it came."""

        def there() -> tuple[float, E] | None:
            return next(((at, e) for at, e in list(self.told) if isinstance(e, kind) and matches(e)), None)

        try:
            found = until(there, kind.__name__, timeout_s)
        except AssertionError as error:
            raise AssertionError(f"{error}; told: {[event for _, event in self.told]}") from None
        assert found is not None
        return found

    def of(self, *kinds: type[events.Event]) -> list[events.AnyEvent]:
        """All events of these kinds so far."""
        return [event for _, event in list(self.told) if isinstance(event, kinds)]


def call_of(attempt: str) -> CallId:
    """The call of an attempt, known beforehand."""
    return CallId(f"{NODE}/cti-{attempt}")
