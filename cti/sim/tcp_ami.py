"""How does the simulated exchange speak AMI? The server side of one node: banner, Login, actions, events, lists.

Knows the bytes of AMI and the exchange; nothing of queues, agents or the engine. Only what our engine and the usual
tools ask for; everything else gets the error that Asterisk gives.
"""

from __future__ import annotations

import asyncio
import hmac
import time
from collections.abc import Callable, Iterable, Mapping
from typing import cast

from cti.sim.channels import Call, Leg
from cti.sim.exchange import Exchange
from cti.sim.tcp_begun import TcpBegun, refused

BANNER = b"Asterisk Call Manager/11.0.0\r\n"
MAX_ACTION_BYTES = 64 * 1024
UP, RINGING = "6", "5"  # ChannelState
Fields = list[tuple[str, str]]


def packet(fields: Iterable[tuple[str, str]]) -> bytes:
    """One AMI packet. CR and LF cannot occur inside a value."""
    lines = (f"{key}: {value}".replace("\r", " ").replace("\n", " ") for key, value in fields)
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


class AmiServer:
    """One node's AMI port and everyone who is logged in there."""

    def __init__(self, node: str, exchange: Exchange, begun: TcpBegun, username: str, secret: str) -> None:
        self.node, self.exchange, self.begun = node, exchange, begun
        self.username, self.secret = username, secret
        self.started = time.localtime()
        self.port = 0  # the one really listened on, once started
        self.sessions: set[AmiSession] = set()
        self._listener: asyncio.Server | None = None

    async def start(self, host: str, port: int) -> None:
        """Listen. Raises OSError if the address is taken."""
        loop = asyncio.get_running_loop()
        self._listener = await loop.create_server(lambda: AmiSession(self), host, port)
        self.port = int(self._listener.sockets[0].getsockname()[1])

    async def close(self) -> None:
        if self._listener is not None:
            self._listener.close()
        for session in tuple(self.sessions):
            session.transport.abort()

    def tell(self, name: str, fields: Fields) -> None:
        """Send an event to everyone who is logged in."""
        if self.sessions:
            data = packet([("Event", name), ("Privilege", "call,all"), *fields])
            for session in self.sessions:
                session.transport.write(data)


class AmiSession(asyncio.Protocol):
    """One connection."""

    transport: asyncio.Transport

    def __init__(self, server: AmiServer) -> None:
        self.server = server
        self._rest = b""
        self._variables: list[str] = []  # of the action under way: the one header that repeats
        self._actions: dict[str, Callable[[dict[str, str]], None]] = {
            "ping": lambda asked: self._answer(asked, [("Ping", "Pong"), ("Timestamp", f"{time.time():.6f}")]),
            "corestatus": self._core_status,
            "coresettings": lambda asked: self._answer(
                asked, [("AMIversion", "11.0.0"), ("AsteriskVersion", "22.0.0 (simulated)")]
            ),
            "status": self._status,
            "coreshowchannels": self._channels,
            "controlplayback": self._control_playback,
            "hangup": self._hangup,
            "originate": self._originate,
            "getvar": self._getvar,
            "setvar": self._setvar,
        }

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)  # uvloop's is none by inheritance
        self.transport.write(BANNER)

    def connection_lost(self, exc: Exception | None) -> None:
        self.server.sessions.discard(self)

    def data_received(self, data: bytes) -> None:
        self._rest += data
        if len(self._rest) > MAX_ACTION_BYTES:
            self.transport.abort()
            return
        *actions, self._rest = self._rest.split(b"\r\n\r\n")
        for action in actions:
            lines = (line.partition(":") for line in action.decode("utf-8", "replace").split("\r\n"))
            pairs = [(key.strip().lower(), value.strip()) for key, _, value in lines if key.strip()]
            self._variables = [value for key, value in pairs if key == "variable"]
            self._act(dict(pairs))

    def _act(self, asked: dict[str, str]) -> None:
        name = asked.get("action", "").lower()
        if name == "login":
            self._login(asked)
        elif name == "logoff":
            self.transport.write(packet([("Response", "Goodbye"), ("Message", "Thanks for all the fish.")]))
            self.transport.close()
        elif self not in self.server.sessions:
            self._refuse(asked, "Permission denied")
        elif name in self._actions:
            self._actions[name](asked)
        else:
            self._refuse(asked, "Invalid/unknown command")

    def _answer(self, asked: dict[str, str], fields: Fields, response: str = "Success") -> None:
        ids = [("ActionID", asked["actionid"])] if "actionid" in asked else []
        self.transport.write(packet([("Response", response), *ids, *fields]))

    def _refuse(self, asked: dict[str, str], message: str) -> None:
        self._answer(asked, [("Message", message)], "Error")

    def _login(self, asked: dict[str, str]) -> None:
        server = self.server
        known = hmac.compare_digest(asked.get("secret", "").encode(), server.secret.encode())
        if asked.get("username") != server.username or not known:
            self._refuse(asked, "Authentication failed")
            self.transport.close()
            return
        self._answer(asked, [("Message", "Authentication accepted")])
        server.sessions.add(self)
        booted = [("Uptime", "1"), ("LastReload", "1"), ("Status", "Fully Booted")]
        self.transport.write(packet([("Event", "FullyBooted"), ("Privilege", "system,all"), *booted]))

    # --- actions ---------------------------------------------------------------------------------------------------

    def _core_status(self, asked: dict[str, str]) -> None:
        began = self.server.started
        self._answer(
            asked,
            [
                ("CoreStartupDate", time.strftime("%Y-%m-%d", began)),
                ("CoreStartupTime", time.strftime("%H:%M:%S", began)),
                ("CoreCurrentCalls", str(len(self._calls()))),
            ],
        )

    def _calls(self) -> list[Call]:
        return [call for call in self.server.exchange.calls.values() if call.node == self.server.node]

    def _legs(self) -> list[Leg]:
        return [leg for leg in self.server.exchange.legs.values() if leg.node == self.server.node]

    def _status(self, asked: dict[str, str]) -> None:
        variables = [name for name in asked.get("variables", "").split(",") if name]
        items = [("Status", [*channel, *_values(variables, values)]) for channel, values in self._all()]
        self._list(asked, items, "StatusComplete", "Channel status will follow")

    def _channels(self, asked: dict[str, str]) -> None:
        items = [("CoreShowChannel", channel) for channel, _ in self._all()]
        self._list(asked, items, "CoreShowChannelsComplete", "Channels will follow")

    def _all(self) -> list[tuple[Fields, Mapping[str, str]]]:
        """Every channel of this node with what both lists say of it, and its variables."""
        found: list[tuple[Fields, Mapping[str, str]]] = []
        for call in self._calls():
            talks = call.dial is not None and call.dial.answered is not None
            found.append((_channel(call.channel, call.uniqueid, call.uniqueid, call.place, talks), call.variables))
        for leg in self._legs():
            linked = leg.dial.call.uniqueid if leg.dial is not None else leg.uniqueid
            talks = leg.dial is not None and leg.dial.answered is leg
            found.append((_channel(leg.channel, leg.uniqueid, linked, "cti-agent", talks), {}))
        for channel, uniqueid, ticket in self.server.begun.ringing(self.server.node):
            rings = _channel(channel, uniqueid, uniqueid, "cti-inbound", talks=False, state=RINGING)
            found.append((rings, {"CTI_TICKET": ticket}))
        return found

    def _list(self, asked: dict[str, str], items: list[tuple[str, Fields]], end: str, message: str) -> None:
        ids = [("ActionID", asked["actionid"])] if "actionid" in asked else []
        self._answer(asked, [("EventList", "start"), ("Message", message)])
        for name, fields in items:
            self.transport.write(packet([("Event", name), *ids, *fields]))
        done = [("EventList", "Complete"), ("ListItems", str(len(items)))]
        self.transport.write(packet([("Event", end), *ids, *done]))

    def _find(self, asked: dict[str, str]) -> Call | None:
        name = asked.get("channel", "")
        return next((call for call in self._calls() if call.channel == name), None)

    def _control_playback(self, asked: dict[str, str]) -> None:
        call = self._find(asked)
        if call is None or asked.get("control") != "stop":
            self._refuse(asked, "No such channel")
            return
        self._answer(asked, [])
        self.server.exchange.stop_play(call)

    def _hangup(self, asked: dict[str, str]) -> None:
        if self.server.begun.hang_up(asked.get("channel", "")):
            self._answer(asked, [("Message", "Channel Hungup")])
            return
        names = {call.channel for call in self._calls()} | {leg.channel for leg in self._legs()}
        if asked.get("channel") not in names:
            self._refuse(asked, "No such channel")
            return
        self._answer(asked, [("Message", "Channel Hungup")])
        self.server.exchange.hang_up_channel(asked["channel"])

    def _originate(self, asked: dict[str, str]) -> None:
        refusal = refused(asked)
        if refusal:
            self._refuse(asked, refusal)
            return
        self._answer(asked, [("Message", "Originate successfully queued")])
        self.server.begun.originate(self.server.node, asked, self._variables)

    def _getvar(self, asked: dict[str, str]) -> None:
        call, name = self._find(asked), asked.get("variable", "")
        if call is None:
            self._refuse(asked, "No such channel")
        else:
            self._answer(asked, [("Variable", name), ("Value", call.variables.get(name, ""))])

    def _setvar(self, asked: dict[str, str]) -> None:
        call = self._find(asked)
        if call is None:
            self._refuse(asked, "No such channel")
        else:
            call.variables[asked.get("variable", "")] = asked.get("value", "")
            self._answer(asked, [("Message", "Variable Set")])


def _channel(channel: str, uniqueid: str, linkedid: str, context: str, talks: bool, state: str = UP) -> Fields:
    return [
        ("Channel", channel),
        ("ChannelState", state),
        ("ChannelStateDesc", "Up" if state == UP else "Ringing"),
        ("Uniqueid", uniqueid),
        ("Linkedid", linkedid),
        ("Context", context),
        ("BridgeID", f"bridge-{linkedid}" if talks else ""),
    ]


def _values(variables: list[str], values: Mapping[str, str]) -> Fields:
    return [("Variable", f"{name}={values.get(name, '')}") for name in variables]
