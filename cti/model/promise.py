"""What have we promised to a customer who shall be called back? One promise, from the word given to the word kept.

Data without rules: its life is outbound/callbacks.py's. Times are epoch seconds; `number`, `given`, `customer` and what
his messages say are personal data.
"""

from __future__ import annotations

import msgspec

from cti.model.dialling import AttemptResult, CallbackKind, CallbackState, CampaignName, LeadId
from cti.model.words import CallId


class Number(msgspec.Struct, frozen=True):
    """A number in E.164, and every zone in which its phone may be: a call must be allowed in each of them."""

    number: str  # personal data
    zones: tuple[str, ...] = ()


class Tried(msgspec.Struct, frozen=True, omit_defaults=True):
    """One attempt. `result` None: it is being made."""

    at: float
    campaign: CampaignName
    lead: LeadId
    number: str  # personal data
    attempt_no: int = 1
    result: AttemptResult | None = None
    disposition: str = ""

    @property
    def counts(self) -> bool:
        """Whether it is an attempt for caps: somebody's phone may have rung."""
        return self.result is not AttemptResult.NOT_DIALLED


class Promise(msgspec.Struct, frozen=True, omit_defaults=True):
    """A promised callback.

    `due_at`: the agreed time (at once: when it was promised), later that of the next try; `since`: when the customer
    began to wait for us, where he keeps his place. `id` counts up in the store. `reason`: why it failed, in a word.
    """

    id: LeadId
    kind: CallbackKind
    number: Number
    queue: str
    promised_at: float
    due_at: float
    topic: str = ""
    since: float | None = None
    agent: str = ""  # of a personal one
    expires_at: float | None = None  # None: by the rules that hold when it is taken on
    state: CallbackState = CallbackState.PROMISED
    tries: tuple[Tried, ...] = ()
    reason: str = ""
    merged_into: LeadId | None = None
    given: str = ""  # the number as the customer's own calls show it, where that is another one
    call: CallId = CallId("")  # in which he asked for it
    requires: dict[str, int] = {}
    head_start_s: float = 0.0
    customer: dict[str, str] = {}
    recordings: tuple[str, ...] = ()  # messages of his that the agent hears first: paths there without their ending
    node: str = ""  # the Asterisk on which these lie
    follow_up: int = 0  # number of the follow-up that it is to settle; 0: of none


class Wanted(msgspec.Struct, frozen=True):
    """A call that somebody promises. `number` as he types it: personal data. `at`: calendar/wanted_time.py; "": now.

    `agent`: who is to call; `queue`: whose call it is when he does not ("": the agent's first one). `exactly`: refuse
    it rather than move it into the hours of the callee. `follow_up`: the work that it is to settle.
    """

    number: str
    at: str = ""
    agent: str = ""
    queue: str = ""
    topic: str = ""
    exactly: bool = False
    follow_up: int = 0


class Asker(msgspec.Struct, frozen=True):
    """What a caller who asks to be called back has, and would lose by hanging up. Personal data, but for the times."""

    caller: str
    since: float | None = None  # epoch seconds; None: he stood in no line
    requires: dict[str, int] = {}
    head_start_s: float = 0.0
    customer: dict[str, str] = {}
