"""What do flows need in a running engine? Their book, the calendar, lookups, a voice, and where callbacks are promised.

Puts the parts together for the switch (switch/flow_desk.py); which version of the flows holds is told from outside.
"""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Callable

from cti.calendar.opening import Opening, OpenState
from cti.config.settings import Settings
from cti.flows.memory import FlowMemory
from cti.flows.voice import FlowVoice
from cti.ivr import replies, verbs
from cti.lookup.client import Lookups
from cti.lookup.of_flows import answer
from cti.model.policy import Center
from cti.model.promise import Asker
from cti.model.words import CallId
from cti.ports import Clock
from cti.store.database import Store
from cti.switch.flow_desk import FlowDesk


class FlowRoom:
    """Everything around the flows of one engine. `async with` it; `desk` is what the switch takes."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        """Raises ConfigError where a lookup's secret is missing."""
        self._clock = clock
        self.memory: FlowMemory | None = None
        self.promised: Callable[[], None] = lambda: None  # to be told of callbacks that were asked for
        self.may_call: Callable[[str], bool] = lambda number: True  # whether a number is one that can be called back
        self.asker: Callable[[CallId], Asker | None] = lambda call: None  # what a caller has who asks for that
        self._hours: dict[str, Opening] = {}
        self.lookups = Lookups(settings.lookups)
        self.voice = FlowVoice()
        self._rules = settings.flows
        self.desk = FlowDesk(hours=self._state, ask=self._ask)
        self.follow(settings)

    @contextlib.asynccontextmanager
    async def open(self, store: Store) -> AsyncIterator[FlowRoom]:
        """Lookups can be asked, texts spoken, and promises kept, until the end. Raises PolicyError."""
        memory = self.memory = FlowMemory(store, self._clock, self.promised, self.may_call, self.asker)
        self.desk.take_callback, self.desk.take_message = memory.take_callback, memory.take_message
        self.desk.may_survey, self.desk.drop_callback = memory.may_survey, memory.drop_callback
        async with self.lookups, self.voice.open(self._rules) as voice:
            self.desk.speak = voice.speak
            yield self

    @property
    def errors(self) -> int:
        """What the store could not keep, or tell, in time."""
        return self.memory.errors if self.memory is not None else 0

    def follow(self, policy: Center) -> None:
        """Another policy holds."""
        self._hours = {name: Opening(hours) for name, hours in policy.hours.items()}

    def _state(self, name: str, now: float) -> OpenState | None:
        opening = self._hours.get(name)
        return opening.state(now) if opening is not None else None

    async def _ask(self, verb: verbs.Lookup) -> replies.AnyReply:
        return await answer(self.lookups, verb)
