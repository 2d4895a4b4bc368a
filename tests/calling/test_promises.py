"""Is a promised callback kept: in its turn, once, within hours, whatever happens on the floor meanwhile?"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest

from cti.acd.dialling import PREFIX
from cti.calling.promise_line import LINE_AGAIN_S
from cti.model import commands as do
from cti.model import events as ev
from cti.model.books import KeepPromise
from cti.model.changes import Kind
from cti.model.dialling import CallbackKind, CallbackState, LeadId
from cti.model.policy import Center
from cti.model.promise import Number, Promise
from cti.model.words import (
    CallbackAction,
    CallId,
    ContactId,
    DialResult,
    Heard,
    NodeId,
    RefusedReason,
)
from tests.calling_scene import NUMBER, WAY_OUT, CallingScene, office

pytestmark = pytest.mark.unit

BERLIN = ("Europe/Berlin",)


class Keeping(CallingScene):
    """Promises go by their number; their attempts are "callbacks-<number>-<try>"."""

    def __init__(self, policy: Center | None = None, *, nodes: Iterable[str] = ("node1",), **outbound: Any) -> None:
        policy = policy or office()
        written = {
            "trunks": outbound.pop("trunks", WAY_OUT),
            "callbacks": {"window": {"weekly": {"mon-sun": "00:00-24:00"}}} | outbound,
        }
        policy = Center.model_validate(policy.model_dump(exclude_unset=True) | {"outbound": written})
        super().__init__(policy, nodes=nodes)

    def promise(self, name: int = 1, **more: Any) -> Promise:
        words: dict[str, Any] = {
            "number": Number(NUMBER, BERLIN),
            "queue": "sales",
            "promised_at": self.now,
            "due_at": self.now,
        } | more
        promise = Promise(LeadId(name), words.pop("kind", CallbackKind.VIRTUAL_HOLD), **words)
        self.post(ev.CallbackPromised(promise))
        self.wait(0.0)
        return promise

    def states(self, name: int = 1) -> list[str]:
        return [told.new for told in self.changes(Kind.CALLBACK, id=str(name))]

    def kept(self, name: int = 1) -> list[Promise]:
        """What the store was asked to keep of it, in order."""
        orders = [each.promise for each in self.told if isinstance(each, KeepPromise)]
        return [promise for promise in orders if promise.id == name]


def test_an_agent_is_kept_then_the_customer_is_called_and_the_word_is_kept() -> None:
    scene = Keeping()
    scene.promise(since=scene.now - 300.0)
    assert scene.states() == ["promised", "in_line"]
    scene.agent_waits("anna")
    assert scene.placed() == ["callbacks-1-1"]
    assert scene.states()[-1] == "dialling"
    scene.connects("callbacks-1-1")
    assert scene.states()[-1] == "kept"
    assert [each.state for each in scene.kept()] == list(map(CallbackState, scene.states()))
    assert scene.commands(do.Join)


def test_callbacks_keep_to_the_calls_per_second_of_their_trunk() -> None:
    one_a_second = {name: each | {"calls_per_s": 1.0} for name, each in WAY_OUT.items()}
    scene = Keeping(office("anna", "ben"), trunks=one_a_second, first="customer")
    scene.promise(1)
    scene.promise(2, number=Number("+4930555", BERLIN))
    assert scene.placed() == ["callbacks-1-1"]
    assert scene.states(2)[-1] == "promised" and scene.kept(2)[-1].due_at == pytest.approx(scene.now + LINE_AGAIN_S)
    scene.wait(LINE_AGAIN_S + 0.1)
    assert scene.placed() == ["callbacks-1-1", "callbacks-2-1"]


def test_who_calls_us_by_a_trunk_has_one_of_its_lines() -> None:
    one_line = {"trunk": {"dial": "PJSIP/{number}@trunk", "lines": 1}}
    scene = Keeping(office("anna", "ben"), trunks=one_line)
    scene.arrive("c1")
    scene.rings("anna")
    scene.answer("anna")
    scene.promise()
    scene.wait(LINE_AGAIN_S + 0.1)
    assert scene.agent("ben").activity == "idle" and not scene.commands(do.RingAgent)
    scene.caller_hangs_up("c1")
    scene.wait(LINE_AGAIN_S + 0.1)
    assert len(scene.commands(do.RingAgent)) == 1


def test_customer_first_where_the_configuration_says_so() -> None:
    scene = Keeping(first="customer")
    scene.promise()
    assert scene.placed() == ["callbacks-1-1"]
    scene.connects("callbacks-1-1")
    assert scene.states()[-1] == "dialling", "he is there, and the agent's phone rings"
    scene.answer("anna")
    assert scene.states()[-1] == "kept"


def test_it_keeps_the_place_that_the_caller_had_in_the_line() -> None:
    scene = Keeping()
    scene.pause("anna")
    first = scene.arrive("c1", caller=NUMBER)
    scene.wait(100.0)
    scene.post(
        ev.CallbackPromised(
            Promise(
                LeadId(1), CallbackKind.VIRTUAL_HOLD, Number(NUMBER, BERLIN), "sales", scene.now, scene.now, call=first
            )
        )
    )
    assert scene.states() == [], "he is still on the phone"
    scene.caller_hangs_up("c1")
    assert scene.outcomes("c1") == ["key_exit"], "he has not given up"
    scene.wait(0.0)
    later = scene.arrive("c2")
    scene.unpause("anna")
    assert scene.commands(do.RingAgent), "he who waited longer goes first, also without a call"
    assert scene.kept()[0].since == pytest.approx(scene.now - 100.0)
    assert scene.center.contacts[scene.center._floor.by_call[later].id].state == "waiting"


@pytest.mark.parametrize(
    ("result", "after_s"), [(DialResult.BUSY, 180.0), (DialResult.NO_ANSWER, 900.0), (DialResult.CANCELLED, 30.0)]
)
def test_who_is_not_reached_is_called_again_by_the_rule_of_the_result(result: DialResult, after_s: float) -> None:
    scene = Keeping()
    scene.promise(since=scene.now - 300.0)
    scene.agent_waits("anna")
    scene.fails("callbacks-1-1", result)
    assert scene.states()[-1] == "promised"
    assert scene.kept()[-1].due_at == pytest.approx(scene.now + after_s)
    assert not scene.center.contacts, "nobody stands in the line for it meanwhile"
    scene.wait(after_s + 0.01)
    scene.agent_waits("anna")
    assert scene.placed() == ["callbacks-1-1", "callbacks-1-2"]
    assert scene.kept()[-1].since == pytest.approx(scene.kept()[0].since or 0.0)


def test_after_the_last_try_it_has_failed_and_says_why() -> None:
    scene = Keeping(max_attempts=2)
    scene.promise()
    for attempt in (1, 2):
        scene.agent_waits("anna")
        scene.fails(f"callbacks-1-{attempt}")
        scene.wait(901.0)
    assert (scene.states()[-1], scene.kept()[-1].reason) == ("failed", "no_answer")
    assert scene.center.next_deadline() is None


def test_a_machine_is_no_customer() -> None:
    scene = Keeping(first="customer", machines={"detect": True})
    scene.promise()
    scene.connects("callbacks-1-1", Heard.MACHINE)
    assert scene.states()[-1] == "promised"


def test_outside_the_callees_hours_it_waits_for_the_morning() -> None:
    scene = Keeping(window={"weekly": {"mon-sun": "09:00-21:00"}})
    scene.now = 1_800_000_000.0 - 1_800_000_000.0 % 86_400 + 3 * 3600.0  # 4 at night in Berlin (winter time)
    scene.promise()
    assert scene.states()[-1] == "promised"
    assert not scene.commands(do.RingAgent)
    scene.wait(6 * 3600.0)
    assert scene.commands(do.RingAgent)


def test_who_waits_in_line_past_the_end_of_his_hours_is_not_called_any_more_today() -> None:
    scene = Keeping(window={"weekly": {"mon-sun": "09:00-21:00"}})
    scene.now = 1_800_000_000.0 - 1_800_000_000.0 % 86_400 + 19.5 * 3600.0  # 20:30 in Berlin
    scene.pause("anna")
    scene.promise()
    assert scene.states()[-1] == "in_line"
    scene.wait(3600.0)
    scene.unpause("anna")
    assert not scene.commands(do.RingAgent)
    assert scene.states()[-1] == "promised"
    scene.wait(12 * 3600.0)
    assert scene.commands(do.RingAgent)


def test_the_customer_calls_in_while_he_waits_in_line_and_the_two_are_one() -> None:
    scene = Keeping()
    scene.pause("anna")
    scene.promise(since=scene.now - 500.0)
    call = scene.arrive("c1", caller=NUMBER)
    assert scene.states()[-1] == "merged"
    assert scene.center._floor.by_call[call].since == pytest.approx(scene.now - 500.0)
    assert not scene.placed()


def test_the_customer_calls_in_between_two_tries_and_has_his_place() -> None:
    scene = Keeping()
    scene.promise(since=scene.now - 500.0, given="0301234567")
    scene.agent_waits("anna")
    scene.fails("callbacks-1-1")
    scene.pause("anna")
    call = scene.arrive("c1", caller="0301234567")
    assert scene.states()[-1] == "merged"
    assert scene.center._floor.by_call[call].since == pytest.approx(scene.now - 500.0)
    scene.wait(4000.0)
    assert scene.placed() == ["callbacks-1-1"]


def test_two_promises_to_one_number_are_one() -> None:
    scene = Keeping()
    scene.pause("anna")
    scene.promise(1)
    scene.promise(2)
    assert scene.states(2) == ["merged"]
    assert scene.kept(2)[-1].merged_into == 1


def test_an_agent_who_leaves_costs_a_moment_and_not_the_promise() -> None:
    scene = Keeping()
    scene.promise()
    scene.agent_waits("anna")
    scene.waiting_agent_hangs_up("anna")
    assert scene.states()[-1] == "promised"
    scene.wait(31.0)
    assert scene.states()[-1] == "in_line"


def test_a_person_takes_it_back_at_any_time() -> None:
    scene = Keeping()
    scene.promise()
    scene.post(ev.CallbackRequest(LeadId(1), CallbackAction.WITHDRAW, "eva"))
    assert (scene.states()[-1], scene.center.contacts) == ("withdrawn", {})
    scene.promise(2)
    scene.agent_waits("anna")
    scene.post(ev.CallbackRequest(LeadId(2), CallbackAction.WITHDRAW, "eva"))
    assert (scene.states(2)[-1], scene.center.contacts) == ("withdrawn", {})
    assert scene.center.agents["anna"].activity == "idle"  # type: ignore[index]
    refused = scene.post(ev.CallbackRequest(LeadId(2), CallbackAction.NOW))[-1]
    assert refused.reason is RefusedReason.UNKNOWN_CALLBACK  # type: ignore[union-attr]


def test_now_means_now() -> None:
    scene = Keeping()
    scene.promise(due_at=scene.now + 7200.0, kind=CallbackKind.SCHEDULED)
    assert not scene.commands(do.RingAgent)
    scene.post(ev.CallbackRequest(LeadId(1), CallbackAction.NOW))
    scene.wait(0.0)
    assert scene.commands(do.RingAgent)


def test_a_closed_queue_puts_it_off_and_loses_nothing() -> None:
    hours = {"office": {"zone": "UTC", "weekly": {"mon-sun": "10:00-11:00"}}}
    policy = Center.model_validate(office().model_dump(exclude_unset=True) | {"hours": hours})
    policy = policy.model_copy(
        update={"queues": {"sales": policy.queues["sales"].model_copy(update={"hours": "office"})}}
    )
    scene = Keeping(policy)
    scene.now = 1_800_000_000.0 - 1_800_000_000.0 % 86_400 + 9.9 * 3600.0
    scene.promise()
    scene.wait(3600.0)
    assert scene.commands(do.RingAgent)
    assert CallbackState.FAILED not in scene.states()


def test_one_that_was_being_dialled_when_we_died_is_found_or_tried_again() -> None:
    scene = Keeping()
    promise = scene.promise()
    scene.agent_waits("anna")
    dialling = scene.kept()[-1]
    after = Keeping()
    after.post(ev.CallbackPromised(dialling, resumed=True))
    after.wait(20.0)
    assert after.states()[-1] == "promised", "no node knows of it"
    after.wait(601.0)
    after.agent_waits("anna")
    assert after.placed() == ["callbacks-1-2"]
    assert promise.id == dialling.id


def test_one_that_still_rings_when_we_come_back_is_not_dialled_again() -> None:
    scene = Keeping()
    scene.promise()
    scene.agent_waits("anna")
    after = Keeping()
    after.post(ev.CallbackPromised(scene.kept()[-1], resumed=True))
    leg = ev.SnapshotLeg(f"node1/{PREFIX}callbacks-1-1", "PJSIP/trunk-1", ticket=scene.ticket_of("callbacks-1-1"))
    after.post(ev.NodeChecked(NodeId("node1"), (leg,)))
    after.wait(20.0)
    assert after.states() == [], "nothing has changed: it rings"
    call = after.connects("callbacks-1-1", ticket=scene.ticket_of("callbacks-1-1"))
    after.answer("anna")
    assert after.states()[-1] == "kept"
    assert call == CallId(f"node1/{PREFIX}callbacks-1-1")
    assert after.placed() == []
    assert ContactId("callbacks/1-1") in after.center.contacts


def test_whose_turn_comes_before_he_has_hung_up_needs_no_callback() -> None:
    scene = Keeping()
    scene.pause("anna")
    first = scene.arrive("c1", caller=NUMBER)
    promise = Promise(
        LeadId(1), CallbackKind.VIRTUAL_HOLD, Number(NUMBER, BERLIN), "sales", scene.now, scene.now, call=first
    )
    scene.post(ev.CallbackPromised(promise))
    scene.unpause("anna")
    scene.answer("anna")
    assert scene.states() == ["merged"]
    assert not scene.placed()


def test_one_that_is_dropped_in_the_call_in_which_it_was_asked_for_is_none() -> None:
    scene = Keeping()
    scene.pause("anna")
    first = scene.arrive("c1", caller=NUMBER)
    promise = Promise(
        LeadId(1), CallbackKind.VIRTUAL_HOLD, Number(NUMBER, BERLIN), "sales", scene.now, scene.now, call=first
    )
    scene.post(ev.CallbackPromised(promise))
    scene.post(ev.CallbackRequest(LeadId(1), CallbackAction.WITHDRAW, "flow"))
    scene.caller_hangs_up("c1")
    assert scene.states() == ["withdrawn"]
    assert scene.outcomes("c1") == ["abandoned"], "nothing is promised to him any more"
    assert not scene.center.contacts


def gave_up(scene: Keeping, name: int = 1, after_s: float = 120.0, **more: Any) -> Promise:
    """The store's promise to one who abandoned the line just now, as the keeper hands it over."""
    words = {"due_at": scene.now + after_s, "since": scene.now - 30.0, "given": "0301234567"} | more
    return scene.promise(name, kind=CallbackKind.ABANDONED, **words)


def test_who_gave_up_is_called_back_after_a_while() -> None:
    scene = Keeping()
    gave_up(scene)
    assert scene.states() == ["promised"]
    scene.wait(119.0)
    assert not scene.commands(do.RingAgent)
    scene.wait(2.0)
    scene.agent_waits("anna")
    scene.connects("callbacks-1-1")
    assert scene.states()[-1] == "kept"


@pytest.mark.parametrize("queue", ["sales", "support"])
def test_who_gave_up_and_calls_again_is_not_called_and_has_his_place_in_his_queue(queue: str) -> None:
    scene = Keeping(office(sales={}, support={}))
    scene.pause("anna")
    gave_up(scene)
    since = scene.kept()[-1].since
    call = scene.arrive("c1", queue, caller="0301234567")
    assert scene.states()[-1] == "merged"
    expected = since if queue == "sales" else scene.now
    assert scene.center._floor.by_call[call].since == pytest.approx(expected)
    scene.caller_hangs_up("c1")
    scene.wait(4000.0)
    assert not scene.placed()


def test_who_gave_up_and_has_called_again_before_we_know_is_not_called() -> None:
    scene = Keeping()
    scene.pause("anna")
    scene.arrive("c1", caller="0301234567")
    gave_up(scene)
    assert scene.states() == ["merged"]
    assert scene.kept()[-1].reason == "called in"


@pytest.mark.parametrize("merge", ["number_and_topic", "never"])
@pytest.mark.parametrize("dialling", [False, True])
def test_who_gave_up_has_never_two_promises(merge: str, dialling: bool) -> None:
    scene = Keeping(merge=merge)
    if not dialling:
        scene.pause("anna")
    scene.promise(1)
    if dialling:
        scene.agent_waits("anna")
        assert scene.states()[-1] == "dialling"
    gave_up(scene, 2)
    assert scene.states(2) == ["merged"]
    assert scene.kept(2)[-1].merged_into == 1
