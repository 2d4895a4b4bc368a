"""Does the history explain as the running core would have, at the same instant? In many random worlds, through SQL."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import Any
from uuid import uuid4

import msgspec
import pytest
from acd.worlds import World
from kit import Queue, Scene, call_id, center, member

from cti.model import events as ev
from cti.model.changes import Changed, Kind
from cti.model.explanation import Look, LostBy, Reason, Standing
from cti.model.policy import Blending
from cti.model.words import AgentAction, AgentId, ContactId, RingResult
from cti.store import history as history_module
from cti.store.database import open_store
from cti.store.history import History
from cti.store.history_writer import HistoryWriter
from tests.depth import deep

pytestmark = pytest.mark.unit

Moment = tuple[str, float]


def lived(seed: int, steps: int = 25) -> tuple[World, dict[Moment, Look]]:
    """A world that has run, and how the core explained everybody who waited, at the end of each instant."""
    world, chance = World(seed), Random(seed)
    center = world.scene.center
    live: dict[Moment, Look] = {}
    handle = center.handle

    def explained(now: float, event: Any) -> list[Any]:
        outputs = handle(now, event)
        for contact in {told.contact for told in outputs if isinstance(told, Changed)} | set(center.contacts):
            found = center.explain_contact(ContactId(contact or ""), now)
            live.pop((str(contact), now), None)
            if found is not None and found.look is not None:
                live[str(contact), now] = found.look
        return outputs

    center.handle = explained  # type: ignore[method-assign]
    for _ in range(steps):
        world.step(chance.getrandbits(32))
    return world, live


@contextmanager
def remembered(folder: Path, lived: World | Scene) -> Iterator[History]:
    """The history of that world, written and read back."""
    scene = lived.scene if isinstance(lived, World) else lived
    file, migrated = folder / f"{uuid4()}.db", folder / "migrated.db"
    if not migrated.exists():
        open_store(f"sqlite:///{migrated}").close()
    shutil.copy(migrated, file)
    store = open_store(f"sqlite:///{file}")
    writer = HistoryWriter(store, scene.policy, "v1", now=scene.history[0][0], keep_s=1e9, gather_s=0.0)
    for told in scene.changes():
        writer.apply(told)
    assert (writer.close(), writer.errors) == (0, 0)
    yield History(store, scene.policy, "v1")
    store.close()


def plain(standings: tuple[Standing, ...]) -> list[Standing]:
    """How long a state lasts is not known of one that began before the first fact."""
    return [msgspec.structs.replace(each, for_s=None) for each in standings]


@pytest.mark.parametrize("first", range(0, 40, 10))
def test_a_look_in_vain_is_explained_as_it_was_live(tmp_path: Path, first: int) -> None:
    compared = 0
    for seed in range(first, first + 10):
        world, live = lived(seed)
        with remembered(tmp_path, world) as history:
            for contact in {contact for contact, _ in live}:
                for look in history.looks(contact):
                    if not look.rule:
                        agree(look, live[contact, look.at])
                        compared += 1
    assert compared > 50


def agree(look: Look, then: Look) -> None:
    assert plain(look.standings) == plain(then.standings)
    assert look.counts == then.counts
    same = ("held", "pools", "requires", "ring", "queue", "widens_in_s")
    assert [getattr(look, name) for name in same] == [getattr(then, name) for name in same]
    assert look.urgency == pytest.approx(then.urgency)


@pytest.mark.parametrize("first", range(40, 80, 10))
def test_a_decision_begins_with_the_chosen_and_nobody_unable_was_asked(tmp_path: Path, first: int) -> None:
    decisions = 0
    for seed in range(first, first + 10):
        world, _ = lived(seed)
        offers = world.scene.changes(Kind.OFFER, old="")
        with remembered(tmp_path, world) as history:
            for contact in {str(told.contact) for told in offers}:
                rung = [(told.at, str(told.agent)) for told in offers if told.contact == contact]
                looks = [look for look in history.looks(contact) if look.rule]
                chosen = [(look.at, str(each.agent)) for look in looks for each in look.standings if each.chosen]
                assert sorted(chosen) == sorted(rung)
                for look in looks:
                    begins_with_the_free(look)
                    decisions += 1
    assert decisions > 30


def begins_with_the_free(look: Look) -> None:
    """Five agents: every free one was compared."""
    free = [each for each in look.standings if each.reason is Reason.FREE]
    assert list(look.standings[: len(free)]) == free
    assert look.standings[0].chosen
    assert all((each.lost_by is None) == each.chosen for each in free)


def test_whoever_was_taken_meanwhile_was_more_urgent(tmp_path: Path) -> None:
    found = 0
    for seed in range(80, deep(88, 120)):
        world, live = lived(seed, steps=40)
        with remembered(tmp_path, world) as history:
            for contact in {contact for contact, _ in live}:
                for each in history.passed(contact):
                    assert (each.tier, -each.urgency) <= (each.own_tier, -each.own_urgency + 1e-6)
                    found += 1
    assert found > 10


def test_a_lost_decision_names_the_winner(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scene = Scene(center(agents={"anna": member("sales"), "ben": member("sales"), "carl": member("sales")}))
    for agent in ("anna", "ben", "carl"):
        scene.login(agent)
        scene.wait(1)
    scene.arrive("c1")
    scene.wait(1)
    scene.arrive("c2")
    with remembered(tmp_path, scene) as history:
        assert history.lost(AgentId("anna")) == []
        (ben,) = history.lost(AgentId("ben"))
        carl = history.lost(AgentId("carl"))
        assert history.lost(AgentId("car_")) == []
        monkeypatch.setattr(history_module, "MAX_DECISIONS", 1)
        assert history.lost(AgentId("carl")) == carl[:1], "looked for among the newest"
    assert ben.winner is not None
    assert (ben.winner.agent, ben.winner.idle_s, ben.his.idle_s, ben.his.lost_by) == ("anna", 3, 2, LostBy.FIGURE)
    assert [(each.contact, each.winner and each.winner.agent) for each in carl] == [
        (call_id("c2"), "ben"),
        (call_id("c1"), "anna"),
    ]


def test_whoever_is_held_back_for_others_is_told_so(tmp_path: Path) -> None:
    queues = {"sales": Queue(), "back": Queue(blending=Blending(), requires={"en": 2})}
    agents = {"anna": member("sales", "back", en=2), "ben": member("back", en=2), "carl": member("back", en=1)}
    scene = Scene(center(queues, agents=agents))
    scene.login("anna")
    scene.arrive("b1", "back")
    live = scene.center.explain_contact(ContactId("node1/b1"), scene.now)
    anna = scene.center.explain_agent(AgentId("anna"), scene.now)
    scene.wait(5)
    scene.login("ben")  # the second who is free: the gate opens
    assert live is not None and live.look is not None and anna is not None
    assert [(each.agent, each.reason) for each in live.look.standings] == [
        ("ben", Reason.LOGGED_OUT),
        ("anna", Reason.HELD),
        ("carl", Reason.SKILL),
    ]
    assert {each.reason for queue in anna.queues for each in queue.obstacles} == {Reason.HELD}
    with remembered(tmp_path, scene) as history:
        in_vain, decided = history.looks("node1/b1")
    agree(in_vain, live.look)
    assert (in_vain.held, decided.held, decided.standings[0].chosen) == (True, False, True)


def test_a_phone_that_is_not_free_yet_is_engaged_in_the_history_too(tmp_path: Path) -> None:
    """His leg outlives the offer: between the two events he is idle, and not free."""
    scene = Scene(center(agents={"anna": member("sales")}))
    scene.login("anna")
    scene.arrive("c1")
    scene.rings("anna")
    offer = scene.offer_of("anna")
    leg = scene.legs[offer][0]
    scene.post(ev.OfferEnded(offer, RingResult.BUSY))
    scene.post(ev.RingEnded(call_id("c1"), RingResult.BUSY, 0.0, True))
    scene.wait(7)  # longer than he rests
    scene.arrive("c2")
    live = [scene.center.explain_contact(ContactId(f"node1/{name}"), scene.now) for name in ("c1", "c2")]
    scene.wait(1)
    scene.post(ev.LegUp("own", "PJSIP/1001"))  # a call of his own
    scene.post(ev.LegDown(leg))
    scene.wait(1)
    scene.arrive("c3")
    live.append(scene.center.explain_contact(ContactId("node1/c3"), scene.now))
    assert [[each.reason for each in now.look.standings] for now in live if now and now.look] == [[Reason.ENGAGED]] * 3
    with remembered(tmp_path, scene) as history:
        for name, now in zip(("c2", "c3"), live[1:], strict=True):
            (look,) = history.looks(f"node1/{name}")
            assert now is not None and now.look is not None
            agree(look, now.look)
    scene.wary = False  # the kit's switch did not hear that the first ring is over
    scene.request("anna", AgentAction.PAUSE, "break")
    scene.post(ev.LegDown("own"))
    assert [(told.old, told.new) for told in scene.changes(Kind.PHONE)] == [
        ("free", "ringing"),
        ("free", "engaged"),
        ("engaged", "free"),
    ]


def test_who_rests_after_his_phone_has_ended_rests_in_the_history_too(tmp_path: Path) -> None:
    scene = Scene(center(agents={"anna": member("sales")}))
    scene.login("anna")
    scene.arrive("c1")
    scene.rings("anna")
    scene.fail("anna", RingResult.REJECTED)
    scene.wait(1)
    scene.arrive("c2")
    now = scene.center.explain_contact(ContactId("node1/c2"), scene.now)
    assert now is not None and now.look is not None
    assert [(each.reason, each.left_s) for each in now.look.standings] == [(Reason.RESTING, 4.0)]
    with remembered(tmp_path, scene) as history:
        (look,) = history.looks("node1/c2")
        agree(look, now.look)


def test_the_end_of_the_last_leg_is_told_where_nothing_else_tells_it() -> None:
    scene = Scene(center(agents={"anna": member("sales")}))
    scene.login("anna")
    scene.arrive("c1")
    leg = scene.rings("anna")
    scene.post(ev.OfferEnded(scene.offer_of("anna"), RingResult.NO_ANSWER))
    assert [told.leg for told in scene.changes(Kind.ACTIVITY, new="idle")] == [leg]
    scene.post(ev.LegDown(leg))
    assert [(told.old, told.new) for told in scene.changes(Kind.PHONE)] == [("free", "ringing"), ("ending", "free")]
