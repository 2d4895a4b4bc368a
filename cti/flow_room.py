"""What do flows need in a running engine? Their book, the calendar, lookups, a voice, and where callbacks are promised.

Puts the parts together for the switch (switch/flow_desk.py); which version of the flows holds is told from outside.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
from collections.abc import AsyncIterator

import msgspec
from sqlalchemy.exc import SQLAlchemyError

from cti.calendar.opening import Opening, OpenState
from cti.config import Settings
from cti.ivr import replies, verbs
from cti.lookup.client import Lookups
from cti.lookup.of_flows import answer
from cti.model.policy import Center
from cti.ports import Clock
from cti.store.callback_request import CallbackRequest, ConflictingRequest, decode_request, take_over
from cti.store.database import Store
from cti.switch.flow_desk import FlowDesk


class FlowRoom:
    """Everything around the flows of one engine. `async with` it; `desk` is what the switch takes."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        """Raises ConfigError where a lookup's secret is missing."""
        self._clock = clock
        self._store: Store | None = None
        self._hours: dict[str, Opening] = {}
        self.lookups = Lookups(settings.lookups)
        self.desk = FlowDesk(hours=self._state, ask=self._ask, take_callback=self._take_callback)
        self.follow(settings)

    @contextlib.asynccontextmanager
    async def open(self, store: Store) -> AsyncIterator[FlowRoom]:
        """Lookups can be asked, and promises kept, until the end."""
        self._store = store
        async with self.lookups:
            yield self

    def follow(self, policy: Center) -> None:
        """Another policy holds."""
        self._hours = {name: Opening(hours) for name, hours in policy.hours.items()}

    def _state(self, name: str, now: float) -> OpenState | None:
        opening = self._hours.get(name)
        return opening.state(now) if opening is not None else None

    async def _ask(self, verb: verbs.Lookup) -> replies.AnyReply:
        return await answer(self.lookups, verb)

    async def _take_callback(self, verb: verbs.TakeCallback, call: str) -> replies.AnyReply:
        """The promise is in the database before the caller hears that it is."""
        request = CallbackRequest(_name(verb), self._clock(), verb.number, verb.number, verb.queue, "", call)
        if decode_request(msgspec.json.encode(request)) is None:
            return replies.CallbackRefused("invalid_number")
        assert self._store is not None
        try:
            await asyncio.to_thread(take_over, self._store, request, self._clock())
        except ConflictingRequest:
            pass  # promised before an engine died, and asked again: the promise is from then
        except SQLAlchemyError:
            return replies.CallbackRefused("too_many")
        return replies.CallbackTaken()


def _name(verb: verbs.TakeCallback) -> str:
    """The same for the same promise, however often it is asked for; a call's name has signs that no request's may."""
    return "flow-" + hashlib.sha256(f"{verb.once} {verb.number}".encode()).hexdigest()[:32]
