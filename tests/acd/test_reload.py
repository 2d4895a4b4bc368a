"""What a new policy changes for those who are here, and what it may not take away."""

from __future__ import annotations

from typing import Any

import pytest

from cti.acd import new_rules
from cti.model.changes import Kind
from cti.model.hours import Hours
from cti.model.policy import Center
from cti.model.words import RefusedReason, RingResult
from tests.kit import Announcements, Break, Exit, HeadStart, MissedOffers, Queue, Ring, Scene, call_id, center, member

pytestmark = pytest.mark.unit


def policy(queues: dict[str, Queue] | None = None, **more: Any) -> Center:
    more.setdefault("agents", {"anna": member("sales"), "ben": member("support")})
    return center(queues or {"sales": Queue(), "support": Queue()}, **more)


def served(scene: Scene, agent: str, count: int) -> list[str | None]:
    found = []
    for _ in range(count):
        found.append(scene.offered(agent))
        scene.talk(agent, 1.0)
    return found


def test_it_is_told_once_with_its_version() -> None:
    scene = Scene(policy())
    assert scene.reload(policy(), "v2") is None
    [told] = scene.changes(Kind.CONFIG)
    assert (told.old, told.new, told.by) == ("", "v2", "operator")


def test_targets_and_head_starts_change_for_those_who_wait() -> None:
    agents = {"anna": member("sales", "support")}
    scene = Scene(policy(agents=agents))
    scene.arrive("c1", "sales")
    scene.wait(1)
    scene.arrive("c2", "support")
    scene.wait(10)
    assert scene.reload(policy({"sales": Queue(), "support": Queue(target_s=5)}, agents=agents)) is None
    scene.login("anna")
    assert served(scene, "anna", 2) == ["c2", "c1"]


def test_a_head_start_for_a_segment_changes_places_and_says_so() -> None:
    scene = Scene(policy())
    scene.arrive("c1", "sales")
    scene.wait(5)
    scene.arrive("c2", "sales", customer={"segment": "gold"})
    gold = Queue(head_starts=(HeadStart(when={"segment": "gold"}, seconds=60),))
    assert scene.reload(policy({"sales": gold, "support": Queue()})) is None
    [place] = scene.changes(Kind.PLACE)
    assert (place.call, place.position) == (call_id("c2"), 1)


def test_rings_change_for_those_who_wait() -> None:
    scene = Scene(policy())
    scene.login("ben")
    scene.arrive("c1", "sales")
    scene.wait(30)
    assert scene.offered("ben") is None
    wider = Queue(rings=(Ring(after_s=20, queues=("support",)),))
    assert scene.reload(policy({"sales": wider, "support": Queue()})) is None
    assert scene.offered("ben") == "c1"


def test_a_shorter_maximum_wait_ends_the_wait_at_once() -> None:
    scene = Scene(policy())
    scene.arrive("c1", "sales")
    scene.wait(60)
    short = Queue(max_wait_s=30, on_max_wait=Exit(queue="support"))
    assert scene.reload(policy({"sales": short, "support": Queue()})) is None
    scene.wait(0)
    assert scene.outcomes("c1") == ["timed_out"]


def test_announcements_begin_or_end() -> None:
    scene = Scene(policy())
    scene.arrive("c1", "sales")
    talks = Queue(announce=Announcements(every_s=10, play=("hold-on",)))
    assert scene.reload(policy({"sales": talks, "support": Queue()})) is None
    scene.wait(10)
    assert scene.playing == {call_id("c1")}


def test_a_new_agent_serves_and_his_phone_is_known() -> None:
    scene = Scene(policy())
    scene.arrive("c1", "sales")
    agents = {"anna": member("sales"), "ben": member("support"), "carl": member("sales", starts="available")}
    assert scene.reload(policy(agents=agents)) is None
    assert scene.offered("carl") == "c1"
    scene.talk("carl")
    assert scene.outcomes("c1") == ["answered"]


def test_an_agent_who_joins_a_queue_serves_who_waits_there_and_one_who_leaves_does_not() -> None:
    scene = Scene(policy())
    scene.login("anna", "ben")
    scene.arrive("c1", "sales")
    scene.answer("anna")
    scene.arrive("c2", "sales")
    joined = {"anna": member("sales"), "ben": member("support", "sales")}
    assert scene.reload(policy(agents=joined)) is None
    assert scene.offered("ben") == "c2"
    assert scene.center._floor.staffed == {"sales": 2, "support": 1}
    scene.talk("ben")
    assert scene.reload(policy()) is None
    scene.arrive("c3", "sales")
    assert scene.offered("ben") is None
    assert scene.center._floor.staffed == {"sales": 1, "support": 1}


def test_whom_a_phone_rings_for_is_not_taken_away() -> None:
    """He leaves the queue while he rings or talks for it: what has begun goes on."""
    scene = Scene(policy())
    scene.login("anna")
    scene.arrive("c1", "sales")
    moved = {"anna": member("support"), "ben": member("support")}
    assert scene.reload(policy(agents=moved)) is None
    scene.talk("anna")
    assert scene.outcomes("c1") == ["answered"]
    scene.arrive("c2", "sales")
    assert scene.offered("anna") is None


def test_what_live_calls_use_stays() -> None:
    scene = Scene(policy())
    scene.login("anna")
    scene.arrive("c1", "sales")
    scene.arrive("c2", "sales")
    scene.answer("anna")
    without = center({"support": Queue()}, agents={"ben": member("support")})
    refused = scene.reload(without)
    assert refused is not None and refused.reason is RefusedReason.IN_USE
    assert refused.detail == "queue sales: 2 callers; agent anna: talking"
    assert not scene.changes(Kind.CONFIG)
    assert scene.center.policy.queues.keys() == {"sales", "support"}
    scene.agent_hangs_up("anna")
    scene.talk("anna")
    assert scene.reload(without) is None
    assert [told.new for told in scene.changes(Kind.STATUS, agent="anna")] == ["available", "logged_out"]
    assert set(scene.center.agents) == {"ben"}


def test_a_queue_where_a_supervisor_has_just_sent_somebody_is_in_use() -> None:
    scene = Scene(policy())
    scene.login("anna")
    scene.obedient = False
    scene.arrive("c1", "sales")
    assert scene.supervise("c1", "move", queue="support") is None
    refused = scene.reload(center({"sales": Queue()}, agents={"anna": member("sales")}))
    assert refused is not None and refused.detail == "queue support: 1 callers"


def test_an_agent_in_wrap_up_may_go_and_his_phone_is_forgotten() -> None:
    scene = Scene(policy({"sales": Queue(wrap_up_s=30), "support": Queue()}))
    scene.login("anna")
    scene.arrive("c1", "sales")
    scene.talk("anna")
    without = center({"sales": Queue(), "support": Queue()}, agents={"ben": member("support")})
    assert scene.reload(without) is None
    scene.wait(60)
    assert not scene.changes(Kind.BUG)
    assert scene.center.next_deadline() is None


def test_who_now_waits_for_nobody_leaves() -> None:
    scene = Scene(policy({"sales": Queue(on_nobody=Exit(goto="cti-night,s,1")), "support": Queue()}))
    scene.login("anna")
    scene.pause("anna")
    scene.arrive("c1", "sales")
    assert scene.state("c1") == "waiting"
    leaves = {"anna": member("support"), "ben": member("support")}
    rules = {"sales": Queue(on_nobody=Exit(goto="cti-night,s,1")), "support": Queue()}
    assert scene.reload(policy(rules, agents=leaves)) is None
    assert scene.outcomes("c1") == ["overflowed"]


def test_a_strategy_changes_the_order_of_those_who_are_free() -> None:
    agents = {"anna": member("sales"), "ben": member("sales")}
    scene = Scene(policy(agents=agents))
    scene.login("ben")
    scene.wait(1)
    scene.login("anna")
    linear = {"sales": Queue(strategy="linear"), "support": Queue()}
    assert scene.reload(policy(linear, agents=agents)) is None
    scene.arrive("c1", "sales")
    assert scene.offered("anna") == "c1"


def test_a_break_gets_its_new_limit() -> None:
    scene = Scene(policy(breaks={"break": Break()}))
    scene.login("anna")
    scene.pause("anna")
    scene.wait(60)
    assert scene.reload(policy(breaks={"break": Break(limit_s=30)})) is None
    scene.wait(0)
    assert scene.changes(Kind.OVERDUE, agent="anna")


def test_an_agents_phone_may_change_under_him() -> None:
    scene = Scene(policy())
    scene.login("anna")
    agents = {"anna": member("sales", phone="PJSIP/2001"), "ben": member("support")}
    assert scene.reload(policy(agents=agents, missed_offers=MissedOffers(pause_after_missed=0))) is None
    scene.arrive("c1", "sales")
    [ring] = [told for told in scene.told if type(told).__name__ == "Ring"]
    assert ring.legs[0].dial == "PJSIP/2001"
    assert set(scene.center._floor.by_phone) == {"PJSIP/2001", "PJSIP/1002"}


def test_other_opening_hours_hold_for_those_who_wait() -> None:
    def until(hour: str) -> Center:
        hours = {"office": Hours(zone="UTC", weekly={"mon-sun": (f"00:00-{hour}",)})}
        return policy({"sales": Queue(hours="office", at_closing="leave"), "support": Queue()}, hours=hours)

    scene = Scene(until("23:00"))  # it is 22:13 on a Tuesday
    scene.arrive("c1", "sales")
    assert scene.reload(until("24:00")) is None
    scene.wait(3600)
    assert scene.state("c1") == "waiting"
    assert scene.reload(until("23:00")) is None
    scene.wait(0)
    assert scene.outcomes("c1") == ["overflowed"]


def test_a_dismissed_agent_leaves_no_deadline_behind() -> None:
    scene = Scene(policy(breaks={"break": Break(limit_s=60)}))
    scene.login("anna")
    scene.arrive("c1", "sales")
    scene.fail("anna", RingResult.BUSY)
    scene.pause("anna")
    scene.caller_hangs_up("c1")
    assert scene.reload(center({"sales": Queue(), "support": Queue()}, agents={"ben": member("support")})) is None
    scene.wait(600)
    assert not scene.changes(Kind.BUG)


def test_a_bug_in_a_change_leaves_the_policy_that_held(monkeypatch: pytest.MonkeyPatch) -> None:
    """Before, it held by half: in the rules, not for those who wait, and nobody was told."""
    scene = Scene(policy(), strict=False)
    scene.login("anna")
    scene.arrive("c1", "support")
    former, version, apply = scene.center.policy, scene.center.policy_version, new_rules.apply

    def broken(*_: Any, **__: Any) -> None:
        monkeypatch.setattr(new_rules, "apply", apply)
        raise ZeroDivisionError

    monkeypatch.setattr(new_rules, "apply", broken)
    changed = policy(agents={"anna": member("sales", "support"), "carl": member("support")})
    scene.reload(changed, "v2")
    assert [bug.new for bug in scene.changes(Kind.BUG)] == ["ZeroDivisionError"]
    assert scene.changes(Kind.CONFIG) == [] and scene.rung() == []
    assert (scene.center.policy, scene.center.policy_version) == (former, version)
    assert sorted(scene.center.agents) == ["anna", "ben"]
    scene.login("ben")
    assert scene.offered("ben") == "c1"
    scene.reload(policy(), "v3")
    assert [told.new for told in scene.changes(Kind.CONFIG)] == ["v3"]
