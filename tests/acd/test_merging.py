"""Whom must we not call (any more)? A customer who has called us himself."""

from __future__ import annotations

import pytest

from cti.model import commands as do
from cti.model import events as ev
from cti.model.changes import Kind
from cti.model.words import CallId
from tests.calling_scene import AGENT, NUMBER, CallingScene, office
from tests.kit import Queue

pytestmark = pytest.mark.unit


def test_the_customer_who_calls_keeps_the_place_of_his_call_out() -> None:
    scene = CallingScene()
    scene.pause("anna")
    since = scene.now - 600
    scene.due(since=since, head_start_s=30.0)
    scene.arrive("c1", caller=NUMBER)
    assert scene.stands() == "ended"
    assert scene.ends() == ["merged"]
    contact = scene.contact("c1")
    assert (contact.since, contact.head_start_s) == (since, 30.0)
    assert scene.ticket("c1").since == since
    assert scene.changes(Kind.PLACE)[-1].order_at == since - 30.0


def test_his_number_may_be_written_in_another_way() -> None:
    scene = CallingScene()
    scene.pause("anna")
    scene.due()
    scene.arrive("c1", caller="0049301234567")
    assert scene.ends() == ["merged"]


def test_the_wait_of_who_had_begun_before_his_call_out_stays() -> None:
    scene = CallingScene()
    scene.pause("anna")
    scene.arrive("c1", caller=NUMBER)
    began = scene.now
    scene.wait(10)
    scene.due()
    assert scene.ends() == ["merged"]
    assert scene.contact("c1").since == began


def test_the_call_in_the_air_is_taken_back_and_the_agent_is_his() -> None:
    scene = CallingScene()
    scene.due()
    scene.arrive("c1", caller=NUMBER)
    assert scene.story() == ["placed", "cancelled"]
    assert scene.offered("anna") == "c1"


def test_the_agent_who_was_rung_first_is_his() -> None:
    scene = CallingScene()
    scene.due(first=AGENT)
    scene.arrive("c1", caller=NUMBER)
    assert scene.commands(do.DismissAgent)
    assert not scene.placed()
    assert scene.offered("anna") == "c1"


def test_should_he_answer_all_the_same_nobody_else_is_rung() -> None:
    scene = CallingScene(office("anna", "ben"), obedient=False)
    scene.due()
    scene.arrive("c1", caller=NUMBER)
    scene.connects()
    assert scene.commands(do.Release)[-1].call == CallId("node1/cti-x1")
    assert len(scene.rung()) == 1


def test_another_customer_or_another_queue_is_another_wish() -> None:
    scene = CallingScene(office("anna", sales=Queue(), service=Queue()))
    scene.pause("anna")
    scene.due()
    scene.arrive("c1", caller="+4940999")
    scene.arrive("c2", "service", caller=NUMBER)
    assert scene.stands() == "waiting"


def test_whoever_is_on_the_phone_with_us_is_not_called() -> None:
    scene = CallingScene(office("anna", "ben", sales=Queue(), service=Queue()))
    scene.arrive("c1", "service", caller=NUMBER)
    scene.answer(str(scene.contact("c1").offers and scene.rung()[-1][1]))
    scene.due()
    assert scene.stands() == "waiting"
    assert not scene.placed()
    scene.caller_hangs_up("c1")
    assert scene.placed() == ["x1"]


def test_who_talks_to_that_very_queue_needs_no_call() -> None:
    scene = CallingScene(office("anna", "ben"))
    scene.arrive("c1", caller=NUMBER)
    scene.answer(scene.rung()[-1][1])
    scene.due()
    assert scene.ends() == ["merged"]


def test_who_comes_out_of_a_flow_into_the_queue_keeps_his_place() -> None:
    scene = CallingScene(office("anna", sales=Queue(), service=Queue()))
    scene.pause("anna")
    scene.due()
    scene.arrive("c1", "service", caller=NUMBER)
    scene.supervise("c1", "move", queue="sales")
    assert scene.ends() == ["merged"]


def test_callers_without_a_number_are_nobody() -> None:
    scene = CallingScene()
    scene.pause("anna")
    scene.due()
    scene.arrive("c1", caller="anonymous")
    scene.arrive("c2", caller="")
    assert scene.stands() == "waiting"
    scene.post(ev.CallGone(CallId("node1/c1")))
    assert scene.stands() == "waiting"


def test_a_customer_is_known_by_the_number_of_his_own_calls_too() -> None:
    scene = CallingScene()
    scene.pause("anna")
    scene.due(number="+49301234567", given="0301234567")
    scene.arrive("c1", caller="0301234567")
    assert scene.ends() == ["merged"]


def test_another_way_to_write_it_is_still_one_number_to_call() -> None:
    scene = CallingScene(office("anna", "ben"))
    scene.due(number="+49301234567", given="0301234567")
    scene.due("x2", number="+49301234567")
    assert scene.placed() == ["x1"]
