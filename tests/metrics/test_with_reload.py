"""Do the readers follow supervisors and a new policy? The real core, told as app.py tells it: readers first."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cti.model import events
from cti.model.changes import Kind, Refused
from cti.model.policy import Agent, Center, Entry, Exit, Membership, Queue
from cti.model.words import AgentAction, AgentId, CallId, ContactAction, ContactId, Outcome, QueueName

from .test_with_core import NODE, POLICY, Scene

pytestmark = pytest.mark.simulation

ANNA = POLICY.agents["anna"]
BEN = Agent(phone="PJSIP/1002", queues={"vip": Membership()})
WIDER = Center(
    queues={"sales": Queue(target_s=33, wrap_up_s=5), "vip": Queue()},
    agents={"anna": ANNA.model_copy(update={"queues": {"vip": Membership()}}), "ben": BEN},
    entries={"6001": Entry(queue="sales")},
    settle_s=0,
)


class Reloading(Scene):
    def reload(self, policy: Center) -> bool:
        """Whether the core took it."""
        former = self.view.policy
        readers = (self.view, self.prometheus, self.log)
        for reader in readers:
            reader.reload(policy)
        self.at(1, events.PolicyChanged(policy, "v2"))
        taken = any(change.kind is Kind.CONFIG for change in self.changes)
        if not taken:
            for reader in readers:
                reader.reload(former)
            self.view.forget_gone()
        return taken

    def at(self, later_s: float, event: events.AnyEvent) -> None:
        self.now += later_s
        outputs = self.center.handle(self.now, event)
        self.changes = [output for output in outputs if not isinstance(output, Refused) and hasattr(output, "kind")]
        for change in self.changes:
            for reader in (self.view, self.prometheus, self.log):
                reader.apply(change)

    def ask(self, contact: str, action: ContactAction, **more: object) -> None:
        self.at(1, events.ContactRequest(ContactId(contact), action, **more))  # type: ignore[arg-type]

    def logged(self) -> list[list[str]]:
        return [line.split("|")[1:] for line in self.log.path.read_text().splitlines()]


@pytest.fixture
def scene(tmp_path: Path) -> Reloading:
    scene = Reloading(tmp_path)
    scene.at(0, events.NodeUp(NODE))
    return scene


def test_a_place_and_a_move_are_followed(scene: Reloading) -> None:
    assert scene.reload(WIDER)
    first, second = scene.arrives(0, 1), scene.arrives(1, 2)
    scene.ask(second, ContactAction.PRIORITISE, seconds=60.0)
    snapshot = scene.view.snapshot(scene.now)
    assert [row["contact"] for row in snapshot["queues"][0]["position"]] == [second, first]
    scene.ask(first, ContactAction.MOVE, queue=QueueName("vip"))
    scene.ask(second, ContactAction.WITHDRAW)
    sales, vip = scene.view.snapshot(scene.now)["queues"]
    assert (sales["moved"], sales["withdrawn"], sales["waiting"], vip["waiting"]) == (1, 1, 0, 1)
    assert sales["offered"] == sales["moved"] + sales["withdrawn"]
    assert scene.view.inconsistent == 0
    assert [row[-1] for row in scene.logged() if row[3] == "WITHDRAW"] == ["moved", "withdrawn"]
    assert 'cti_queue_contacts_total{outcome="moved",queue="sales"} 1.0' in scene.prometheus.render().decode()


def test_rows_come_and_go_with_the_policy(scene: Reloading) -> None:
    scene.agent(0, AgentAction.LOGIN)
    assert scene.reload(WIDER)
    assert list(scene.view.queues) == ["sales", "vip"] and list(scene.view.agents) == ["anna", "ben"]
    assert 'le="33.0",queue="vip"' in scene.prometheus.render().decode()
    scene.at(1, events.AgentRequest(AgentId("ben"), AgentAction.LOGIN))
    assert scene.reload(POLICY)
    assert list(scene.view.queues) == ["sales"] and list(scene.view.agents) == ["anna"]
    assert 'queue="vip"' not in scene.prometheus.render().decode()
    assert [row[1:] for row in scene.logged() if row[3].endswith("MEMBER")] == [
        ["sales", "anna", "ADDMEMBER", ""],
        ["sales", "anna", "REMOVEMEMBER", ""],
        ["vip", "anna", "ADDMEMBER", ""],
        ["vip", "ben", "ADDMEMBER", ""],
        ["vip", "ben", "REMOVEMEMBER", ""],
        ["vip", "anna", "REMOVEMEMBER", ""],
        ["sales", "anna", "ADDMEMBER", ""],
    ]


def test_a_policy_that_the_core_refuses_leaves_no_trace(scene: Reloading) -> None:
    scene.arrives(0, 1)
    before = scene.view.snapshot(scene.now + 1), scene.prometheus.render()
    other = WIDER.model_copy(update={"queues": {"vip": Queue()}, "entries": {}})
    assert not scene.reload(other)
    assert (scene.view.snapshot(scene.now), scene.logged()[-1][3]) == (before[0], "ENTERQUEUE")
    assert "vip" not in scene.view.queues and "ben" not in scene.view.agents


steps = st.lists(
    st.one_of(
        st.tuples(st.just("arrives"), st.just(0), st.just(0)),
        st.tuples(st.just("move"), st.integers(0, 5), st.sampled_from(["sales", "vip"])),
        st.tuples(st.just("prioritise"), st.integers(0, 5), st.integers(-50, 50)),
        st.tuples(st.just("withdraw"), st.integers(0, 5), st.just(0)),
        st.tuples(st.just("gone"), st.integers(0, 5), st.just(0)),
        st.tuples(st.just("reload"), st.integers(0, 3), st.just(0)),
        st.tuples(st.just("agent"), st.integers(0, 1), st.sampled_from(["anna", "ben"])),
    ),
    max_size=25,
)
GOLD = Queue(target_s=5, head_start_s=30, max_waiting=3, on_full=Exit(queue="vip"))
POLICIES = (POLICY, WIDER, WIDER.model_copy(update={"queues": {**WIDER.queues, "sales": GOLD}}), WIDER)


@settings(max_examples=60, deadline=None)
@given(steps)
def test_view_and_core_agree_whatever_people_do(wanted: list[tuple[str, int, Any]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        scene = Reloading(Path(folder))
        scene.at(0, events.NodeUp(NODE))
        calls = []
        for number, (step, which, what) in enumerate(wanted):
            call = calls[which % len(calls)] if calls else CallId("node1/0.0")
            if step == "arrives":
                calls.append(scene.arrives(1.5, number))
            elif step == "reload":
                scene.reload(POLICIES[which])
            elif step == "agent":
                action = AgentAction.LOGOUT if which else AgentAction.LOGIN
                scene.at(1.5, events.AgentRequest(AgentId(what), action))
            elif step == "gone":
                scene.at(1.5, events.CallGone(call))
            else:
                key = {"move": "queue", "prioritise": "seconds"}.get(step)
                scene.ask(call, ContactAction(step), **({key: what} if key else {}))
            assert_agreement(scene)


def assert_agreement(scene: Reloading) -> None:
    core, snapshot = scene.center, scene.view.snapshot(scene.now)
    assert [row["name"] for row in snapshot["queues"]] == list(core.policy.queues)
    assert {row["id"] for row in snapshot["agents"]} == set(core.policy.agents)
    for row in snapshot["queues"]:
        there = [contact for contact in core.contacts.values() if contact.visit_open and contact.queue == row["name"]]
        there.sort(key=lambda contact: (contact.since - contact.head_start_s, contact.id))
        assert [contact["contact"] for contact in row["position"]] == [contact.id for contact in there]
        assert row["offered"] == row["waiting"] + sum(row[outcome.value] for outcome in Outcome)
    assert {row["id"]: row["status"] for row in snapshot["agents"]} == {a.id: a.status for a in core.agents.values()}
    assert scene.view.inconsistent == 0
