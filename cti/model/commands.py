"""What may the core ask of the switch? Every command, as data. A command never fails into the core: what goes wrong
comes back as an event (OfferEnded, RingEnded, SessionLost, CallGone)."""

from __future__ import annotations

import msgspec

from cti.model.callout import Listening
from cti.model.ticket import Ticket
from cti.model.words import AttemptId, CallId, NodeId, OfferId, SpyId, SpyMode


class Command(msgspec.Struct, frozen=True, tag=True, omit_defaults=True):
    """One thing the switch shall do."""


class SaveTicket(Command, frozen=True):
    """Write the ticket to the caller's own channel, so that it survives us; also while a phone rings for him."""

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
    `keeps_place`: it runs beside the line, ends with SideFlowEnded or goes on behind a SideFlowLeaves; each later Ring,
    StartMusic, Release and RunFlow cuts it off at once, and then nothing more is heard of it.
    """

    call: CallId
    flow: str
    at: str = ""
    outcome: str = ""
    caller: str = ""  # personal data, as the next two
    dialled: str = ""
    customer: dict[str, str] = {}
    served_in: str = ""  # the queue in which he has talked last
    keeps_place: bool = False


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
    auto_answer: bool = False  # the phone is asked to answer by itself


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


class PlaceCall(Command, frozen=True):
    """Call a customer. Nothing rings before the attempt is in the store.

    Ends with AttemptEnded, or with AttemptAnswered and, listening done, the CallArrived of "<node>/cti-<attempt>".
    """

    attempt: AttemptId
    node: NodeId
    number: str  # E.164; personal data
    ring_timeout_s: float
    ticket: Ticket  # on his channel from the start: should we die, he brings it along
    caller_id: str = ""
    trunk: str = ""  # as in Callout
    listen: Listening | None = None
    campaign: str = ""
    rule: str = ""  # why it is made, and `by`: who decided so (the engine, or an agent). For the journal of dials
    by: str = "engine"


class CancelCall(Command, frozen=True):
    """Take back an attempt that nobody has answered yet: ends with AttemptEnded.

    Nobody is hung up on: who has answered in that instant stays, and his CallArrived follows.
    """

    attempt: AttemptId
    node: NodeId


class LeaveMessage(Command, frozen=True):
    """Wait for the silence behind the beep, at most `beep_wait_s`, play `prompts`, and hang up."""

    call: CallId
    prompts: tuple[str, ...]
    beep_wait_s: float


class RingAgent(Command, frozen=True):
    """Ring an agent's phone for a customer who is not there yet.

    OfferRinging and OfferAnswered, or OfferEnded, as in a Ring. Once answered, the agent hears that the customer is
    being called, until Join or DismissAgent, or until he hangs up (LegDown). With `hear` he hears these sound files
    first, and says by a key what is to be done (MessageHeard); who says nothing is hung up on.
    """

    node: NodeId
    leg: RingLeg
    ring_timeout_s: float
    show: str = ""  # on the display of his phone; personal data
    hear: tuple[str, ...] = ()
    auto_answer: bool = False  # as in a Ring


class Join(Command, frozen=True):
    """Connect the call with the agent who waits on the leg of `offer`. Ends with exactly one RingEnded, as a Ring.

    Should the customer be gone before they are connected, the agent is hung up.
    """

    call: CallId
    offer: OfferId


class DismissAgent(Command, frozen=True):
    """Nothing came of it: take a RingAgent back, or let the agent who waits hear `prompts` and hang up."""

    node: NodeId
    offer: OfferId
    prompts: tuple[str, ...] = ()


class Spy(Command, frozen=True):
    """Ring `phone`; who answers hears the talk on the leg `leg` ("<node>/<Uniqueid>"), in this mode, until it ends.

    SpyHears, then SpyEnded, or SpyEnded alone. The talk does not notice; should we die, it ends all the same.
    """

    node: NodeId
    spy: SpyId
    leg: str
    mode: SpyMode
    phone: str
    ring_timeout_s: float
    show: str = ""  # on his display


class StopSpy(Command, frozen=True):
    """The talk is over: his phone need not ring any more, and he is let go."""

    node: NodeId
    spy: SpyId


class HangupLeg(Command, frozen=True):
    """Hang up a channel by its full name."""

    node: NodeId
    channel: str


AnyCommand = (
    SaveTicket
    | StartMusic
    | RunFlow
    | Ring
    | StopRing
    | Announce
    | Release
    | PlaceCall
    | CancelCall
    | LeaveMessage
    | RingAgent
    | Join
    | DismissAgent
    | HangupLeg
    | Spy
    | StopSpy
)
