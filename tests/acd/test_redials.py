"""Who gives up and calls again soon has not lost his wait."""

from __future__ import annotations

import pytest

from cti.acd.redials import MOST, Redials
from tests.kit import Queue, Scene, center, member

pytestmark = pytest.mark.unit

NUMBER = "+493012345"


def line(**rules: object) -> Scene:
    return Scene(center({"sales": Queue(**rules), "other": Queue(**rules)}, agents={"anna": member("sales")}))


def test_within_the_time_he_goes_before_who_came_meanwhile() -> None:
    scene = line(redial_within_s=120)
    scene.arrive("c1", caller=NUMBER)
    since = scene.contact("c1").since
    scene.wait(60)
    scene.caller_hangs_up("c1")
    scene.arrive("c2")
    scene.wait(119)
    scene.arrive("c3", caller=NUMBER)
    assert scene.contact("c3").since == since
    scene.login("anna")
    assert scene.offered("anna") == "c3"


@pytest.mark.parametrize(
    ("rules", "after_s", "queue"),
    [({}, 1, "sales"), ({"redial_within_s": 120}, 121, "sales"), ({"redial_within_s": 120}, 1, "other")],
)
def test_otherwise_his_wait_begins_anew(rules: dict[str, float], after_s: float, queue: str) -> None:
    scene = line(**rules)
    scene.arrive("c1", caller=NUMBER)
    scene.wait(60)
    scene.caller_hangs_up("c1")
    scene.wait(after_s)
    scene.arrive("c2", queue, caller=NUMBER)
    assert scene.contact("c2").since == scene.now


def test_who_shows_no_number_is_nobody_in_particular() -> None:
    scene = line(redial_within_s=120)
    scene.arrive("c1", caller="anonymous")
    scene.wait(60)
    scene.caller_hangs_up("c1")
    scene.arrive("c2", caller="anonymous")
    assert scene.contact("c2").since == scene.now


def test_it_is_known_once_and_of_so_many_only() -> None:
    redials = Redials()
    for number in range(MOST + 1):
        redials.gave_up("sales", f"+49{number:07d}", 1.0, 100.0)
    assert redials.since("sales", "+490000000", 50.0) is None
    assert redials.since("sales", "+490000001", 50.0) == 1.0
    assert redials.since("sales", "+490000001", 50.0) is None
