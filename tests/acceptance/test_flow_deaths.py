"""Does a caller in a flow (IVR) notice that the engine was killed? He hears the node again, never the start."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from .centre import Centre, number_of
from .flow_centre import ORDER, FlowCentre, backend
from .tones import TALK
from .waiting import until

pytestmark = pytest.mark.acceptance


@pytest.fixture(scope="module")
def shop(session_centre: Centre) -> Iterator[str]:
    with backend(f"{session_centre.lab.base}.110", 8490) as address:
        yield address


@pytest.fixture
def desk(centre: Centre, shop: str, tmp_path: Path) -> FlowCentre:
    return FlowCentre(centre, tmp_path, shop)


def test_in_a_menu(centre: Centre, desk: FlowCentre) -> None:
    """Within its prompt, and while digits are awaited; in the language that he had chosen."""
    engine = desk.open()
    in_menu, in_digits = desk.calls(2)
    for caller in (in_menu, in_digits):
        caller.hears("menu")
        caller.press("2")
    in_digits.hears("zh:menu")
    in_digits.press("1")
    in_digits.hears("zh:order")
    in_menu.hears("zh:menu")
    engine.kill()
    died_s = in_menu.ear.now_s, in_digits.ear.now_s
    engine.start()
    in_menu.ear.until("zh:menu", died_s[0])
    in_digits.ear.until("zh:order", died_s[1])
    in_digits.press(ORDER)
    in_digits.hears("zh:shipped")
    desk.waits(2)
    assert "menu" not in [sound.what for sound in in_menu.ear.heard() if sound.start_s > died_s[0]], in_menu.ear
    assert in_digits.ear.names()[-2:] == ["zh:order", "zh:shipped"], in_digits.ear
    for caller in (in_menu, in_digits):
        caller.hangs_up()
    desk.nothing_is_left()


def test_in_the_line_and_in_the_talk(centre: Centre, desk: FlowCentre) -> None:
    """He keeps his place, and is asked at the end how it was: killed while he waits, and while he talks."""
    engine = desk.open("1001")
    busy, first, second = desk.calls(3)
    for number, caller in enumerate((busy, first, second), 1):
        caller.hears("menu")
        caller.press("8")
        if caller is busy:
            phone = centre.rings("1001")
            phone.answer()
            phone.wait("confirmed")
        else:
            desk.waits(number)
    engine.kill()
    engine.start()
    until(lambda: engine.waiting("sales") == [number_of(2), number_of(3)], "both in the line, in their order")
    centre.until_agent("a1001", activity="talking")
    phone.hangup()
    busy.hears("satisfied")
    busy.hangs_up()
    phone = centre.rings("1001")
    assert phone.number == number_of(2), "who came first"
    phone.answer()
    talk = first.hears(TALK)
    phone.hangup()
    first.hears("satisfied", talk)
    assert first.ear.names() == ["menu", "satisfied"], first.ear
    engine.kill()
    died_s = first.ear.now_s
    engine.start()
    first.ear.until("satisfied", died_s)
    first.press("5")
    first.hears("recommend")
    first.press("9#")
    assert first.is_hung_up_on()[-3:] == ["satisfied", "recommend", "thanks"], first.ear
    phone = centre.rings("1001")
    assert phone.number == number_of(3)
    second.hangs_up()
    until(lambda: desk.answers() == [("satisfied", 5), ("recommend", 9)], "his answers, once each")
    desk.nothing_is_left()
