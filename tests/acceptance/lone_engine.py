"""How are call-outs tried with the core before anything makes them? A switch alone with a centre behind its desk.

Nothing is stored and nothing served: the test posts CalloutDue itself, and reads what changed.
"""

from __future__ import annotations

from typing import Any

from cti.center import ContactCenter
from cti.engine import Engine
from cti.model import events
from cti.model.callout import Callout
from cti.model.changes import Changed, Kind
from cti.model.policy import Agent, Center, Queue
from cti.model.words import AgentId, AttemptId, ContactId, NodeId, QueueName

from .centre import Lab
from .lone_switch import NODE, NUMBER, LoneSwitch
from .waiting import until


class LoneEngine(LoneSwitch):
    """One queue, sales; anna (1001) and ben (1002), of whom those in `present` are there."""

    def __init__(self, lab: Lab, present: tuple[str, ...] = ("anna",), **queue: Any) -> None:
        self.changes: list[Changed] = []
        people = {
            name: Agent(phone=phone, queues={"sales": {}}, starts="available" if name in present else "logged_out")
            for phone, name in (("PJSIP/1001", "anna"), ("PJSIP/1002", "ben"))
        }
        rules = {"ring_timeout_s": 10.0, **queue}
        self._policy = Center(
            queues={"sales": Queue(**rules)}, agents=people, entries={"6001": {"queue": "sales"}}, settle_s=0
        )
        self.engine: Engine | None = None
        super().__init__(lab)

    def post(self, event: events.AnyEvent) -> None:
        super().post(event)
        if self.engine is None:
            self.engine = Engine(
                ContactCenter(self._policy, [NodeId(NODE)], strict=True), self.switch, [self.changes.append]
            )
        self.engine.post(event)

    def close(self) -> None:
        if self.engine is not None:
            self._loop.call_soon_threadsafe(self.engine.stop)
        super().close()

    def _post_soon(self, event: events.AnyEvent) -> None:
        async def post() -> None:
            self.post(event)

        self._run(post())

    # --- what a promise or a campaign, an agent or a person does ----------------------------------------------------

    def due(self, contact: str, number: str = NUMBER, **more: Any) -> None:
        """A customer is to be called; `more` is of the Callout."""
        callout = Callout(AttemptId(f"{contact}-1"), number, **more)
        self._post_soon(events.CalloutDue(ContactId(contact), QueueName("sales"), callout))

    def request(self, agent: str, action: str) -> None:
        """On behalf of an agent."""
        self._post_soon(events.AgentRequest(AgentId(agent), events.AgentAction(action)))

    # --- what changed -----------------------------------------------------------------------------------------------

    def states(self, kind: Kind, name: str = "") -> list[str]:
        """The states that one thing (or everything of its kind) went into, in order."""
        return [str(c.new) for c in list(self.changes) if c.kind is kind and (not name or str(c.id).startswith(name))]

    def until_state(self, kind: Kind, name: str, state: str) -> None:
        """Wait until it has been there."""
        try:
            until(lambda: state in self.states(kind, name), f"{kind.value} {name} {state}")
        except AssertionError as error:
            told = [(c.kind.value, str(c.id), str(c.old), str(c.new)) for c in self.changes]
            raise AssertionError(f"{error}; changes: {told}") from None
