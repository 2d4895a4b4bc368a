"""What may a flow ask for its caller? A place in a line, and the end."""

from __future__ import annotations

from cti.acd import beside, in_flow, standing, visits
from cti.acd.contact import Contact, Leaving
from cti.acd.floor import Floor
from cti.model.changes import Changed, Kind
from cti.model.commands import Release
from cti.model.events import FlowEnded, FlowEnqueues, FlowTold, SideFlowLeaves, SurveyAnswered
from cti.model.words import CallId, ContactState, Outcome


def enqueue(floor: Floor, asked: FlowEnqueues) -> None:
    """Put the caller into the line. The first time his wait begins now; coming again, he keeps its beginning."""
    contact = _in_flow(floor, asked.call)
    if contact is None:
        return
    if asked.queue not in floor.policy.queues:
        floor.repair("no_queue", contact.id, "a flow named a queue that does not exist")
        in_flow.run(floor, contact, outcome="failed")
        return
    contact.own_requires = standing.requirements(asked.requires)
    contact.own_head_start_s = asked.head_start_s
    contact.preferred = asked.preferred or contact.preferred
    contact.customer |= asked.customer
    contact.tried = {}
    if contact.queued:
        contact.visit += 1
    else:
        contact.queued, contact.since = True, floor.now
    visits.enter(floor, contact, asked.queue)


def leaves_line(floor: Floor, told: SideFlowLeaves) -> None:
    """What a flow beside the line does now ends the wait: the caller is the flow's, and his visit is over."""
    contact = beside.whose(floor, told.call)
    if contact is None:
        return
    flow = contact.beside
    visits.close(floor, contact, Leaving(Outcome.KEY_EXIT, reason="flow"))
    contact.flow, contact.flow_at = flow, ""
    in_flow.taken_over(floor, contact, cause=None)


def ended(floor: Floor, told: FlowEnded) -> None:
    """The flow is over: the caller goes on in the dialplan at `goto`, or is hung up."""
    contact = _in_flow(floor, told.call)
    if contact is not None:
        visits.release(floor, contact, Release(contact.call, (), told.goto))


def told(floor: Floor, event: FlowTold) -> None:
    """For those who count."""
    _tell(floor, event.call, Kind.FLOW, f"{event.flow}.{event.node}", event.detail, event.what, event.version)


def answered(floor: Floor, event: SurveyAnswered) -> None:
    """What the caller says of the agent and the queue that he came from; perhaps it becomes somebody's work."""
    score = str(event.score)
    contact = _tell(
        floor, event.call, Kind.SURVEY, f"{event.survey}.{event.question}", score, event.scale, event.version
    )
    if contact is None or not event.owner:
        return
    of_the_call = {"agent": contact.served_by or contact.served_in, "queue": contact.served_in}
    floor.tell(
        Changed(
            Kind.FOLLOW_UP,
            f"{contact.id}/{event.survey}",
            "",
            of_the_call.get(event.owner, event.owner) or event.survey,
            floor.now,
            floor.cause,
            queue=contact.served_in,
            agent=contact.served_by,
            contact=contact.id,
            call=event.call,
            reason=f"{event.question}={score}",
            caller=contact.caller,
            until=floor.now + event.due_in_s,
            seconds=event.call_in_s,
            flow_version=event.version or None,
        )
    )


def _tell(floor: Floor, call: CallId, kind: Kind, old: str, new: str, reason: str, version: int = 0) -> Contact | None:
    contact = floor.by_call.get(call)
    if contact is None:
        floor.late(call, "")
        return None
    floor.tell(
        Changed(
            kind,
            contact.id,
            old,
            new,
            floor.now,
            floor.cause,
            queue=contact.served_in,
            agent=contact.served_by,
            contact=contact.id,
            call=call,
            reason=reason,
            flow_version=version or None,
        )
    )
    return contact


def _in_flow(floor: Floor, call: CallId) -> Contact | None:
    contact = floor.by_call.get(call)
    if contact is None or contact.state is not ContactState.IN_FLOW:
        floor.late(call, contact.state if contact is not None else "")
        return None
    return contact
