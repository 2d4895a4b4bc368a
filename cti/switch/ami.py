"""Is this Asterisk node there, and what does it say? One AMI connection that comes back by itself.

The only module that imports panoramisk, which connects and logs in; framing, answers, deadlines and reconnecting are
ours, because its own lose, repeat or never end things (each trap is a test in tests/switch/test_ami_traps.py).
Must not know what events and actions mean, apart from FullyBooted and Ping.
"""

from __future__ import annotations

import asyncio
import contextlib
import enum
import logging
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import panoramisk
from panoramisk.ami_protocol import AMIProtocol
from panoramisk.message import Message as PanoramiskMessage

from cti.switch.ami_actions import (
    ActionTable,
    AmiCounters,
    AmiDisconnected,
    AmiLoginRefused,
    AmiRefused,
    AmiTimeout,
)
from cti.switch.ami_codec import AmiDecoder, AmiProtocolError, Fields, Message, encode_action
from cti.switch.seldom import Seldom

__all__ = [
    "AmiCounters",
    "AmiDisconnected",
    "AmiLink",
    "AmiLoginRefused",
    "AmiRefused",
    "AmiTimeout",
    "LinkChange",
    "LinkState",
]

# What we may owe a peer that does not read: far above any burst of ours.
MAX_UNSENT_BYTES: Final = 1 << 20

_log = logging.getLogger(__name__)
# panoramisk logs whole messages, and those hold numbers and names.
_quiet = logging.getLogger(f"{__name__}.panoramisk")
_quiet.addHandler(logging.NullHandler())
_quiet.propagate = False
_quiet.setLevel(logging.CRITICAL)


class LinkState(enum.Enum):
    """How a link stands. DOWN and LOGIN_REFUSED go on trying; CLOSED is for good."""

    DOWN = "down"
    UP = "up"
    LOGIN_REFUSED = "login_refused"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class LinkChange:
    """A link's new state, and in words why."""

    node: str
    state: LinkState
    reason: str


class _Wire(AMIProtocol):  # type: ignore[misc]
    """panoramisk's protocol with our codec and our table of actions. One per connection, never used again."""

    def __init__(self, link: AmiLink) -> None:
        self._link = link
        self._decoder = AmiDecoder()
        self.actions = ActionTable(self._write, link.token, link.counters)
        self.heard_at = link.clock()
        self.booted = asyncio.get_running_loop().create_future()
        self.ended: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)

    def data_received(self, data: bytes) -> None:
        self.heard_at = self._link.clock()
        try:
            messages = self._decoder.feed(data)
        except AmiProtocolError as error:
            self.end(str(error))
            return
        on_event, counters = self._link.on_event, self._link.counters
        live = self.booted.done()
        for message in messages:
            if ("ActionID" in message and self.actions.answer(message)) or "Event" not in message:
                continue
            if live:
                try:
                    on_event(message)
                except Exception as error:
                    counters.event_errors += 1
                    self._link.reader_failed(type(error).__name__)
            else:
                live = self._before_boot(message)
        counters.forged += self._decoder.forged
        self._decoder.forged = 0

    def send(self, data: Mapping[str, str], as_list: bool = False) -> asyncio.Future[Any]:
        """What panoramisk calls, for its Login only."""
        login: asyncio.Future[Any] = asyncio.get_running_loop().create_future()

        def answered(future: asyncio.Future[list[Message]]) -> None:
            if login.done() or future.cancelled():
                return
            error = future.exception()
            if isinstance(error, AmiRefused):
                login.set_result(PanoramiskMessage({"Response": "Error", "Message": error.message}))
            elif error is not None:
                login.set_exception(error)
            else:
                login.set_result(PanoramiskMessage(future.result()[0]))

        try:
            self.actions.start(data).add_done_callback(answered)
        except AmiDisconnected as error:
            login.set_exception(error)
        return login

    def connection_lost(self, exc: Exception | None) -> None:
        self.end(f"the connection was lost: {exc.strerror}" if isinstance(exc, OSError) else "Asterisk closed it")

    def close(self) -> None:
        """What panoramisk calls: nothing may be kept for a later connection, so nothing of its own close() runs."""
        self.end("closed")

    def end(self, reason: str) -> None:
        """Cut the connection at once; what was under way fails. The first reason counts."""
        if self.ended.done():
            return
        self.ended.set_result(reason)
        self.actions.close(reason)
        if getattr(self, "transport", None) is not None:
            self.transport.abort()
        self._link.wire_ended(self, reason)

    def _before_boot(self, message: Message) -> bool:
        if message["Event"] != "FullyBooted":
            return False
        self.booted.set_result(None)
        self._link.wire_booted(self)
        return True

    def _write(self, data: bytes) -> None:
        self.transport.write(data)
        if self.transport.get_write_buffer_size() > MAX_UNSENT_BYTES:
            self.end("Asterisk does not read")
            raise AmiDisconnected("Asterisk does not read")


class _OneLogin(panoramisk.Manager):  # type: ignore[misc]
    """panoramisk's manager for one connection and one login.

    It never dials again by itself, as nothing tells it that its connection failed or ended, and it does not ping.
    """

    def __init__(self, **config: Any) -> None:
        super().__init__(**config)
        self.answer: asyncio.Future[PanoramiskMessage] = self.loop.create_future()

    def connection_made(self, f: asyncio.Task[Any]) -> None:
        if not f.cancelled() and f.exception() is None:
            super().connection_made(f)

    def login(self, future: asyncio.Future[Any]) -> bool:
        error = None if future.cancelled() else future.exception()
        if future.cancelled() or error is not None:
            if not self.answer.done():
                self.answer.set_exception(error or AmiDisconnected("closed"))
                self.answer.exception()
            return False
        welcome = bool(super().login(future))
        self.pinger.cancel()
        if not self.answer.done():
            self.answer.set_result(future.result())
        return welcome

    def ping(self) -> None:
        """Ours has a deadline (AmiLink._watch)."""


class AmiLink:
    """One node's AMI: events in order to `on_event`, states to `on_state`, actions with deadlines.

    Both callbacks are plain, run in the loop and must not block; an exception in one is counted and costs nothing
    else. After `LinkState.UP` every event of the connection reaches `on_event`, none before it. All times in seconds.
    """

    def __init__(
        self,
        node: str,
        host: str,
        port: int,
        username: str,
        secret: str,
        *,
        on_event: Callable[[Mapping[str, str]], None],
        on_state: Callable[[LinkChange], None] = lambda change: None,
        clock: Callable[[], float] | None = None,
        ping_interval_s: float = 2.0,
        ping_deadline_s: float = 3.0,
        connect_timeout_s: float = 5.0,
        boot_timeout_s: float = 60.0,
        backoff_first_s: float = 0.2,
        backoff_max_s: float = 5.0,
        login_retry_s: float = 30.0,
    ) -> None:
        # A line end in the configuration is refused here, and not at three in the morning.
        encode_action({"Username": username, "Secret": secret})
        self.node = node
        self.on_event = on_event
        self.clock: Callable[[], float] = clock or (lambda: asyncio.get_running_loop().time())
        self.counters = AmiCounters()
        self._seldom = Seldom(self.clock)
        self.token = f"cti-{os.urandom(5).hex()}-"
        self.state = LinkState.DOWN
        self.reason = "not connected yet"
        self.may_speak: Callable[[], bool] = lambda: True
        """False: no action of ours goes out, as if the node were not connected."""
        self.ping_rtt_s: float | None = None
        """How long Asterisk took for the last Ping."""
        self._config = {"host": host, "port": port, "username": username, "secret": secret}
        self._on_state = on_state
        self._ping_interval_s, self._ping_deadline_s = ping_interval_s, ping_deadline_s
        self._connect_timeout_s, self._boot_timeout_s = connect_timeout_s, boot_timeout_s
        self._backoff_first_s, self._backoff_max_s = backoff_first_s, backoff_max_s
        self._login_retry_s = login_retry_s
        self._live: _Wire | None = None
        self._task: asyncio.Task[None] | None = None
        self._changed = asyncio.Event()

    async def start(self) -> None:
        """Begin to connect, and return at once; `on_state` tells the rest."""
        if self._task is None and self.state is not LinkState.CLOSED:
            self._task = asyncio.get_running_loop().create_task(self._run(), name=f"ami-{self.node}")

    async def close(self) -> None:
        """Log off and end for good."""
        if self._live is not None:
            with contextlib.suppress(AmiDisconnected):
                self._live.actions.fire({"Action": "Logoff"})
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])
        self._set_state(LinkState.CLOSED, "closed by us")

    @property
    def up(self) -> bool:
        """Logged in and fully booted."""
        return self._live is not None

    async def wait_up(self, timeout_s: float) -> None:
        """Wait until the link is up. Raises `AmiLoginRefused` as soon as that is known, `AmiDisconnected` when the link
        was closed, else `AmiTimeout`.
        """
        try:
            async with asyncio.timeout(timeout_s):
                while not self.up:
                    if self.state is LinkState.LOGIN_REFUSED:
                        raise AmiLoginRefused(self.reason)
                    if self.state is LinkState.CLOSED:
                        raise AmiDisconnected(self.reason)
                    self._changed.clear()
                    await self._changed.wait()
        except TimeoutError:
            raise AmiTimeout(f"node {self.node} is not up: {self.reason}") from None

    def fire(self, fields: Fields) -> None:
        """Write an action now; nobody waits for its answer. Raises `AmiDisconnected`, `AmiEncodeError`."""
        self._table().fire(fields)

    def send(self, fields: Fields) -> asyncio.Future[list[Message]]:
        """Write an action now; the future gets its response, or AmiRefused, or AmiDisconnected. Raises as `fire`.

        For what must not wait, and must know whether it was written at all: an exception here says that it was not.
        """
        return self._table().start(fields)

    async def action(self, fields: Fields, timeout_s: float = 5.0) -> Message:
        """Send an action, give its response. Raises `AmiRefused`, `AmiTimeout`, `AmiDisconnected`, `AmiEncodeError`.

        It is sent once: after a timeout or a lost connection nobody knows whether it was done, so ask (snapshot).
        """
        table = self._table()
        return (await table.finish(table.start(fields), timeout_s))[0]

    async def list_action(self, fields: Fields, until_event: str, timeout_s: float = 10.0) -> list[Message]:
        """Send an action that answers with a list, such as CoreShowChannels; give its items without `until_event`.

        The items do not reach `on_event`. Raises as `action`.
        """
        table = self._table()
        return (await table.finish(table.start(fields, until_event=until_event), timeout_s))[1:-1]

    # What the wire calls.

    def wire_booted(self, wire: _Wire) -> None:
        """Everything may be used from here on."""
        self._live = wire
        self.counters.connects += 1
        self._set_state(LinkState.UP, "logged in, fully booted")

    def wire_ended(self, wire: _Wire, reason: str) -> None:
        """The connection is gone."""
        if self._live is wire:
            self._live = None
            self._set_state(LinkState.DOWN, reason)

    def reader_failed(self, kind: str) -> None:
        """Whoever hears events has failed at one: told now and then, since the peer decides how many come."""
        more = self._seldom.words(kind)
        if more is not None:
            _log.error("node %s: the reader of events failed: %s%s", self.node, kind, more)

    # Inside.

    def _table(self) -> ActionTable:
        if self._live is None:
            raise AmiDisconnected(f"node {self.node} is not connected: {self.reason}")
        if not self.may_speak():
            raise AmiDisconnected("another engine owns the centre")
        return self._live.actions

    def _set_state(self, state: LinkState, reason: str) -> None:
        changed = state is not self.state or reason != self.reason
        self.state, self.reason = state, reason
        self._changed.set()
        if not changed:
            return
        try:
            self._on_state(LinkChange(self.node, state, reason))
        except Exception as error:
            self.counters.event_errors += 1
            _log.error("node %s: the reader of states failed: %s", self.node, type(error).__name__)

    async def _run(self) -> None:
        backoff_s = self._backoff_first_s
        while True:
            connects = self.counters.connects
            pause_s = backoff_s
            try:
                reason = await self._one_connection()
                self._set_state(LinkState.DOWN, reason)
            except AmiLoginRefused as refusal:
                self.counters.login_refusals += 1
                self._set_state(LinkState.LOGIN_REFUSED, str(refusal))
                pause_s = self._login_retry_s
            except Exception as error:  # a host's name that none can be (UnicodeError), or a bug: it must come back
                self._set_state(LinkState.DOWN, f"the connection broke off: {type(error).__name__}")
            if self.counters.connects > connects:
                pause_s = backoff_s = self._backoff_first_s
            else:
                backoff_s = min(self._backoff_max_s, backoff_s * 2)
            await asyncio.sleep(pause_s)

    async def _one_connection(self) -> str:
        """Dial, log in, stay; give the reason of the end."""
        wire = _Wire(self)
        manager = _OneLogin(
            **self._config,
            protocol_factory=lambda: wire,
            # Nothing is ever sent again. (Its table stays empty as well: see _Wire.send and close.)
            forgetable_actions=_Everything(),
            loop=asyncio.get_running_loop(),
            log=_quiet,
        )
        try:
            try:
                async with asyncio.timeout(self._connect_timeout_s):
                    await manager.connect()
                    answer = await manager.answer
            except TimeoutError:
                return "no connection, or no answer to the login, in time"
            except (OSError, AmiDisconnected) as error:
                return f"no connection: {getattr(error, 'strerror', None) or error}"
            if not answer.success:
                raise AmiLoginRefused(f"login refused: {answer.message or 'no reason given'}; check manager.conf")
            return await self._watch(wire)
        finally:
            manager.close()
            wire.end("closed by us")

    async def _watch(self, wire: _Wire) -> str:
        ended = wire.ended
        await asyncio.wait({ended, wire.booted}, timeout=self._boot_timeout_s, return_when=asyncio.FIRST_COMPLETED)
        if not wire.booted.done() and not ended.done():
            wire.end("logged in, but no FullyBooted: does the manager user have read = system?")
        while not ended.done():
            await asyncio.wait({ended}, timeout=self._ping_interval_s)
            if not ended.done():
                await self._ping(wire)
        return ended.result()

    async def _ping(self, wire: _Wire) -> None:
        sent_at = self.clock()
        try:
            pong = wire.actions.start({"Action": "Ping"})
        except AmiDisconnected:
            return
        await asyncio.wait({pong}, timeout=self._ping_deadline_s)
        if pong.done():
            self.ping_rtt_s = self.clock() - sent_at
            return
        pong.cancel()
        # Half-open TCP says nothing at all; a busy Asterisk that still sends events is alive.
        if wire.heard_at < sent_at:
            wire.end("no answer to Ping in time")


class _Everything:
    """A set that contains every name of an action."""

    def __contains__(self, name: object) -> bool:
        return True
