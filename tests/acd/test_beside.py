"""A flow beside the line: its caller keeps his place, an agent is never delayed by it, and it may end the wait."""

from __future__ import annotations

import pytest

from cti.model import events as ev
from cti.model.changes import Kind
from cti.model.commands import Announce, Release, Ring, RunFlow, StartMusic
from cti.model.policy import Announcements, LongWait, WhileWaiting
from tests.acd.flow_stories import enters, flow_runs, queues_up, scene_with_flow
from tests.kit import Exit, Queue, Scene, call_id, center, member

pytestmark = pytest.mark.unit

SIDE = Exit(flow="side", keep_place=True)


def waits(**rules: object) -> Scene:
    """c1 waits in sales, where nobody is; key 1 leads into a flow beside the line."""
    scene = Scene(center({"sales": Queue(keys={"1": SIDE, "2": Exit(flow="other")}, **rules)}))  # type: ignore[arg-type]
    scene.arrive("c1", "sales")
    return scene


def sides(scene: Scene) -> list[str]:
    return [run.flow for run in scene.commands(RunFlow, "c1") if run.keeps_place]


def over(scene: Scene) -> None:
    scene.post(ev.SideFlowEnded(call_id("c1")))


def leaves(scene: Scene) -> None:
    scene.post(ev.SideFlowLeaves(call_id("c1")))


def test_a_key_lets_it_run_and_he_stands_where_he_stood() -> None:
    scene = waits()
    scene.arrive("c2", "sales")
    since = scene.contact("c1").since
    scene.wait(10)
    scene.press("c1", "1")
    assert sides(scene) == ["side"] and scene.state("c1") == "waiting" and not scene.outcomes("c1")
    assert scene.contact("c1").since == since and scene.contact("c1").flow == "", "the line is his home still"
    scene.press("c1", "1")
    assert sides(scene) == ["side"], "one at a time"
    scene.login("anna")
    [ring] = scene.commands(Ring)
    assert ring.call == call_id("c1"), "he is the first in the line, and the agent is not kept waiting"
    assert scene.state("c1") == "offered" and scene.contact("c1").beside == ""


def test_what_comes_of_a_flow_that_was_cut_off_is_ignored() -> None:
    scene = waits()
    scene.press("c1", "1")
    scene.login("anna")
    before = scene.state("c1")
    over(scene)
    leaves(scene)
    assert scene.state("c1") == before == "offered" and len(scene.changes(Kind.LATE)) == 2


def test_when_it_is_over_he_only_waits() -> None:
    scene = waits()
    music = len(scene.commands(StartMusic))
    scene.press("c1", "1")
    over(scene)
    assert scene.state("c1") == "waiting" and len(scene.commands(StartMusic)) == music + 1
    scene.press("c1", "1")
    assert sides(scene) == ["side", "side"]
    told = [(fact.old, fact.new) for fact in scene.changes(Kind.FLOW)]
    assert told == [("side", "begun"), ("side", "over"), ("side", "begun")]


def test_what_ends_his_wait_makes_it_a_flow_like_any_other() -> None:
    scene = waits()
    since = scene.contact("c1").since
    scene.press("c1", "1")
    leaves(scene)
    assert (scene.state("c1"), scene.contact("c1").flow, scene.outcomes("c1")) == ("in_flow", "side", ["key_exit"])
    assert (scene.ticket("c1").queue, scene.ticket("c1").flow) == ("", "side")
    assert flow_runs(scene) == [""], "it runs already"
    scene.login("anna")
    assert not scene.commands(Ring)
    queues_up(scene)
    assert scene.contact("c1").since == since and scene.commands(Ring), "into a line again, with the old time"


def test_a_good_bye_ends_it() -> None:
    scene = waits()
    scene.press("c1", "1")
    leaves(scene)
    scene.post(ev.FlowEnded(call_id("c1")))
    assert scene.state("c1") == "ended" and scene.outcomes("c1") == ["key_exit"] and scene.commands(Release, "c1")


def test_a_phone_that_rings_goes_before_a_key_for_it() -> None:
    scene = waits()
    scene.login("anna")
    scene.press("c1", "1")
    assert sides(scene) == [] and scene.contact("c1").leaving is None


def test_nothing_is_announced_over_it_and_later_again() -> None:
    scene = waits(announce=Announcements(first_after_s=5, every_s=10, position=True))
    scene.press("c1", "1")
    scene.wait(30)
    assert not scene.commands(Announce)
    over(scene)
    scene.wait(10)
    assert len(scene.commands(Announce)) == 1


def test_the_longest_wait_is_over_all_the_same() -> None:
    scene = waits(max_wait_s=20)
    scene.press("c1", "1")
    scene.wait(20)
    assert scene.state("c1") == "ended" and scene.outcomes("c1") == ["timed_out"]
    assert scene.center.next_deadline() is None


def test_a_missed_ring_puts_him_back_without_it() -> None:
    scene = waits()
    scene.press("c1", "1")
    scene.login("anna")
    scene.miss("anna")
    assert scene.state("c1") == "waiting" and scene.contact("c1").beside == ""
    scene.press("c1", "1")
    assert sides(scene) == ["side", "side"]


def test_a_broken_session_forgets_it() -> None:
    scene = waits()
    scene.press("c1", "1")
    scene.post(ev.SessionLost(call_id("c1")))
    assert scene.contact("c1").beside == "" and scene.state("c1") == "aside"


def test_a_flow_that_takes_him_out_of_the_line() -> None:
    scene = waits()
    scene.press("c1", "2")
    assert (scene.state("c1"), scene.contact("c1").flow, scene.outcomes("c1")) == ("in_flow", "other", ["key_exit"])
    assert flow_runs(scene) == [""]


def test_another_flow_than_the_one_that_led_him_into_the_line() -> None:
    scene = scene_with_flow({"sales": Queue(keys={"1": SIDE, "2": Exit(flow="other")})})
    enters(scene)
    queues_up(scene)
    scene.press("c1", "1")
    over(scene)
    assert scene.contact("c1").flow == "main", "his own flow goes on behind the line"
    scene.press("c1", "2")
    assert [(run.flow, run.outcome, run.at) for run in scene.commands(RunFlow, "c1")][-1] == ("other", "", "")


# --- it begins by itself ----------------------------------------------------------------------------------------------


def test_it_is_offered_once_after_a_while() -> None:
    scene = waits(while_waiting=WhileWaiting(flow="offer", after_s=30))
    scene.wait(29)
    assert sides(scene) == []
    scene.wait(1)
    assert sides(scene) == ["offer"]
    over(scene)
    scene.wait(300)
    assert sides(scene) == ["offer"]


def test_it_waits_for_one_that_runs() -> None:
    scene = waits(while_waiting=WhileWaiting(flow="offer", after_s=30))
    scene.press("c1", "1")
    scene.wait(40)
    over(scene)
    scene.wait(15)
    assert sides(scene) == ["side", "offer"]


def busy(**rules: object) -> Scene:
    """Talks of 60 s, one agent, a line behind him: how long one waits is known after a while."""
    policy = center({"sales": Queue(**rules)}, agents={"anna": member("sales")})  # type: ignore[arg-type]
    scene = Scene(policy)
    scene.login("anna")
    for number in range(12):
        scene.arrive(f"old{number:02d}", "sales")
    for _ in range(8):
        scene.talk("anna", 60)
    return scene


@pytest.mark.parametrize(("over_s", "offered"), [(30, ["offer"]), (3000, [])])
def test_it_is_offered_where_the_wait_will_be_long(over_s: float, offered: list[str]) -> None:
    scene = busy(while_waiting=WhileWaiting(flow="offer", after_s=5, over_s=over_s))
    scene.arrive("c1", "sales")
    scene.wait(60)
    assert sides(scene) == offered


@pytest.mark.parametrize("keeps", [True, False])
def test_at_the_door_a_long_wait_leads_into_a_flow(keeps: bool) -> None:
    scene = busy(on_long_wait=LongWait(over_s=60, to=Exit(flow="offer", keep_place=keeps)))
    scene.arrive("c1", "sales")
    assert scene.state("c1") == ("waiting" if keeps else "in_flow")
    assert sides(scene) == (["offer"] if keeps else []) and scene.contact("c1").flow == ("" if keeps else "offer")
    assert scene.outcomes("c1") == ([] if keeps else ["overflowed"])
