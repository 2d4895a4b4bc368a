"""What does a caller hear who walks through a flow (IVR), and what has become of him afterwards?"""

from __future__ import annotations

import wave
from collections.abc import Iterator
from itertools import pairwise

import pytest

from .centre import Centre, number_of
from .flow_centre import GIVE_UP_S, ORDER, SLOW_S, FlowCentre, backend
from .tones import LONG_S, TALK, Ear
from .waiting import until

pytestmark = pytest.mark.acceptance

AT_ONCE_S = 1.0
SPOKEN_S = 1.5
CUT_S = 0.5  # Asterisk takes 200 ms off the end, for the key may be heard there [res_agi.c]; the key takes time, too
SILENCE_S = 3.0  # at most, where it is ours


@pytest.fixture(scope="module")
def shop(session_centre: Centre) -> Iterator[str]:
    with backend(f"{session_centre.lab.base}.110", 8490) as address:
        yield address


@pytest.fixture(scope="module")
def open_desk(session_centre: Centre, shop: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlowCentre]:
    """One engine for those who find it open."""
    with backend(f"{session_centre.lab.base}.110", 8491, SLOW_S) as slow:
        desk = FlowCentre(session_centre, tmp_path_factory.mktemp("desk"), shop, slow)
        desk.open("1001")
        try:
            yield desk
        finally:
            session_centre.clear()


@pytest.fixture
def desk(open_desk: FlowCentre) -> Iterator[FlowCentre]:
    """Whatever a test does, it leaves nothing behind."""
    open_desk.forget()
    open_desk.centre.engine.do("a1001", "login")
    try:
        yield open_desk
        open_desk.nothing_is_left()
    finally:
        open_desk.centre.tidy()


@pytest.fixture
def centre(open_desk: FlowCentre) -> Centre:
    return open_desk.centre


@pytest.mark.parametrize("info", [False, True], ids=["rfc4733", "sip-info"])
def test_from_the_menu_to_the_survey(centre: Centre, desk: FlowCentre, info: bool) -> None:
    """Menu, lookup, line, talk; the agent hangs up, and at once the caller is asked how it was."""
    caller = desk.call()
    caller.hears("menu")
    caller.press("1", info=info)
    caller.hears("order")
    caller.press(ORDER, info=info)
    caller.hears("shipped")
    phone = centre.rings("1001")
    assert phone.number == number_of(1)
    phone.answer()
    talk = caller.hears(TALK)
    phone.hangup()
    asked = caller.hears("satisfied", talk)
    said = [sound for sound in caller.ear.heard() if sound.what == TALK]
    assert asked.start_s - said[-1].end_s < AT_ONCE_S, caller.ear
    caller.press("4", info=info)
    caller.hears("recommend")
    caller.press("10", info=info)
    heard = caller.is_hung_up_on()
    assert heard == ["menu", "order", "shipped", "satisfied", "recommend", "thanks"], caller.ear
    menu = caller.ear.heard()[0]
    assert menu.what == "menu" and menu.seconds < LONG_S - 0.5, f"a key cuts it off: {caller.ear}"
    centre.until_agent("a1001", activity="idle")
    until(lambda: desk.answers() == [("satisfied", 4), ("recommend", 10)], "both answers")
    assert 'question="recommend"' in centre.engine.http("/metrics")[1]


def test_another_language(centre: Centre, desk: FlowCentre) -> None:
    """From the key on every prompt is the other language's."""
    before = centre.engine.queue("sales")["abandoned"]
    centre.engine.do("a1001", "logout")
    caller = desk.call()
    caller.hears("menu")
    caller.press("2")
    caller.hears("zh:menu")
    caller.press("1")
    caller.hears("zh:order")
    caller.press(ORDER)
    caller.hears("zh:shipped")
    desk.waits()
    assert caller.ear.names() == ["menu", "zh:menu", "zh:order", "zh:shipped"]
    caller.hangs_up()
    until(lambda: centre.engine.queue("sales")["abandoned"] == before + 1, "counted as one who gave up waiting")


def test_wrong_keys_and_none(centre: Centre, desk: FlowCentre) -> None:
    """He is told what was wrong, asked again, and at last let go. Keys sent ahead are not lost."""
    centre.engine.do("a1001", "logout")
    caller, hasty = desk.calls(2)
    hasty.press("1" + ORDER)
    caller.hears("menu")
    caller.press("7")
    assert caller.is_hung_up_on() == ["menu", "wrong", "menu", "silent", "menu", "bye"], caller.ear
    desk.waits(2)
    hasty.hangs_up()


def test_who_hangs_up_leaves_nothing_behind(centre: Centre, desk: FlowCentre) -> None:
    """Within a prompt, while a key is awaited, while digits are, during a lookup, while it rings, in a survey."""
    in_prompt, waited_for, in_digits, in_lookup, in_survey, in_message = desk.calls(6)
    in_survey.press("8")
    phone = centre.rings("1001")
    phone.answer()
    phone.wait("confirmed")
    in_digits.press("1")
    in_digits.hears("order")
    in_digits.press("1234")
    in_lookup.press("5")
    in_lookup.hears("wait")
    in_message.press("3")
    in_message.hears("message")
    phone.hangup()
    in_survey.hears("satisfied")
    in_prompt.hears("menu")
    waited_for.hears("menu")
    for caller in (in_prompt, in_digits, in_lookup, in_survey, in_message):
        caller.hangs_up()
    waited_for.hears("silent")
    waited_for.hangs_up()
    desk.nothing_is_left()
    centre.until_agent("a1001", activity="idle")
    assert not desk.answers()


def test_a_message_is_recorded(centre: Centre, desk: FlowCentre) -> None:
    """He speaks (a tone) and ends it by a key: the file is there, as long as he spoke."""
    before = set(desk.recordings.iterdir())
    caller = desk.call()
    caller.hears("menu")
    caller.press("3")
    asked = caller.hears("message")
    beep = caller.hears("music", asked)
    until(lambda: caller.ear.now_s > beep.end_s + SPOKEN_S, "he has spoken")
    caller.press("#")
    assert caller.is_hung_up_on() == ["menu", "message", "bye"], caller.ear
    (file,) = set(desk.recordings.iterdir()) - before
    with wave.open(str(file)) as message:
        seconds = message.getnframes() / message.getframerate()
    beep = caller.ear.until("music", asked.end_s)
    spoken_s = caller.ear.until("bye").start_s - beep.end_s
    assert spoken_s - CUT_S < seconds < spoken_s, caller.ear
    loud = [sound for sound in Ear(file).heard() if sound.what == TALK]
    assert sum(sound.seconds for sound in loud) > SPOKEN_S / 2, "his voice is in it"


def test_transferred_to_whom_the_centre_allows(centre: Centre, desk: FlowCentre) -> None:
    """Not an agent of any queue; after the talk the flow goes on."""
    centre.phones("1003")
    caller = desk.call()
    caller.hears("menu")
    caller.press("4")
    boss = centre.rings("1003")
    assert boss.number == number_of(1)
    boss.answer()
    caller.hears(TALK)
    boss.hangup()
    assert caller.is_hung_up_on() == ["menu", "bye"], caller.ear


def test_a_lookup_that_hangs_or_is_down(centre: Centre, desk: FlowCentre) -> None:
    """Nobody sits in silence, and both go on by the way that the flow has for it."""
    slow, down = desk.calls(2)
    for caller, key in ((slow, "5"), (down, "6")):
        caller.hears("menu")
        caller.press(key)
    assert down.is_hung_up_on() == ["menu", "down", "bye"], down.ear
    assert slow.is_hung_up_on() == ["menu", "wait", "down", "bye"], slow.ear
    for caller in (slow, down):
        sounds = caller.ear.heard()
        gaps = [later.start_s - sound.end_s for sound, later in pairwise(sounds)]
        assert max(gaps) < SILENCE_S, caller.ear
    menu, told = slow.ear.until("menu"), slow.ear.until("down")
    assert told.start_s - menu.end_s > GIVE_UP_S - 0.2, "it was given its time"
