"""Who calls in bench.call_cost? Asterisk's side of every call in memory: its bytes, and no socket but the one of AMI.

Events go straight into the engine's AMI protocol, and AGI sessions write to transports that answer by themselves, each
message in a turn of the loop of its own, as sockets would bring them. What is said is what Asterisk 22 says.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Any, cast

from cti.app import Application
from cti.switch.agi_session import AgiSession

NODE = "node1"
RING_S = 0.05
TRUNK = "PJSIP/trunk-{:08x}"
GREETING = b"Asterisk Call Manager/11.0.0\r\n"
BOOTED = b"Event: FullyBooted\r\nPrivilege: system,all\r\nUptime: 1\r\nLastReload: 1\r\nStatus: Fully Booted\r\n\r\n"
_AGI = (
    "agi_network: yes\nagi_network_script: inbound/bench\nagi_request: agi://127.0.0.1/inbound/bench\n"
    "agi_channel: {channel}\nagi_language: en\nagi_type: PJSIP\nagi_uniqueid: {uniqueid}\nagi_version: 22.10.1\n"
    "agi_callerid: {caller}\nagi_calleridname: unknown\nagi_callingpres: 0\nagi_callingani2: 0\nagi_callington: 0\n"
    "agi_callingtns: 0\nagi_dnid: {dialled}\nagi_rdnis: unknown\nagi_context: cti-inbound\nagi_extension: {dialled}\n"
    "agi_priority: 22\nagi_enhanced: 0.0\nagi_accountcode: \nagi_threadid: 140042161125056\nagi_arg_1: entry=1\n"
    "agi_arg_2: ticket=\nagi_arg_3: dialstatus=\nagi_arg_4: answered_s=\nagi_arg_5: dialled_phone=\n"
    "agi_arg_6: dialled={dialled}\nagi_arg_7: queue=\nagi_arg_8: customer=\nagi_arg_9: agents=\nagi_arg_10: flow=\n"
    "agi_arg_11: linkedid={uniqueid}\nagi_arg_12: node=node1\nagi_arg_13: attempt=\nagi_arg_14: amdstatus=\n"
    "agi_arg_15: amdcause=\nagi_arg_16: joined=\n\n"
)


class _Open:
    """What a session asks its socket: whether the other side is still there."""

    @staticmethod
    def getsockopt(*_: object) -> bytes:
        return b"\x01"


class Street:
    """Callers of one engine. `talking`: those with an agent, the oldest first; `answered`: how many there were."""

    def __init__(self, app: Application, ami: Greeter, queues: int) -> None:
        self.answered = self.events = self.commands = 0
        self.talking: deque[Caller] = deque()
        self.live = ami.live
        self.app, self.queues = app, queues
        self.loop = asyncio.get_running_loop()
        self._number = 0
        self._wire: Any = app.switch.nodes[next(iter(app.switch.nodes))].link._live
        ami.say = lambda data: self.loop.call_soon(self._wire.data_received, data)

    def come(self) -> None:
        """One more caller."""
        self._number += 1
        Caller(self, self._number)

    def end_a_talk(self) -> None:
        """The agent who has talked longest hangs up."""
        if self.talking:
            self.talking.popleft().agent_leaves()

    def tell(self, name: str, *parts: str) -> None:
        """An event of AMI, in a turn of its own."""
        self.events += 1
        text = f"Event: {name}\r\nPrivilege: call,all\r\nTimestamp: 1760000000.000001\r\n{''.join(parts)}\r\n"
        self.loop.call_soon(self._wire.data_received, text.encode())


class Caller(asyncio.Transport):
    """A caller's channel, and the socket of his AGI session."""

    def __init__(self, street: Street, number: int) -> None:
        super().__init__()
        self._street = street
        self._channel, self._uniqueid = TRUNK.format(number), f"1760000000.{2 * number}"
        self._phone = self._leg = ""
        self._caller, self._dialled = f"0301{number % 100_000:06}", str(6000 + number % street.queues)
        self._closed = False
        street.live[self._uniqueid] = self._channel
        street.tell("Newchannel", self._party(""))
        self._session: Any = AgiSession(street.app.switch.agi)
        street.loop.call_soon(self._connect)

    def _connect(self) -> None:
        self._session.connection_made(self)
        names = {"caller": self._caller, "dialled": self._dialled}
        self._session.data_received(_AGI.format(channel=self._channel, uniqueid=self._uniqueid, **names).encode())

    # --- the agent's phone -------------------------------------------------------------------------------------------

    def _rings(self, phone: str) -> None:
        street = self._street
        self._phone, self._leg = f"{phone}-{self._uniqueid[11:]:0>8}", f"1760000000.{int(self._uniqueid[11:]) + 1}"
        street.live[self._leg] = self._phone
        street.tell("Newchannel", self._agent(""))
        street.tell("DialBegin", self._party(""), self._agent("Dest"), f"DialString: {phone.partition('/')[2]}\r\n")
        street.loop.call_later(RING_S, self._picks_up)

    def _picks_up(self) -> None:
        street = self._street
        street.answered += 1
        street.talking.append(self)
        street.tell("DialEnd", self._party(""), self._agent("Dest"), "DialStatus: ANSWER\r\n")

    def agent_leaves(self) -> None:
        """He hangs up, and Dial ends."""
        del self._street.live[self._leg]
        self._street.tell("Hangup", self._agent(""), "Cause: 16\r\nCause-txt: Normal Clearing\r\nTechCause: \r\n")
        self._answer(b"200 result=0\n")

    # --- the socket --------------------------------------------------------------------------------------------------

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        return {"peername": ("127.0.0.1", 1), "socket": _Open}.get(name, default)

    def write(self, data: Any) -> None:
        self._street.commands += 1
        verb, _, rest = bytes(data).decode().partition(" ")
        if verb == "EXEC" and rest.startswith("Dial "):
            self._rings(rest[5:].partition(",")[0])
        else:
            self._answer(b"200 result=1\n")

    def _answer(self, line: bytes) -> None:
        self._street.loop.call_soon(self._session.data_received, line)

    def is_closing(self) -> bool:
        return self._closed

    def close(self) -> None:
        """The engine is done with him: the dialplan hangs up."""
        if not self._closed:
            self._closed = True
            self._street.loop.call_soon(self._lost)
            del self._street.live[self._uniqueid]
            self._street.tell("Hangup", self._party(""), "Cause: 16\r\nCause-txt: Normal Clearing\r\nTechCause: \r\n")

    def abort(self) -> None:
        self.close()

    def _lost(self) -> None:
        session, self._session = self._session, None  # as a socket does
        session.connection_lost(None)

    # --- words of AMI ------------------------------------------------------------------------------------------------

    def _party(self, prefix: str) -> str:
        return _channel(prefix, self._channel, self._uniqueid, self._uniqueid, self._caller, "cti-inbound")

    def _agent(self, prefix: str) -> str:
        return _channel(prefix, self._phone, self._leg, self._uniqueid, self._caller, "cti-agent")


def _channel(prefix: str, channel: str, uniqueid: str, linkedid: str, number: str, context: str) -> str:
    return (
        f"{prefix}Channel: {channel}\r\n{prefix}ChannelState: 6\r\n{prefix}ChannelStateDesc: Up\r\n"
        f"{prefix}CallerIDNum: {number}\r\n{prefix}CallerIDName: <unknown>\r\n{prefix}ConnectedLineNum: <unknown>\r\n"
        f"{prefix}ConnectedLineName: <unknown>\r\n{prefix}Language: en\r\n{prefix}AccountCode: \r\n"
        f"{prefix}Context: {context}\r\n{prefix}Exten: 6000\r\n{prefix}Priority: 22\r\n{prefix}Uniqueid: {uniqueid}\r\n"
        f"{prefix}Linkedid: {linkedid}\r\n"
    )


class Greeter(asyncio.Protocol):
    """AMI's own connection: the login, and the lists that the engine asks for. `live`: Uniqueids and their channels."""

    def __init__(self) -> None:
        self.live: dict[str, str] = {}
        self.say: Callable[[bytes], object]
        self._rest = b""

    def __call__(self) -> Greeter:
        """There is one connection."""
        return self

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.say = cast(asyncio.WriteTransport, transport).write
        self.say(GREETING)

    def data_received(self, data: bytes) -> None:
        *actions, self._rest = (self._rest + data).split(b"\r\n\r\n")
        for action in actions:
            asked = dict(line.split(": ", 1) for line in action.decode().split("\r\n"))
            self._answer(asked["Action"], asked.get("ActionID", ""))

    def _answer(self, action: str, action_id: str) -> None:
        own = f"ActionID: {action_id}\r\n"
        self.say(f"Response: Success\r\n{own}Message: ok\r\n\r\n".encode())
        if action == "Login":
            self.say(BOOTED)
        elif action == "Status":
            items = [_status(uniqueid, channel) + own + "\r\n" for uniqueid, channel in self.live.items()]
            end = f"Event: StatusComplete\r\n{own}Items: {len(items)}\r\n\r\n"
            self.say("".join([*items, end]).encode())


def _status(uniqueid: str, channel: str) -> str:
    is_caller = channel.startswith("PJSIP/trunk")
    context = "cti-inbound" if is_caller else "cti-agent"
    more = "BridgeID: \r\nApplication: AGI\r\nData: agi://127.0.0.1\r\nNativeformats: (ulaw)\r\nReadformat: ulaw\r\n"
    more += "Readtrans: \r\nWriteformat: ulaw\r\nWritetrans: \r\nCallgroup: 0\r\nPickupgroup: 0\r\nSeconds: 5\r\n"
    kind = "Type: PJSIP\r\nDNID: 6000\r\nEffectiveConnectedLineNum: <unknown>\r\nTimeToHangup: 0\r\n"
    head = "Event: Status\r\nPrivilege: Call\r\n" + _channel("", channel, uniqueid, uniqueid, "0301", context)
    return head + kind + more + "Variable: CTI_TICKET=\r\n"
