"""What can one do with one call's AGI connection? Commands in order, their answers, the news that it is gone.

Must not know flows, queues or agents, nor who may connect (fastagi decides that).
"""

from __future__ import annotations

import asyncio
import enum
import logging
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Protocol, cast

from cti.switch.agi_codec import AgiDecoder, AgiProtocolError, Environment, Hangup, Reply, encode_command

MAX_QUEUED_COMMANDS: Final = 64
MAX_HANGUPS: Final = 16
MAX_PROVISIONAL: Final = 1000
ANSWER_S: Final = 30.0  # for the answer to any command; what is longer is a wedged thread of Asterisk
PROMPT_S: Final = 900.0  # for `STREAM FILE`: the longest sound

_log = logging.getLogger(__name__)


class AgiTimeout(Exception):
    """No answer within the time given. The answer, when it comes, is swallowed; the session stays in step."""


class AgiConnectionLost(Exception):
    """The connection is gone, or this side closed it. The caller may still be in the dialplan."""


class AgiBusy(Exception):
    """More commands are queued for one session than any flow can mean."""


class Gone(enum.Enum):
    """Why nobody is at the other end any more."""

    HANGUP = "hangup"
    """Asterisk said so: the caller hung up. Commands that work on a dead channel are still answered."""
    CONNECTION_LOST = "connection_lost"
    """The socket closed first: Asterisk died, the AGI was left (a transfer), or this side closed it."""


@dataclass(slots=True)
class AgiCounters:
    """What happened at the server's door since it started; plain numbers for the metrics."""

    sessions: int = 0
    refused_peer: int = 0
    refused_full: int = 0
    refused_path: int = 0
    gone_early: int = 0  # closed by the other side before its session began
    env_timeouts: int = 0
    protocol_errors: int = 0
    session_errors: int = 0
    command_timeouts: int = 0


class Door(Protocol):
    """The server, as one session sees it."""

    loop: asyncio.AbstractEventLoop
    counters: AgiCounters
    may_speak: Callable[[], bool]  # whether anything may be sent to a caller's channel now

    def admit(self, session: AgiSession, transport: asyncio.Transport) -> None:
        """Judge a fresh connection; close it, or let it speak for a limited time."""

    def begin(self, session: AgiSession, transport: asyncio.Transport) -> str | None:
        """The environment is complete: start the session, or say why not."""

    def broken(self, transport: asyncio.Transport, why: str) -> None:
        """What a peer has sent is no AGI; close its connection."""

    def forget(self, session: AgiSession) -> None:
        """The connection ended."""


class AgiSession(asyncio.Protocol):
    """One call in our hands: its environment, and commands in strict order (first in, first out).

    Asterisk reads commands through stdio but polls the socket: of two commands in one segment the second would wait for
    ever (res/res_agi.c run_agi), so exactly one is under way at a time.
    """

    __slots__ = (
        "_deadline",
        "_decoder",
        "_gone_callbacks",
        "_hangups",
        "_inflight",
        "_late_callback",
        "_provisional",
        "_queue",
        "_server",
        "_transport",
        "args",
        "env",
        "gone",
        "lost",
        "path",
        "refusal",
    )

    def __init__(self, server: Door) -> None:
        self._server = server
        self._decoder = AgiDecoder()
        self._transport: asyncio.Transport | None = None
        self._inflight: asyncio.Future[Reply] | None = None
        self._queue: deque[tuple[bytes, asyncio.Future[Reply], float | None]] | None = None
        self._deadline: asyncio.TimerHandle | None = None
        self._late_callback: Callable[[], None] | None = None
        self._gone_callbacks: list[Callable[[Gone], None]] | None = None
        self._hangups = 0
        self._provisional = 0
        self.env: dict[str, str] = {}
        """The `agi_*` headers. Holds personal data (`agi_callerid` ...)."""
        self.args: tuple[str, ...] = ()
        """The arguments of the dialplan's `AGI()` after the address."""
        self.path = ""
        """Path and query of the address, such as `/inbound?t=...`, with the leading slash."""
        self.gone: Gone | None = None
        """None while the caller is there."""
        self.refusal: str | None = None
        """Why the door sends the caller away, once his environment is heard."""
        self.lost = False
        """True once no command can be sent any more."""

    @property
    def channel(self) -> str:
        """The caller's channel name, such as `PJSIP/trunk-00000001`."""
        return self.env.get("agi_channel", "")

    @property
    def uniqueid(self) -> str:
        """The caller's Uniqueid. Claimed by the peer: compare it with what AMI says."""
        return self.env.get("agi_uniqueid", "")

    def on_gone(self, callback: Callable[[Gone], None]) -> None:
        """Call back once when the caller or the connection is gone; at once if that is so already. Must not block."""
        if self.gone is not None:
            callback(self.gone)
        else:
            self._gone_callbacks = [*(self._gone_callbacks or ()), callback]

    def on_late(self, callback: Callable[[], None]) -> None:
        """No command fails any more for want of an answer in time: `callback` is told, and decides. Must not block."""
        self._late_callback = callback

    def submit(self, *words: str, timeout_s: float | None = None) -> asyncio.Future[Reply]:
        """Send a command, written before this returns if none is under way; the future gets its Reply.

        `timeout_s` counts from when it is written: what queues behind a long sound is not late. None: only where
        Asterisk itself bounds the time (`EXEC Dial`). For words see `agi_codec.encode_command`. Raises
        `AgiEncodeError`, `AgiConnectionLost`, `AgiBusy`; the future fails with `AgiConnectionLost`, and with
        `AgiTimeout` where nobody listens to `on_late`. Cancelling it keeps the session in step.
        """
        data = encode_command(*words)
        if self.lost or self._transport is None:
            raise AgiConnectionLost("the AGI connection is closed")
        future: asyncio.Future[Reply] = self._server.loop.create_future()
        if self._inflight is None:
            self._write(data, future, timeout_s)
        else:
            if self._queue is None:
                self._queue = deque()
            if len(self._queue) >= MAX_QUEUED_COMMANDS:
                raise AgiBusy(f"{MAX_QUEUED_COMMANDS} commands are queued")
            self._queue.append((data, future, timeout_s))
        return future

    def withdraw(self, command: asyncio.Future[Reply]) -> None:
        """Take back a command that `submit` has queued; one that is under way stays as it is."""
        if command is not self._inflight:
            command.cancel()

    async def command(self, *words: str, timeout_s: float | None) -> Reply:
        """Send a command and wait for its Reply, whatever its code: look at `ok`, `dead` and `gone`.

        `timeout_s`: as for `submit`. Raises `AgiTimeout` and what `submit` raises.
        """
        return await self.submit(*words, timeout_s=timeout_s)

    def close(self) -> None:
        """End the AGI: the dialplan goes on. What is queued fails with `AgiConnectionLost`."""
        if self._transport is not None and not self._transport.is_closing():
            self._transport.close()

    # What asyncio calls.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._server.admit(self, self._transport)

    def data_received(self, data: bytes) -> None:
        if self._transport is None or self._transport.is_closing():
            return
        try:
            answered: list[Reply] = []
            for message in self._decoder.feed(data):
                if isinstance(message, Reply):
                    if message.code >= 200:
                        answered.append(message)
                    else:
                        self._count_provisional()
                elif isinstance(message, Hangup):
                    self._hangup()
                else:
                    self._begin(message)
            if answered:
                self._answer(answered)
        except AgiProtocolError as error:
            self._server.broken(self._transport, str(error))

    def connection_lost(self, exc: Exception | None) -> None:
        self.lost = True
        self._server.forget(self)
        self._end_deadline()
        waiting = [self._inflight, *[future for _, future, _ in self._queue or ()]]
        self._inflight, self._queue = None, None
        for future in waiting:
            if future is not None and not future.done():
                future.set_exception(AgiConnectionLost("the AGI connection was lost"))
                # Nobody may be waiting: that is no error of its own.
                future.exception()
        self._set_gone(Gone.CONNECTION_LOST)
        self._late_callback = None  # whoever listened holds us: without the circle both are gone at once

    def _begin(self, env: Environment) -> None:
        self.env, self.args = env.values, env.args
        self.path = env.path
        assert self._transport is not None
        if self.refusal is None:
            self.refusal = self._server.begin(self, self._transport)
        if self.refusal is not None:
            self._transport.write(encode_command("VERBOSE", f"FastAGI refused: {self.refusal}", "1"))
            self._transport.close()

    def _write(self, data: bytes, future: asyncio.Future[Reply], timeout_s: float | None) -> None:
        assert self._transport is not None
        self._inflight = future
        if not self._server.may_speak():  # another engine owns the centre: the caller goes there
            self._transport.abort()
            return
        self._transport.write(data)
        if timeout_s is not None:
            self._deadline = self._server.loop.call_later(timeout_s, self._too_late, future)

    def _answer(self, replies: list[Reply]) -> None:
        future, self._inflight = self._inflight, None
        # An answer nobody asked for would shift all later ones; it can only come from a value that contains a line end.
        if future is None or len(replies) > 1:
            self._inflight = future
            raise AgiProtocolError("an answer without a command")
        self._end_deadline()
        if not future.done():
            future.set_result(replies[0])
        while self._queue and self._inflight is None:
            data, queued, timeout_s = self._queue.popleft()
            if not queued.done():
                self._write(data, queued, timeout_s)

    def _too_late(self, future: asyncio.Future[Reply]) -> None:
        self._server.counters.command_timeouts += 1
        if self._late_callback is not None:
            self._late_callback()
        elif not future.done():
            future.set_exception(AgiTimeout("no answer to an AGI command"))

    def _end_deadline(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _hangup(self) -> None:
        self._hangups += 1
        if self._hangups > MAX_HANGUPS:
            raise AgiProtocolError("a flood of HANGUP")
        self._set_gone(Gone.HANGUP)

    def _count_provisional(self) -> None:
        self._provisional += 1
        if self._provisional > MAX_PROVISIONAL:
            raise AgiProtocolError("a flood of provisional answers")

    def _set_gone(self, gone: Gone) -> None:
        if self.gone is not None:
            return
        self.gone = gone
        callbacks, self._gone_callbacks = self._gone_callbacks, None
        for callback in callbacks or ():
            try:
                callback(gone)
            except Exception as error:
                self._server.counters.session_errors += 1
                _log.error("an on_gone callback failed: %s", type(error).__name__)
