"""What does Asterisk itself say? A second AMI client (pyst2) that shares no code with the engine: a fair witness."""

from __future__ import annotations

import threading
import warnings
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any, NamedTuple

from .waiting import until

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)
    from asterisk.manager import Manager, ManagerException, ManagerSocketException

NOT_KEPT = frozenset({"VarSet", "RTCPSent", "RTCPReceived", "Newexten", "CoreShowChannel", "CoreShowChannelsComplete"})


class Rung(NamedTuple):
    """A phone that was rung: when (epoch seconds, Asterisk's clock), whose, for the caller of which number."""

    at: float
    phone: str
    caller: str


class Witness:
    """One node, seen from outside. To be used from a single thread (pyst2 mixes up answers otherwise)."""

    def __init__(self, node: Mapping[str, Any]) -> None:
        self.node = node
        self._connect()

    def _connect(self) -> None:
        self._lock = threading.Lock()
        self._events: dict[str, list[Mapping[str, str]]] = defaultdict(list)
        self._listed: dict[str, list[Mapping[str, str]]] = defaultdict(list)
        self._complete: set[str] = set()
        self._manager = Manager()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            self._manager.connect(self.node["host"], self.node["ami_port"])
        self._manager.register_event("*", self._on_event)
        self._manager.login(self.node["witness_user"], self.node["witness_secret"])
        self.listen(True)

    def again(self) -> None:
        """Connect anew, after the node was restarted."""
        self.close()
        until(self._try_connect, "the witness to come back", 30.0)

    def _try_connect(self) -> bool:
        try:
            self._connect()
        except (ManagerException, OSError):
            return False
        return True

    def close(self) -> None:
        # pyst2 flushes its Logoff to a socket that its own reading thread has closed by then: ValueError
        with suppress(ManagerSocketException, ManagerException, OSError, AttributeError, ValueError):
            self._manager.close()

    def _on_event(self, event: Any, _manager: Any) -> None:
        with self._lock:
            if event.name == "CoreShowChannel":
                self._listed[event.headers.get("ActionID", "")].append(dict(event.headers))
            elif event.name == "CoreShowChannelsComplete":
                self._complete.add(event.headers.get("ActionID", ""))
            if event.name not in NOT_KEPT:
                self._events[event.name].append(dict(event.headers))

    def listen(self, on: bool) -> None:
        """Whether events are heard (they are, from the start)."""
        self.action(Action="Events", EventMask="call" if on else "off")

    # --- what it saw ------------------------------------------------------------------------------------------------

    def events(self, name: str) -> list[Mapping[str, str]]:
        """All events of that name since `forget`."""
        with self._lock:
            return list(self._events[name])

    def rung(self) -> list[Rung]:
        """Every phone that was rung for somebody, in order."""
        return [
            Rung(float(e["Timestamp"]), e["DestChannel"].partition("/")[2].partition("-")[0], e["CallerIDNum"])
            for e in self.events("DialBegin")
        ]

    def came_at(self, number: str) -> float:
        """When the newest channel of this caller came to the door (epoch seconds, Asterisk's clock)."""
        return max(float(e["Timestamp"]) for e in self.events("Newchannel") if e["CallerIDNum"] == number)

    def forget(self) -> None:
        with self._lock:
            self._events.clear()
            self._listed.clear()
            self._complete.clear()

    # --- what it asks -----------------------------------------------------------------------------------------------

    def channels(self) -> list[Mapping[str, str]]:
        """Every channel that exists now (fields of the CoreShowChannel event)."""
        answer = self._manager.send_action({"Action": "CoreShowChannels"})
        action = answer.get_header("ActionID")
        until(lambda: action in self._complete, "the list of channels")
        with self._lock:
            self._complete.discard(action)
            return self._listed.pop(action, [])

    def channel_of(self, number: str) -> Mapping[str, str] | None:
        """The channel whose caller (trunk) or endpoint (phone) is `number`."""
        for channel in self.channels():
            if channel["CallerIDNum"] == number or channel["Channel"].startswith(f"PJSIP/{number}-"):
                return channel
        return None

    def together(self, one: str, other: str) -> bool:
        """Whether the channels of two numbers stand in one bridge, with no third."""
        channels = self.channels()
        bridges = [
            {c["BridgeId"] for c in channels if c["CallerIDNum"] == n or c["Channel"].startswith(f"PJSIP/{n}-")}
            for n in (one, other)
        ]
        common = (bridges[0] & bridges[1]) - {""}
        return len(common) == 1 and sum(c["BridgeId"] in common for c in channels) == 2

    def variable(self, channel: str, name: str) -> str:
        answer = self._manager.send_action({"Action": "Getvar", "Channel": channel, "Variable": name})
        return str(answer.get_header("Value", ""))

    def dialplan(self, number: str, *steps: tuple[str, str]) -> None:
        """What an operator's own dialplan does with `number` when it comes from a trunk: (application, data), ..."""
        for priority, (application, data) in enumerate(steps, 1):
            self.action(
                Action="DialplanExtensionAdd",
                Context="cti-inbound",
                Extension=number,
                Priority=str(priority),
                Application=application,
                ApplicationData=data,
                Replace="yes",
            )

    def no_more_patience(self, retry_s: int) -> None:
        """Everybody who is on the phone now goes to the fallback after so long without an engine."""
        for channel in self.channels():
            self.action(Action="Setvar", Channel=channel["Channel"], Variable="CTI_RETRY_S", Value=str(retry_s))

    def action(self, **fields: str) -> Any:
        return self._manager.send_action(dict(fields))


@contextmanager
def witness_of(node: Mapping[str, Any]) -> Iterator[Witness]:
    """A witness for the length of a block."""
    witness = Witness(node)
    try:
        yield witness
    finally:
        witness.close()
