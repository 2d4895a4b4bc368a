"""Which shapes do the hands have, seen from the engine? Small protocols; no implementation, no library."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, NamedTuple, Protocol, TypeVar

import msgspec

from cti.model.audit import AuditEntry
from cti.model.changes import Changed, Kind, Refused
from cti.model.commands import AnyCommand, PlaceCall
from cti.model.events import AnyEvent
from cti.model.explanation import AgentNow, ContactNow
from cti.model.policy import Center
from cti.model.words import AgentId, AttemptId, ContactId, DialResult

Reader = Callable[[Changed], None]
"""Anything that projects the stream of facts. It must not block and must not raise."""

AReader = TypeVar("AReader", bound=Callable[..., None])


def told_of(*kinds: Kind) -> Callable[[AReader], AReader]:
    """Mark a Reader: it is told facts of these kinds only. One without a mark is told every fact."""

    def mark(reader: AReader) -> AReader:
        reader.__dict__["kinds"] = frozenset(kinds)
        return reader

    return mark


class Clock(Protocol):
    def __call__(self) -> float:
        """Epoch seconds that never run backwards within one process."""


class Part(NamedTuple):
    """A part of the centre: rows of these queues, and of these agents where a row is of no queue."""

    queues: Collection[str]
    agents: Collection[str]


class Desk(Protocol):
    """The engine, as adapters see it: they post facts and ask on behalf of people."""

    def post(self, event: AnyEvent) -> None:
        """Hand over a fact. Handled before the call returns, or right after the event being handled now."""

    def ask(self, event: AnyEvent) -> Refused | None:
        """Hand over a person's request and return the refusal, or None if it was granted."""


class Explainer(Protocol):
    """Whoever can say why things are as they are now: asked by a person, answered from the running core."""

    def explain_contact(self, contact: ContactId) -> ContactNow | None:
        """How a live contact stands, and why nobody takes it yet; None where there is none of that id."""

    def explain_agent(self, agent: AgentId) -> AgentNow | None:
        """Why an agent gets no contact; None where there is none of that name."""


class Switch(Protocol):
    """Whoever has calls and can ring phones: Asterisk, or the simulator."""

    def execute(self, command: AnyCommand) -> None:
        """Start the command and return at once. What comes of it is posted to the desk as events."""


class Ledger(Protocol):
    """Where it is written down that a customer is about to be called, before any phone rings."""

    async def intend(self, call: PlaceCall) -> bool:
        """Commit the attempt. False, or any exception: it must not be dialled. No id is granted twice, ever."""

    def sent(self, attempt: AttemptId) -> None:
        """It has gone out to the switch. Returns at once, never raises."""

    def not_sent(self, attempt: AttemptId, result: DialResult) -> None:
        """It was granted, and has not gone out: nobody was called. Returns at once, never raises."""


class Office(Protocol):
    """Whoever knows whether this engine, of several that are joined, owns the centre.

    `says`: what those who stand by are to hear of the file that holds here.
    """

    says: str

    @property
    def token(self) -> int:
        """The fencing token: greater than that of every owner before."""

    def may_act(self) -> bool:
        """Whether it still does, now. To be asked before a byte goes to Asterisk; may block once after a pause."""

    def step_down(self) -> None:
        """The store has a newer owner. From any thread; returns at once."""

    @property
    def redis_away_s(self) -> float | None:
        """For how long Redis has given no answer; None: it answers."""

    @property
    def standbys(self) -> int:
        """How many others could take over, at the last look."""


class PolicyAnswer(msgspec.Struct, frozen=True):
    """What came of a wish to change the policy. Lines are for people, `changes` says the same as data.

    `applied` is false where it was refused, only checked, or makes no difference. `errors` are of the file
    (file:line:column) or of the change (its path); `needs_restart` names keys of the file that this cannot change;
    `dropped` are live changes that no longer fit, and why. `flows` is the version of the flows that holds with it.
    """

    refused: Refused | None = None
    applied: bool = False
    version: str = ""
    lines: Sequence[str] = ()
    changes: Sequence[dict[str, Any]] = ()
    errors: Sequence[str] = ()
    warnings: Sequence[str] = ()
    needs_restart: Sequence[str] = ()
    dropped: Sequence[str] = ()
    flows: int = 0


class Asked(Protocol):
    """The request behind a wish, as the audit trail will know it."""

    def begun(self) -> None:
        """The work has begun: from here on it says itself what came of it, also where the asker has gone."""

    def entry(self, at: float, answer: PolicyAnswer | None) -> AuditEntry:
        """What came of it at `at` (epoch seconds); None: it failed."""


class PolicyDesk(Protocol):
    """Whoever knows the file and the live changes, as the API sees it. One wish is handled after the other.

    A wish whose asker goes away before the work has begun is not fulfilled; `asked` hears when it begins.
    """

    @property
    def center(self) -> Center:
        """The policy that holds."""

    @property
    def version(self) -> str:
        """Its name."""

    async def reload(
        self, *, by: str, check: bool = False, drop_live: bool = False, asked: Asked | None = None
    ) -> PolicyAnswer:
        """Read the file again. `check`: only say what would come of it; `drop_live`: forget the live changes."""

    async def change(self, changes: Mapping[str, Any], *, by: str, asked: Asked | None = None) -> PolicyAnswer:
        """Change values (JSON) by path until they are reset; see config/live.py."""

    async def reset(self, paths: Sequence[str], *, by: str, asked: Asked | None = None) -> PolicyAnswer:
        """Back to the file at these paths."""

    def live_changes(self) -> list[dict[str, Any]]:
        """What differs from the file: path, value, by, at, what the file says (`file`), whether it is `stored`.

        What is `resting` does not hold: it did not fit the file at the start, and comes into force when it does.
        """

    @property
    def is_stored(self) -> bool:
        """Whether the store has the live changes as they are now, resets too."""


class FlowVersions(Protocol):
    """Whoever knows the flows' folder and all their versions, as the API sees it. One wish after the other."""

    async def reload(self, *, by: str, check: bool = False) -> PolicyAnswer:
        """Read the folder again; what is new gets a number. `check`: only say what would come of it."""

    async def roll_back(self, *, by: str, to: int | None = None) -> PolicyAnswer:
        """Let an older version hold for new calls, until the folder says something new; None: the one before."""

    async def versions(self) -> dict[str, Any]:
        """What holds (version, since, by, rolled_back), its flows, calls inside, and the versions, newest first."""

    async def drawing(
        self, name: str, version: int | None = None, language: str = "", *, dark: bool = False
    ) -> str | None:
        """A flow as SVG; None where there is no such one (any more). Without a version: as it holds."""


class AuditTrail(Protocol):
    """Where requests are remembered."""

    def add(self, entry: AuditEntry) -> None:
        """Take in one entry; returns at once, never raises."""

    def newest(self, limit: int, before: int | None = None) -> list[dict[str, Any]]:
        """The newest entries (older than number `before`), the newest first. Blocks; to be called off the loop."""
