"""What can a step of a flow do? One class for each kind of node, named by the key it begins with.

Three keys lead on everywhere: `then` (it went as it should), `keys` (what the caller pressed), `on` (any other outcome
by its name). Pure data; what a node does is ivr/'s, where each way leads is ivr/graph.py's.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal, TypeAlias

from pydantic import AfterValidator, Discriminator, Field, PlainValidator, StringConstraints, Tag, model_validator

from cti.model.policy import Digit, Level, Name, Seconds
from cti.model.schema import Policy
from cti.model.spoken import Kind, Prompt, PromptField, prompt

HANGUP, RETURN, BACK, REPEAT = "hangup", "return", "back", "repeat"
MUST, THEN, ERROR = "", "then", "error"
RESERVED = (HANGUP, RETURN, BACK, REPEAT)  # targets that are no nodes

LENGTH = r"^[0-9]{1,2}(-[0-9]{1,2})?$"
PATH = r"^/([A-Za-z0-9_./~?=&,:-]|\{[A-Za-z][A-Za-z0-9_]{0,39}\}){0,200}$"
LANGUAGE = r"^[a-z]{2}(-[A-Z]{2})?$"
TRANSFER = r"^[A-Za-z0-9+*#_-]{1,40}$"
VARIABLE = r"^[A-Za-z][A-Za-z0-9_]{0,39}$"
RANGE = r"^-?[0-9]{1,12}(\.[0-9]{1,4})?\.\.-?[0-9]{1,12}(\.[0-9]{1,4})?$"
MEANINGS = {
    LENGTH: 'must be a number of digits such as 8, or from-to such as "6-10"',
    PATH: "must be a path such as /orders/{order_id}",
    LANGUAGE: "must be a language of two letters such as en",
    TRANSFER: "must be the name or number of an allowed transfer",
    VARIABLE: "must be a variable: a letter, then up to 39 of A-Z a-z 0-9 _",
    RANGE: "must be from..to, such as 1..100",
}

Outcomes: TypeAlias = Mapping[str, str]
Target = Name
Variable = Annotated[str, StringConstraints(pattern=VARIABLE)]
Language = Annotated[str, StringConstraints(pattern=LANGUAGE)]
Formula = Annotated[str, StringConstraints(min_length=1, max_length=300)]
DataPath = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Tries = Annotated[int, Field(ge=1, le=10)]
DigitWait = Annotated[float, Field(ge=1, le=60)]


def _length(text: str) -> str:
    low, _, high = text.partition("-")
    if not 1 <= int(low) <= int(high or low) <= 40:
        raise ValueError("must be from 1 to 40 digits, the smaller number first")
    return text


def _pattern(text: str) -> str:
    # Nested repetition lets a few digits take for ever; digits need none of it (and input is bounded besides).
    if re.search(r"[*+}]\)?[*+{]|\([^)]*[*+{][^)]*\)[*+{]|\\[1-9]", text):
        raise ValueError("repeats a repetition; a pattern of digits needs no (a+)+ and no back reference")
    try:
        re.compile(text)
    except (re.error, OverflowError, RecursionError):
        raise ValueError('is no pattern; write it like "[0-9]{8}" or "(10|20)[0-9]{6}"') from None
    return text


def _confirm(value: Any) -> Prompt | bool:
    if isinstance(value, bool) or value in ("true", "false"):
        return value in (True, "true")
    return prompt(value)


Length = Annotated[str, StringConstraints(pattern=LENGTH), AfterValidator(_length)]
DigitPattern = Annotated[str, StringConstraints(max_length=100), AfterValidator(_pattern)]


class Node(Policy):
    """Base of all nodes. OUTCOMES: what may stand under `on`, and which way is taken where it does not.

    MUST: it has to stand there. Other than `then`, the flow's own `on` is asked before the way named here.
    """

    OUTCOMES: ClassVar[Outcomes] = {}
    on: dict[Name, Target] = Field(default={})


ASKING: Outcomes = {"silent": "failed", "wrong": "failed", "failed": ERROR}

QUEUE_OUTCOMES: Outcomes = {
    **dict.fromkeys(("left", "timed_out", "full", "nobody", "closed"), "failed"),
    "failed": ERROR,
}


class Asking(Node):
    """A node that waits for keys. `wrong` and `silent` are said before it asks again."""

    tries: Tries = 3
    first_digit_s: DigitWait = 5.0
    wrong: PromptField | None = None
    silent: PromptField | None = None


class Play(Node):
    """Say something. Any key goes on to what follows (`barge_in: false`: it is heard to the end)."""

    play: PromptField
    barge_in: bool = True
    then: Target


class Say(Node):
    """Speak a variable. `words` says certain values in words of your own; `otherwise` all that nothing else says."""

    say: Variable
    kind: Kind | None = Field(default=None, alias="as")
    words: dict[Annotated[str, StringConstraints(max_length=100)], PromptField] = Field(default={})
    otherwise: PromptField | None = None
    then: Target


class Menu(Asking):
    """A choice by one key."""

    OUTCOMES: ClassVar[Outcomes] = ASKING
    menu: PromptField
    keys: dict[Digit, Target] = Field(min_length=1)


class Collect(Asking):
    """Digits into a variable. `confirm` reads them back (`true`, or a text with {variable}): 1 is right, 2 again."""

    OUTCOMES: ClassVar[Outcomes] = ASKING
    collect: Variable
    ask: PromptField
    length: Length = "1-20"
    end_key: Digit | None = "#"
    pattern: DigitPattern | None = None
    between: Annotated[str, StringConstraints(pattern=RANGE)] | None = None
    luhn: bool = False  # the check digit of cards: ISO/IEC 7812-1
    confirm: Annotated[Prompt | bool, PlainValidator(_confirm)] = False
    next_digit_s: DigitWait = 3.0
    then: Target


class Hours(Node):
    """Open or closed now? `closing_soon` is for the last `closing_soon_s` before closing."""

    OUTCOMES: ClassVar[Outcomes] = {
        "open": MUST,
        "closed": MUST,
        "holiday": "closed",
        "special_day": "closed",
        "closing_soon": "open",
    }
    hours: Name
    closing_soon_s: Seconds = 900.0


class Lookup(Node):
    """Ask one of your own systems. `into` says which part of the answer goes into which variable."""

    OUTCOMES: ClassVar[Outcomes] = {"not_found": ERROR, "down": ERROR}
    lookup: Name
    get: Annotated[str, StringConstraints(pattern=PATH)] | None = None
    post: Annotated[str, StringConstraints(pattern=PATH)] | None = None
    send: dict[Annotated[str, StringConstraints(max_length=60)], Variable] = Field(default={})
    into: dict[Variable, DataPath] = Field(default={})
    meanwhile: PromptField | None = None
    then: Target


class Set(Node):
    """Give variables new values: `attempts: attempts + 1`, `topic: '"returns"'`."""

    set: dict[Variable, Formula] = Field(min_length=1)
    then: Target


class Case(Policy):
    """One case of a branch; the first that is true is taken."""

    condition: Formula = Field(alias="if")
    then: Target


class Branch(Node):
    """The first case that is true, else `otherwise`."""

    branch: tuple[Case, ...] = Field(min_length=1, max_length=50)
    otherwise: Target


class SetLanguage(Node):
    """From here on in this language."""

    language: Language
    then: Target


class Split(Node):
    """Send callers two or more ways, in shares; the same customer always goes the same way."""

    split: Name
    shares: dict[Name, Annotated[int, Field(ge=0, le=1000)]] = Field(min_length=2, max_length=10)


class NotAgain(Node):
    """The caller wants no more calls: his number is on the do-not-call list from here on. The name says why."""

    do_not_call: Name
    then: Target


class Queue(Node):
    """Wait for an agent. `then` follows when the agent hangs up first; `customer` goes to the agent's screen."""

    OUTCOMES: ClassVar[Outcomes] = QUEUE_OUTCOMES
    queue: Name
    requires: dict[Name, Level] = Field(default={})
    head_start_s: Seconds = 0.0
    preferred: tuple[Name, ...] = ()
    preferred_from: Variable | None = None
    customer: dict[Name, Variable] = Field(default={})
    then: Target = HANGUP


class OfferCallback(Asking):
    """Promise to call back, with the place in the line kept. Without `ask` it is taken at once."""

    OUTCOMES: ClassVar[Outcomes] = {"declined": MUST, "refused": "failed", **ASKING}
    offer_callback: Name
    ask: PromptField | None = None
    accept_key: Digit = "1"
    number: Variable = "caller"
    then: Target


class Voicemail(Node):
    """Record a message for a queue, whose agents get it; `connect`: who has heard it is connected with the caller."""

    OUTCOMES: ClassVar[Outcomes] = {"empty": "failed", "failed": ERROR}
    voicemail: Name
    ask: PromptField
    max_s: Annotated[float, Field(ge=5, le=600)] = 120.0
    silence_s: Annotated[float, Field(ge=1, le=30)] = 4.0
    number: Variable = "caller"
    connect: bool = True
    then: Target


class Record(Node):
    """Record what the caller says; the variable holds the recording's name."""

    OUTCOMES: ClassVar[Outcomes] = {"empty": "failed", "failed": ERROR}
    record: Variable
    ask: PromptField
    max_s: Annotated[float, Field(ge=1, le=600)] = 60.0
    silence_s: Annotated[float, Field(ge=1, le=30)] = 3.0
    end_key: Digit = "#"
    then: Target


class Transfer(Node):
    """Connect with somebody outside the queues; only targets that the centre allows."""

    OUTCOMES: ClassVar[Outcomes] = {"busy": "failed", "no_answer": "failed", "failed": ERROR}
    transfer: Annotated[str, StringConstraints(pattern=TRANSFER)]
    ring_timeout_s: Annotated[float, Field(ge=5, le=120)] = 30.0
    then: Target = HANGUP


class Question(Policy):
    """One question of a survey, answered by keys. `low_below`: smaller answers are low, instead of the scale's own."""

    name: Name
    ask: PromptField
    scale: Literal["csat", "nps", "solved"]
    low_below: Annotated[int, Field(ge=1, le=10)] | None = None

    @model_validator(mode="after")
    def _has_an_order(self) -> Question:
        if self.scale == "solved" and self.low_below is not None:
            raise ValueError("low_below means nothing here: of solved, 2 (no) is low")
        return self


class FollowUp(Policy):
    """What the first low answer opens at once: somebody's work, due in so many hours.

    `owner`: agent (who talked), queue (the people of the queue he talked in), or a name of your own. With
    `callback_in_h` the customer is called back by his owner (or else by the queue's people) so many hours later.
    """

    owner: Name = "agent"
    due_in_h: Annotated[float, Field(gt=0, le=8760)] = 24.0
    callback_in_h: Annotated[float, Field(ge=0, le=720)] | None = None


class Survey(Asking):
    """A few questions. `sample_percent` of the customers are asked, nobody again within `quiet_days`; with `queues`
    only who talked in one of these. The same customers are drawn each time; another `salt` draws others."""

    OUTCOMES: ClassVar[Outcomes] = {"skipped": THEN, "silent": THEN, "low": THEN}
    tries: Tries = 2
    survey: Name
    questions: tuple[Question, ...] = Field(min_length=1, max_length=5)
    sample_percent: Annotated[float, Field(ge=0, le=100)] = 100.0
    quiet_days: Annotated[float, Field(ge=0, le=366)] = 0.0
    queues: tuple[Name, ...] = ()
    salt: Annotated[str, StringConstraints(max_length=40)] = ""
    follow_up: FollowUp | None = None
    then: Target


class Subflow(Node):
    """Another flow, then on from here. `give` sets its variables, `take` brings some of them back."""

    subflow: Name
    give: dict[Variable, Formula] = Field(default={})
    take: dict[Variable, Variable] = Field(default={})
    then: Target


class Hangup(Node):
    """Good-bye."""

    hangup: PromptField | None


NODE_TYPES: dict[str, type[Node]] = {
    "play": Play, "say": Say, "menu": Menu, "collect": Collect, "hours": Hours, "lookup": Lookup, "set": Set,
    "branch": Branch, "language": SetLanguage, "split": Split, "do_not_call": NotAgain,
    "queue": Queue, "offer_callback": OfferCallback,
    "voicemail": Voicemail, "record": Record, "transfer": Transfer, "survey": Survey, "subflow": Subflow,
    "hangup": Hangup,
}  # fmt: skip
_KEY_OF = {node: key for key, node in NODE_TYPES.items()}


def node_type(value: Any) -> str | None:
    """Return the key that says what a node does, or None."""
    if isinstance(value, Node):
        return _KEY_OF.get(type(value))
    return next((key for key in NODE_TYPES if isinstance(value, dict) and key in value), None)


AnyNode: TypeAlias = Annotated[
    Annotated[Play, Tag("play")] | Annotated[Say, Tag("say")] | Annotated[Menu, Tag("menu")]
    | Annotated[Collect, Tag("collect")] | Annotated[Hours, Tag("hours")] | Annotated[Lookup, Tag("lookup")]
    | Annotated[Set, Tag("set")] | Annotated[Branch, Tag("branch")] | Annotated[SetLanguage, Tag("language")]
    | Annotated[Split, Tag("split")] | Annotated[NotAgain, Tag("do_not_call")] | Annotated[Queue, Tag("queue")]
    | Annotated[OfferCallback, Tag("offer_callback")] | Annotated[Voicemail, Tag("voicemail")]
    | Annotated[Record, Tag("record")] | Annotated[Transfer, Tag("transfer")] | Annotated[Survey, Tag("survey")]
    | Annotated[Subflow, Tag("subflow")] | Annotated[Hangup, Tag("hangup")],
    Discriminator(node_type),
]  # fmt: skip
