"""One caller's AGI connection, one node's AMI, a desk and time, all in memory: what Asterisk says, the test says.

The session is the real one (its queue is half of every story); only the socket below it is missing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

from cti.model import events
from cti.model.changes import Refused
from cti.model.commands import PlaceCall
from cti.model.words import AttemptId, DialResult
from cti.switch.agi_session import AgiCounters, AgiSession
from cti.switch.ami import AmiDisconnected, AmiRefused, LinkChange, LinkState
from cti.switch.ami_codec import encode_action


async def settle() -> None:
    """Let everything run that waits for nothing."""
    for _ in range(8):
        await asyncio.sleep(0)


class Desk:
    """Writes down what is posted and asked; `refusal` is the answer to every request."""

    def __init__(self) -> None:
        self.events: list[events.AnyEvent] = []
        self.requests: list[events.AnyEvent] = []
        self.refusal: Refused | None = None

    def post(self, event: events.AnyEvent) -> None:
        self.events.append(event)

    def ask(self, event: events.AnyEvent) -> Refused | None:
        self.requests.append(event)
        return self.refusal

    def told(self) -> list[events.AnyEvent]:
        """What was posted since the last look."""
        told, self.events = self.events, []
        return told


class Log:
    """Stands for a module's `log`: what an operator would read."""

    def __init__(self) -> None:
        self.lines: list[tuple[str, str, dict[str, Any]]] = []

    def __getattr__(self, level: str) -> Callable[..., None]:
        return lambda text, **fields: self.lines.append((level, text, fields))

    def told(self, level: str) -> list[tuple[str, dict[str, Any]]]:
        """The lines of one level."""
        return [(text, fields) for at, text, fields in self.lines if at == level]


class Ledger:
    """ports.Ledger: `grants` is its answer; `held`, where given, is waited for first."""

    def __init__(self) -> None:
        self.grants: bool | Exception = True
        self.held: asyncio.Future[None] | None = None
        self.intended: list[str] = []
        self.gone_out: list[str] = []
        self.kept_back: list[tuple[str, DialResult]] = []

    async def intend(self, call: PlaceCall) -> bool:
        self.intended.append(call.attempt)
        if self.held is not None:
            await self.held
        if isinstance(self.grants, Exception):
            raise self.grants
        return self.grants

    def sent(self, attempt: AttemptId) -> None:
        self.gone_out.append(attempt)

    def not_sent(self, attempt: AttemptId, result: DialResult) -> None:
        self.kept_back.append((attempt, result))


# --- AGI --------------------------------------------------------------------------------------------------------------


class Doorkeeper:
    """agi_session.Door that lets everybody in."""

    def __init__(self) -> None:
        self.loop = asyncio.get_running_loop()
        self.counters = AgiCounters()
        self.may_speak = lambda: True

    def admit(self, session: AgiSession, transport: asyncio.Transport) -> None: ...

    def begin(self, session: AgiSession, transport: asyncio.Transport) -> str | None:
        return None

    def broken(self, transport: asyncio.Transport, why: str) -> None:
        transport.abort()

    def forget(self, session: AgiSession) -> None: ...


class Wire(asyncio.Transport):
    """Keeps the lines that are written."""

    def __init__(self, session: AgiSession) -> None:
        super().__init__()
        self.lines: list[str] = []
        self.closed = False
        self._session = session

    def write(self, data: bytes | bytearray | memoryview[Any]) -> None:
        if not self.closed:
            self.lines.append(bytes(data).decode().removesuffix("\n"))

    def is_closing(self) -> bool:
        return self.closed

    def close(self) -> None:
        if not self.closed:
            self.closed = True
            asyncio.get_running_loop().call_soon(self._session.connection_lost, None)

    def abort(self) -> None:
        self.close()


class Caller:
    """Asterisk's side of one AGI session."""

    def __init__(self, *args: str, uniqueid: str = "17.1", path: str = "/inbound/secret", number: str = "") -> None:
        self.session = AgiSession(Doorkeeper())
        self.wire = Wire(self.session)
        self.session.connection_made(self.wire)
        lines = [f"agi_request: agi://engine{path}", "agi_channel: PJSIP/trunk-00000001", f"agi_uniqueid: {uniqueid}"]
        lines += [f"agi_callerid: {number}", *(f"agi_arg_{place}: {arg}" for place, arg in enumerate(args, 1))]
        self.session.data_received(("\n".join(lines) + "\n\n").encode())

    @property
    def closed(self) -> bool:
        """Whether the engine has ended the session."""
        return self.wire.closed

    def heard(self) -> list[str]:
        """The commands that came since the last look."""
        lines, self.wire.lines = self.wire.lines, []
        return lines

    async def says(self, *lines: str) -> None:
        """Asterisk sends these lines in one segment."""
        self.session.data_received("".join(f"{line}\n" for line in lines).encode())
        await settle()

    async def answers(self, value: str | None = None) -> None:
        """The command under way is done; `value` is what a GET gives."""
        await self.says("200 result=0" if value is None else f"200 result=1 ({value})")

    async def answers_all(self) -> list[str]:
        """Answer until nothing more comes; every command that was heard."""
        heard = lines = self.heard()
        while lines:
            await self.answers()
            heard = heard + (lines := self.heard())
        return heard

    async def hangs_up(self) -> None:
        await self.says("HANGUP")

    async def breaks(self) -> None:
        """The connection ends without a word."""
        self.wire.close()
        await settle()


# --- AMI --------------------------------------------------------------------------------------------------------------


class Link:
    """An ami.AmiLink without Asterisk: `connected` decides whether actions go out."""

    def __init__(
        self, *, on_event: Callable[[Mapping[str, str]], None], on_state: Callable[[LinkChange], None]
    ) -> None:
        self.connected = True
        self.started = self.closed = False
        self.lists: list[asyncio.Future[list[dict[str, str]]]] = []
        self.questions: list[Mapping[str, str]] = []
        self._on_event, self._on_state = on_event, on_state
        self._fired: list[Mapping[str, str]] = []
        self._sent: list[dict[str, str]] = []
        self.answers: list[asyncio.Future[list[dict[str, str]]]] = []

    def fire(self, fields: Mapping[str, str]) -> None:
        if not self.connected:
            raise AmiDisconnected("not connected")
        self._fired.append(fields)

    def fired(self) -> list[Mapping[str, str]]:
        """The actions since the last look."""
        fired, self._fired = self._fired, []
        return fired

    def send(self, fields: Mapping[str, str] | list[tuple[str, str]]) -> asyncio.Future[list[dict[str, str]]]:
        if not self.connected:
            raise AmiDisconnected("not connected")
        encode_action(fields)
        pairs = list(fields.items() if isinstance(fields, Mapping) else fields)
        variables = {name: value for name, _, value in (v.partition("=") for k, v in pairs if k == "Variable")}
        self._sent.append({**{k: v for k, v in pairs if k != "Variable"}, **variables})
        self.answers.append(asyncio.get_running_loop().create_future())
        return self.answers[-1]

    def sent(self) -> list[dict[str, str]]:
        """The actions with an answer since the last look; their variables are keys like the rest."""
        sent, self._sent = self._sent, []
        return sent

    async def refuses(self) -> None:
        """The newest action with an answer is refused."""
        self.answers[-1].set_exception(AmiRefused("Originate", "Extension does not exist."))
        await settle()

    async def list_action(
        self, fields: Mapping[str, str], until_event: str, timeout_s: float = 10.0
    ) -> list[dict[str, str]]:
        self.questions.append({**fields, "until": until_event})
        self.lists.append(asyncio.get_running_loop().create_future())
        return await self.lists[-1]

    async def start(self) -> None:
        self.started = True

    async def close(self) -> None:
        self.closed = True

    def tells(self, name: str, **fields: str) -> None:
        """An event comes."""
        self._on_event({"Event": name, **fields})

    async def becomes(self, state: LinkState, reason: str = "") -> None:
        self.goes_at_once(state, reason)
        await settle()

    def goes_at_once(self, state: LinkState, reason: str = "") -> None:
        """Within what is being done: as when an action finds that Asterisk does not read."""
        self._on_state(LinkChange("a", state, reason))

    async def lists_channels(self, *channels: dict[str, str]) -> None:
        """The answer to the newest Status."""
        self.lists[-1].set_result(list(channels))
        await settle()


# --- time -------------------------------------------------------------------------------------------------------------


class Pauses:
    """Stands for the name `asyncio` in a module under test: its sleeps end when the test says so."""

    def __init__(self) -> None:
        self.asked_s: list[float] = []
        self._end: asyncio.Future[None] | None = None

    def __getattr__(self, name: str) -> Any:
        return getattr(asyncio, name)

    async def sleep(self, seconds: float) -> None:
        self.asked_s.append(seconds)
        if seconds > 0:
            self._end = asyncio.get_running_loop().create_future()
            await self._end

    async def end(self) -> None:
        """The pause under way is over."""
        assert self._end is not None
        self._end.set_result(None)
        await settle()
