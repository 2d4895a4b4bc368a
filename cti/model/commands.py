"""What may the core ask of the switch? Every command, as data. A command never fails into the core: what goes wrong
comes back as an event (OfferEnded, RingEnded, SessionLost, CallGone)."""

from __future__ import annotations

import msgspec

from cti.model.ticket import Ticket
from cti.model.words import CallId, NodeId, OfferId


class Command(msgspec.Struct, frozen=True, tag=True, omit_defaults=True):
    """One thing the switch shall do."""


class SaveTicket(Command, frozen=True):
    """Write the ticket to the caller's own channel, so that it survives us."""

    call: CallId
    ticket: Ticket


class StartMusic(Command, frozen=True):
    """Music from now until something else is heard; it comes back by itself after a prompt or a failed ring."""

    call: CallId
    music_class: str


class RunFlow(Command, frozen=True):
    """Put the caller into a flow, or let it go on. What it asks for comes back as FlowEnqueues and FlowEnded.

    `outcome`: how the line ended that it had put him into, "" at the beginning. `at`: where it stood
    (ivr/checkpoint.py) for a process that does not know; "" is the start. Without such a flow: FlowEnded, fallback.
    """

    call: CallId
    flow: str
    at: str = ""
    outcome: str = ""
    caller: str = ""  # personal data, as the next two
    dialled: str = ""
    customer: dict[str, str] = {}
    served_in: str = ""  # the queue in which he has talked last


class RingLeg(msgspec.Struct, frozen=True):
    offer: OfferId
    dial: str  # dial string of the phone, e.g. PJSIP/1001


class Ring(Command, frozen=True):
    """Cut off whatever the caller hears and ring these phones at once; connect the first that answers.

    Ends with exactly one RingEnded. `ring_timeout_s` in whole or broken seconds.
    """

    call: CallId
    legs: tuple[RingLeg, ...]
    ring_timeout_s: float
    music_class: str = ""  # what the caller hears meanwhile; "" = ringing tone


class StopRing(Command, frozen=True):
    """Take these offers back while they ring. The Ring ends by itself when none is left."""

    call: CallId
    offers: tuple[OfferId, ...]


class Announce(Command, frozen=True):
    """Play sound files one after another, then music again. Ends with one AnnouncementEnded; a Ring cuts it off."""

    call: CallId
    prompts: tuple[str, ...]


class Release(Command, frozen=True):
    """Done with the call: play `prompts`, then go on in the dialplan at `goto` ("context,exten,1") or hang up."""

    call: CallId
    prompts: tuple[str, ...] = ()
    goto: str = ""


class HangupLeg(Command, frozen=True):
    """Hang up a channel by its full name."""

    node: NodeId
    channel: str


AnyCommand = SaveTicket | StartMusic | RunFlow | Ring | StopRing | Announce | Release | HangupLeg
