"""What happens while a flow (IVR) runs beside the line, for a caller who keeps his place in it?

He waits as before: he can be offered to an agent at any moment, and then the switch cuts the flow off. Only where the
flow does something that ends his wait (a message, another line, a promised callback, a good-bye) does he leave.
"""

from __future__ import annotations

from cti.acd import in_flow
from cti.acd.contact import Contact
from cti.acd.floor import Floor
from cti.model.changes import Changed, Kind
from cti.model.commands import StartMusic
from cti.model.events import SideFlowEnded
from cti.model.words import CallId, ContactState

RECHECK_S = 15.0  # so often the expected wait is looked at, where the offer of a flow hangs on it


def begin(floor: Floor, contact: Contact, flow: str) -> None:
    """Let `flow` run beside the line; one at a time."""
    if contact.state is not ContactState.WAITING or contact.beside or contact.stands_in is None or not contact.call:
        return
    contact.beside = flow
    _tell(floor, contact, flow, "begun")
    floor.say(in_flow.command(contact, flow, keeps_place=True))


def ended(floor: Floor, told: SideFlowEnded) -> None:
    """It is over, and its caller only waits again."""
    contact = whose(floor, told.call)
    if contact is None:
        return
    _tell(floor, contact, contact.beside, "over")
    contact.beside = ""
    floor.say(StartMusic(contact.call, floor.policy.queues[contact.queue].music))


def offer_later(floor: Floor, contact: Contact) -> None:
    """Come back when it is time for what the queue offers by itself, once in each visit."""
    rules = floor.policy.queues[contact.queue].while_waiting
    if rules is not None and not contact.side_offered:
        floor.deadlines.set("offer_flow", contact.id, max(contact.entered_at + rules.after_s, floor.now))
    else:
        floor.deadlines.cancel("offer_flow", contact.id)


def offer_due(floor: Floor, contact: Contact) -> None:
    """He has waited long enough for an offer, if the wait to come is long enough for it, too."""
    rules = floor.policy.queues[contact.queue].while_waiting
    if rules is None or contact.state is not ContactState.WAITING or contact.side_offered or not contact.call:
        return
    expected = floor.estimate.expect(
        contact.queue, floor.line.position(contact), floor.staffed[contact.queue], contact.requires
    )
    long_enough = not rules.over_s or (expected is not None and expected.p50_s > rules.over_s)
    if long_enough and not contact.beside:
        contact.side_offered = True
        begin(floor, contact, rules.flow)
    else:
        floor.deadlines.set("offer_flow", contact.id, floor.now + RECHECK_S)


def whose(floor: Floor, call: CallId) -> Contact | None:
    """The contact beside whose line a flow runs; None, and counted, where there is none any more."""
    contact = floor.by_call.get(call)
    if contact is None or contact.state is not ContactState.WAITING or not contact.beside:
        floor.late(call, contact.state if contact is not None else "")
        return None
    return contact


def _tell(floor: Floor, contact: Contact, flow: str, what: str) -> None:
    floor.tell(
        Changed(
            Kind.FLOW,
            contact.id,
            flow,
            what,
            floor.now,
            floor.cause,
            queue=contact.queue,
            contact=contact.id,
            call=contact.call,
            reason="beside",
        )
    )
