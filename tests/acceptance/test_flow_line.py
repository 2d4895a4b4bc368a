"""A flow beside the line on a real Asterisk: nobody loses his place by it, and no agent waits for it. Messages, too."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator

import pytest

from .centre import Centre, number_of
from .flow_centre import Caller, FlowCentre
from .tones import LONG_S, TALK
from .waiting import until

pytestmark = pytest.mark.acceptance

AT_ONCE_S = 1.0
SPOKEN_S = 2.0


@pytest.fixture(scope="module")
def open_desk(session_centre: Centre, tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlowCentre]:
    desk = FlowCentre(session_centre, tmp_path_factory.mktemp("line"), "http://127.0.0.1:9")
    desk.open("1001", keys={"7": {"flow": "side", "keep_place": True}})
    try:
        yield desk
    finally:
        session_centre.clear()


@pytest.fixture
def desk(open_desk: FlowCentre) -> Iterator[FlowCentre]:
    open_desk.forget()
    open_desk.centre.engine.do("a1001", "logout")
    try:
        yield open_desk
        open_desk.nothing_is_left()
    finally:
        open_desk.centre.tidy()


def waits(desk: FlowCentre) -> Caller:
    """A caller in the line, who hears its music."""
    caller = desk.call()
    menu = caller.hears("menu")
    caller.press("8")
    desk.waits()
    caller.hears("music", menu)
    return caller


def beside(desk: FlowCentre) -> Caller:
    """He has pressed the key, and hears the flow."""
    caller = waits(desk)
    first = caller.ear.until("menu")
    caller.press("7")
    caller.hears("menu", first)
    assert desk.centre.engine.queue("sales")["waiting"] == 1, "he stands where he stood"
    return caller


def rung(desk: FlowCentre) -> tuple[object, float]:
    """The agent comes: his phone, and how long that took."""
    began = time.monotonic()
    desk.centre.engine.do("a1001", "login")
    phone = desk.centre.rings("1001")
    took_s = time.monotonic() - began
    print(f"\nfrom the login to the ring: {took_s:.3f} s")
    return phone, took_s


def test_an_agent_who_comes_cuts_a_prompt_off(desk: FlowCentre) -> None:
    caller = beside(desk)
    phone, took_s = rung(desk)
    assert took_s < AT_ONCE_S
    phone.answer()  # type: ignore[attr-defined]
    caller.hears(TALK)
    menus = [sound for sound in caller.ear.heard() if sound.what == "menu"]
    assert menus[-1].seconds < LONG_S - 0.3, f"cut off: {caller.ear}"
    caller.hangs_up()


def test_an_agent_who_comes_cuts_the_wait_for_a_key_off(desk: FlowCentre) -> None:
    caller = beside(desk)
    second = [sound for sound in caller.ear.heard() if sound.what == "menu"][-1]
    until(lambda: caller.ear.now_s > second.start_s + LONG_S + 0.5, "nothing is said any more")
    phone, took_s = rung(desk)
    assert took_s < AT_ONCE_S
    phone.answer()  # type: ignore[attr-defined]
    caller.hears(TALK)
    caller.hangs_up()


def test_back_from_it_he_waits_on(desk: FlowCentre) -> None:
    caller = beside(desk)
    caller.press("1")
    told = caller.hears("shipped")
    caller.hears("music", told)
    assert desk.centre.engine.queue("sales")["waiting"] == 1
    phone, _ = rung(desk)
    phone.answer()  # type: ignore[attr-defined]
    caller.hears(TALK, told)
    caller.hangs_up()


@pytest.mark.parametrize("ends", ["key", "hangup"])
def test_a_message_from_the_line_is_in_its_queues_keeping(desk: FlowCentre, ends: str) -> None:
    """It ends the wait; also one who just hangs up has left his."""
    caller = beside(desk)
    before = {name for name, _, _ in messages(desk)}
    caller.press("2")
    asked = caller.hears("message")
    beep = caller.hears("music", asked)
    until(lambda: not desk.centre.engine.waiting("sales"), "he waits no more")
    until(lambda: caller.ear.now_s > beep.end_s + SPOKEN_S, "he has spoken")
    if ends == "key":
        caller.press("#")
        caller.call.wait("disconnected")
    else:
        caller.hangs_up()
    until(lambda: len(messages(desk)) == len(before) + 1, "the message is kept")
    [(recording, queue, seconds)] = [row for row in messages(desk) if row[0] not in before]
    assert queue == "sales" and SPOKEN_S - 0.5 < seconds < SPOKEN_S + 3
    file = desk.recordings / f"{recording.rpartition('/')[2]}.wav"
    until(file.exists, "its file is there")


def messages(desk: FlowCentre) -> list[tuple[str, str, float]]:
    """Every voicemail in the store: recording, queue, seconds."""
    with sqlite3.connect(desk.centre.engine.database) as connection:
        query = "SELECT recording, queue, message_s FROM callback_request WHERE kind = 'voicemail' AND number = ?"
        return list(connection.execute(query, (number_of(1),)))


def test_after_the_talk_the_first_question_comes_at_once(desk: FlowCentre) -> None:
    caller = waits(desk)
    phone, _ = rung(desk)
    phone.answer()  # type: ignore[attr-defined]
    talk = caller.hears(TALK)
    phone.hangup()  # type: ignore[attr-defined]
    asked = caller.hears("satisfied", talk)
    said = [sound for sound in caller.ear.heard() if sound.what == TALK]
    gap_s = asked.start_s - said[-1].end_s
    print(f"\nfrom the agent's hangup to the first question: {gap_s:.3f} s")
    assert gap_s < AT_ONCE_S, caller.ear
    caller.press("1")
    caller.hears("recommend")
    caller.hangs_up()
    until(lambda: follow_ups(desk), "the low answer is somebody's work, although he hung up")
    assert follow_ups(desk)[0] == ("a1001", "sales", "satisfied=1", "a1001")


def follow_ups(desk: FlowCentre) -> list[tuple[str, str, str, str]]:
    with sqlite3.connect(desk.centre.engine.database) as connection:
        return list(connection.execute("SELECT owner, queue, answer, agent FROM follow_up"))
