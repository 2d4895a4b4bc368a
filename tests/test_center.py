"""Does the core keep its contract? Deterministic to the byte, deadlines in time, and a bug costs one call at most."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from acd.worlds import World
from hypothesis import given, settings
from hypothesis import strategies as st
from kit import NODE, Exit, Queue, Scene, bytes_of, call_id, center, member, replay

from cti.acd import transitions
from cti.acd.choice import CHOICES
from cti.center import ContactCenter
from cti.model import events as ev
from cti.model.changes import Changed, Kind
from cti.model.commands import Release, Ring
from cti.model.errors import IllegalTransition
from cti.model.policy import Strategy
from cti.model.words import Activity, ContactState, OfferId, OfferState, RingResult

pytestmark = pytest.mark.unit

STEPS = st.lists(st.integers(0, 2**16), min_size=1, max_size=40)


def three(**more: object) -> Scene:
    agents = {name: member("sales") for name in ("anna", "ben", "carl")}
    return Scene(center({"sales": Queue()}, agents=agents), **more)  # type: ignore[arg-type]


# --- the same every time ----------------------------------------------------------------------------------------------


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**16), STEPS)
def test_the_same_events_give_the_same_outputs_to_the_byte(seed: int, numbers: list[int]) -> None:
    world = World(seed)
    for number in numbers:
        world.step(number)
    first, second = (replay(world.scene.policy, world.scene.history, strict=True) for _ in range(2))
    assert first == second
    core = ContactCenter(world.scene.policy, strict=True)
    said = [output for now, event in world.scene.history for output in core.handle(now, event)]
    assert bytes_of(said) == bytes_of(world.scene.told)


def test_another_process_with_another_hash_seed_says_the_same() -> None:
    """Sets of strings have another order in every process: none of it may reach a decision."""
    script = (
        "import hashlib\n"
        "from acd.worlds import World\n"
        "from kit import bytes_of\n"
        "total = hashlib.sha256()\n"
        "for seed in range(12):\n"
        "    world = World(seed)\n"
        "    for number in range(60):\n"
        "        world.step(seed * 104729 + number * 7919)\n"
        "    total.update(bytes_of(world.scene.told))\n"
        "print(total.hexdigest())\n"
    )
    here = Path(__file__).parent
    answers = {
        subprocess.run(
            [sys.executable, "-c", script],
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": f"{here}:{here.parent}"},
            capture_output=True,
            text=True,
            check=True,
            timeout=60,
        ).stdout
        for seed in ("1", "2", "3")
    }
    assert len(answers) == 1
    assert len(answers.pop().strip()) == 64


@settings(max_examples=80, deadline=None)
@given(st.integers(0, 2**16), STEPS)
def test_nobody_waits_beside_a_free_agent_who_may_serve_him(seed: int, numbers: list[int]) -> None:
    world = World(seed)
    for number in numbers:
        world.step(number)  # its judge looks after every event
    assert world.judge.judged == len(world.scene.history)


@settings(max_examples=80, deadline=None)
@given(st.integers(0, 2**16), STEPS)
def test_offered_is_outcomes_plus_waiting(seed: int, numbers: list[int]) -> None:
    world = World(seed)
    for number in numbers:
        world.step(number)
    visits: dict[str, list[str]] = {}
    for change in world.scene.changes(Kind.VISIT):
        visits.setdefault(change.id, []).append(change.new)
    for states in visits.values():
        assert states[0] == "waiting"
        assert len(states) <= 2, "one outcome"
    still = {f"{contact.id}/{contact.visit}" for contact in world.scene.center.contacts.values() if contact.visit_open}
    assert {visit for visit, states in visits.items() if len(states) == 1} == still


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**16), STEPS)
def test_everything_told_keeps_to_the_tables(seed: int, numbers: list[int]) -> None:
    world = World(seed)
    for number in numbers:
        world.step(number)
    now: dict[tuple[Kind, str], str] = {}
    for change in world.scene.changes():
        if change.kind not in transitions.TABLES:
            continue
        key = (change.kind, change.id)
        assert change.old == now.get(key, change.old), "a change begins where the last one ended"
        if change.old:
            assert change.new in transitions.TABLES[change.kind][change.old]  # type: ignore[index]
        now[key] = change.new


# --- time -------------------------------------------------------------------------------------------------------------


def test_no_deadline_where_nothing_is_due() -> None:
    scene = three()
    assert scene.center.next_deadline() is None


def test_a_late_engine_fires_everything_that_is_due_and_matches_once() -> None:
    queue = Queue(max_wait_s=60, on_max_wait=Exit(goto="cti-x,s,1"), wrap_up_s=10)
    scene = Scene(center({"sales": queue}))
    scene.login("anna")
    scene.arrive("c1")
    scene.talk("anna")
    scene.arrive("c2")
    scene.now += 3600  # the loop stood still: wrap-up and longest wait are both over
    scene.post(ev.TimePassed())
    assert scene.outcomes("c2") == ["timed_out"]
    assert str(scene.agent("anna").activity) == "idle"


def test_deadlines_fire_before_the_event_that_comes_with_them() -> None:
    scene = Scene(center({"sales": Queue(wrap_up_s=10)}))
    scene.login("anna")
    scene.arrive("c1")
    scene.talk("anna")
    scene.now += 10
    scene.arrive("c2")
    assert scene.offered("anna") == "c2"


def test_a_clock_that_steps_back_breaks_nothing() -> None:
    scene = three()
    scene.arrive("c1")
    scene.now -= 3600
    scene.arrive("c2")
    scene.login("anna", "ben")
    assert scene.rung() == [("c1", "anna"), ("c2", "ben")]
    assert all((change.wait_s or 0) >= 0 for change in scene.changes())


def test_every_waiting_state_has_a_deadline() -> None:
    """An offer that nobody ever speaks of again is looked at again."""
    scene = three()
    scene.login("anna")
    scene.arrive("c1")
    due = scene.center.next_deadline()
    assert due is not None and due <= scene.now + 15 + 5


# --- bugs of ours -----------------------------------------------------------------------------------------------------


def test_a_bug_stops_a_strict_run(monkeypatch: pytest.MonkeyPatch) -> None:
    scene = three()
    scene.login("anna")
    monkeypatch.setitem(transitions.CONTACT, ContactState.WAITING, frozenset({ContactState.ENDED}))  # type: ignore[arg-type]
    with pytest.raises(IllegalTransition):
        scene.arrive("c1")


FORBIDDEN = [
    (transitions.OFFER, OfferState.RINGING, OfferState.ACCEPTED),
    (transitions.ACTIVITY, Activity.RINGING, Activity.TALKING),
    (transitions.CONTACT, ContactState.OFFERED, ContactState.TALKING),
]


@pytest.mark.parametrize(("table", "old", "new"), FORBIDDEN, ids=["offer", "activity", "contact"])
def test_an_illegal_transition_costs_one_call_and_the_rest_goes_on(
    table: dict, old: str, new: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene = three(strict=False)
    scene.login("anna", "ben")
    scene.arrive("c1")
    scene.arrive("c2")
    scene.rings("anna")
    scene.rings("ben")
    with monkeypatch.context() as patch:
        patch.setitem(table, old, table[old] - {new})
        scene.post(ev.OfferAnswered(scene.offer_of("anna")))
    [bug] = scene.changes(Kind.BUG)
    assert bug.reason and "c1" not in bug.reason
    [release] = scene.commands(Release)
    assert (release.call, release.goto) == (call_id("c1"), "cti-fallback,s,1")
    assert scene.contact("c1") is None
    assert scene.outcomes("c1") in (["lost"], ["answered"])
    scene.answer("ben")
    assert scene.state("c2") == "talking", "the rest goes on"
    for leg in ("node1/a.1",):
        scene.post(ev.LegDown(leg))
    scene.wait(5)
    scene.arrive("c3")
    assert scene.offered("anna") == "c3", "the agent is not lost to us"


def test_a_bug_in_a_decision_costs_one_caller_and_the_rest_is_served(monkeypatch: pytest.MonkeyPatch) -> None:
    scene = three(strict=False)
    for name in ("c1", "c2"):
        scene.arrive(name)
        scene.wait(1)
    calls: list[int] = []
    rule = CHOICES[Strategy.LONGEST_IDLE]

    def once_broken(*free: object) -> object:
        calls.append(1)
        if len(calls) == 1:
            raise KeyError("a bug")
        return rule(*free)  # type: ignore[arg-type]

    monkeypatch.setitem(CHOICES, Strategy.LONGEST_IDLE, once_broken)  # type: ignore[arg-type]
    scene.login("anna")
    scene.login("ben")
    assert len(scene.changes(Kind.BUG)) == 1
    scene.wait(60)
    served = {call for call, _ in scene.rung()}
    released = {release.call.partition("/")[2] for release in scene.commands(Release)}
    assert served | released == {"c1", "c2"}, "nobody is forgotten beside a free agent"


def test_a_bug_that_breaks_its_own_repair_does_not_stop_the_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    scene = three(strict=False)
    scene.login("anna")
    scene.arrive("c1")
    offer = scene.offer_of("anna")
    with monkeypatch.context() as patch:
        patch.setitem(transitions.OFFER, OfferState.RINGING, frozenset())  # type: ignore[arg-type]
        scene.post(ev.OfferAnswered(offer))
    assert scene.changes(Kind.BUG)
    assert [release.goto for release in scene.commands(Release)] == ["cti-fallback,s,1"]
    scene.arrive("c2")
    assert scene.offered("anna") == "c2"


@pytest.mark.parametrize("breaks", ["whom an event is about", "an unknown deadline", "an unknown event"])
def test_a_bug_before_a_rule_takes_nothing_from_what_was_decided_before_it(
    breaks: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A wrap-up is over in the same turn: its agent is rung for the caller who waits, whatever follows."""
    scene = Scene(center({"sales": Queue(wrap_up_s=10)}, agents={"anna": member("sales")}), strict=False)
    scene.login("anna")
    scene.arrive("c1")
    scene.arrive("c2")
    scene.answer("anna")
    scene.agent_hangs_up("anna")
    event: ev.AnyEvent = ev.CallGone(call_id("c9"))
    if breaks == "whom an event is about":
        monkeypatch.setattr("cti.center.concerned", lambda floor, event: {}["nobody"])
    elif breaks == "an unknown deadline":
        scene.center._floor.deadlines.set("of nobody", "c9", scene.now)
    else:
        monkeypatch.delitem(scene.center._on_event, ev.CallGone)
    told = scene.center.handle(scene.now + 3600.0, event)
    assert any(isinstance(each, Ring) and each.call == call_id("c2") for each in told)
    assert [each.new for each in told if isinstance(each, Changed) and each.kind is Kind.BUG] == ["KeyError"]


@settings(max_examples=80, deadline=None)
@given(
    st.integers(0, 2**16),
    st.lists(st.tuples(st.integers(0, 2**16), st.integers(0, 9), st.integers(0, 9)), min_size=1, max_size=30),
)
def test_no_nonsense_from_outside_is_a_bug(seed: int, steps: list[tuple[int, int, int]]) -> None:
    """Events late, twice, of the wrong call, in any order: never an exception, never two offers for one agent."""
    world = World(seed)
    scene = world.scene
    scene.wary = False  # the core is told nonsense, so it may say nonsense
    for number, kind, whom in steps:
        world.step(number)
        call = call_id(f"{whom:03d}")
        offers = sorted(scene.center.offers) or [OfferId("x#1")]
        offer = offers[whom % len(offers)]
        results = tuple(RingResult)
        result = results[number % len(results)]
        scene.post(
            (
                ev.SessionLost(call),
                ev.CallGone(call),
                ev.OfferAnswered(offer),
                ev.OfferEnded(offer, result),
                ev.RingEnded(call, result, 1.0, bool(number % 2), offer if number % 3 else None),
                ev.CallTransferred(call, "cti-inbound", "6001"),
                ev.CallReplaced(call, call_id(f"{(whom + 1) % 10:03d}"), session=bool(number % 2)),
                ev.DigitPressed(call, "1"),
                ev.LegDown(f"node1/a.{whom}"),
                ev.NodeChecked(NODE, ()),
            )[kind]
        )
        scene.ringing = {
            contact.call: [offer for offer in contact.offers if scene.center.offers[offer].state == "ringing"]
            for contact in scene.center.contacts.values()
            if contact.state is ContactState.OFFERED
        }
        world.check()
