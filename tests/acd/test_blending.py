"""Work that can wait is offered while the line is short, and not while it is long."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from cti.model.changes import Kind
from cti.model.policy import Begins, Blending, Ends
from tests.kit import Queue, Scene, center, member

pytestmark = pytest.mark.unit

BACK = Blending(begins=Begins(waiting_at_most=0, free_at_least=2), ends=Ends(waiting_over=1, free_below=1))


def office(*agents: str, blending: Blending = BACK) -> Scene:
    """Everybody serves sales and the back work."""
    names = ("anna", "ben", "carl")
    queues = {"sales": Queue(), "back": Queue(target_s=1, blending=blending)}
    scene = Scene(center(queues, agents={name: member("sales", "back") for name in names}))
    scene.login(*agents)
    return scene


def gates(scene: Scene) -> list[str]:
    return [told.new for told in scene.changes(Kind.BLENDING)]


def test_work_that_can_wait_waits_until_enough_are_free() -> None:
    scene = office("anna")
    scene.arrive("b1", "back")
    scene.wait(600)
    assert scene.offered("anna") is None
    scene.login("ben")
    assert gates(scene) == ["open"]
    assert scene.offered("anna") == "b1"


def test_while_the_gate_is_open_it_is_worked_off_down_to_the_last_but_those_kept_free() -> None:
    keep_one = Blending(begins=Begins(free_at_least=3), ends=Ends(free_below=2))
    scene = office("anna", "ben", "carl", blending=keep_one)
    for name in ("b1", "b2", "b3"):
        scene.arrive(name, "back")
    assert [call for call, _ in scene.rung()] == ["b1", "b2"]
    assert gates(scene) == ["open", "shut"]
    scene.arrive("c1", "sales")
    assert scene.offered("carl") == "c1"  # one was kept free for a caller


def test_a_line_shuts_the_gate_and_its_end_opens_it() -> None:
    scene = office("anna", "ben")
    scene.arrive("b1", "back")
    scene.answer("anna")
    scene.pause("ben")
    scene.arrive("b2", "back")
    for name in ("c1", "c2"):
        scene.arrive(name, "sales")
    assert gates(scene)[-1] == "shut"
    scene.agent_hangs_up("anna")
    assert scene.offered("anna") == "c1"  # however urgent the other is
    scene.talk("anna")
    scene.talk("anna")
    assert scene.offered("anna") is None  # nobody waits in sales, but one free agent is not enough
    scene.unpause("ben")
    assert scene.offered("anna") == "b2"


def test_a_contact_behind_the_gate_keeps_its_place_and_may_leave() -> None:
    scene = office("anna")
    scene.arrive("b1", "back")
    scene.arrive("b2", "back")
    assert scene.contact("b1").stands_in is not None
    assert not scene.changes(Kind.REACH)
    scene.caller_hangs_up("b1")
    assert scene.outcomes("b1") == ["abandoned"]
    scene.login("ben")
    assert scene.rung() == [("b2", "anna")]


def test_only_the_named_queues_go_first() -> None:
    queues = {"sales": Queue(), "vip": Queue(), "back": Queue(blending=Blending(behind=("vip",)))}
    agents = {"anna": member("back"), "ben": member("back")}
    scene = Scene(center(queues, agents=agents))
    scene.arrive("c1", "sales")  # nobody serves it; it waits
    scene.arrive("b1", "back")
    scene.login("anna", "ben")
    assert scene.offered("anna") == "b1"


def test_a_reload_takes_the_gate_away() -> None:
    scene = office("anna")
    scene.arrive("b1", "back")
    agents = {name: member("sales", "back") for name in ("anna", "ben", "carl")}
    assert scene.reload(center({"sales": Queue(), "back": Queue()}, agents=agents)) is None
    assert scene.offered("anna") == "b1"


@pytest.mark.parametrize(
    "wrong",
    [
        {"begins": {"waiting_at_most": 3}, "ends": {"waiting_over": 2}},
        {"begins": {"free_at_least": 1}, "ends": {"free_below": 2}},
    ],
)
def test_a_gate_that_would_flap_is_refused(wrong: dict[str, dict[str, int]]) -> None:
    with pytest.raises(ValidationError, match="as soon as it begins"):
        Blending.model_validate(wrong)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(["sales", "back", "talk", "login", "pause"]), max_size=40), st.integers(1, 3))
def test_behind_an_open_gate_nobody_waits_beside_a_free_agent_and_behind_a_shut_one_nobody_is_offered(
    steps: list[str], begins: int
) -> None:
    scene = office(blending=Blending(begins=Begins(free_at_least=begins), ends=Ends(waiting_over=1)))
    agents, calls, away = ["anna", "ben", "carl"], 0, {"anna", "ben", "carl"}
    for step in steps:
        offered = len(scene.changes(Kind.OFFER, queue="back", old=""))
        was_open = bool(gates(scene)) and gates(scene)[-1] == "open"
        told = len(gates(scene))
        free = [name for name in agents if scene.agent(name).free(scene.now)]
        if step in ("sales", "back"):
            calls += 1
            scene.arrive(f"c{calls}", step)
        elif step == "login" and away:
            scene.login(away.pop())
        elif step == "pause" and free:
            scene.request(free[0], "pause")  # type: ignore[arg-type]
        elif step == "talk":
            for name in agents:
                if scene.offered(name) is not None:
                    scene.talk(name, 1.0)
                    break
        is_open = bool(gates(scene)) and gates(scene)[-1] == "open"
        if not was_open and len(gates(scene)) == told:
            assert len(scene.changes(Kind.OFFER, queue="back", old="")) == offered
        waiting = [c for c in scene.center.contacts.values() if c.state == "waiting" and c.queue == "back"]
        idle = [name for name in agents if scene.agent(name).free(scene.now)]
        assert not (is_open and waiting and idle)
        assert (
            not [c for c in scene.center.contacts.values() if c.state == "waiting" and c.queue == "sales"] or not idle
        )
