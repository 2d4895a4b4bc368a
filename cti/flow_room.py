"""What do flows need in a running engine? Their book, the calendar, lookups, a voice, and where callbacks are promised.

Puts the parts together for the switch (switch/flow_desk.py); which version of the flows holds is told from outside.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
from collections.abc import AsyncIterator, Collection, Iterator

import msgspec
from sqlalchemy.exc import SQLAlchemyError

from cti import flow_files
from cti.calendar.opening import Opening, OpenState
from cti.config import Settings
from cti.ivr import replies, verbs
from cti.ivr.book import FlowBook
from cti.ivr.known import Known
from cti.lookup.client import Lookups
from cti.lookup.of_flows import answer
from cti.model.errors import ConfigError
from cti.model.policy import Center
from cti.ports import Clock
from cti.store.callback_request import CallbackRequest, ConflictingRequest, decode_request, take_over
from cti.store.database import Store
from cti.switch.flow_desk import FlowDesk


def known_names(settings: Settings) -> Known:
    """Return the names that flows may use of this centre."""
    skills = {skill for agent in settings.agents.values() for skill in agent.skills}
    transfers = settings.flows.transfers if settings.flows is not None else {}
    return Known(
        settings.queues.keys(),
        settings.agents.keys(),
        skills,
        settings.hours.keys(),
        settings.lookups.keys(),
        transfers,
    )


def read_flows(settings: Settings) -> FlowBook:
    """Return the flows of the configuration, checked against it. Raises ConfigError with every problem."""
    if settings.flows is None:
        missing = [number for number, entry in settings.entries.items() if entry.flow is not None]
        if missing:
            what = f"entries.{missing[0]}.flow: there are no flows; name their folder"
            raise ConfigError([what + ", such as flows: {folder: flows}"])
        return FlowBook({})
    found = flow_files.read(settings.flows.folder, known_names(settings))
    errors = found.errors or list(_entries_without_a_flow(settings, found.flows))
    if errors:
        raise ConfigError(errors)
    return FlowBook(found.flows)


def _entries_without_a_flow(settings: Settings, flows: Collection[str]) -> Iterator[str]:
    for number, entry in settings.entries.items():
        if entry.flow is not None and entry.flow not in flows:
            yield f"entries.{number}.flow: there is no flow {entry.flow}; there are: {', '.join(sorted(flows))}"


class FlowRoom:
    """Everything around the flows of one engine. `async with` it; `desk` is what the switch takes."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        """Raises ConfigError where a lookup's secret is missing."""
        rules = settings.flows
        self._clock = clock
        self._store: Store | None = None
        self._hours: dict[str, Opening] = {}
        self._lookups = Lookups(settings.lookups)
        self.desk = FlowDesk(hours=self._state, ask=self._ask, take_callback=self._take_callback)
        if rules is not None:
            self.desk.transfers, self.desk.recordings = rules.transfers, rules.recordings
        self.follow(settings)

    @contextlib.asynccontextmanager
    async def open(self, store: Store) -> AsyncIterator[FlowRoom]:
        """Lookups can be asked, and promises kept, until the end."""
        self._store = store
        async with self._lookups:
            yield self

    def follow(self, policy: Center) -> None:
        """Another policy holds."""
        self._hours = {name: Opening(hours) for name, hours in policy.hours.items()}

    def _state(self, name: str, now: float) -> OpenState | None:
        opening = self._hours.get(name)
        return opening.state(now) if opening is not None else None

    async def _ask(self, verb: verbs.Lookup) -> replies.AnyReply:
        return await answer(self._lookups, verb)

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
