"""Does the one loop keep its order? Event after event, commands before readers, and nobody's mistake stops it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from kit import NODE, START, Queue, call_id, center, member
from structlog.testing import capture_logs

from cti import journal
from cti.center import ContactCenter
from cti.clocks import SteadyClock
from cti.engine import Engine
from cti.journal import Journal
from cti.model import events as ev
from cti.model.changes import LEFT_BEHIND, Changed, Kind
from cti.model.commands import AnyCommand, Ring, StartMusic
from cti.model.ticket import Ticket
from cti.model.words import AgentAction, AgentId, ContactId, QueueName, RefusedReason
from cti.ports import told_of

pytestmark = pytest.mark.unit

LOGIN = ev.AgentRequest(AgentId("anna"), AgentAction.LOGIN)


class Bench:
    """An engine with a switch and a reader that write down what reaches them, and a clock that stands still."""

    def __init__(self, *, nodes: tuple[Any, ...] = (), **more: Any) -> None:
        self.now = START
        self.log: list[str] = []
        self.commands: list[AnyCommand] = []
        self.changes: list[Changed] = []
        self.on_command: Callable[[AnyCommand], None] = lambda command: None
        self.on_change: Callable[[Changed], None] = lambda changed: None
        policy = center({"sales": Queue(wrap_up_s=10)}, agents={"anna": member("sales")})
        self.engine = Engine(
            ContactCenter(policy, nodes, strict=True), self, [self.read], clock=lambda: self.now, **more
        )

    def execute(self, command: AnyCommand) -> None:
        self.log.append(type(command).__name__)
        self.commands.append(command)
        self.on_command(command)

    def read(self, changed: Changed) -> None:
        self.log.append(str(changed.kind))
        self.changes.append(changed)
        self.on_change(changed)

    def arrive(self, name: str = "c1") -> None:
        self.engine.post(ev.CallArrived(call_id(name), NODE, f"PJSIP/t-{name}", "6001"))


@pytest.fixture
async def bench() -> Any:
    bench = Bench()
    yield bench
    bench.engine.stop()


async def test_commands_go_out_before_readers_are_told(bench: Bench) -> None:
    bench.engine.post(LOGIN)
    bench.log.clear()
    bench.arrive()
    first_reader = bench.log.index("contact")
    assert bench.log.index("Ring") < first_reader
    assert all(word[0].islower() for word in bench.log[first_reader:])


async def test_a_reader_that_fails_costs_nothing(bench: Bench) -> None:
    def fail(changed: Changed) -> None:
        raise RuntimeError("a reader's bug")

    bench.on_change = fail
    bench.engine.post(LOGIN)
    bench.arrive()
    assert any(isinstance(command, Ring) for command in bench.commands)
    assert bench.engine.reader_errors == len(bench.changes) > 0


async def test_one_reader_does_not_hide_the_stream_from_the_next() -> None:
    seen: list[Changed] = []

    def fail(changed: Changed) -> None:
        raise RuntimeError

    policy = center()
    engine = Engine(ContactCenter(policy, strict=True), Bench(), [fail, seen.append], clock=lambda: START)
    engine.post(LOGIN)
    engine.stop()
    assert [change.kind for change in seen] == [Kind.STATUS]


async def test_a_reader_with_a_mark_is_told_its_kinds_only() -> None:
    seen: list[Kind] = []

    @told_of(Kind.STATUS, Kind.VISIT)
    def hear(changed: Changed) -> None:
        seen.append(changed.kind)

    heard: list[Changed] = []
    engine = Engine(ContactCenter(center(), strict=True), Bench(), [hear, heard.append], clock=lambda: START)
    engine.post(LOGIN)
    engine.post(ev.CallArrived(call_id("c1"), NODE, "PJSIP/t-1", "6001"))
    engine.stop()
    assert seen == [change.kind for change in heard if change.kind in (Kind.STATUS, Kind.VISIT)]
    assert len(set(seen)) == 2 < len({change.kind for change in heard})


async def test_what_no_event_tells_comes_to_every_reader(bench: Bench) -> None:
    facts = [Changed(Kind.CONTACT, f"n/{number}", "waiting", "ended", START, LEFT_BEHIND) for number in range(2)]
    bench.engine.tell(facts)
    assert bench.changes == facts and bench.commands == []
    bench.on_change = lambda changed: bench.engine.tell(facts)
    bench.engine.post(LOGIN)
    assert bench.engine.reader_errors == 1, "a reader must not"


async def test_a_switch_that_fails_costs_one_command(bench: Bench) -> None:
    def fail(command: AnyCommand) -> None:
        if isinstance(command, StartMusic):
            raise OSError("gone")

    bench.on_command = fail
    bench.engine.post(LOGIN)
    bench.arrive()
    assert bench.engine.switch_errors == 1
    assert any(isinstance(command, Ring) for command in bench.commands)
    assert bench.changes


async def test_what_is_posted_meanwhile_comes_right_after(bench: Bench) -> None:
    """A command that fails at once posts its event from inside `execute`: never in the middle of the first event."""
    bench.engine.post(LOGIN)

    def gone_at_once(command: AnyCommand) -> None:
        if isinstance(command, Ring):
            bench.engine.post(ev.CallGone(command.call))
            bench.log.append("posted")

    bench.on_command = gone_at_once
    bench.log.clear()
    bench.arrive()
    visits = [change.new for change in bench.changes if change.kind is Kind.VISIT]
    assert visits == ["waiting", "abandoned"]
    told = [(str(change.kind), change.cause) for change in bench.changes]
    causes = [cause for _, cause in told]
    assert causes == sorted(causes, key=["AgentRequest", "CallArrived", "CallGone"].index)


async def test_a_reader_may_post_too(bench: Bench) -> None:
    def pause(changed: Changed) -> None:
        if changed.kind is Kind.STATUS and changed.new == "available":
            bench.engine.post(ev.AgentRequest(AgentId("anna"), AgentAction.PAUSE, "lunch"))

    bench.on_change = pause
    bench.engine.post(LOGIN)
    assert [change.new for change in bench.changes] == ["available", "on_break"]


async def test_a_request_is_granted_or_refused(bench: Bench) -> None:
    assert bench.engine.ask(LOGIN) is None
    refused = bench.engine.ask(LOGIN)
    assert refused is not None and refused.reason is RefusedReason.ALREADY
    refused = bench.engine.ask(ev.AgentRequest(AgentId("zoe"), AgentAction.LOGIN))
    assert refused is not None and refused.reason is RefusedReason.UNKNOWN_AGENT


async def test_a_request_is_served_at_once_with_all_that_follows(bench: Bench) -> None:
    bench.arrive()
    assert bench.engine.ask(LOGIN) is None
    assert isinstance(bench.commands[-1], Ring)


# --- a core that breaks where it cannot contain it --------------------------------------------------------------------


def break_once(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """The next event is applied, and what follows from it is not."""
    center = bench.engine.center
    follow = center._follow

    def broken(_: None) -> None:
        monkeypatch.setattr(center, "_follow", follow)
        raise KeyError("+49301234567")

    monkeypatch.setattr(center, "_follow", broken)


async def test_what_a_core_that_breaks_has_decided_goes_out(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """It believes it done: who waits for music or a ring would wait for ever."""
    break_once(bench, monkeypatch)
    with capture_logs() as logged, pytest.raises(KeyError):
        bench.arrive()
    assert any(isinstance(command, StartMusic) for command in bench.commands)
    assert [change.new for change in bench.changes if change.kind is Kind.VISIT] == ["waiting"]
    assert bench.engine.core_errors == 1
    assert [(line["of"], line["error"]) for line in logged] == [("CallArrived", "KeyError")]


async def test_events_behind_one_that_breaks_the_core_do_not_wait_for_the_next(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    def two_more(changed: Changed) -> None:
        if changed.kind is Kind.STATUS:
            break_once(bench, monkeypatch)
            bench.arrive("c1")
            bench.arrive("c2")

    bench.on_change = two_more
    with pytest.raises(KeyError):
        bench.engine.post(LOGIN)
    entered = [change.call for change in bench.changes if change.kind is Kind.VISIT and change.new == "waiting"]
    assert entered == [call_id("c1"), call_id("c2")]


async def test_a_request_that_breaks_the_core_lets_the_others_through(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.on_change = lambda changed: bench.arrive() if changed.kind is Kind.STATUS else None
    break_once(bench, monkeypatch)
    with pytest.raises(KeyError):
        bench.engine.ask(LOGIN)
    assert any(isinstance(command, Ring) for command in bench.commands) and bench.engine.core_errors == 1


class FakeLoop:
    """Stands in for the running loop: keeps what was asked for instead of waiting."""

    def __init__(self) -> None:
        self.calls: list[tuple[float, Callable[[], None]]] = []

    def call_later(self, delay_s: float, what: Callable[[], None]) -> Any:
        entry = (delay_s, what)
        self.calls.append(entry)

        class Handle:
            def cancel(handle) -> None:
                if entry in self.calls:
                    self.calls.remove(entry)

        return Handle()


@pytest.fixture
def loop(monkeypatch: pytest.MonkeyPatch) -> FakeLoop:
    loop = FakeLoop()
    monkeypatch.setattr(asyncio, "get_running_loop", lambda: loop)
    return loop


def in_wrapup() -> Bench:
    bench = Bench()
    bench.engine.post(LOGIN)
    bench.arrive()
    [offer] = bench.engine.center.offers
    bench.engine.post(ev.OfferRinging(offer, "node1/a1", "PJSIP/1001-1"))
    bench.engine.post(ev.OfferAnswered(offer))
    bench.engine.post(ev.LegDown("node1/a1"))
    bench.engine.post(ev.RingEnded(call_id("c1"), ev.RingResult.ANSWERED, 5.0, True, offer))
    bench.engine.post(ev.CallGone(call_id("c1")))
    return bench


def test_the_next_deadline_has_the_one_timer(loop: FakeLoop) -> None:
    bench = in_wrapup()
    assert [delay_s for delay_s, _ in loop.calls] == [pytest.approx(10)]
    bench.now += 10
    [(_, fire)] = loop.calls
    loop.calls.clear()
    fire()
    assert (bench.changes[-1].kind, bench.changes[-1].new) == ("activity", "idle")
    assert loop.calls == []


def test_a_timer_that_fires_early_is_set_again(loop: FakeLoop) -> None:
    bench = in_wrapup()
    bench.now += 9.999
    [(_, fire)] = loop.calls
    loop.calls.clear()
    fire()
    assert str(bench.engine.center.agents[AgentId("anna")].activity) == "wrapup"
    assert [delay_s for delay_s, _ in loop.calls] == [pytest.approx(0.001, abs=1e-6)]


def test_a_deadline_that_is_gone_has_no_timer(loop: FakeLoop) -> None:
    bench = in_wrapup()
    assert bench.engine.ask(ev.AgentRequest(AgentId("anna"), AgentAction.READY)) is None
    assert loop.calls == []


def test_stop_means_no_more_deadlines(loop: FakeLoop) -> None:
    bench = in_wrapup()
    bench.engine.stop()
    assert loop.calls == []


def test_what_comes_after_the_stop_is_counted_and_changes_nothing(loop: FakeLoop) -> None:
    bench = in_wrapup()
    bench.engine.stop()
    told = (list(bench.changes), list(bench.commands), bench.engine.events)
    bench.arrive("c2")
    refused = bench.engine.ask(ev.AgentRequest(AgentId("anna"), AgentAction.READY))
    assert refused is not None and refused.reason is RefusedReason.NOT_NOW
    assert (bench.changes, bench.commands, bench.engine.events) == told
    assert (loop.calls, bench.engine.after_stop) == ([], 2)


async def test_who_waited_on_a_clock_that_was_ahead_keeps_his_place() -> None:
    """The engine dies after its machine's clock was set back: the next one begins before the tickets of the line."""
    center_ = ContactCenter(center({"sales": Queue(wrap_up_s=10)}), (NODE,), strict=True)
    engine = Engine(center_, Bench(), clock=SteadyClock(lambda: START, lambda: 0.0))
    first, second = (
        Ticket(ContactId(name), QueueName("sales"), START + s, START + s) for name, s in (("a", 40), ("b", 41))
    )
    legs = tuple(
        ev.SnapshotLeg(call_id(ticket.contact), f"PJSIP/t-{ticket.contact}", "PJSIP/t", ours=True, ticket=ticket)
        for ticket in (first, second)
    )
    engine.post(ev.NodeUp(NODE, legs))
    for ticket in (second, first):  # whoever comes back first
        name = str(ticket.contact)
        engine.post(ev.CallArrived(call_id(name), NODE, f"PJSIP/t-{name}", "6001", ticket=ticket))
    engine.post(ev.CallArrived(call_id("new"), NODE, "PJSIP/t-new", "6001"))
    engine.stop()
    contacts = sorted(center_.contacts.values(), key=lambda contact: contact.order())
    assert [contact.call for contact in contacts] == [call_id(name) for name in ("a", "b", "new")]
    assert [contact.since for contact in contacts] == [START + 40, START + 41, START + 41]


async def test_the_core_knows_of_a_clock_that_is_wrong_before_it_decides(tmp_path: Path) -> None:
    at = [START, 0.0]  # what the machine's clock says, and for how long it has been running
    book = Journal(tmp_path / "journal")
    clock = SteadyClock(lambda: at[0], lambda: at[1])
    engine = Engine(ContactCenter(center(), strict=True), Bench(), clock=clock, journal=book)
    engine.post(ev.TimePassed())
    at[:] = [START + 7200.0, 2.0]
    engine.post(ev.TimePassed())
    engine.post(ev.TimePassed())
    at[:] = [START + 4.0, 4.0]
    engine.post(ev.TimePassed())
    engine.stop()
    book.close()
    passed = ev.TimePassed()
    assert [(at - START, event) for at, event in journal.read(tmp_path / "journal")] == [
        (0.0, passed),
        (0.0, ev.ClockApart(2.0 - 7200.0)),  # at the time of what was before: nothing more is due by then
        (2.0, passed),
        (2.0, passed),
        (2.0, ev.ClockApart(0.0)),
        (4.0, passed),
    ]


async def test_the_journal_gets_every_event_in_order(tmp_path: Path) -> None:
    book = Journal(tmp_path / "journal")
    bench = Bench(journal=book)
    bench.engine.post(LOGIN)
    bench.arrive()
    bench.engine.ask(LOGIN)
    bench.engine.stop()
    book.close()
    assert [type(event).__name__ for _, event in journal.read(tmp_path / "journal")] == [
        "AgentRequest",
        "CallArrived",
        "AgentRequest",
    ]
