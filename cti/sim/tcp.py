"""How does the simulated exchange stand in for Asterisk on a real network? AMI ports, FastAGI calls, real time.

The exchange and its people are those of the pure simulator; this module is their wire. One asyncio loop, no threads.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from cti.sim.agenda import Cancellable
from cti.sim.channels import Call, Leg
from cti.sim.exchange import GIVE_UP_S, Exchange
from cti.sim.outgoing import AgentRing
from cti.sim.tcp_agi import AgiClient, WaitingClient, environment, words
from cti.sim.tcp_ami import AmiServer
from cti.sim.tcp_begun import AGENT_MARK, SPY_MARK, TcpBegun

CONNECT_TIMEOUT_S = 3.0
ASK_TIMEOUT_S = 5.0


@dataclass(frozen=True)
class Address:
    host: str
    port: int

    @classmethod
    def parse(cls, text: str) -> Address:
        """`127.0.0.1:5038`. Raises ValueError."""
        host, _, port = text.rpartition(":")
        if not host:
            raise ValueError(f"not host:port: {text!r}")
        return cls(host, int(port))


class LoopAgenda:
    """sim.agenda.Agenda on the running loop."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()

    @property
    def now(self) -> float:
        return self._loop.time()

    def after(self, delay_s: float, action: Callable[[], object]) -> Cancellable:
        return self._loop.call_later(max(0.0, delay_s), action)


class TcpSwitch:
    """Simulated Asterisk nodes: each listens for AMI, their callers connect to the engine's FastAGI."""

    def __init__(
        self,
        ami: Mapping[str, Address],
        agi: Address,
        phones: Sequence[str],
        *,
        username: str,
        secret: str,
        token: str,
    ) -> None:
        self.agenda = LoopAgenda()
        self.exchange = Exchange(self.agenda, list(ami), phones)
        self.exchange.wire = self
        self._addresses, self._agi, self._token = ami, agi, token
        self.begun = TcpBegun(
            self.exchange, lambda node, *event: self.nodes[node].tell(*event), self._wait, self._let_go
        )
        self.nodes = {node: AmiServer(node, self.exchange, self.begun, username, secret) for node in ami}
        self._waiting: dict[str, WaitingClient] = {}  # agents' sessions, by channel
        self._unreachable_since: dict[str, float] = {}
        self._connecting: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """Listen on every AMI port. Raises OSError if one is taken."""
        for node, address in self._addresses.items():
            await self.nodes[node].start(address.host, address.port)

    async def close(self) -> None:
        """Hang everybody up and close every socket."""
        for call in list(self.exchange.calls.values()):
            self.exchange.hang_up_call(call)
        await asyncio.sleep(0.05)  # the last events and HANGUP lines on their way
        for task in self._connecting:
            task.cancel()
        for node in self.nodes.values():
            await node.close()

    async def feature_code(self, node: str, endpoint: str, action: str, reason: str = "") -> str:
        """An agent dials *11 and the like: CTI_RESULT as the engine sets it, "" if nobody listens."""
        values = {"action": action, "reason": reason, "endpoint": endpoint, "caller": endpoint, "node": node}
        given = [f"{key}={value}" for key, value in values.items()]
        request = self._address("agent")
        try:
            async with asyncio.timeout(ASK_TIMEOUT_S):
                reader, writer = await asyncio.open_connection(self._agi.host, self._agi.port)
                writer.write(environment(request, None, given, f"PJSIP/{endpoint}-fc", f"fc.{self.agenda.now:.6f}"))
                result = ""
                while line := await reader.readline():
                    command = words(line.decode())
                    if command[:3] == ["SET", "VARIABLE", "CTI_RESULT"]:
                        result = command[3]
                    writer.write(b"200 result=1\n")
                writer.close()
                return result
        except (OSError, TimeoutError):
            return ""

    # --- exchange.Wire: AGI ----------------------------------------------------------------------------------------

    def agi_open(self, call: Call) -> bool:
        task = asyncio.get_running_loop().create_task(self._connect(call))
        self._connecting.add(task)
        task.add_done_callback(self._connecting.discard)
        return True

    def _address(self, door: str) -> str:
        return f"agi://{self._agi.host}:{self._agi.port}/{door}/{self._token}"

    def _wait(self, ring: AgentRing) -> None:
        task = asyncio.get_running_loop().create_task(self._attend(ring.leg))
        self._connecting.add(task)
        task.add_done_callback(self._connecting.discard)

    async def _attend(self, leg: Leg) -> None:
        """An agent waits for his customer in the engine's hands; without an engine he is let go."""
        client = WaitingClient(self.exchange, leg, self._address("waiting-agent"), self.exchange.hang_up_leg)
        try:
            async with asyncio.timeout(CONNECT_TIMEOUT_S):
                await asyncio.get_running_loop().create_connection(lambda: client, self._agi.host, self._agi.port)
        except (OSError, TimeoutError):
            self.exchange.hang_up_leg(leg)
            return
        self._waiting[leg.channel] = client
        if not leg.up or leg.dial is not None:
            self._let_go(leg)

    def _let_go(self, leg: Leg) -> None:
        client = self._waiting.pop(leg.channel, None)
        if client is not None:
            client.leaves()

    async def _connect(self, call: Call) -> None:
        agi = self._agi
        door = "outbound" if call.attempt else "inbound"
        client = AgiClient(self.exchange, call, self._address(door), self._over, self.begun.join)
        try:
            async with asyncio.timeout(CONNECT_TIMEOUT_S):
                await asyncio.get_running_loop().create_connection(lambda: client, agi.host, agi.port)
        except (OSError, TimeoutError):
            self._not_reached(call)
            return
        self._unreachable_since.pop(call.id, None)
        if call.up:
            call.agi = client
        else:
            client.transport.abort()

    def _not_reached(self, call: Call) -> None:
        since = self._unreachable_since.setdefault(call.id, self.agenda.now)
        if self.agenda.now - since < GIVE_UP_S:
            self.exchange.agi_lost(call)
        elif call.up:
            self._unreachable_since.pop(call.id)
            self.exchange.go_to(call, "cti-fallback", "s")

    def _over(self, client: AgiClient, done: bool) -> None:
        call = client.call
        if call.agi is not client:
            return  # hung up or transferred before
        if done:
            self.exchange.agi_done(call, call.variables.get("CTI_NEXT", ""))
        else:
            self.exchange.agi_lost(call)

    def agi_hangup(self, call: Call, session: AgiClient) -> None:
        session.hung_up()

    # --- exchange.Wire: AMI ----------------------------------------------------------------------------------------

    def call_new(self, call: Call) -> None:
        context = [("Context", "cti-inbound"), ("Exten", call.dialled)]
        ids = [("Channel", call.channel), ("Uniqueid", call.uniqueid), ("Linkedid", call.uniqueid)]
        self.nodes[call.node].tell("Newchannel", [*ids, ("CallerIDNum", call.caller), *context])

    def call_gone(self, call: Call) -> None:
        self._unreachable_since.pop(call.id, None)
        ids = [("Channel", call.channel), ("Uniqueid", call.uniqueid), ("Linkedid", call.uniqueid)]
        self.nodes[call.node].tell("Hangup", [*ids, ("Cause", "16"), ("Cause-txt", "Normal Clearing")])
        self.begun.gone(call.uniqueid)

    def leg_new(self, leg: Leg) -> None:
        if leg.tag.startswith((AGENT_MARK, SPY_MARK)):
            leg.uniqueid = leg.tag  # as its ChannelId says
        self.nodes[leg.node].tell("Newchannel", [*_leg(leg), ("Context", "cti-agent"), ("Exten", "")])

    def leg_gone(self, leg: Leg) -> None:
        self.nodes[leg.node].tell("Hangup", [*_leg(leg), ("Cause", str(leg.cause)), ("Cause-txt", "Unknown")])
        self.begun.gone(leg.uniqueid)
        self._let_go(leg)

    def dial_begin(self, leg: Leg) -> None:
        self.nodes[leg.node].tell("DialBegin", [*_dialled(leg), ("DialString", leg.phone.dial.partition("/")[2])])

    def dial_end(self, leg: Leg, status: str) -> None:
        self.nodes[leg.node].tell("DialEnd", [*_dialled(leg), ("DialStatus", status)])

    def digit(self, call: Call, digit: str) -> None:
        ids = [("Channel", call.channel), ("Uniqueid", call.uniqueid), ("Linkedid", call.uniqueid)]
        self.nodes[call.node].tell(
            "DTMFEnd", [*ids, ("Digit", digit), ("DurationMs", "100"), ("Direction", "Received")]
        )

    def held(self, leg: Leg, held: bool) -> None:
        self.nodes[leg.node].tell("Hold" if held else "Unhold", _leg(leg))

    def transferred(self, call: Call, leg: Leg, context: str, exten: str) -> None:
        self.nodes[leg.node].tell(
            "BlindTransfer",
            [
                ("Result", "Success"),
                ("TransfererChannel", leg.channel),
                ("TransfererUniqueid", leg.uniqueid),
                ("TransfereeChannel", call.channel),
                ("TransfereeUniqueid", call.uniqueid),
                ("IsExternal", "Yes"),
                ("Context", context),
                ("Extension", exten),
            ],
        )


def _leg(leg: Leg) -> list[tuple[str, str]]:
    linked = leg.dial.call.uniqueid if leg.dial is not None else leg.uniqueid
    return [("Channel", leg.channel), ("Uniqueid", leg.uniqueid), ("Linkedid", linked)]


def _dialled(leg: Leg) -> list[tuple[str, str]]:
    assert leg.dial is not None
    call = leg.dial.call
    return [
        ("Channel", call.channel),
        ("Uniqueid", call.uniqueid),
        ("Linkedid", call.uniqueid),
        ("DestChannel", leg.channel),
        ("DestUniqueid", leg.uniqueid),
        ("DestLinkedid", call.uniqueid),
    ]
