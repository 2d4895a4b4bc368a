"""Which Changed streams may a reader meet? A small legal generator: callers, agents, every way a visit can end."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from cti.model.changes import Changed, Kind, Why
from cti.model.policy import Agent, Center, Membership, Queue
from cti.model.words import AgentId, CallId, ContactId, EndedBy, OfferId, QueueName

QUEUES = ("sales", "support")
AGENTS = ("anna", "ben", "carl")
FAILURES = ("missed", "rejected", "busy", "unreachable", "withdrawn", "lost")
ENDS = ("answered", "abandoned", "timed_out", "key_exit", "overflowed", "moved", "lost")
START = 1_700_000_000.0

CENTER = Center(
    queues={"sales": Queue(target_s=20), "support": Queue(target_s=17.5)},
    agents={
        name: Agent(name=name.title(), phone=f"PJSIP/100{n}", queues={queue: Membership() for queue in QUEUES})
        for n, name in enumerate(AGENTS)
    },
)


class Story:
    """Tells what happens as the core would, one caller after the other interleaved; `changes` is the stream."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.now = START
        self.changes: list[Changed] = []
        self.busy: set[str] = set()

    def tell(self, kind: Kind, entity: str, old: str, new: str, cause: str = "Test", **more: object) -> None:
        self.changes.append(Changed(kind, entity, old, new, self.now, cause, **more))  # type: ignore[arg-type]

    def run(self, callers: int) -> list[Changed]:
        for name in AGENTS:
            self.tell(Kind.STATUS, name, "logged_out", "available", agent=AgentId(name), by="agent")
        lives = [self.caller(number) for number in range(callers)]
        while lives:
            life = self.random.choice(lives)
            self.now += self.random.random() * 5
            if next(life, None) is None:
                lives.remove(life)
        return self.changes

    def caller(self, number: int) -> Iterator[bool]:
        """One caller from arrival to end; every yield is a chance for the others."""
        call, queue = CallId(f"node1/{number}.{number}"), QueueName(self.random.choice(QUEUES))
        who = {"queue": queue, "contact": ContactId(call), "call": call}
        resumed = "resumed" if self.random.random() < 0.2 else "Test"
        if resumed == "Test":
            self.tell(Kind.CONTACT, call, "", "arrived", **who)
        self.tell(Kind.CONTACT, call, "" if resumed == "resumed" else "arrived", "waiting", resumed, **who)
        entered = self.now
        self.tell(
            Kind.VISIT,
            f"{call}/1",
            "",
            "waiting",
            resumed,
            **who,
            position=1,
            original_position=1,
            since=entered,
            caller="+4930123",
        )
        yield True
        tries = 0
        while self.random.random() < 0.6 and (free := [name for name in AGENTS if name not in self.busy]):
            tries += 1
            agent = AgentId(self.random.choice(free))
            self.busy.add(agent)
            offer = {**who, "agent": agent, "offer": OfferId(f"{call}#{tries}")}
            why = Why("longest_idle", self.random.random(), self.random.random(), 2, 41.0, len(free))
            made, waited = self.now, self.now - entered
            self.tell(Kind.OFFER, offer["offer"], "", "ringing", **offer, wait_s=waited, why=why)
            self.tell(Kind.ACTIVITY, agent, "idle", "ringing", agent=agent, queue=queue)
            self.tell(Kind.CONTACT, call, "waiting", "offered", **who)
            yield True
            self.tell(Kind.PHONE, agent, "free", "ringing", agent=agent, leg="node1/9.9")
            yield True
            numbers = {"ring_s": self.now - made, "wait_s": self.now - entered}
            if self.random.random() < 0.5:
                how = self.random.choice(FAILURES)
                self.tell(Kind.OFFER, offer["offer"], "ringing", how, **offer, **numbers)
                self.tell(Kind.ACTIVITY, agent, "ringing", "idle", agent=agent)
                self.tell(Kind.CONTACT, call, "offered", "waiting", **who)
                self.busy.discard(agent)
                yield True
                continue
            yield from self.talk(call, agent, offer, who, numbers)
            return
        how = self.random.choice(ENDS[1:])
        self.tell(
            Kind.VISIT,
            f"{call}/1",
            "waiting",
            how,
            **who,
            wait_s=self.now - entered,
            position=1,
            original_position=1,
            key="1",
        )
        self.tell(Kind.CONTACT, call, "waiting", "ended", **who)

    def talk(self, call: str, agent: AgentId, offer: dict, who: dict, numbers: dict) -> Iterator[bool]:  # type: ignore[type-arg]
        began = self.now
        self.tell(Kind.OFFER, offer["offer"], "ringing", "accepted", **offer, **numbers)
        self.tell(
            Kind.VISIT,
            f"{call}/1",
            "waiting",
            "answered",
            **offer,
            **numbers,
            leg="node1/9.9",
            position=1,
            original_position=1,
        )
        self.tell(Kind.ACTIVITY, agent, "ringing", "talking", agent=agent)
        self.tell(Kind.CONTACT, call, "offered", "talking", **who)
        yield True
        ended_by = self.random.choice(list(EndedBy))
        self.tell(
            Kind.OFFER,
            offer["offer"],
            "accepted",
            "ended",
            **offer,
            **numbers,
            talk_s=self.now - began,
            ended_by=ended_by,
            original_position=1,
        )
        self.tell(Kind.ACTIVITY, agent, "talking", "wrapup", agent=agent)
        self.tell(Kind.CONTACT, call, "talking", "ended", **who)
        yield True
        self.tell(Kind.ACTIVITY, agent, "wrapup", "idle", agent=agent)
        self.busy.discard(agent)
