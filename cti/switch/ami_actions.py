"""Which answer belongs to which action? The table of actions under way on one AMI connection.

Must not know sockets, login or reconnecting. An entry lives until its answer, its deadline or the end of the
connection, whichever is first, and is never sent again.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from cti.switch.ami_codec import AmiEncodeError, Fields, Message, encode_action

_DIGIT: Final = re.compile(r"\d")


class AmiDisconnected(Exception):
    """There is no connection, or it ended before the answer came. Whether the action was done is unknown then."""


class AmiTimeout(Exception):
    """No answer within the time given. Whether the action was done is unknown."""


class AmiLoginRefused(Exception):
    """Asterisk does not accept the user, the secret or this address."""


class AmiRefused(Exception):
    """Asterisk answered `Response: Error`. `message` is its text (it may echo what was sent: not for the log)."""

    def __init__(self, action: str, message: str) -> None:
        super().__init__(f"Asterisk refused {action}" + ("" if _DIGIT.search(message) else f": {message}"))
        self.message = message


@dataclass(slots=True)
class AmiCounters:
    """What happened on one link since it started; plain numbers for the metrics."""

    event_errors: int = 0
    """Exceptions in on_event: each a bug of the reader, none costs the connection."""
    forged: int = 0
    """Events with a repeated key: somebody tries to write events through a caller's number."""
    timeouts: int = 0
    connects: int = 0
    login_refusals: int = 0


class _Pending:
    __slots__ = ("action", "future", "items", "until")

    def __init__(self, action: str, future: asyncio.Future[list[Message]], until: str | None) -> None:
        self.action = action
        self.future = future
        self.until = until
        self.items: list[Message] = []


class ActionTable:
    """The actions of one connection. `write` sends bytes; `token` makes ActionIDs that no other process has."""

    def __init__(self, write: Callable[[bytes], None], token: str, counters: AmiCounters) -> None:
        self._write = write
        self._token = token
        self._counters = counters
        self._pending: dict[str, _Pending] = {}
        self._number = 0
        self._closed: str | None = None
        self._loop = asyncio.get_running_loop()

    def __len__(self) -> int:
        return len(self._pending)

    def fire(self, fields: Fields) -> None:
        """Send now; nobody waits for the answer. Raises `AmiDisconnected`, `AmiEncodeError`."""
        _, data = self._encode(_pairs(fields), "f")
        self._send(data)

    def start(self, fields: Fields, *, until_event: str | None = None) -> asyncio.Future[list[Message]]:
        """Send now; the future gets [response, events with this ActionID ..., the `until_event`].

        Without `until_event` it is done with the response. It fails with `AmiRefused` or `AmiDisconnected`. Whoever
        waits sets the deadline; a cancelled future leaves the table. Raises as `fire`.
        """
        pairs = _pairs(fields)
        action_id, data = self._encode(pairs, "a")
        if action_id in self._pending:
            raise AmiEncodeError("an action with this ActionID is under way")
        future: asyncio.Future[list[Message]] = self._loop.create_future()
        self._send(data)
        self._pending[action_id] = _Pending(_name(pairs), future, until_event)
        future.add_done_callback(lambda _: self._pending.pop(action_id, None))
        return future

    async def finish(self, future: asyncio.Future[list[Message]], timeout_s: float) -> list[Message]:
        """Wait for a started action. Raises `AmiTimeout`, `AmiRefused`, `AmiDisconnected`."""
        deadline = self._loop.call_later(timeout_s, self._time_out, future)
        try:
            return await future
        finally:
            deadline.cancel()

    def answer(self, message: Message) -> bool:
        """Take a message that carries an ActionID; False if it is (also) for the reader of events."""
        action_id = message["ActionID"]
        event = message.get("Event")
        pending = self._pending.get(action_id)
        # It belongs to a call as much as to the action, and also reports what other AMI users originate.
        for_reader = event == "OriginateResponse" or (event is not None and not action_id.startswith(self._token))
        if pending is None:  # fired, or too late
            return not for_reader
        if event is None and message.get("Response") not in ("Success", "Goodbye", "Follows"):
            if not pending.future.done():
                pending.future.set_exception(AmiRefused(pending.action, message.get("Message", "")))
        else:
            pending.items.append(message)
            if event == pending.until and not pending.future.done():
                pending.future.set_result(pending.items)
        return not for_reader

    def close(self, reason: str) -> None:
        """The connection ended: everything under way fails now, nothing is kept."""
        self._closed = reason
        for pending in tuple(self._pending.values()):
            if not pending.future.done():
                pending.future.set_exception(AmiDisconnected(reason))
                # Nobody may be waiting: that is no error of its own.
                pending.future.exception()
        self._pending.clear()

    def _encode(self, pairs: list[tuple[str, str]], kind: str) -> tuple[str, bytes]:
        for key, value in pairs:
            if key.lower() == "actionid":
                return value, encode_action(pairs)
        self._number += 1
        action_id = f"{self._token}{kind}{self._number}"
        pairs.append(("ActionID", action_id))
        return action_id, encode_action(pairs)

    def _send(self, data: bytes) -> None:
        if self._closed is not None:
            raise AmiDisconnected(self._closed)
        self._write(data)

    def _time_out(self, future: asyncio.Future[list[Message]]) -> None:
        if not future.done():
            self._counters.timeouts += 1
            future.set_exception(AmiTimeout("no answer to an AMI action"))


def _pairs(fields: Fields) -> list[tuple[str, str]]:
    return list(fields.items() if isinstance(fields, Mapping) else fields)


def _name(pairs: list[tuple[str, str]]) -> str:
    return next((value for key, value in pairs if key.lower() == "action"), "an action")
