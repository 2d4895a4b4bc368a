"""Is a queue or a flow told of that no caller comes to, and nothing of those that one does?"""

from __future__ import annotations

from pathlib import Path

import pytest
from kit import Entry, Exit, LongWait, Queue, Ring, center

from cti.config import flows as config_flows
from cti.config import settings as config
from cti.config import ways
from cti.flows.files import read_bytes
from cti.model.flow import Flow
from cti.model.hours import Hours
from cti.model.policy import Blending

pytestmark = pytest.mark.unit

TO_OTHER = Exit(queue="other")


def lost(first: Queue, flows: dict[str, Flow] | None = None, other: Queue | None = None, **more: object) -> list[str]:
    """The queues nothing leads to; `first` and nothing else has an entry."""
    policy = center({"first": first, "other": other or Queue()}, **more)
    named = [name for name in flows or {} if not name.startswith("sub_")]
    entries = {"1": Entry(queue="first")} | {name: Entry(flow=name) for name in named}
    return [str(finding.path[1]) for finding in found(policy.model_copy(update={"entries": entries}), flows)]


def found(policy: object, flows: dict[str, Flow] | None = None) -> list[object]:
    return list(ways.lost_queues(policy, flows or {}))  # type: ignore[arg-type]


def flow(name: str, node: str) -> dict[str, Flow]:
    made = read_bytes(f"name: {name}\nstart: a\nnodes:\n  a: {node}\n".encode()).flow
    assert made is not None
    return {name: made}


def test_a_queue_without_any_way_to_it_is_told_of() -> None:
    assert lost(Queue()) == ["other"]


@pytest.mark.parametrize(
    "first",
    [
        Queue(max_wait_s=60, on_max_wait=TO_OTHER),
        Queue(max_waiting=5, on_full=TO_OTHER),
        Queue(on_nobody=TO_OTHER),
        Queue(on_long_wait=LongWait(over_s=60, to=TO_OTHER)),
        Queue(hours="office", on_closed=TO_OTHER),
        Queue(keys={"2": TO_OTHER}),
        Queue(rings=(Ring(after_s=20, queues=("other",)),)),
    ],
)
def test_every_way_out_and_every_ring_leads_somewhere(first: Queue) -> None:
    hours = {"office": Hours.model_validate({"zone": "Europe/Berlin", "weekly": {"mon-fri": ["09:00-18:00"]}})}
    assert lost(first, hours=hours) == []


@pytest.mark.parametrize(
    "node",
    [
        "{queue: other}",
        "{voicemail: other, ask: {en: Speak}, then: hangup}",
        "{offer_callback: other, on: {declined: hangup}, then: hangup}",
    ],
)
def test_a_flow_leads_to_its_queues(node: str) -> None:
    assert lost(Queue(), flow("main", node)) == []


def test_ways_are_walked_to_the_end_andsub_in_circles() -> None:
    circle = Queue(keys={"1": Exit(queue="first")})
    assert lost(Queue(keys={"2": TO_OTHER}), other=circle) == []
    alone = {"a": Queue(), "b": Queue(keys={"1": Exit(queue="c")}), "c": Queue(keys={"1": Exit(queue="b")})}
    policy = center(alone).model_copy(update={"entries": {"1": Entry(queue="a")}})
    assert [each.path[1] for each in ways.lost_queues(policy, {})] == ["b", "c"]
    assert lost(Queue(), flow("main", "{subflow: sub_in, then: hangup}") | flow("sub_in", "{queue: other}")) == []
    assert lost(Queue(), flow("sub_in", "{queue: other}")) == ["other"], "no caller comes to that flow"


def test_callbacks_and_outbound_come_by_other_ways() -> None:
    assert lost(Queue(), other=Queue(blending=Blending())) == []


def test_without_any_entry_it_is_told_once_and_for_all() -> None:
    assert found(center({"a": Queue(), "b": Queue()}).model_copy(update={"entries": {}})) == []


def test_check_tells_both_with_their_places(tmp_path: Path) -> None:
    (tmp_path / "flows").mkdir()
    for name in ("main", "spare"):
        text = f"name: {name}\nstart: a\non: {{error: hangup}}\nnodes:\n  a: {{queue: sales}}\n"
        (tmp_path / "flows" / f"{name}.yaml").write_text(text)
    file = tmp_path / "center.yaml"
    file.write_text(
        "nodes: {node1: {host: 127.0.0.1, secret: x}}\nfastagi: {token: t}\nqueues:\n  sales: {}\n  support: {}\n"
        "agents: {anna: {phone: PJSIP/1, queues: [sales, support]}}\n"
        "entries: {'6001': {flow: main}}\nflows: {folder: flows}\n"
    )
    fit = config_flows.fit(config.read(file))
    assert fit.errors == []
    of_flow, of_queue = fit.warnings
    assert of_flow.startswith(f"{tmp_path}/flows/spare.yaml:1:7: name: nothing leads here")
    assert of_queue.startswith(f"{file}:5:3: queues.support: nothing leads here")
