"""Whose node no look has told of since the start: his contact is open until one has, or until the node is lost."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
from kit import START, Scene, center, member

from cti.model.changes import Changed, Kind
from cti.model.events import CallArrived
from cti.model.node_rules import NodeRules
from cti.model.words import CallId, NodeId, QueueName
from cti.store.database import open_store
from cti.store.history_left import AFTER_S, BACK_S, LOOK_S, LOST_S, LeftBehind
from cti.store.history_writer import HistoryWriter

pytestmark = pytest.mark.unit

CENTER = center(agents={"anna": member("sales")})
JOINED = CENTER.model_copy(update={"nodes": {"node1": NodeRules(), "node2": NodeRules()}})
ON_NODE2 = "node2/9.1"
REBORN = START + 50


class Life:
    """What the next engine tells of `calls` that were left open, by time since its start."""

    def __init__(self, tmp_path: Path, calls: Iterable[str] = (ON_NODE2,)) -> None:
        store = open_store(f"sqlite:///{tmp_path}/cti.db")
        scene, before = Scene(CENTER), HistoryWriter(store, CENTER, "v1", now=START, keep_s=1e9, gather_s=0.0)
        for call in map(CallId, calls):
            scene.post(CallArrived(call, NodeId(call.partition("/")[0]), "PJSIP/x", "6001", "", QueueName("sales")))
        for told in scene.changes():
            before.apply(told)
        assert before.close() == 0
        self.age_s = 0.0
        self.ended: list[tuple[float, str | None]] = []
        self.left = LeftBehind(store, REBORN, JOINED.nodes, clock=lambda: self.age_s)
        self.close = store.close

    async def goes_on(self, happens: Callable[[float], object] = lambda age_s: None) -> list[tuple[float, str | None]]:
        """`happens` is called after each pause; the ends of the contacts, each when it was told."""

        async def sleep(pause_s: float) -> None:
            assert pause_s > 0
            self.age_s += pause_s
            happens(self.age_s)

        def tell(facts: Iterable[Changed]) -> None:
            self.ended += [(self.age_s, fact.call) for fact in facts if fact.kind is Kind.CONTACT]

        await self.left.run(tell, sleep)
        self.close()
        return self.ended

    def node(self, node: str, new: str) -> None:
        self.left.node(Changed(Kind.NODE, node, "down", new, REBORN + self.age_s, "NodeUp", node=NodeId(node)))


def near(ended: list[tuple[float, str | None]], call: str, at_s: float) -> bool:
    ((age_s, whose),) = [each for each in ended if each[1] == CallId(call)]
    return at_s <= age_s <= at_s + LOOK_S + 1 and whose == call


async def test_a_talk_on_a_node_that_no_look_has_told_of_is_not_over(tmp_path: Path) -> None:
    """AMI to it was cut when the engine began: what lives on it is told when it is back."""
    life = Life(tmp_path)

    def happens(age_s: float) -> None:
        assert life.ended == []
        if age_s > 3 * AFTER_S and life.left.rows:
            life.node("node2", "up")
            life.left.seen(next(iter(life.left.rows)))

    assert await life.goes_on(happens) == []


async def test_who_is_not_there_when_his_node_is_back_has_gone(tmp_path: Path) -> None:
    life, back = Life(tmp_path), list[float]()

    def happens(age_s: float) -> None:
        if age_s > 3 * AFTER_S and not back:
            back.append(age_s)
            life.node("node2", "up")
            life.node("node2", "down")  # a look it had

    ended = await life.goes_on(happens)
    assert near(ended, ON_NODE2, back[0] + BACK_S)


async def test_a_node_that_is_back_at_the_last_moment_has_its_callers_back_first(tmp_path: Path) -> None:
    life = Life(tmp_path)
    ended = await life.goes_on(lambda age_s: life.node("node2", "up") if age_s == AFTER_S else None)
    assert near(ended, ON_NODE2, AFTER_S + BACK_S)


async def test_the_contacts_of_other_nodes_do_not_wait_for_it(tmp_path: Path) -> None:
    others = ["node1/1.1", "gone/2.1"]
    life = Life(tmp_path, [ON_NODE2, *others])
    life.node("node1", "up")
    ended = await life.goes_on()
    assert all(near(ended, call, AFTER_S) for call in others) and near(ended, ON_NODE2, LOST_S)


async def test_a_node_that_is_taken_out_of_the_file_holds_nobody(tmp_path: Path) -> None:
    life = Life(tmp_path)
    life.node("node2", "removed")
    assert near(await life.goes_on(), ON_NODE2, AFTER_S)


async def test_a_node_that_never_comes_is_lost(tmp_path: Path) -> None:
    assert near(await Life(tmp_path).goes_on(), ON_NODE2, LOST_S)
