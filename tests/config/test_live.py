"""What people may change while the engine runs, and in which words they hear that they may not."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cti.config.difference import difference
from cti.config.live import MAX_DEPTH, apply, fitting, reusing, value_at, value_if_any
from cti.model.policy import Center, Queue
from cti.model.policy_version import policy_version

pytestmark = pytest.mark.unit

FILE = Center.model_validate(
    {
        "queues": {"sales": {"target_s": 20, "preferred_for_s": 5}, "support": {"requires": {"en": 1}}},
        "agents": {
            "anna": {
                "phone": "PJSIP/1",
                "queues": {"sales": {}, "support": {}},
                "skills": {"en": 2},
                "groups": ["back"],
            },
            "ben": {"phone": "PJSIP/2", "queues": {"sales": {}}},
        },
        "hours": {"office": {"zone": "Europe/Berlin", "weekly": {"mon-fri": "09:00-17:00"}}},
        "entries": {"6001": {"queue": "sales"}, "6002": {"queue": "support"}},
    }
)


def laid(changes: dict[str, Any]) -> Center:
    judged = apply(FILE, changes)
    assert judged.center is not None, judged.problems
    return judged.center


def test_no_change_is_the_file() -> None:
    assert laid({}) == FILE


def test_a_key_of_a_queue_is_set_and_the_rest_stays() -> None:
    changed = laid({"queues.sales.target_s": 30})
    assert (changed.queues["sales"].target_s, changed.queues["sales"].preferred_for_s) == (30.0, 5.0)
    assert changed.queues["support"] is FILE.queues["support"] and changed.agents["anna"] is FILE.agents["anna"]
    assert FILE.queues["sales"].target_s == 20


NODES = Center.model_validate(
    {**FILE.model_dump(mode="json", exclude_unset=True), "nodes": {"node1": {}, "node2": {"drained": "disk"}}}
)


def test_a_node_is_drained_resumed_and_weighed() -> None:
    judged = apply(NODES, {"nodes.node1.drained": "new kernel", "nodes.node2.drained": None, "nodes.node2.weight": 3})
    assert judged.center is not None, judged.problems
    rules = judged.center.nodes
    assert (rules["node1"].drained, rules["node2"].drained, rules["node2"].weight) == ("new kernel", None, 3)
    assert (value_at(NODES, "nodes.node2.drained"), value_at(judged.center, "nodes.node2.weight")) == ("disk", 3)
    assert [each.line for each in difference(NODES, judged.center)] == [
        "node node1: drained",
        "node node2: in use again",
        "node node2: weight 1 -> 3",
    ]


@pytest.mark.parametrize(
    ("path", "value", "problem"),
    [
        ("nodes.nod1.drained", "x", 'there is no node "nod1" (did you mean "node1"?)'),
        ("nodes.node1.weight", -1, "must be at least 0"),
        ("nodes.node1.drained", "two\nlines", "must be one line that says why, of up to 80 characters"),
        ("nodes.node1.host", "10.0.0.9", "unknown key (known: drained, weight)"),
    ],
)
def test_what_a_node_cannot_be(path: str, value: Any, problem: str) -> None:
    judged = apply(NODES, {path: value})
    assert judged.center is None and judged.problems == [f"{path}: {problem}"]


def test_that_no_node_takes_anything_is_a_warning() -> None:
    judged = apply(NODES, {"nodes.node1.drained": "new kernel"})
    assert judged.warnings[-1].startswith("nodes.node1.drained: every node is drained: new callers are sent away")
    judged = apply(NODES, {"nodes.node1.weight": 0})
    assert judged.warnings[-1].startswith("nodes.node1.weight: every node that is not drained weighs 0")
    assert not any("nodes." in line for line in apply(NODES, {"nodes.node2.weight": 0}).warnings)


CALLING = FILE.model_validate(
    {
        **FILE.model_dump(mode="json", exclude_unset=True),
        "outbound": {"trunks": {"carrier": {"dial": "PJSIP/{number}@carrier"}}},
        "campaigns": {"visits": {"mode": "preview", "queue": "sales", "lines": 9, "regulation": "us"}},
    }
)


def test_every_limit_of_a_campaign_can_be_changed_and_the_rest_stays() -> None:
    path = "campaigns.visits.lines"
    judged = apply(CALLING, {path: 5, "campaigns.visits.retry": {"busy": {"after_s": 900}}})
    assert judged.center is not None, judged.problems
    visits = judged.center.campaigns["visits"]
    assert (visits.lines, visits.retry.busy.after_s, visits.limits.ring_at_least_s) == (5, 900, 15)
    assert value_at(judged.center, path) == 5 and value_at(CALLING, path) == 9
    assert judged.center.queues["sales"] is CALLING.queues["sales"]
    assert reusing(judged.center, judged.center).campaigns["visits"] is visits


def test_a_campaign_s_change_is_judged_as_the_file_is() -> None:
    def problem(path: str, value: Any) -> str:
        return apply(CALLING, {path: value}).problems[0]

    assert problem("campaigns.visit.lines", 5) == (
        'campaigns.visit.lines: there is no campaign "visit" (did you mean "visits"?)'
    )
    assert "unknown key" in problem("campaigns.visits.line", 5)
    assert "must be at least 1" in problem("campaigns.visits.lines", 0)
    assert "nobody is ever dialled" in problem("campaigns.visits.max_attempts", 0)
    assert 'no "ours"' in problem("campaigns.visits.caller_ids", "ours")
    assert "names no flow" in problem("campaigns.visits.mode", "agentless")


def test_joining_leaving_and_another_level() -> None:
    changed = laid(
        {
            "agents.ben.queues.support": {"penalty": 3},
            "agents.anna.queues.support": None,
            "agents.anna.queues.sales": {"level": 4},
        }
    )
    assert {name: list(agent.queues) for name, agent in changed.agents.items()} == {
        "anna": ["sales"],
        "ben": ["sales", "support"],
    }
    assert changed.agents["anna"].queues["sales"].level == 4
    assert changed.agents["ben"].queues["support"].penalty == 3


@pytest.mark.parametrize(
    ("path", "value", "problem"),
    [
        ("queues.sales.targt_s", 3, 'queues.sales.targt_s: unknown key (did you mean "target_s"?)'),
        ("queues.slaes.target_s", 3, 'queues.slaes.target_s: there is no queue "slaes" (did you mean "sales"?)'),
        ("queues.sales.target_s", "soon", "queues.sales.target_s: must be a number of seconds, without a unit: 20"),
        ("queues.sales.target_s", True, "queues.sales.target_s: must be a number of seconds, without a unit: 20"),
        ("queues.sales.target_s", 0, "queues.sales.target_s: must be at least 0.1"),
        ("queues.sales.target_s", None, "queues.sales.target_s: must be a number"),
        (
            "queues.sales.on_full",
            {"queue": "suport"},
            'queues.sales.on_full.queue: there is no queue "suport" (did you mean "support"?)',
        ),
        (
            "queues.sales.rings",
            [{"after_s": 20, "groups": ["bakc"]}],
            'queues.sales.rings.0.groups.0: no agent is in the group "bakc" (did you mean "back"?)',
        ),
        ("queues.sales.requires", {"fr": 1}, 'queues.sales.requires.fr: no agent has the skill "fr" (known: en)'),
        (
            "queues.sales.hours",
            "offic",
            'queues.sales.hours: there are no opening hours named "offic" (did you mean "office"?)',
        ),
        ("queues.sales.rings", "x", "queues.sales.rings: must be a list: [one, two]"),
        (
            "queues.sales.rings",
            [{"after_s": 20, "queues": ["support"]}, {"after_s": 10, "groups": ["back"]}],
            "queues.sales.rings.1.after_s: begins before the ring above it (20 s); put rings in the order of time",
        ),
        ("agents.ana.queues.sales", {}, 'agents.ana.queues.sales: there is no agent "ana" (did you mean "anna"?)'),
        ("agents.anna.queues.sale", {}, 'agents.anna.queues.sale: there is no queue "sale" (did you mean "sales"?)'),
        ("agents.anna.queues.sales", {"levl": 2}, 'agents.anna.queues.sales.levl: unknown key (did you mean "level"?)'),
        ("agents.anna.queues.sales", {"level": 11}, "agents.anna.queues.sales.level: must be at most 10"),
        ("agents.anna.queues.sales", 2, "agents.anna.queues.sales: must be keys with values"),
        (
            "agents.anna.phone",
            "PJSIP/3",
            "agents.anna.phone: can be changed in the file only; live are queues.NAME.KEY, campaigns.NAME.KEY, "
            "nodes.NAME.weight, nodes.NAME.drained and agents.NAME.queues.QUEUE",
        ),
    ],
)
def test_what_cannot_be_is_said_with_the_near_word(path: str, value: Any, problem: str) -> None:
    judged = apply(FILE, {path: value})
    assert judged.center is None
    assert [line.partition(" (known: ")[0] for line in judged.problems] == [problem.partition(" (known: ")[0]]


def test_changes_that_contradict_one_another_are_found_by_the_same_checks_as_the_file() -> None:
    circle = {
        f"queues.{one}.{key}": value
        for one, other in (("sales", "support"), ("support", "sales"))
        for key, value in (("max_waiting", 1), ("on_full", {"queue": other}))
    }
    [problem] = apply(FILE, circle).problems
    assert "overflow in a circle: sales -> support -> sales" in problem


@pytest.mark.parametrize("key", list(Queue.model_fields))
@pytest.mark.parametrize("value", ["x", {"queue": "x"}, {"to": {"queue": "x"}, "over_s": 9}, [{"after_s": 1}]])
def test_every_key_of_a_queue_can_be_asked_for(key: str, value: Any) -> None:
    judged = apply(FILE, {f"queues.sales.{key}": value})
    assert (judged.center is None) == bool(judged.problems)


def test_warnings_are_told() -> None:
    lonely = apply(FILE, {"agents.anna.queues.support": None})
    assert lonely.center is not None
    assert any(line.startswith("queues.support: nobody is a member") for line in lonely.warnings)


def test_what_no_longer_fits_is_dropped_alone() -> None:
    changes = {"queues.sales.target_s": 30, "queues.vip.target_s": 9, "agents.zoe.queues.sales": None}
    found = fitting(FILE, changes)
    assert found.center == laid({"queues.sales.target_s": 30})
    assert [path for path, _ in found.dropped] == ["queues.vip.target_s", "agents.zoe.queues.sales"]
    assert found.dropped[0].why.startswith('there is no queue "vip"')


def test_a_deep_value_is_refused() -> None:
    value: Any = 1
    for _ in range(MAX_DEPTH):
        value = [value]
    assert "nested deeper" in apply(FILE, {"queues.sales.rings": value}).problems[0]


json = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 2000) | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
keys = st.sampled_from([*Queue.model_fields, "x", "sales"])


@given(st.dictionaries(keys, json, max_size=4), st.sampled_from(["sales", "support", "x"]))
def test_whatever_is_asked_for_there_is_a_policy_or_a_reason(values: dict[str, Any], queue: str) -> None:
    changes = {f"queues.{queue}.{key}": value for key, value in values.items()}
    judged = apply(FILE, changes)
    assert (judged.center is None) == bool(judged.problems)
    if judged.center is not None:
        kept = {path: value_at(judged.center, path) for path in changes}
        assert apply(FILE, kept).center == judged.center  # what is stored means the same
        assert policy_version(laid(kept)) == policy_version(judged.center)
    fitted = fitting(FILE, changes)
    assert len(fitted.dropped) <= len(changes) and (judged.center is None or fitted.center == judged.center)


given_keys = {"level": st.integers(1, 10), "penalty": st.integers(0, 9)}
memberships = st.none() | st.fixed_dictionaries({}, optional=given_keys)
pairs = st.tuples(st.sampled_from(["anna", "ben"]), st.sampled_from(["sales", "support"]))


@given(st.dictionaries(pairs, memberships))
def test_an_agent_is_in_a_queue_exactly_as_was_said_last(wanted: dict[tuple[str, str], Any]) -> None:
    changed = laid({f"agents.{agent}.queues.{queue}": value for (agent, queue), value in wanted.items()})
    for agent in FILE.agents:
        for queue in FILE.queues:
            member = changed.agents[agent].queues.get(queue)
            value = wanted.get((agent, queue), value_at(FILE, f"agents.{agent}.queues.{queue}"))
            assert (member is None) == (value is None)
            assert member is None or member.level == value.get("level", 1)
    assert bool(difference(FILE, changed)) == (changed != FILE)


def test_equal_parts_are_the_very_same() -> None:
    again = Center.model_validate(laid({"queues.sales.target_s": 30}).model_dump(mode="json"))
    shared = reusing(FILE, again)
    assert shared == again
    assert shared.queues["support"] is FILE.queues["support"] and shared.agents["ben"] is FILE.agents["ben"]
    assert shared.queues["sales"] is again.queues["sales"]


@pytest.mark.parametrize(
    "path", ["queues.gone.tier", "queues.sales.gone", "agents.gone.queues.sales", "nodes.gone.drained", "queues.sales"]
)
def test_the_file_says_nothing_where_it_has_no_such_place(path: str) -> None:
    assert value_if_any(FILE, path) is None
