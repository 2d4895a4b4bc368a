"""What may a flow ask of the switch? Every verb, as data; each ends with exactly one reply (replies.py).

A verb that may take longer than MAX_SILENCE_S says what is heard meanwhile. What is personal (numbers, digits, what is
read back) stands in no repr.
"""

from __future__ import annotations

from typing import Any, ClassVar, TypeAlias

import msgspec

MAX_SILENCE_S = 3.0  # of silence that is ours; while a key is awaited the turn is the caller's
ALL_KEYS = "0123456789*#"


class Sound(msgspec.Struct, frozen=True, tag=True, omit_defaults=True):
    """A sound file, without its ending, below the folder of its language. `text` is what it says, where known."""

    file: str
    language: str
    text: str = ""


class Spoken(msgspec.Struct, frozen=True, tag=True):
    """A text that is made to sound now (an article, a name). The switch without a voice answers PromptMissing."""

    text: str
    language: str

    def __repr__(self) -> str:
        return f"Spoken(..., {self.language!r})"


Segment: TypeAlias = Sound | Spoken


class Verb(msgspec.Struct, frozen=True, tag=True, omit_defaults=True):
    """One thing the switch shall do for the caller."""

    PRIVATE: ClassVar[frozenset[str]] = frozenset()

    def __repr__(self) -> str:
        shown = (
            f"{name}={'...' if name in self.PRIVATE and getattr(self, name) else repr(getattr(self, name))}"
            for name in self.__struct_fields__
        )
        return f"{type(self).__name__}({', '.join(shown)})"


class Play(Verb, frozen=True):
    """Play these one after another; a key of `stop_on` cuts it off. Reply: Played, Digits (that key), PromptMissing."""

    PRIVATE = frozenset({"prompts"})
    prompts: tuple[Segment, ...]
    stop_on: str = ""


class Collect(Verb, frozen=True):
    """Play (a key cuts it off and counts), then take keys. Reply: Digits, with "" for silence; PromptMissing.

    Ends at `end_key` (which is not part of the digits), at `most` digits, after `first_digit_s` without any key,
    after `next_digit_s` without another one, or at a key of `at_once` pressed first. `already` was pressed before: it
    counts, and nothing is played. `sensitive`: write it nowhere.
    """

    PRIVATE = frozenset({"prompts", "already"})
    prompts: tuple[Segment, ...]
    most: int = 1
    end_key: str = ""
    at_once: str = ""
    already: str = ""
    first_digit_s: float = 5.0
    next_digit_s: float = 3.0
    sensitive: bool = False

    def complete(self, digits: str) -> bool:
        """Whether nothing more is to be waited for after `digits`."""
        if not digits:
            return False
        if len(digits) == 1 and digits in self.at_once:
            return True
        return len(digits) >= self.most or bool(self.end_key and digits.endswith(self.end_key))


class Lookup(Verb, frozen=True):
    """Ask one of the centre's own systems. Reply: Found, NotFound, Down.

    `path` has {variable} where `values` go (percent-encoded); `send` is the JSON body by field, of variables in
    `values`. `into` names the part of the answer for each variable. `once` is the same if the question is repeated
    after an engine's death: an idempotency key. `meanwhile` is played when it takes longer than `quiet_s`, then music.
    """

    PRIVATE = frozenset({"values"})
    source: str
    method: str
    path: str
    once: str
    values: dict[str, Any] = {}  # text, number, yes or no, None, or values.Secret
    send: dict[str, str] = {}
    into: dict[str, str] = {}
    meanwhile: tuple[Segment, ...] = ()
    quiet_s: float = 1.5


class Record(Verb, frozen=True):
    """Play, beep, record; with `queue` a voicemail for it. Reply: Recorded, NotRecorded, PromptMissing.

    A voicemail of one who hangs up instead of pressing `end_key` is kept, too. `number`: where he can be called back;
    `connect`: he is, once somebody has heard it.
    """

    PRIVATE = frozenset({"prompts", "number"})
    prompts: tuple[Segment, ...]
    name: str
    max_s: float
    silence_s: float
    end_key: str = "#"
    queue: str = ""
    number: str = ""
    connect: bool = True


class Enqueue(Verb, frozen=True):
    """Into the line. Reply: QueueEnded. The line has its own music."""

    PRIVATE = frozenset({"customer"})
    queue: str
    requires: dict[str, int] = {}
    head_start_s: float = 0.0
    preferred: tuple[str, ...] = ()
    customer: dict[str, str] = {}
    language: str = ""


class TakeCallback(Verb, frozen=True):
    """Promise a call back that keeps the place. Reply within MAX_SILENCE_S: CallbackTaken, CallbackRefused."""

    PRIVATE = frozenset({"number"})
    queue: str
    number: str
    once: str
    language: str = ""


class MaySurvey(Verb, frozen=True):
    """Ask whether the customer is left in peace, and take note that he is asked now. Reply: SurveyAllowed.

    `quiet_s`: nobody is asked again within it; the same `call` is answered the same. Reply within MAX_SILENCE_S.
    """

    PRIVATE = frozenset({"customer"})
    survey: str
    customer: str
    call: str
    quiet_s: float


class Transfer(Verb, frozen=True):
    """Connect with an allowed target; the caller hears ringing. Reply: Transferred."""

    to: str
    ring_timeout_s: float


class Hangup(Verb, frozen=True):
    """Good-bye: the last verb. `why`: done, returned, error, or gone (the caller hung up; nothing is left to do).

    Beside a line only `done` ends the call: behind the others he waits on.
    """

    PRIVATE = frozenset({"prompts"})
    prompts: tuple[Segment, ...] = ()
    why: str = "done"


AnyVerb: TypeAlias = Play | Collect | Lookup | Record | Enqueue | TakeCallback | MaySurvey | Transfer | Hangup
