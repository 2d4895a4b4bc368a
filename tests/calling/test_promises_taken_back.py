"""What becomes of a callback that nobody wants any more while its customer's phone rings? It ends with that attempt."""

from __future__ import annotations

import pytest

from cti.model import commands as do
from cti.model import events as ev
from cti.model.changes import Kind
from cti.model.dialling import LeadId
from cti.model.words import AttemptId, CallbackAction, ContactAction, ContactId, DialResult
from tests.calling.test_promises import Keeping
from tests.calling_scene import NUMBER

pytestmark = pytest.mark.unit


@pytest.mark.parametrize("first", ["agent", "customer"])
def test_who_calls_in_while_we_call_him_is_not_called_again(first: str) -> None:
    scene = Keeping(first=first)
    scene.promise(since=scene.now - 500.0)
    if first == "agent":
        scene.agent_waits("anna")
    call = scene.arrive("c1", caller=NUMBER)
    assert scene.center._floor.by_call[call].since == pytest.approx(scene.now - 500.0)
    assert (scene.states()[-1], scene.kept()[-1].reason) == ("merged", "called in")
    scene.wait(5 * 3600.0)
    assert scene.placed() == ["callbacks-1-1"]


@pytest.mark.parametrize("first", ["agent", "customer"])
@pytest.mark.parametrize("state", ["withdrawn", "merged"])
def test_who_answers_in_the_instant_in_which_we_do_not_want_him_any_more_ends_it(first: str, state: str) -> None:
    scene = Keeping(first=first)
    scene.obedient = False
    scene.promise()
    if first == "agent":
        scene.agent_waits("anna")
    if state == "merged":
        scene.arrive("c1", caller=NUMBER)
    else:
        scene.post(ev.CallbackRequest(LeadId(1), CallbackAction.WITHDRAW, "eva"))
    scene.connects("callbacks-1-1")
    assert scene.states()[-1] == state
    assert not len(scene.center._outgoing.book)


def test_one_that_is_taken_back_while_it_is_dialled_stays_so_over_our_death() -> None:
    scene = Keeping()
    scene.obedient = False
    scene.promise()
    scene.agent_waits("anna")
    scene.post(ev.CallbackRequest(LeadId(1), CallbackAction.WITHDRAW, "eva"))
    assert [told.by for told in scene.changes(Kind.CALLBACK)][-1] == "eva"
    after = Keeping()
    after.post(ev.CallbackPromised(scene.kept()[-1], resumed=True))
    after.wait(20.0)
    assert after.states() == ["withdrawn"]
    after.wait(4000.0)
    assert not after.commands(do.RingAgent)


@pytest.mark.parametrize("he_is_there", [False, True])
def test_a_supervisor_who_ends_the_wait_takes_the_promise_back_also_while_it_is_dialled(he_is_there: bool) -> None:
    scene = Keeping(first="customer")
    scene.promise()
    if he_is_there:
        scene.connects("callbacks-1-1")
    scene.post(ev.ContactRequest(ContactId("callbacks/1-1"), ContactAction.WITHDRAW, by="eva"))
    assert scene.states()[-1] == "withdrawn"
    scene.wait(4000.0)
    assert scene.placed() == ["callbacks-1-1"]


def test_whom_a_list_forbids_to_call_at_the_last_moment_has_failed_and_it_is_said_why() -> None:
    scene = Keeping()
    scene.promise()
    scene.agent_waits("anna")
    scene.post(ev.AttemptForbidden(AttemptId("callbacks-1-1")))
    scene.fails("callbacks-1-1", DialResult.NOT_DIALLED)
    assert (scene.states()[-1], scene.kept()[-1].reason) == ("failed", "do_not_call")
    assert not scene.center.contacts and scene.center.next_deadline() is None


def test_a_word_about_an_attempt_that_is_over_changes_nothing() -> None:
    scene = Keeping()
    scene.post(ev.AttemptForbidden(AttemptId("callbacks-9-1")))
    assert scene.states(9) == []
