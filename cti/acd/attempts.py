"""How does an attempt to reach a customer live? Placed, answered, ended: told exactly once each. Knows no agent's rule.

What its end means for the contact and the agent is callouts.py's.
"""

from __future__ import annotations

from collections.abc import Mapping

from cti.acd import standing
from cti.acd.contact import Contact
from cti.acd.dialling import Attempt, attempt_of, number_of
from cti.acd.floor import Floor
from cti.model.callout import Callout
from cti.model.changes import Changed, Kind
from cti.model.commands import CancelCall, PlaceCall
from cti.model.dialling import dialled_again
from cti.model.events import SnapshotLeg
from cti.model.ticket import Ticket
from cti.model.words import AgentId, AttemptId, CallId, ContactId, DialResult, NodeId, QueueName

TRIP_S = 10.0  # so long the order to call may be under way: into the store, and to the node
ANSWERED_S = 20.0  # at most so long from the answer to our hands: listening, and the way into the engine
AT_ONCE_S = 2.0  # a network that has no way says so later, and of other numbers not
RANG = frozenset({DialResult.HUMAN, DialResult.MACHINE, DialResult.NO_ANSWER, DialResult.BUSY, DialResult.REJECTED})
REFUSED = frozenset({DialResult.CONGESTION, DialResult.NOT_DIALLED})
AHEAD_S = 150.0  # so long at most later call-outs wait for one that was found ringing: no ring time-out is longer
FOUND_S = 3600.0  # of what another process has placed: he may be talking by now; a snapshot says when he is gone


def place(floor: Floor, contact: Contact, node: NodeId, agent: AgentId | None = None) -> None:
    """Call the customer from `node`. Each dialling has an id of its own: the same one is never sent twice."""
    callout = contact.callout
    assert callout is not None
    contact.dials += 1
    name = floor.gate.attempt(contact) or AttemptId(dialled_again(callout.attempt, contact.dials))
    trunk, queue = callout.trunk, contact.queue or None
    attempt = Attempt(name, contact.id, node, floor.now, trunk, number_of(contact), queue, agent)
    contact.attempt, contact.node = name, node
    floor.dials.begin(attempt)
    floor.deadlines.set("dial", name, floor.now + callout.ring_timeout_s + TRIP_S)
    _tell(floor, attempt, "", "placed")
    floor.say(
        PlaceCall(
            name,
            node,
            callout.number,
            callout.ring_timeout_s,
            contact.ticket(),
            caller_id=callout.caller_id,
            trunk=callout.trunk,
            listen=callout.listen,
            campaign=callout.campaign,
            rule=callout.rule,
            by=agent if agent is not None and callout.preview_s is not None else "engine",
        )
    )


def not_dialled(floor: Floor, callout: Callout, contact: ContactId, queue: QueueName) -> None:
    """Nobody is called: no node is there, or the number is engaged with us. For those who keep the books."""
    attempt = Attempt(callout.attempt, contact, NodeId(""), floor.now, queue=queue)
    _tell(floor, attempt, "", DialResult.NOT_DIALLED)


def cancel(floor: Floor, contact: Contact) -> None:
    """Take back the attempt of `contact` that is in the air; its end is still to come."""
    take_back(floor, floor.dials.air.get(contact.attempt) if contact.attempt is not None else None)


def unwanted(floor: Floor, contact: Contact) -> None:
    """Somebody has taken the call-out back: what another process has placed for it shall stop, too."""
    found = floor.dials.stop(contact.id)
    take_back(floor, floor.dials.air.get(found) if found is not None else None)


def take_back(floor: Floor, attempt: Attempt | None) -> None:
    """If it rings, or is still on its way to the node, it shall stop. Who has answered is a caller."""
    if attempt is not None and not attempt.answered:
        attempt.cancelled = True
        floor.say(CancelCall(attempt.id, attempt.node))


def answered(floor: Floor, attempt: Attempt) -> None:
    """Somebody, or a machine, has picked up."""
    if not attempt.answered:
        attempt.answered, attempt.answered_at = True, floor.now
        if not attempt.found:
            floor.deadlines.set("dial", attempt.id, floor.now + ANSWERED_S)
        elif attempt.place is not None:
            floor.deadlines.set("ahead", attempt.id, floor.now + ANSWERED_S)
        _tell(floor, attempt, "placed", "answered")


def end(floor: Floor, attempt: Attempt, result: DialResult, *, gone: bool = False) -> Contact | None:
    """It is over; the contact that it was for, if that is still there and has not got another one.

    `gone`: he had answered, and has hung up.
    """
    _judge(floor, attempt, result)
    attempt.given_up = result is DialResult.UNKNOWN and not attempt.found
    floor.dials.end(attempt, gone=gone)
    floor.deadlines.cancel("dial", attempt.id)
    floor.deadlines.cancel("ahead", attempt.id)
    _tell(floor, attempt, "answered" if attempt.answered else "placed", result)
    contact = floor.contacts.get(attempt.contact)
    if contact is None or contact.attempt != attempt.id:
        return None
    contact.attempt = None
    return contact


def _judge(floor: Floor, attempt: Attempt, result: DialResult) -> None:
    """Does its node get dials by its trunk out at all?"""
    way = (attempt.node, attempt.trunk)
    if attempt.answered or result in RANG:
        floor.dials.got_out(way)
        return
    at_once = floor.now < attempt.placed_at + AT_ONCE_S and not attempt.cancelled
    if result in REFUSED and at_once and floor.dials.refused(way, floor.now):
        by = f" by {attempt.trunk}" if attempt.trunk else ""
        what = f"its dials{by} fail at once: others are asked first for a while"
        floor.repair("node_refuses", attempt.node, what, node=attempt.node)


def find(floor: Floor, node: NodeId, present: Mapping[str, SnapshotLeg]) -> None:
    """Attempts in the air that another process has placed: until they are over, their customers are not called again.

    A channel in our own contexts has been answered: its call is on its way to us.
    """
    shares: dict[QueueName, frozenset[QueueName]] = {}
    for leg in present.values():
        name, call = attempt_of(leg.leg), CallId(leg.leg)
        known = call in floor.by_call or call in floor.released
        if name is None or known or floor.dials.knows(name) or leg.bridge:
            continue
        floor.repair("attempt_found", name, "a customer is being called, and we had not heard of it", node=node)
        contact = leg.ticket.contact if leg.ticket is not None else ContactId("")
        attempt = Attempt(name, contact, node, floor.now, found=True)
        floor.dials.begin(attempt)
        floor.deadlines.set("dial", name, floor.now + FOUND_S)
        _tell(floor, attempt, "", "placed")
        if leg.ours:
            answered(floor, attempt)
        elif floor.dials.is_stopped(contact):
            take_back(floor, attempt)
        elif leg.ticket is not None and leg.ticket.queued and leg.ticket.queue in floor.policy.queues:
            queue = leg.ticket.queue
            if queue not in shares:
                shares[queue] = _sharing(floor, queue)
            _keep_place(floor, attempt, leg.ticket, shares[queue])


def _keep_place(floor: Floor, attempt: Attempt, ticket: Ticket, shares: frozenset[QueueName]) -> None:
    """The agent who was kept for him is gone: who may answer any moment counts as one who waits, for a while."""
    place = Contact.of_ticket(ticket, attempt.call, attempt.node, floor.now, floor.agents)
    standing.weigh(floor.policy.queues[ticket.queue], place)
    floor.dials.go_ahead(attempt, place, shares)
    floor.deadlines.set("ahead", attempt.id, floor.now + AHEAD_S)


def _sharing(floor: Floor, queue: QueueName) -> frozenset[QueueName]:
    """`queue`, and those that its agents serve besides."""
    theirs = (agent.policy.queues for agent in floor.agents.values() if queue in agent.policy.queues)
    return frozenset({queue}.union(*[map(QueueName, each) for each in theirs]))


def missing(floor: Floor, node: NodeId, present: Mapping[str, SnapshotLeg], asked_at: float) -> list[Attempt]:
    """Attempts that we believe in the air on `node`, and whose channel does not exist (any more)."""
    attempts = [attempt for attempt in floor.dials.air.values() if attempt.node == node]
    return [each for each in attempts if each.call not in present and each.placed_at + TRIP_S < asked_at]


def _tell(floor: Floor, attempt: Attempt, old: str, new: str) -> None:
    floor.tell(
        Changed(
            Kind.ATTEMPT,
            attempt.id,
            old,
            new,
            floor.now,
            floor.cause,
            queue=attempt.queue,
            agent=attempt.agent,
            contact=attempt.contact or None,
            call=attempt.call if attempt.node else None,
            node=attempt.node or None,
            outbound=True,
            reason=attempt.heard or None,
            seconds=floor.now - attempt.answered_at if attempt.heard and attempt.answered_at is not None else None,
        )
    )
