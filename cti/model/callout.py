"""What is to be known of a customer who shall be called: whom, how, and what then? The plan of one attempt.

A call-out is a contact without a call. It waits in a line like everybody else (where an agent is kept for it), and
gets its call by an attempt. Fields named `number` are personal data.
"""

from __future__ import annotations

import msgspec

from cti.model.policy import Exit
from cti.model.words import AttemptId, DialFirst, NodeId


class Listening(msgspec.Struct, frozen=True, omit_defaults=True):
    """The parameters of Asterisk's AMD (app_amd), all in seconds but the last; what it takes a greeting for."""

    initial_silence_s: float = 2.5
    greeting_s: float = 1.5
    after_greeting_silence_s: float = 0.8
    total_analysis_s: float = 5.0
    min_word_s: float = 0.1
    between_words_silence_s: float = 0.05
    max_words: int = 3


class OnMachine(msgspec.Struct, frozen=True, omit_defaults=True):
    """What an answering machine gets: `prompts` after its beep, or nothing but the end of the call."""

    prompts: tuple[str, ...] = ()
    beep_wait_s: float = 10.0  # at most so long for the silence behind the beep
    as_person: bool = False  # on trial: what seems to be a machine is connected all the same


class Callout(msgspec.Struct, frozen=True, omit_defaults=True):
    """One attempt to reach one customer.

    `reserve`: an agent is kept for it before anybody is dialled, and `first` says whose phone rings first. Without it
    the customer is dialled at once, and whoever answers goes into `flow`, or else into the line, where `max_wait_s`
    holds for it instead of the queue's own (then `on_max_wait`: the safe-harbour message).
    """

    attempt: AttemptId
    number: str  # E.164; personal data
    caller_id: str = ""
    trunk: str = ""  # the way out, by its name in outbound.trunks; "": the one that knows most of the number
    ring_timeout_s: float = 30.0
    reserve: bool = True
    first: DialFirst = DialFirst.AGENT
    preview_s: float | None = None  # so long the agent may look at it and decide, before anybody is rung; None: at once
    listen: Listening | None = None
    on_machine: OnMachine = OnMachine()
    flow: str = ""
    max_wait_s: float | None = None
    on_max_wait: Exit = Exit()
    campaign: str = ""
    callback: str = ""  # id of the promise that is kept by it
    show: str = ""  # what the agent's phone shows as the caller's name; personal data
    hear: tuple[str, ...] = ()  # messages of his: his agent, rung first then, hears them and says whether to call
    own_until: float = 0.0  # epoch seconds: until then it waits for its own agents alone, whether they are there or not
    rule: str = ""  # why this attempt is made, for the journal of dials: a mode, or "callback"
    auto_answer: bool = False  # his agent's phone is asked to answer by itself
    node: NodeId = NodeId("")  # by this Asterisk alone: there his messages lie; "": by any
