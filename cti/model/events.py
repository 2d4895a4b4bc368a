"""What can happen? Every fact and request that enters the core, as data.

Times are not in here: the engine hands `now` (epoch seconds) over with each event. Events may come late, twice or
in any order across channels (shared facts about AMI: no order across channels); the core accepts all of that.
Fields named `caller` and `dialled` hold personal data and go nowhere but to the contact.
"""

from __future__ import annotations

import msgspec

from cti.model.callout import Callout
from cti.model.dialling import CampaignAction, CampaignName, CampaignState, LeadId
from cti.model.lead import AnswersOfDay, Lead
from cti.model.policy import Center
from cti.model.promise import Promise, Tried
from cti.model.ticket import Ticket
from cti.model.words import (
    AgentAction,
    AgentId,
    AgentStatus,
    AttemptId,
    CallbackAction,
    CallId,
    ContactAction,
    ContactId,
    DialResult,
    Heard,
    NodeId,
    OfferId,
    QueueName,
    RingResult,
    SpyId,
    SpyMode,
)


class Event(msgspec.Struct, frozen=True, tag=True, omit_defaults=True):
    """One thing that happened."""


# --- the caller's call -------------------------------------------------------------------------------------------


class CallArrived(Event, frozen=True):
    """A caller's call is in our hands: its AGI session stands open and idle."""

    call: CallId
    node: NodeId
    channel: str  # full channel name, e.g. PJSIP/trunk1-0000002a
    dialled: str  # personal data where it is a person's number
    caller: str = ""  # personal data
    queue: QueueName | None = None  # what the operator's dialplan asked for; otherwise the entry of `dialled` decides
    entry: int = 1
    ticket: Ticket | None = None
    dial_status: str = ""  # DIALSTATUS as the last Dial of this entry left it, "" if none ran
    answered_s: float = 0.0  # ANSWEREDTIME of that Dial
    dialled_phone: str = ""  # whom it dialled last, e.g. PJSIP/1001
    customer: dict[str, str] = {}  # what is known of him, e.g. segment: gold; personal data
    preferred: tuple[AgentId, ...] = ()  # his own agents
    flow_at: str = ""  # where his flow stood when an engine last had him (ivr/checkpoint.py)
    attempt: AttemptId | None = None  # we have called him: the attempt that he answered
    heard_why: str = ""  # AMDCAUSE: LONGGREETING-1500-1500
    heard: Heard = Heard.NOTHING  # what listening has told, where it was asked for


class FlowEnqueues(Event, frozen=True):
    """A flow (IVR) puts its caller into a line. What it names comes on top of what the queue asks for."""

    call: CallId
    queue: QueueName
    requires: dict[str, int] = {}
    head_start_s: float = 0.0
    preferred: tuple[AgentId, ...] = ()
    customer: dict[str, str] = {}  # personal data


class FlowEnded(Event, frozen=True):
    """A flow is done with its caller, who goes on at `goto` ("context,exten,1") or is hung up."""

    call: CallId
    goto: str = ""


class SideFlowEnded(Event, frozen=True):
    """The flow beside the line is over; its caller only waits again."""

    call: CallId


class SideFlowLeaves(Event, frozen=True):
    """What the flow beside the line does next ends its caller's wait: from here on it is like any other flow."""

    call: CallId


SURVEY_ASKED = "asked"


class FlowTold(Event, frozen=True):
    """Something to count, at a node of a flow: `what` is split (`detail`: with its share), trouble (its word), or
    SURVEY_ASKED (SURVEY.QUESTION: its first question is put to the caller)."""

    call: CallId
    flow: str
    node: str
    what: str
    detail: str = ""
    version: int = 0  # of the flows, as the next one's


class SurveyAnswered(Event, frozen=True):
    """One question of a survey after the talk. `scale`: csat, nps or solved.

    `owner`: whose work the answer becomes, due in `due_in_s`: agent, queue, or a name; "" for nobody's. `call_in_s`:
    when its customer is to be called back; None: not by itself.
    """

    call: CallId
    flow: str
    survey: str
    question: str
    scale: str
    score: int
    version: int = 0
    owner: str = ""
    due_in_s: float = 0.0
    call_in_s: float | None = None


class CallsUnwanted(Event, frozen=True):
    """A caller said in a flow that he wants no more calls. `reason`: the flow, and a name from it."""

    call: CallId
    reason: str


class SessionLost(Event, frozen=True):
    """The AGI session of a call is over (hangup, transfer, a broken connection): it takes no more commands."""

    call: CallId


class CallGone(Event, frozen=True):
    """The caller's channel is hung up."""

    call: CallId


class CallTransferred(Event, frozen=True):
    """The agent sent the caller elsewhere (blind transfer); `leg` is the agent's, if known: the event may be late."""

    call: CallId
    context: str
    exten: str  # personal data where it is a person's number
    leg: str = ""


class CallReplaced(Event, frozen=True):
    """Attended transfer: the place of `call` (the agent's own, waiting or talking) is now the customer's, `original`.

    `session`: the AGI session that was `call`'s is `original`'s from now on (a transfer into the line).
    """

    call: CallId
    original: CallId
    session: bool = False


class DigitPressed(Event, frozen=True):
    call: CallId
    digit: str


class AnnouncementEnded(Event, frozen=True):
    """The prompts of an Announce have been played or cut off."""

    call: CallId


# --- customers whom we call -------------------------------------------------------------------------------------


class CalloutDue(Event, frozen=True):
    """A customer is to be called, now or when his turn comes: a promised callback, or a lead of a campaign.

    `since`: when he began to wait for us, where he did (a callback that keeps the place); None: now.
    """

    contact: ContactId
    queue: QueueName
    callout: Callout
    since: float | None = None
    requires: dict[str, int] = {}
    head_start_s: float = 0.0
    preferred: tuple[AgentId, ...] = ()
    customer: dict[str, str] = {}  # personal data
    given: str = ""  # his number as his own calls show it, where that is another one; personal data


class CallbackPromised(Event, frozen=True):
    """A promise is in the store. `resumed`: by an earlier process of ours.

    Then the last try of one that is DIALLING has its result, if that is known. `history`: every attempt of the last 30
    days at its number.
    """

    promise: Promise
    resumed: bool = False
    history: tuple[Tried, ...] = ()  # personal data


class CallbackRequest(Event, frozen=True):
    """A person asks for something to be done with a promised callback."""

    callback: LeadId
    action: CallbackAction
    by: str = "supervisor"


class LeadsOffered(Event, frozen=True):
    """The store's answer to WantLeads: these are due, and ours from now on.

    `history`: every attempt of the last 30 days at their numbers; `leads_left`: some have no outcome yet, these too.
    """

    campaign: CampaignName
    leads: tuple[Lead, ...] = ()
    history: dict[str, tuple[Tried, ...]] = {}  # by number: personal data
    leads_left: bool = True


class LeadLeft(Event, frozen=True):
    """An earlier process of ours was dialling for this lead: `tried` has a result if its end is known."""

    lead: Lead
    tried: Tried


class CampaignRequest(Event, frozen=True):
    """A person asks something of a campaign."""

    campaign: CampaignName
    action: CampaignAction
    by: str = "supervisor"


class CampaignRestored(Event, frozen=True):
    """What the store remembers of a campaign from before the engine started.

    `reached`: of each of its quotas, how many leads were reached ever, and today.
    """

    campaign: CampaignName
    state: CampaignState
    answers: tuple[AnswersOfDay, ...] = ()
    reached: tuple[tuple[int, int], ...] = ()


class NumberWished(Event, frozen=True):
    """The owner of a number does not want to be called any more; it is on the list already."""

    number: str  # personal data


class AttemptForbidden(Event, frozen=True):
    """Right before the dial it turned out that its number is on a do-not-call list. AttemptEnded follows."""

    attempt: AttemptId


class AttemptAnswered(Event, frozen=True):
    """The customer's phone was picked up. His CallArrived follows, after listening where that is asked for."""

    attempt: AttemptId


class AttemptEnded(Event, frozen=True):
    """An attempt came to nothing, or the switch would not take it on. After an answer: CallGone, and not this."""

    attempt: AttemptId
    result: DialResult


# --- the ring of an offer ----------------------------------------------------------------------------------------


class OfferRinging(Event, frozen=True):
    """The leg to the agent's phone exists (DialBegin); it can now be hung up by name."""

    offer: OfferId
    leg: str  # Uniqueid of the agent's leg, with its node: "<node>/<Uniqueid>"
    channel: str


class OfferAnswered(Event, frozen=True):
    offer: OfferId


class MessageHeard(Event, frozen=True):
    """The agent of a RingAgent has heard what the customer has left. `done`: nobody need call him."""

    offer: OfferId
    done: bool = False


class OfferEnded(Event, frozen=True):
    """One leg of a ring ended without an answer (DialEnd, its Hangup cause, or a cancelled leg of ring-all)."""

    offer: OfferId
    result: RingResult


class RingEnded(Event, frozen=True):
    """The whole Ring command is over: nobody answered, or the talk that followed has ended.

    `result` speaks of the ring, `answered_s` is the length of the talk. `caller_there` is false when the caller has
    left our session (hung up or transferred away). `offer` names the offer that was answered, where known.
    """

    call: CallId
    result: RingResult
    answered_s: float = 0.0
    caller_there: bool = True
    offer: OfferId | None = None


# --- agents' phones -----------------------------------------------------------------------------------------------


class LegUp(Event, frozen=True):
    """A channel of an agent's phone came into being, by our ring or by anything else the phone does."""

    leg: str
    phone: str  # e.g. PJSIP/1001


class LegDown(Event, frozen=True):
    leg: str


class LegHeld(Event, frozen=True):
    leg: str
    held: bool


# --- nodes --------------------------------------------------------------------------------------------------------


class SnapshotLeg(msgspec.Struct, frozen=True, omit_defaults=True):
    """One channel as a snapshot of a node shows it."""

    leg: str  # "<node>/<Uniqueid>": a CallId if it is a caller's
    channel: str
    phone: str = ""  # technology/endpoint, e.g. PJSIP/1001
    bridge: str = ""  # channels with the same bridge talk to each other
    ours: bool = False  # runs in one of our inbound contexts
    ticket: Ticket | None = None
    age_s: float = 0.0  # how long the channel exists
    caller: str = ""  # of a channel of ours that we do not know: his number; personal data


class NodeUp(Event, frozen=True):
    """A node's AMI is live again (or for the first time); `legs` is everything that exists there now."""

    node: NodeId
    legs: tuple[SnapshotLeg, ...] = ()
    asked_at: float | None = None  # epoch seconds when the list was asked for: what came later may be missing in it


class NodeChecked(Event, frozen=True):
    """The regular look at a connected node (every 30 s): reconcile memory with it."""

    node: NodeId
    legs: tuple[SnapshotLeg, ...] = ()
    asked_at: float | None = None


class NodeDown(Event, frozen=True):
    node: NodeId


class EngineLeaves(Event, frozen=True):
    """It is drained: what is inside comes to its end, and nothing is begun any more."""


# --- people -------------------------------------------------------------------------------------------------------


class AgentRequest(Event, frozen=True):
    """An agent (from his phone), or somebody on his behalf, wants another status, or says what came of a talk."""

    agent: AgentId
    action: AgentAction
    reason: str = ""  # of a break: a name or the digit of the configuration; or the name of a disposition
    by: str = "agent"


class AgentRestored(Event, frozen=True):
    """What the store remembers of an agent from before the engine started."""

    agent: AgentId
    status: AgentStatus
    reason: str = ""
    since: float = 0.0


class ContactRequest(Event, frozen=True):
    """A supervisor asks for something to be done with a contact that waits.

    `queue`: where MOVE puts it; `seconds`: what PRIORITISE adds to its head start (less than 0 takes away).
    """

    contact: ContactId
    action: ContactAction
    queue: QueueName | None = None
    seconds: float = 0.0
    by: str = "supervisor"


class SpyRequest(Event, frozen=True):
    """Somebody wants to listen to a talk, to whisper to its agent, or to be heard by both; his phone is to ring."""

    contact: ContactId
    mode: SpyMode
    phone: str  # a dial string, PJSIP/1009
    by: str = "supervisor"


class SpyHears(Event, frozen=True):
    """He has answered, and hears the talk."""

    spy: SpyId


class SpyEnded(Event, frozen=True):
    """His leg is gone, or never came to be: the talk is over, he hung up, or nobody answered his phone."""

    spy: SpyId
    result: RingResult  # ANSWERED: he has heard it


class PolicyChanged(Event, frozen=True):
    """The operator has another policy from now on, also for those who wait. `version` names it (a hash of it)."""

    policy: Center
    version: str
    by: str = "operator"


class ClockApart(Event, frozen=True):
    """This engine's clock is `ahead_s` ahead of its machine's; below 0: behind it. Nobody can tell which is right."""

    ahead_s: float


class TimePassed(Event, frozen=True):
    """Nothing happened but time: deadlines due by `now` fire."""


AnyEvent = (
    CallArrived
    | FlowEnqueues
    | FlowEnded
    | SideFlowEnded
    | SideFlowLeaves
    | FlowTold
    | SurveyAnswered
    | CallsUnwanted
    | SessionLost
    | CallGone
    | CallTransferred
    | CallReplaced
    | DigitPressed
    | AnnouncementEnded
    | CalloutDue
    | CallbackPromised
    | CallbackRequest
    | LeadsOffered
    | LeadLeft
    | CampaignRequest
    | CampaignRestored
    | NumberWished
    | AttemptForbidden
    | AttemptAnswered
    | AttemptEnded
    | OfferRinging
    | OfferAnswered
    | MessageHeard
    | OfferEnded
    | RingEnded
    | LegUp
    | LegDown
    | LegHeld
    | NodeUp
    | NodeChecked
    | NodeDown
    | EngineLeaves
    | AgentRequest
    | AgentRestored
    | ContactRequest
    | SpyRequest
    | SpyHears
    | SpyEnded
    | PolicyChanged
    | ClockApart
    | TimePassed
)
