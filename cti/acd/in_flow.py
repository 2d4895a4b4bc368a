"""How does a contact get into its flow (IVR), and back into it from a line or a talk?

The flow itself runs beside the switch, prompt by prompt, without an event each (ivr/session.py): the core knows only
that the contact is in it, and what it then asks for (flow_calls.py).
"""

from __future__ import annotations

from cti.acd.contact import Contact, Leaving
from cti.acd.floor import Floor
from cti.model.commands import RunFlow, SaveTicket
from cti.model.words import ContactState, Outcome, QueueName

NOWHERE = QueueName("")  # the queue of a contact that is in its flow
BY_REASON = ("full", "nobody", "closed")


def run(floor: Floor, contact: Contact, *, cause: str | None = None, outcome: str = "") -> None:
    """The flow goes on, or begins. `outcome`: how the line ended that it had sent the contact into, "" if none did."""
    _leave_line(floor, contact)
    if contact.state is not ContactState.IN_FLOW:
        floor.move_contact(contact, ContactState.IN_FLOW, cause)
    floor.say(SaveTicket(contact.call, contact.ticket()))
    floor.say(command(contact, contact.flow, at=contact.flow_at, outcome=outcome))


def command(contact: Contact, flow: str, *, at: str = "", outcome: str = "", keeps_place: bool = False) -> RunFlow:
    """What the switch is told; `keeps_place`: beside the line."""
    return RunFlow(
        contact.call,
        flow,
        at=at,
        outcome=outcome,
        caller=contact.caller,
        dialled=contact.dialled,
        customer=dict(contact.customer),
        served_in=contact.served_in or "",
        keeps_place=keeps_place,
    )


def taken_over(floor: Floor, contact: Contact, *, cause: str | None = "transferred") -> None:
    """A flow that runs has another caller (attended transfer), or has him alone now: its session has never stopped."""
    _leave_line(floor, contact)
    if contact.state is not ContactState.IN_FLOW:
        floor.move_contact(contact, ContactState.IN_FLOW, cause)
    floor.say(SaveTicket(contact.call, contact.ticket()))


def _leave_line(floor: Floor, contact: Contact) -> None:
    contact.queue, contact.agent, contact.leaving = NOWHERE, None, None
    floor.deadlines.cancel("aside", contact.id)


def outcome_of(leaving: Leaving) -> str:
    """What a flow is told of a line that was left so: an outcome of its queue nodes."""
    match leaving.outcome:
        case Outcome.KEY_EXIT:
            return "left"
        case Outcome.TIMED_OUT:
            return "timed_out"
        case Outcome.OVERFLOWED if leaving.reason in BY_REASON:
            return str(leaving.reason)
    return "failed"
