"""Who gets whom now? The decision itself: the most urgent contact first, and for it the best agents.

Runs once after every event, over what the event touched: agents who became free, contacts who joined the line. Since
nobody is left waiting beside a suitable free agent after any event, nothing else can have become possible.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator
from itertools import chain, islice
from typing import NamedTuple

from cti.acd import callouts
from cti.acd.agent import Agent
from cti.acd.blending import turn_gates
from cti.acd.choice import CHOICES, Choice
from cti.acd.contact import Contact
from cti.acd.floor import Floor
from cti.acd.line import WaitingClass
from cti.acd.offers import make_offers
from cti.acd.strategy import Candidate
from cti.model.changes import Contender, Why

COUNTED = 10  # free agents are counted up to here; "10" means ten or more

FEW = 4  # so many freed agents are looked at one by one; of more, the classes they look for


class Turn(NamedTuple):
    """The first of a class, on account of a freed agent (whose next best is known), or of the class itself."""

    rank: tuple[int, float, float, int]
    number: int
    first: Contact
    waiting: WaitingClass
    agent: Agent | None
    next_best: Contact | None


class Agenda:
    """Whose turn may it be? The first of each class that may have become servable, the most urgent first.

    These are the classes of the contacts that came, and those of the contacts that each freed agent may serve. While
    offers are made, contacts and free agents only become fewer: nobody who was looked at in vain is looked at again.
    """

    def __init__(self, floor: Floor) -> None:
        self._floor = floor
        self._heap: list[Turn] = []
        self._turns = 0
        freed = [floor.agents[agent_id] for agent_id in floor.freed]
        stands_in = [floor.contacts[contact_id].stands_in for contact_id in floor.arrived]
        classes = {waiting for waiting in stands_in if waiting is not None}
        if len(freed) <= FEW:
            for agent in freed:
                self._add_best(agent)
        else:
            classes.update(floor.line.classes_in({pool for agent in freed for pool in agent.pools}))
        for waiting in classes:
            self._add(waiting)

    def _add(self, waiting: WaitingClass, agent: Agent | None = None, next_best: Contact | None = None) -> None:
        first = waiting.first
        if first is not None:
            self._turns += 1
            turn = Turn(first.rank(self._floor.now), self._turns, first, waiting, agent, next_best)
            heapq.heappush(self._heap, turn)

    def _add_best(self, agent: Agent) -> None:
        """The class of the most urgent contact that `agent` may serve."""
        if agent.id in self._floor.free:
            best, next_best = self._floor.line.best_two(agent, self._floor.now)
            if best is not None and best.stands_in is not None:
                self._add(best.stands_in, agent, next_best)

    def serve(self, offer: Callable[[Turn], bool]) -> None:
        """Call `offer` with one turn after the other; it says whether somebody was free for him."""
        while self._heap:
            turn = heapq.heappop(self._heap)
            held = turn.waiting.reach.queue in self._floor.line.held  # since the turn was noted
            if not held and turn.waiting.first is turn.first and not offer(turn):
                continue  # nobody is free for this class
            if held and turn.agent is None:
                continue
            if turn.agent is not None:
                self._add_best(turn.agent)
            else:
                self._add(turn.waiting)


def match(floor: Floor) -> None:
    """Make every offer that is possible now."""
    if floor.settling:
        return
    if not (floor.freed or floor.arrived or floor.blended):  # of most events: nothing has become possible
        floor.matching = None
        return

    def offer(turn: Turn) -> bool:
        floor.matching = turn.first.id
        served = _serve(floor, turn, _candidates(floor, turn))
        if served and floor.blended:
            turn_gates(floor, only_shut=True)  # one agent less: it may be time to hold back what can wait
        return served

    if floor.blended:
        turn_gates(floor)
    while floor.freed or floor.arrived:
        Agenda(floor).serve(offer)
        floor.freed.clear()
        floor.arrived.clear()
        if floor.blended:
            turn_gates(floor)  # fewer wait now: a gate that opens brings new arrivals
    floor.matching = None


def _candidates(floor: Floor, turn: Turn) -> Iterator[Candidate]:
    """Who may take it, in order.

    Nobody waits beside a suitable free agent: whoever waited before this event can have got a chance only by what is
    freed now. Of a single agent nobody else needs to be looked for (blending aside, which holds contacts back).
    """
    if turn.agent is not None and len(floor.freed) == 1 and not floor.arrived and not floor.blended:
        alone = floor.free.alone(turn.agent, turn.waiting, floor.now)
        return iter(()) if alone is None else iter((alone,))
    return floor.free.for_class(turn.waiting)


def _serve(floor: Floor, turn: Turn, candidates: Iterator[Candidate]) -> bool:
    """Offer the contact to whom its queue's strategy chooses, if anybody is free for it."""
    contact = turn.first
    counted = list(islice(candidates, COUNTED))
    if not counted:
        return False
    strategy = floor.policy.queues[contact.queue].strategy
    alone = len(counted) == 1
    others = chain(counted[1:], candidates)
    chosen = CHOICES[strategy](Choice(counted[0], others, alone, contact, turn.waiting, floor.free, floor.chance))
    # His next best still stands: whoever was served since he was looked at was more urgent than his best.
    mine = chosen[0] is turn.agent
    runner_up = turn.next_best if mine else floor.line.runner_up(chosen[0], contact, floor.now)
    why = Why(
        rule=strategy,
        urgency=contact.urgency(floor.now),
        next_urgency=runner_up.urgency(floor.now) if runner_up is not None else None,
        waiting=floor.line.waiting(contact.queue),
        idle_s=floor.now - chosen[0].idle_since,
        free_agents=len(counted),
        next_contact=runner_up.id if runner_up is not None else None,
        contenders=tuple([Contender(each.agent.id, *each.standing, *each.place[2:4]) for each in counted]),
        sought=turn.waiting.sought,
        ring=contact.ring,
        version=floor.policy_version,
    )
    if contact.call:
        make_offers(floor, contact, chosen, why)
    else:
        callouts.chosen(floor, contact, chosen[0], why)
    return True
