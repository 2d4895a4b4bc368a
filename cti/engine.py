"""How do events get into the core and its outputs out, one at a time? The one loop, without a loop of its own.

Adapters post from the asyncio loop; an event is handled to the end, and all its outputs are taken, before the next.
Commands go out before readers are told: what counts is how soon a phone rings. Knows ports and the centre only.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Iterable, Sequence

import structlog

from cti.center import ContactCenter
from cti.clocks import SteadyClock
from cti.journal import Journal
from cti.model.books import AnyBookOrder, BookOrder
from cti.model.changes import Changed, Kind, Refused
from cti.model.commands import AnyCommand, Ring
from cti.model.desk import DeskNow
from cti.model.events import AnyEvent, ClockApart, NodeUp, TimePassed
from cti.model.explanation import AgentNow, ContactNow
from cti.model.lead import CampaignNow, PreviewNow
from cti.model.words import AgentId, CallId, ContactId, RefusedReason
from cti.ports import Clock, Reader, Switch

log = structlog.get_logger(__name__)

APART_TOLD_S = 1.0  # the core is told again once engine's and machine's clock are so much further apart, or closer


def rings_first(asked: list[AnyCommand]) -> list[AnyCommand]:
    """The same commands, but a Ring goes before other calls' good-byes: a phone that is free waits for nothing.

    Of one call the order stays.
    """
    if len(asked) < 2:
        return asked
    earlier: set[CallId] = set()
    rings: list[AnyCommand] = []
    rest: list[AnyCommand] = []
    for command in asked:
        call = getattr(command, "call", None)
        if isinstance(command, Ring) and call not in earlier:
            rings.append(command)
        else:
            rest.append(command)
            if call is not None:
                earlier.add(call)
    return rings + rest


class Engine:
    """The desk of ports.Desk: posts events to the centre, its commands to the switch, its changes to the readers."""

    def __init__(
        self,
        center: ContactCenter,
        switch: Switch,
        readers: Sequence[Reader] = (),
        *,
        clock: Clock | None = None,
        journal: Journal | None = None,
        books: Callable[[AnyBookOrder], None] = lambda order: None,
    ) -> None:
        self.center = center
        self.clock: Clock = clock or SteadyClock()
        self.reader_errors = 0
        self.switch_errors = 0
        self.core_errors = 0  # bugs that the core could not contain
        self.events = 0
        self.after_stop = 0  # events and requests that came too late to be handled
        self._switch = switch
        self._readers_of = {kind: [each for each in readers if kind in getattr(each, "kinds", Kind)] for kind in Kind}
        self._journal = journal
        self._books = books  # returns at once, never raises
        self._inbox: deque[AnyEvent] = deque()
        self._busy = self._stopped = False
        self._timer: asyncio.TimerHandle | None = None
        self._timer_at: float | None = None
        self._apart_s = 0.0  # as the core knows it
        self._handled_at = self.clock()

    def post(self, event: AnyEvent) -> None:
        """Hand over a fact: handled before this returns, or right after the event that is being handled now."""
        if self._stopped:
            self.after_stop += 1
            return
        self._inbox.append(event)
        if not self._busy:
            self._drain()

    def ask(self, event: AnyEvent) -> Refused | None:
        """Hand over a person's request; the refusal, or None. Not to be called by a reader or the switch's execute."""
        assert not self._busy, "a reader must not ask"
        if self._stopped:
            self.after_stop += 1
            return Refused(RefusedReason.NOT_NOW, "this engine has stopped")
        self._busy = True
        try:
            return self._handle(event)
        finally:
            self._drain()

    def tell(self, facts: Iterable[Changed]) -> None:
        """Let every reader know facts that no event tells: of contacts that an earlier engine has left open.

        Not to be called by a reader.
        """
        assert not self._busy, "a reader must not tell"
        self._tell(facts)

    def explain_contact(self, contact: ContactId) -> ContactNow | None:
        """See ports.Explainer: answered between two events."""
        return self.center.explain_contact(contact, self.clock())

    def explain_agent(self, agent: AgentId) -> AgentNow | None:
        """See ports.Explainer: answered between two events."""
        return self.center.explain_agent(agent, self.clock())

    def preview_of(self, agent: AgentId) -> PreviewNow | None:
        """Whom an agent previews, between two events; None: nobody."""
        return self.center.preview_of(agent)

    def desk_of(self, agent: AgentId) -> DeskNow | None:
        """What an agent has before him, between two events; None where there is no such agent."""
        return self.center.desk_of(agent)

    def campaigns(self) -> list[CampaignNow]:
        """How campaigns stand, between two events."""
        return self.center.campaigns_now(self.clock())

    def stop(self) -> None:
        """No more deadlines, and no more events: whoever would be told of them has gone, or goes."""
        self._stopped = True
        if self._timer is not None:
            self._timer.cancel()
        self._timer = None

    def _drain(self) -> None:
        """Handle what waits. An event that breaks the core keeps none behind it waiting; its bug is raised then."""
        self._busy = True
        bug: Exception | None = None
        try:
            while self._inbox:
                try:
                    self._handle(self._inbox.popleft())
                except Exception as error:
                    bug = bug or error
        finally:
            self._busy = False
            self._set_timer()
        if bug is not None:
            raise bug

    def _handle(self, event: AnyEvent) -> Refused | None:
        now = self._now(self.clock, event) if isinstance(self.clock, SteadyClock) else self.clock()
        return self._handle_at(now, event)

    def _handle_at(self, now: float, event: AnyEvent) -> Refused | None:
        self._handled_at = now
        self.events += 1
        if self._journal is not None:
            self._journal.append(now, event)
        changes: list[Changed] = []
        asked: list[AnyCommand] = []
        refused: Refused | None = None
        bug: Exception | None = None
        try:
            outputs = self.center.handle(now, event)
        except Exception as error:  # what it has decided goes out all the same: it believes it done
            self.core_errors += 1
            log.error("the core failed", of=type(event).__name__, error=type(error).__name__)
            bug, outputs = error, self.center.decided
        for output in outputs:
            if isinstance(output, Changed):
                changes.append(output)
            elif isinstance(output, Refused):
                refused = output
            elif isinstance(output, BookOrder):
                self._books(output)
            else:
                asked.append(output)
        for command in rings_first(asked):
            try:
                self._switch.execute(command)
            except Exception as error:  # the port promises not to raise; if it does, one command is lost, not us
                self.switch_errors += 1
                log.error("switch failed", command=type(command).__name__, error=type(error).__name__)
        self._tell(changes)
        if bug is not None:
            raise bug
        return refused

    def _now(self, clock: SteadyClock, event: AnyEvent) -> float:
        """What callers bring along says how late it is. A clock that is wrong the core knows before anything is due."""
        if isinstance(event, NodeUp):
            tickets = [leg.ticket for leg in event.legs if leg.ticket is not None]
            clock.reached(max((max(ticket.since, ticket.entered_at) for ticket in tickets), default=0.0))
        now = clock()
        if abs(clock.ahead_s - self._apart_s) > APART_TOLD_S:
            self._apart_s = clock.ahead_s
            self._handle_at(self._handled_at, ClockApart(clock.ahead_s))
        return now

    def _tell(self, facts: Iterable[Changed]) -> None:
        for fact in facts:
            for reader in self._readers_of[fact.kind]:
                try:
                    reader(fact)
                except Exception as error:  # a reader's bug must not cost a call
                    self.reader_errors += 1
                    log.error("reader failed", reader=repr(reader)[:80], error=type(error).__name__)

    def _set_timer(self) -> None:
        at = self.center.next_deadline()
        if at == self._timer_at and self._timer is not None:
            return
        if self._timer is not None:
            self._timer.cancel()
        self._timer_at = at
        if at is None:
            self._timer = None
            return
        self._timer = asyncio.get_running_loop().call_later(max(0.0, at - self.clock()), self._due)

    def _due(self) -> None:
        self._timer = None
        self.post(TimePassed())
