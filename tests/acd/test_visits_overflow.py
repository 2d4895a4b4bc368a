"""Who is sent elsewhere at the door, or when the last agent goes home, and what does he keep?"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from kit import Entry, Exit, LongWait, Queue, Ring, Scene, call_id, center, member

from cti.acd.free import FreeAgents
from cti.acd.line import WaitingClass
from cti.acd.strategy import Candidate
from cti.model.changes import Kind
from cti.model.commands import Release
from cti.model.words import RingResult

pytestmark = pytest.mark.unit

PLACE = "cti-mailbox,s,1"


def scene_of(agents: dict[str, object] | None = None, **sales: object) -> Scene:
    queues = {"sales": Queue(**sales), "support": Queue()}  # type: ignore[arg-type]
    return Scene(center(queues, agents=agents or {"anna": member("sales"), "sue": member("support")}))


def reasons(scene: Scene, name: str) -> list[tuple[str, str | None]]:
    told = scene.changes(Kind.VISIT, call=call_id(name))
    return [(change.new, change.reason) for change in told if change.new != "waiting"]


def test_a_queue_of_eleven_refuses_the_twelfth() -> None:
    """Asterisk's own case. Its joining priority is a head start here; a joining position has no counterpart."""
    priorities = (0, 0, 1, 1, 2, 0, 0, 0, 8, 1, 1, 0)
    entries = {f"70{p}": Entry(queue="sales", head_start_s=3600.0 * p) for p in set(priorities)}
    queue = Queue(max_waiting=11, on_full=Exit(goto=PLACE))
    scene = Scene(center({"sales": queue}, agents={"anna": member("sales")}, entries=entries))
    for number, priority in enumerate(priorities):
        scene.arrive(f"c{number:02d}", None, dialled=f"70{priority}")
        scene.wait(1)
    assert reasons(scene, "c11") == [("overflowed", "full")]
    assert [release.goto for release in scene.commands(Release)] == [PLACE]
    assert scene.contact("c10").original_position == 6
    scene.login("anna")
    order = []
    while scene.agent("anna").offer is not None:
        order.append(scene.offered("anna"))
        scene.talk("anna", 1)
    assert order == ["c08", "c04", "c02", "c03", "c09", "c10", "c00", "c01", "c05", "c06", "c07"]


def test_nobody_there_sends_on_at_the_door() -> None:
    scene = scene_of(on_nobody=Exit(queue="support"))
    scene.login("sue")
    scene.arrive("c1")
    assert reasons(scene, "c1") == [("overflowed", "nobody")]
    assert scene.rung() == [("c1", "sue")]


@pytest.mark.parametrize("presence", ["break", "talking", "free"])
def test_somebody_is_there_who_is_logged_in(presence: str) -> None:
    scene = scene_of(on_nobody=Exit(goto=PLACE))
    scene.login("anna")
    if presence == "break":
        scene.pause("anna")
    elif presence == "talking":
        scene.arrive("c0")
        scene.answer("anna")
    scene.arrive("c1")
    assert reasons(scene, "c1") == []
    assert scene.contact("c1") is not None


def test_there_are_those_who_come_by_a_later_ring() -> None:
    agents = {"olga": member(groups=("office",)), "mute": member("sales", en=1)}
    rings = (Ring(after_s=40, groups=("office",)), Ring(after_s=60, accept={"en": 1}))
    for agent in agents:
        scene = scene_of(agents, requires={"en": 2}, rings=rings, on_nobody=Exit(goto=PLACE))
        scene.login(agent)
        scene.arrive("c1")
        assert reasons(scene, "c1") == ([] if agent == "mute" else [("overflowed", "nobody")]), agent
    scene = scene_of(agents, rings=rings, on_nobody=Exit(goto=PLACE))
    scene.login("olga")
    scene.arrive("c1")
    scene.wait(40)
    assert scene.rung() == [("c1", "olga")]


def test_who_lacks_a_skill_is_not_there_for_him() -> None:
    scene = scene_of({"mute": member("sales", en=1)}, requires={"en": 2}, on_nobody=Exit(goto=PLACE))
    scene.login("mute")
    scene.arrive("c1")
    assert reasons(scene, "c1") == [("overflowed", "nobody")]


def test_when_the_last_one_goes_home_those_who_wait_go_on() -> None:
    scene = scene_of(on_nobody=Exit(queue="support"))
    scene.login("anna")
    scene.arrive("c0")
    scene.answer("anna")
    scene.arrive("c1")
    scene.wait(30)
    since = scene.contact("c1").since
    scene.logout("anna")
    assert reasons(scene, "c1") == [("overflowed", "nobody")]
    contact = scene.contact("c1")
    assert (contact.queue, contact.since) == ("support", since)


def test_without_a_place_for_nobody_he_waits() -> None:
    scene = scene_of()
    scene.arrive("c1")
    scene.wait(600)
    assert scene.state("c1") == "waiting"


def busy_line(over_s: float) -> Scene:
    """A talk of 60 s each, one agent, and a line behind him: the pace is known after a while."""
    scene = scene_of(on_long_wait=LongWait(over_s=over_s, to=Exit(queue="support")))
    scene.login("anna")
    for number in range(12):
        scene.arrive(f"old{number:02d}")
    for _ in range(8):
        scene.talk("anna", 60)
    return scene


def test_a_long_expected_wait_sends_on_at_the_door() -> None:
    scene = busy_line(over_s=120)  # three wait, one talks: the next one would wait for about four talks
    scene.arrive("new")
    assert reasons(scene, "new") == [("overflowed", "long_wait")]
    assert scene.contact("new").queue == "support"
    assert len(reasons(scene, "old11")) == 0  # who is in stays


def test_a_short_expected_wait_does_not() -> None:
    scene = busy_line(over_s=600)
    scene.arrive("new")
    assert reasons(scene, "new") == []
    assert scene.contact("new").expected_p90_s == pytest.approx(240, rel=0.8)


@pytest.mark.parametrize(("over_s", "looks"), [(600, 1), (1, 2)])
def test_whoever_comes_to_a_free_agent_waits_for_nothing(
    over_s: float, looks: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither sent on, nor counted among those with an expected wait. One look at the free does, where it is short."""
    scene = busy_line(over_s=over_s)
    for number in range(8, 12):
        scene.caller_hangs_up(f"old{number:02d}")
    assert scene.offered("anna") is None
    looked: list[object] = []
    look = FreeAgents.for_class

    def noted(free: FreeAgents, waiting: WaitingClass) -> Iterator[Candidate]:
        looked.append(waiting)
        return look(free, waiting)

    monkeypatch.setattr(FreeAgents, "for_class", noted)
    scene.arrive("new")
    assert scene.offered("anna") == "new"
    assert scene.contact("new").expected_p90_s is None
    assert len(looked) == looks


def test_an_unknown_wait_turns_nobody_away() -> None:
    scene = scene_of(on_long_wait=LongWait(over_s=1, to=Exit(goto=PLACE)))
    for number in range(50):
        scene.arrive(f"c{number}")
    assert not scene.changes(Kind.VISIT, new="overflowed")


def test_full_comes_before_nobody_and_before_long() -> None:
    scene = scene_of(max_waiting=1, on_full=Exit(goto=PLACE), on_nobody=None)
    scene.arrive("c1")
    scene.arrive("c2")
    assert reasons(scene, "c2") == [("overflowed", "full")]
    scene = scene_of(max_waiting=1, on_full=Exit(goto=PLACE), on_nobody=Exit(queue="support"))
    scene.login("anna")
    scene.arrive("c0")
    scene.answer("anna")
    scene.arrive("c1")
    scene.arrive("c2")
    assert reasons(scene, "c2") == [("overflowed", "full")]
    assert [release.goto for release in scene.commands(Release)] == [PLACE]


def test_overflow_keeps_since_and_the_customer() -> None:
    scene = scene_of(max_wait_s=30, on_max_wait=Exit(queue="support"))
    scene.arrive("c1", customer={"segment": "gold"})
    came = scene.contact("c1").since
    scene.wait(30)
    contact = scene.contact("c1")
    assert (contact.queue, contact.since, contact.entered_at) == ("support", came, came + 30)
    assert contact.customer == {"segment": "gold"}
    scene.wait(10)
    scene.arrive("c2", "support")
    scene.login("sue")
    assert scene.rung() == [("c1", "sue")]


def test_the_last_one_goes_home_while_his_phone_rings() -> None:
    scene = scene_of(on_nobody=Exit(queue="support"))
    scene.login("anna")
    scene.arrive("c1")
    scene.rings("anna")
    scene.logout("anna")
    assert reasons(scene, "c1") == [("overflowed", "nobody")]
    assert scene.contact("c1").queue == "support"


def own_agent_outside(**sales: object) -> Scene:
    """c1's own agent sue is of support; nobody of sales is there."""
    scene = scene_of(on_nobody=Exit(goto=PLACE), preferred_for_s=20, **sales)
    scene.login("sue")
    scene.pause("sue")
    scene.arrive("c1", preferred=("sue",))
    return scene


def test_his_own_agent_is_somebody_whatever_the_queue() -> None:
    scene = own_agent_outside()
    assert reasons(scene, "c1") == []
    scene.unpause("sue")
    assert scene.offered("sue") == "c1"


@pytest.mark.parametrize("how", ["time", "rejects"])
def test_his_own_agent_is_somebody_as_long_as_she_is_there(how: str) -> None:
    scene = own_agent_outside()
    if how == "time":
        scene.wait(60)
    else:
        scene.unpause("sue")
        scene.fail("sue", RingResult.REJECTED)
    assert reasons(scene, "c1") == []
    scene.logout("sue")
    assert reasons(scene, "c1") == [("overflowed", "nobody")]


def test_his_own_agent_is_gone_but_the_queue_is_staffed() -> None:
    scene = own_agent_outside()
    scene.login("anna")
    scene.wait(20)
    assert reasons(scene, "c1") == [] and scene.offered("anna") == "c1"


def test_a_ring_whose_penalties_replace_the_queues_takes_nobody_away() -> None:
    """2 may take him now, though after 30 s only 5 to 9 may; then nobody is left."""
    rings = (Ring(after_s=30, min_penalty=5, max_penalty=9),)
    scene = scene_of({"two": member("sales/1+2")}, max_penalty=3, rings=rings, on_nobody=Exit(goto=PLACE))
    scene.login("two")
    scene.arrive("c1")
    assert scene.offered("two") == "c1"
    scene.answer("two")
    scene.arrive("c2")
    scene.wait(29)
    assert reasons(scene, "c2") == []
    scene.wait(2)
    assert reasons(scene, "c2") == [("overflowed", "nobody")]


def test_when_somebody_goes_home_each_is_asked_for_by_himself() -> None:
    """Those who need what only anna speaks go; those who need less stay, until ben goes home too."""
    agents = {"anna": member("sales", en=3), "ben": member("sales", en=1)}
    queue = Queue(on_nobody=Exit(goto=PLACE))
    entries = {"6101": Entry(queue="sales", requires={"en": 3}), "6102": Entry(queue="sales", requires={"en": 1})}
    scene = Scene(center({"sales": queue}, agents=agents, entries=entries))
    scene.login("anna", "ben")
    scene.pause("anna")
    scene.pause("ben")
    for name, dialled in (("c1", "6101"), ("c2", "6102"), ("c3", "6101"), ("c4", "6102")):
        scene.arrive(name, None, dialled=dialled)
    scene.logout("anna")
    assert [bool(reasons(scene, name)) for name in ("c1", "c2", "c3", "c4")] == [True, False, True, False]
    scene.logout("ben")
    assert all(reasons(scene, name) for name in ("c1", "c2", "c3", "c4"))


@pytest.mark.parametrize("moves_to", ["support", ""])
def test_an_agent_who_moves_to_another_queue_is_there_no_longer(moves_to: str) -> None:
    """By a reload, or dismissed by it."""
    queues = {"sales": Queue(on_nobody=Exit(goto=PLACE)), "support": Queue()}
    scene = Scene(center(queues, agents={"anna": member("sales")}))
    scene.login("anna")
    scene.pause("anna")
    scene.arrive("c1")
    assert reasons(scene, "c1") == []
    assert scene.reload(center(queues, agents={"anna": member(moves_to)} if moves_to else {})) is None
    assert reasons(scene, "c1") == [("overflowed", "nobody")]
