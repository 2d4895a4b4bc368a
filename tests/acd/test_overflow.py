"""Who cannot stay in a queue, and where does he go instead?"""

from __future__ import annotations

from typing import Any

import pytest
from kit import Scene, center, member

from cti.model.changes import Kind
from cti.model.commands import Release
from cti.model.hours import Hours
from cti.model.policy import Exit, LongWait, Queue
from cti.model.words import QueueName

pytestmark = pytest.mark.unit


def of(queues: dict[str, Any]) -> dict[str, Queue]:
    return {name: Queue.model_validate(rules) for name, rules in queues.items()}


def turned_away(scene: Scene) -> list[str | None]:
    return [change.reason for change in scene.changes(Kind.VISIT) if change.new == "overflowed"]


def test_nobody_is_logged_in_who_could_ever_take_it() -> None:
    queues = {"sales": {"on_nobody": {"queue": "support"}}, "support": {}}
    scene = Scene(center(of(queues), agents={"anna": member("sales"), "ben": member("support")}))
    scene.login("ben")
    scene.arrive("c1", "sales")
    assert turned_away(scene) == ["nobody"]
    assert scene.offered("ben") == "c1"


def test_a_break_is_somebody_and_so_is_a_later_ring() -> None:
    rings = [{"after_s": 60, "queues": ["support"]}]
    queues = {"sales": {"on_nobody": {"play": ["sorry"]}, "rings": rings}, "support": {}}
    scene = Scene(center(of(queues), agents={"anna": member("sales"), "ben": member("support")}))
    scene.login("ben")
    scene.arrive("c1", "sales")
    assert not turned_away(scene)
    scene.wait(60)
    assert scene.offered("ben") == "c1"


def test_without_a_place_to_go_the_caller_waits_for_nobody() -> None:
    scene = Scene(center(of({"sales": {}}), agents={"anna": member("sales")}))
    scene.arrive("c1", "sales")
    assert not turned_away(scene) and not scene.commands(Release)


# --- opening hours ----------------------------------------------------------------------------------------------------

NIGHT = Exit(goto="cti-night,s,1")
HOURS = {"office": Hours(zone="UTC", weekly={"mon-fri": ("09:00-17:00",)})}
TUESDAY = 1_700_000_000.0 - 80_000  # 2023-11-14 00:00:00 UTC


def office(at: str, **rules: Any) -> Scene:
    """Sales has office hours; it is Tuesday, `at` (HH:MM)."""
    scene = Scene(center({"sales": Queue(hours="office", on_closed=NIGHT, **rules), "late": Queue()}, hours=HOURS))
    hour, minute = at.split(":")
    scene.now = TUESDAY + int(hour) * 3600 + int(minute) * 60
    return scene


@pytest.mark.parametrize(
    ("at", "outcomes"), [("08:59", ["overflowed"]), ("09:00", []), ("16:59", []), ("17:00", ["overflowed"])]
)
def test_who_comes_when_it_is_closed_goes_where_the_queue_says(at: str, outcomes: list[str]) -> None:
    scene = office(at)
    scene.arrive("c1")
    assert scene.outcomes("c1") == outcomes
    for told in scene.changes(Kind.VISIT, new="overflowed"):
        assert told.reason == "closed"
    assert [release.goto for release in scene.commands(Release)] == ["cti-night,s,1"] * len(outcomes)


def test_those_who_wait_at_closing_time_are_served() -> None:
    scene = office("16:55")
    scene.arrive("c1")
    scene.wait(1800)
    scene.login("anna")
    assert scene.offered("anna") == "c1"


def test_or_they_leave_too_if_the_queue_says_so() -> None:
    scene = office("16:55", at_closing="leave")
    scene.arrive("c1")
    scene.wait(299)
    assert scene.state("c1") == "waiting"
    scene.wait(2)
    assert scene.outcomes("c1") == ["overflowed"]


def test_whom_a_phone_rings_for_at_closing_time_leaves_only_if_it_comes_to_nothing() -> None:
    scene = office("16:59", at_closing="leave", ring_timeout_s=120)
    scene.login("anna")
    scene.arrive("c1")
    scene.miss("anna", 90)
    scene.wait(0)
    assert scene.outcomes("c1") == ["overflowed"]


def test_a_reload_may_close_it() -> None:
    scene = office("12:00", at_closing="leave")
    scene.arrive("c1")
    morning = {"office": Hours(zone="UTC", weekly={"mon-fri": ("09:00-11:00",)})}
    closed = Queue(hours="office", on_closed=NIGHT, at_closing="leave", target_s=21)
    assert scene.reload(center({"sales": closed, "late": Queue()}, hours=morning)) is None
    scene.wait(0)
    assert scene.outcomes("c1") == ["overflowed"]


# --- a long wait ------------------------------------------------------------------------------------------------------


def busy_morning(**rules: Any) -> Scene:
    """Anna alone has served a line for long enough that the wait is known; whoever waits 60 s is sent away."""
    long_wait = LongWait(over_s=60, to=Exit(goto="cti-night,s,1"))
    scene = Scene(center({"sales": Queue(on_long_wait=long_wait, **rules)}, agents={"anna": member("sales")}))
    for number in range(9):
        scene.arrive(f"m{number}")
    scene.login("anna")
    while scene.offered("anna") is not None:
        scene.talk("anna", 100.0)
    return scene


def test_nobody_is_sent_away_beside_a_free_agent_whatever_the_morning_was() -> None:
    scene = busy_morning()
    scene.arrive("c1")
    assert scene.offered("anna") == "c1"
    scene.answer("anna")
    scene.arrive("c2")
    assert scene.outcomes("c2") == ["overflowed"]


def test_a_night_after_the_last_one_gave_up_is_no_gap_between_services() -> None:
    scene = busy_morning()
    estimate = scene.center._floor.estimate
    scene.arrive("c1")
    scene.answer("anna")
    scene.arrive("c2", "sales")
    before = estimate.expect(QueueName("sales"), 1, 1)
    scene.caller_hangs_up("c2")
    scene.agent_hangs_up("anna")
    scene.wait(50_000)
    scene.arrive("c3")
    scene.talk("anna")
    after = estimate.expect(QueueName("sales"), 1, 1)
    assert before is not None and after is not None and after.p50_s < 2 * before.p50_s
