"""What is a waiting caller told, when, and does it ever cost anyone time?"""

from __future__ import annotations

import pytest
from kit import Announcements, Queue, Scene, center

from cti.acd import announcing
from cti.model.commands import Announce, Ring
from cti.model.policy import Interval

pytestmark = pytest.mark.unit

TUNE = ("your-call-is-important",)


def telling(**announce: object) -> Scene:
    rules = Announcements(**({"first_after_s": 10, "every_s": 30, "play": TUNE} | announce))  # type: ignore[arg-type]
    return Scene(center({"sales": Queue(announce=rules, wrap_up_s=0)}))


def times(scene: Scene, seconds: int) -> list[int]:
    """At which seconds from now something is announced; each announcement lasts 3 s."""
    heard = []
    for second in range(1, seconds + 1):
        before = len(scene.commands(Announce))
        scene.wait(1)
        if len(scene.commands(Announce)) > before:
            heard.append(second)
        if scene.playing and second - heard[-1] >= 3:
            scene.announcement_ends("c1")
    return heard


def test_first_after_then_every() -> None:
    scene = telling()
    scene.arrive("c1")
    assert times(scene, 75) == [10, 40, 70]
    assert {command.prompts for command in scene.commands(Announce)} == {TUNE}


def test_nothing_to_tell_is_not_told() -> None:
    scene = telling(play=(), position=False, wait=False)
    scene.arrive("c1")
    assert times(scene, 75) == []


def test_the_position_is_told() -> None:
    scene = telling(position=True, play=())
    scene.arrive("c0")
    scene.wait(1)
    scene.arrive("c1")
    scene.wait(10)
    first, second = (scene.commands(Announce, name)[-1].prompts for name in ("c0", "c1"))
    assert first != second
    assert any(prompt.endswith("/2") for prompt in second)


LONGER = ("queue-holdtime", "letters/ascii62", "digits/7", "queue-minutes", "queue-thankyou")


def test_an_unknown_wait_is_said_to_be_longer_than_what_the_operator_dares() -> None:
    scene = telling(wait=True, play=(), longer_than_min=7)
    scene.arrive("c1")
    assert times(scene, 75) == [10, 40, 70]
    assert {command.prompts for command in scene.commands(Announce)} == {LONGER}


def test_whoever_is_not_to_hear_of_the_wait_hears_nothing_of_it() -> None:
    scene = telling(wait=False, play=(), longer_than_min=7)
    scene.arrive("c1")
    assert times(scene, 75) == []


@pytest.mark.parametrize(
    ("wait_s", "told_s", "tells"),
    [
        (None, None, None),
        (420.0, None, 420.0),
        (420.1, None, None),
        (90.0, None, 90.0),
        (90.0, 60.0, 60.0),  # never more than before
        (30.0, 60.0, 30.0),
        (None, 60.0, 60.0),  # what was told still holds
        (9000.0, 60.0, 60.0),
    ],
)
def test_a_wait_beyond_what_the_operator_dares_is_told_as_longer(
    wait_s: float | None, told_s: float | None, tells: float | None
) -> None:
    rules = Announcements(wait=True, longer_than_min=7)
    assert announcing.told_wait_s(rules, wait_s, told_s) == tells
    assert ("letters/ascii62" in announcing.prompts(rules, 1, tells)) == (tells is None)


def test_one_who_heard_longer_than_hears_the_minutes_once_they_are_known() -> None:
    """Five services make the pace known; of so slow ones the last two alone are within what is dared."""
    scene = telling(wait=True, play=(), first_after_s=5, every_s=20, longer_than_min=10)
    scene.login("anna")
    for number in range(9):
        scene.arrive(f"c{number}")
        scene.wait(0.001)
    for _ in range(8):
        scene.answer("anna")
        for _ in range(10):
            scene.wait(20)
            for call in sorted(scene.playing):
                scene.announcement_ends(call)
        scene.agent_hangs_up("anna")
    heard = ["letters/ascii62" in command.prompts for command in scene.commands(Announce, "c8")]
    assert heard[0] and not heard[-1]
    assert heard == sorted(heard, reverse=True), "never longer again after a number was told"


def test_the_told_wait_never_rises() -> None:
    """Services become slower and slower; each caller hears what he heard before, or less."""
    scene = telling(wait=True, play=(), first_after_s=5, every_s=20)
    scene.login("anna")
    names = [f"c{number:02d}" for number in range(12)]
    for name in names:
        scene.arrive(name)
        scene.wait(0.001)
    for talk_s in (60, 60, 60, 60, 60, 60, 120, 300, 600):
        scene.answer("anna")
        for _ in range(talk_s // 20):
            scene.wait(20)
            for call in sorted(scene.playing):
                scene.announcement_ends(call)
        scene.agent_hangs_up("anna")
    heard: dict[str, list[float]] = {}
    for command in scene.commands(Announce):
        heard.setdefault(command.call, []).append(minutes(command.prompts))
    assert max(len(values) for values in heard.values()) > 5
    for values in heard.values():
        assert values == sorted(values, reverse=True)


def minutes(prompts: tuple[str, ...]) -> float:
    """The number that is spoken; "longer than" is more than every number."""
    if "letters/ascii62" in prompts:
        return float("inf")
    digits = [prompt.rpartition("/")[2] for prompt in prompts if prompt.startswith("digits/")]
    return sum(float(digit) for digit in digits if digit.isdigit())


def test_an_announcement_never_delays_a_free_agent() -> None:
    scene = telling()
    scene.arrive("c1")
    scene.wait(10)
    assert scene.playing
    scene.login("anna")
    assert scene.rung() == [("c1", "anna")], "at once, not when the announcement has ended"
    assert not scene.playing


def test_nothing_is_announced_into_a_ring_or_a_talk() -> None:
    scene = telling()
    scene.login("anna")
    scene.arrive("c1")
    scene.rings("anna")
    scene.wait(12)
    scene.answer("anna")
    scene.wait(200)
    assert scene.commands(Announce) == []


def test_after_a_ring_in_vain_there_is_a_pause() -> None:
    scene = telling()
    scene.login("anna")
    scene.arrive("c1")
    scene.miss("anna")
    before = scene.now
    scene.wait(9)
    assert scene.commands(Announce) == []
    assert times(scene, 60) and scene.now > before
    assert len(scene.commands(Ring)) == 2 or scene.commands(Announce)


def test_it_goes_on_after_an_announcement_that_was_longer_than_the_interval() -> None:
    scene = telling(every_s=5)
    scene.arrive("c1")
    scene.wait(10)
    scene.wait(7)  # still playing
    scene.announcement_ends("c1")
    scene.wait(60)
    assert len(scene.commands(Announce)) > 1


def test_it_goes_on_after_an_announcement_that_was_cut_off() -> None:
    scene = telling()
    scene.arrive("c1")
    scene.wait(10)
    scene.login("anna")  # cuts it off
    scene.miss("anna")
    scene.wait(31)
    assert len(scene.commands(Announce)) == 2


@pytest.mark.parametrize("number", [1, 2, 11, 19, 20, 21, 40, 99, 100, 101, 120, 999, 1000, 100_000])
def test_every_number_can_be_spoken(number: int) -> None:
    rules = Announcements(position=True, wait=True)
    prompts = announcing.prompts(rules, number, number * 60.0)
    assert prompts
    assert all(prompt and "/" not in prompt[:1] and ".." not in prompt for prompt in prompts)


def test_numbers_are_composed_of_digit_files() -> None:
    def spoken(number: int) -> list[str]:
        prompts = announcing.prompts(Announcements(position=True), number, None)
        return [prompt.removeprefix("digits/") for prompt in prompts if prompt.startswith("digits/")]

    assert spoken(7) == ["7"]
    assert spoken(15) == ["15"]
    assert spoken(30) == ["30"]
    assert spoken(42) == ["40", "2"]
    assert spoken(105) == ["1", "hundred", "5"]


def test_the_first_interval_that_fits_the_customer_holds() -> None:
    rules = Announcements(
        first_after_s=10,
        every_s=30,
        intervals=(
            Interval(when={"region": "north"}, every_s=60),
            Interval(when={"region": "south", "segment": "gold"}, first_after_s=5, every_s=20),
        ),
    )
    assert announcing.interval(rules, {}) == (10, 30)
    assert announcing.interval(rules, {"region": "north", "segment": "gold"}) == (10, 60)
    assert announcing.interval(rules, {"region": "south"}) == (10, 30)
    assert announcing.interval(rules, {"region": "south", "segment": "gold"}) == (5, 20)


def test_a_caller_hears_it_as_often_as_his_region_says() -> None:
    rules = Announcements(
        every_s=30, play=("hold-on",), intervals=(Interval(when={"region": "north"}, first_after_s=5, every_s=50),)
    )
    scene = Scene(center({"sales": Queue(announce=rules)}))
    scene.arrive("c1", customer={"region": "north"})
    heard = []
    for second in range(120):
        if scene.commands(Announce)[len(heard) :]:
            heard.append(second)
            scene.announcement_ends("c1")
        scene.wait(1)
    assert heard == [5, 55, 105]
