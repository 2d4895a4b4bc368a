"""Do a policy and its flows come into force together, and does neither lead to what the other has not?"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from cti.flows.in_force import FlowsInForce
from cti.in_turn import InTurn
from cti.model.changes import Refused
from cti.model.words import RefusedReason
from cti.policy_in_force import PolicyInForce
from cti.store.database import open_store
from cti.switch.flow_desk import FlowDesk
from tests.flow_bench import FlowBench, flow_text

pytestmark = pytest.mark.contract


class WithFlows(FlowBench):
    """A policy and flows that are reloaded together."""

    def start(self) -> None:
        self.refusal: Refused | None = None
        in_turn, self.desk, settings = InTurn(), FlowDesk(), self.settings()
        self.flows = FlowsInForce(settings, self.store, lambda: self.now, self.desk, in_turn)
        file = self.folder / "center.yaml"
        self.policy = PolicyInForce(
            file, settings, self.store, lambda: self.now, lambda *_: self.refusal, lambda _: None, self.flows, in_turn
        )


@pytest.fixture
def both(tmp_path: Path) -> Iterator[WithFlows]:
    store = open_store(f"sqlite:///{tmp_path}/cti.db")
    both = WithFlows(tmp_path, store)
    both.start()
    yield both
    store.close()


async def test_one_reload_tells_one_difference(both: WithFlows) -> None:
    both.centre(["sales", "vip", "new"], flows="{folder: flows, transfers: {office: PJSIP/9}}")
    both.write(flow_text("a: {play: Hi, then: b}", "b: {queue: new}"))
    checked = await both.policy.reload(by="eva", check=True)
    assert (checked.flows, checked.applied, both.desk.book.version) == (2, False, 1)
    answer = await both.policy.reload(by="eva")
    assert (answer.applied, answer.flows, answer.lines) == (True, 2, checked.lines)
    assert answer.lines == [
        "+ queue new",
        "agent anna joins new",
        "+ transfer office",
        "flow main: node a changed",
        "flow main: node b changed",
    ]
    assert (answer.needs_restart, both.desk.transfers) == ([], {"office": "PJSIP/9"})
    assert not (await both.policy.reload(by="eva")).applied


async def test_broken_flows_hold_the_file_back_too_and_a_refused_file_the_flows(both: WithFlows) -> None:
    version = both.policy.version
    both.centre(["sales", "vip", "new"])
    both.write(flow_text("a: {queue: nwe}"))
    answer = await both.policy.reload(by="eva")
    assert 'main.yaml:5:14: nodes.a.queue: there is no queue "nwe" (did you mean "new"?)' in answer.errors[0]
    both.say("Two")
    both.refusal = Refused(RefusedReason.IN_USE, "queue x: 1 callers")
    assert (await both.policy.reload(by="eva")).refused == both.refusal
    assert (both.policy.version, both.desk.book.version, both.heard()) == (version, 1, "Hello")


async def test_a_queue_that_the_flows_need_stays(both: WithFlows) -> None:
    both.centre(["vip"])
    answer = await both.policy.reload(by="eva")
    assert "main.yaml:6:14: nodes.b.queue: there is no queue" in answer.errors[0]
    both.write(flow_text("a: {play: Hi, then: b}", "b: {queue: vip}"))
    both.desk.inside[1] += 2
    answer = await both.policy.reload(by="eva")
    assert answer.refused == Refused(
        RefusedReason.IN_USE, "queue sales: 2 callers in version 1 of the flows may come to it"
    )
    both.desk.inside[1] -= 2
    assert (await both.policy.reload(by="eva")).applied


async def test_an_entry_without_its_flow_is_told_at_its_place(both: WithFlows) -> None:
    both.centre(entry="mian")
    [error] = (await both.policy.reload(by="eva")).errors
    assert error.endswith('center.yaml:7:26: entries.6001.flow: there is no flow "mian" (did you mean "main"?)')


async def test_a_live_change_leads_to_no_flow_that_is_not_there(both: WithFlows) -> None:
    answer = await both.policy.change({"queues.vip.on_max_wait": {"flow": "mian"}}, by="eva")
    assert answer.errors == ['queues.vip.on_max_wait.flow: there is no flow "mian" (did you mean "main"?)']
    assert both.policy.live_changes() == []
    assert (await both.policy.reload(by="eva")).refused is None


@pytest.mark.parametrize("restarted", [False, True])
async def test_a_flow_that_a_live_change_leads_to_stays(both: WithFlows, restarted: bool) -> None:
    both.write(flow_text("a: {queue: vip}", name="sorry"), "sorry")
    assert (await both.policy.reload(by="eva")).applied
    assert (await both.policy.change({"queues.vip.on_max_wait": {"flow": "sorry"}}, by="eva")).applied
    if restarted:
        both.policy.close()
        both.start()
    (both.folder / "flows" / "sorry.yaml").unlink()
    [error] = (await both.flows.reload(by="eva")).errors
    assert error == 'queues.vip.on_max_wait.flow: there is no flow "sorry" (known: main)'
    assert (await both.policy.reload(by="eva")).errors == [
        f"{error} (a live change: take it back, or drop all of them)"
    ]
    assert (await both.policy.reload(by="eva", drop_live=True)).applied
    assert (await both.flows.reload(by="eva")).refused is None


async def test_a_change_whose_flow_went_while_the_engine_was_down_rests_until_it_is_back(both: WithFlows) -> None:
    both.write(flow_text("a: {queue: vip}", name="sorry"), "sorry")
    await both.policy.reload(by="eva")
    for path, value in (("queues.vip.on_max_wait", {"flow": "sorry"}), ("queues.vip.max_wait_s", 60)):
        assert (await both.policy.change({path: value}, by="eva")).applied
    both.policy.close()
    (both.folder / "flows" / "sorry.yaml").unlink()
    with capture_logs() as said:
        both.start()
    [told] = [line for line in said if "rests" in line["event"]]
    assert (told["path"], told["why"][:42]) == (
        "queues.vip.on_max_wait",
        "queues.vip.on_max_wait.flow: there is no f"[:42],
    )
    assert [(row["path"], row["resting"]) for row in both.policy.live_changes()] == [
        ("queues.vip.on_max_wait", True),
        ("queues.vip.max_wait_s", False),
    ]
    assert (await both.policy.change({"queues.sales.target_s": 33}, by="eva")).applied, "it holds nothing up"
    assert (await both.policy.reload(by="eva")).refused is None, "it rests on"
    assert (await both.flows.reload(by="eva")).refused is None
    both.write(flow_text("a: {queue: vip}", name="sorry"), "sorry")
    answer = await both.policy.reload(by="eva")
    assert (answer.refused, answer.dropped) == (None, [])
    assert both.policy.center.queues["vip"].on_max_wait.flow == "sorry"


async def test_flows_can_come_and_go_without_a_restart(both: WithFlows) -> None:
    both.centre(entry="", flows="")
    answer = await both.policy.reload(by="eva")
    assert (answer.applied, answer.flows, answer.lines[-1]) == (True, 0, "- flow main (2 nodes)")
    both.start()
    both.centre()
    answer = await both.policy.reload(by="eva")
    assert (answer.applied, answer.flows, answer.needs_restart) == (True, 1, [])


async def test_a_lookup_needs_a_restart_before_flows_can_ask_it(both: WithFlows) -> None:
    file = both.folder / "center.yaml"
    file.write_text(
        file.read_text() + "lookups: {shop: {base_url: 'http://127.0.0.1:1/api', networks: [127.0.0.0/8]}}\n"
    )
    both.write(flow_text("a: {lookup: shop, get: /x, on: {down: hangup, not_found: hangup}, then: hangup}"))
    answer = await both.policy.reload(by="eva")
    assert answer.needs_restart == ["lookups.shop"] and answer.errors[0].endswith(
        'there is no lookup "shop": it is new in the file and needs a restart'
    )
