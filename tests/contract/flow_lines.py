"""How does a test stand on a caller's telephone, whatever switch is behind it? What he hears, and what he does.

What was heard is what the engine asked for on the caller's AGI session (the real one, on every switch): so the same
story must give the same sounds and the same events, or the switches differ.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, Protocol

import msgspec

from cti.engine import Engine
from cti.ivr import replies, verbs
from cti.ivr.book import FlowBook
from cti.model import events, policy
from cti.model.flow import Flow
from cti.switch.agi_codec import Reply
from cti.switch.agi_session import AgiSession
from cti.switch.flow_desk import FlowDesk
from tests.ivr.flows import flow, opening

OF_A_FLOW = (events.FlowEnqueues, events.FlowEnded, events.FlowTold, events.SurveyAnswered)
GONE = "gone"  # a sound whose name has this in it is nowhere
DIALLED, CALLER = "6100", "+4930123456"
AGENT, COLLEAGUE = "1001", "1002"
POLICY = policy.Center.model_validate(
    {
        "queues": {"sales": {"wrap_up_s": 0}, "nobody_serves": {"max_wait_s": 1.0}},
        "agents": {"anna": {"phone": f"PJSIP/{AGENT}", "queues": {"sales": {}}, "starts": "available"}},
        "entries": {DIALLED: {"flow": "t"}},
        "settle_s": 0,
    }
)


class Sent(NamedTuple):
    """An AGI command, and the answer that it waits for."""

    words: tuple[str, ...]
    answer: asyncio.Future[Reply]

    @property
    def name(self) -> str:
        return " ".join(self.words[:2])

    @property
    def keys(self) -> str:
        """Those that end it."""
        match self.name:
            case "STREAM FILE":
                return self.words[3]
            case "WAIT FOR":
                return verbs.ALL_KEYS
            case "RECORD FILE":
                return self.words[4]
        return ""


LASTING = ("STREAM FILE", "WAIT FOR", "RECORD FILE", "EXEC Dial")


class Wiretap:
    """Every command that goes out on any AGI session."""

    def __init__(self) -> None:
        self.sent: list[Sent] = []

    def tap(self, replace: Callable[[object, str, object], None]) -> None:
        """`replace` is monkeypatch.setattr."""
        plain = AgiSession.submit

        def submit(session: AgiSession, *words: str, timeout_s: float | None = None) -> asyncio.Future[Reply]:
            answer = plain(session, *words, timeout_s=timeout_s)
            if " ".join(words[:2]) in LASTING:
                self.sent.append(Sent(words, answer))
            return answer

        replace(AgiSession, "submit", submit)

    @property
    def now(self) -> Sent | None:
        """What goes on at this moment."""
        return self.sent[-1] if self.sent and not self.sent[-1].answer.done() else None

    def sounds(self) -> list[str]:
        return [sent.words[2] for sent in self.sent if sent.name == "STREAM FILE"]


class Scene(NamedTuple):
    """What the switch's flow stands on: the flows, what it is now, and what the outside answers."""

    flows: tuple[Flow, ...]
    hours: str = "open"
    answer: replies.AnyReply = replies.Down()

    def desk(self) -> FlowDesk:
        async def ask(_verb: object) -> replies.AnyReply:
            return self.answer

        async def promise(_verb: verbs.TakeCallback, _call: str) -> replies.AnyReply:
            return replies.CallbackTaken()

        return FlowDesk(
            book=FlowBook({each.name: each for each in self.flows}),
            hours=lambda _name, _now: opening(self.hours),
            ask=ask,
            take_callback=promise,
            transfers={"office": f"PJSIP/{COLLEAGUE}"},
            recordings="/tmp",
        )


def scene(text: str, *others: Flow, head: str = "", **more: Any) -> Scene:
    """A scene whose first flow has these nodes (YAML); it begins with `a`, and what is broken leads to `sorry`."""
    nodes = text.strip("\n") + "\nsorry: {hangup: {file: s/sorry}}"
    return Scene((flow(nodes, head=f"on: {{error: sorry}}\n{head}"), *others), **more)


class Line(Protocol):
    """One caller on one switch. Everything waits until it is so; what takes its time on a real one just passes."""

    tap: Wiretap
    desk: FlowDesk

    @property
    def posted(self) -> Sequence[events.AnyEvent]: ...
    async def calls(self) -> None: ...
    async def until(self, name: str, word: str = "") -> None:
        """Time passes until this command goes on (its third word is `word`)."""

    async def presses(self, keys: str) -> None:
        """One key after another, each when it ends something."""

    async def hammers(self, keys: str) -> None:
        """Keys at once, whether anybody listens or not."""

    async def speaks(self) -> None:
        """Into the recording that goes on, for a while."""

    async def talks(self) -> None:
        """The agent answers, and hangs up first."""

    async def colleague_talks(self) -> None:
        """Who is not an agent does so, too."""

    async def waits_too_long(self) -> None:
        """In the line that nobody serves."""

    async def hangs_up(self) -> None: ...
    async def is_let_go(self) -> None:
        """Time passes until the flow is over."""


async def hears(line: Line, *names: str) -> None:
    """Time passes until these are played, one after another."""
    for name in names:
        await line.until("STREAM FILE", f"en/s/{name}" if "/" not in name else name)


def told(line: Line) -> list[tuple[str, dict[str, Any]]]:
    """What the core heard of the flow, without the call, whose name every switch makes up."""
    found = []
    for event in line.posted:
        if isinstance(event, OF_A_FLOW):
            fields = msgspec.to_builtins(event)
            del fields["call"]
            found.append((fields.pop("type"), fields))
    return found


class Spy(Engine):
    """An engine that keeps what it was told."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.posted: list[events.AnyEvent] = []

    def post(self, event: events.AnyEvent) -> None:
        self.posted.append(event)
        super().post(event)
