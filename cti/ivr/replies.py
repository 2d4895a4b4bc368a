"""What came of a verb, and what shall be remembered of a flow? Replies go in, facts come out; both are only data.

Digits are personal: they stand in no repr.
"""

from __future__ import annotations

from typing import Any, TypeAlias

import msgspec


class Reply(msgspec.Struct, frozen=True, tag=True, omit_defaults=True):
    """What the switch (or a lookup) has to say about the verb before."""


class Played(Reply, frozen=True):
    """Everything was heard."""


class Digits(Reply, frozen=True):
    """Keys, "" if none came in time; never the end key."""

    digits: str = ""

    def __repr__(self) -> str:
        return "Digits(...)"


class PromptMissing(Reply, frozen=True):
    """These files could not be played; nothing else of the verb was done."""

    files: tuple[str, ...] = ()


class Found(Reply, frozen=True):
    """The answer of a lookup by variable, as it was in the JSON: of any type, possibly a wrong one."""

    values: dict[str, Any] = {}

    def __repr__(self) -> str:
        return f"Found({', '.join(self.values)})"


class NotFound(Reply, frozen=True):
    """The system answered: there is no such thing."""


class Down(Reply, frozen=True):
    """No usable answer; `reason` is a word for the metrics (timeout, breaker, bad_answer ...)."""

    reason: str = ""


class Recorded(Reply, frozen=True):
    seconds: float = 0.0


class NotRecorded(Reply, frozen=True):
    reason: str = ""


class QueueEnded(Reply, frozen=True):
    """The caller is back from the line: talked, or an outcome of a queue node (left, timed_out, full, ...)."""

    outcome: str = "talked"
    served_in: str = ""  # the queue in which he talked last, "" if he has not


class CallbackTaken(Reply, frozen=True):
    pass


class CallbackRefused(Reply, frozen=True):
    """`reason`: invalid_number, not_allowed, already, too_many."""

    reason: str = ""


class SurveyAllowed(Reply, frozen=True):
    """Whether he may be asked; `known` is false where nobody could say so in time."""

    yes: bool = True
    known: bool = True


class Transferred(Reply, frozen=True):
    """answered (the talk is over), or an outcome of a transfer node (busy, no_answer, failed)."""

    outcome: str = "answered"


class Gone(Reply, frozen=True):
    """The caller hung up."""


class Broken(Reply, frozen=True):
    """The verb could not be carried out at all."""

    reason: str = ""


AnyReply: TypeAlias = (
    Played | Digits | PromptMissing | Found | NotFound | Down | Recorded | NotRecorded | QueueEnded | CallbackTaken
    | CallbackRefused | SurveyAllowed | Transferred | Gone | Broken
)  # fmt: skip


class Fact(msgspec.Struct, frozen=True, tag=True, omit_defaults=True):
    """Something to count or to keep. Holds no personal data; flow, version and call are known to whoever asked."""

    flow: str
    node: str


class Entered(Fact, frozen=True):
    """A node was reached."""

    language: str = ""


class Left(Fact, frozen=True):
    """A node was left by this way out (then, an outcome, or a key)."""

    way: str


class SplitTaken(Fact, frozen=True):
    split: str
    share: str


class CallsUnwanted(Fact, frozen=True):
    """The caller does not want to be called any more; `reason` is a name from the flow."""

    reason: str


class Asked(Fact, frozen=True):
    """The caller hears the first question of a survey, `question`: whoever is passed over is not told."""

    survey: str
    question: str


class Answered(Fact, frozen=True):
    """One question of a survey. `owner`: whose work a low answer becomes (model/flow_nodes.FollowUp), "" for none."""

    survey: str
    question: str
    scale: str
    score: int
    owner: str = ""
    due_in_s: float = 0.0
    call_in_s: float | None = None


class Trouble(Fact, frozen=True):
    """Something was not as it should be; `what`: prompt_missing, unfit_answer, loop, unexpected_reply, bug ..."""

    what: str
    detail: str = ""


AnyFact: TypeAlias = Entered | Left | SplitTaken | CallsUnwanted | Asked | Answered | Trouble
