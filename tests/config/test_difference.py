"""What a person reads about the difference between two policies, and what he must not read."""

from __future__ import annotations

from typing import Any

import pytest

from cti.config import settings as config
from cti.config.difference import MAX_SHOWN_CHARS, difference, in_words, moved, plumbing
from cti.model.policy import Center
from cti.model.policy_version import DIGITS, policy_version

pytestmark = pytest.mark.unit

PLAIN: dict[str, Any] = {
    "queues": {"sales": {"target_s": 20}, "support": {}},
    "agents": {
        "anna": {"name": "Anna Li", "phone": "PJSIP/1", "queues": {"sales": {}}},
        "ben": {"phone": "PJSIP/2", "queues": {"sales": {"level": 2}}},
    },
    "entries": {"6001": {"queue": "sales"}},
}
OLD = Center.model_validate(PLAIN)


def lines(**changes: Any) -> list[str]:
    """The difference to a centre that is changed at these places (sections__name__key)."""
    whole: dict[str, Any] = OLD.model_dump(mode="json", exclude_unset=True)
    for path, value in changes.items():
        here = whole
        *parents, last = path.split("__")
        for step in parents:
            here = here.setdefault(step, {})
        here[last] = value
        if value is None and len(parents) == 1:
            del here[last]
    return [found.line for found in difference(OLD, Center.model_validate(whole))]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, []),
        ({"queues__sales__target_s": 30}, ["queue sales: target_s 20 -> 30"]),
        ({"queues__sales__max_wait_s": 300}, ["queue sales: max_wait_s none -> 300"]),
        (
            {"queues__sales__rings": [{"after_s": 20, "queues": ["support"]}]},
            ["queue sales: rings [] -> [{after_s: 20, queues: [support]}]"],
        ),
        ({"queues__vip": {}}, ["+ queue vip"]),
        ({"entries__6001": None}, ["- entry 6001"]),
        ({"agents__anna__queues__support": {"penalty": 10}}, ["agent anna joins support (penalty 10)"]),
        ({"agents__ben__queues": {"sales": {}}}, ["agent ben in sales: level 2 -> 1"]),
        ({"agents__anna__queues": {"support": {}}}, ["agent anna joins support", "agent anna leaves sales"]),
        ({"agents__anna__phone": "PJSIP/9"}, ["agent anna: phone PJSIP/1 -> PJSIP/9"]),
        ({"agents__anna__name": "Zoe Ng"}, ["agent anna: another name"]),
        ({"missed_offers__pause_after_missed": 4}, ["missed_offers.pause_after_missed 2 -> 4"]),
        ({"settle_s": 1}, ["settle_s 2 -> 1"]),
    ],
)
def test_each_change_is_a_line(changes: dict[str, Any], expected: list[str]) -> None:
    assert lines(**changes) == expected


def test_no_persons_name_is_in_a_line_or_in_the_data() -> None:
    new = Center.model_validate({**PLAIN, "agents": {"cleo": PLAIN["agents"]["anna"] | {"name": "Cleo Wu"}}})
    found = difference(OLD, new)
    assert {line.line for line in found} == {"+ agent cleo", "- agent anna", "- agent ben"}
    assert "Anna" not in str(found) and "Wu" not in str(found)


def test_no_number_that_must_not_be_called_is_in_a_line_or_in_the_data() -> None:
    new = Center.model_validate({**PLAIN, "outbound": {"do_not_call": ["+493012345"], "gap_s": 60}})
    found = difference(OLD, new)
    assert [each.line for each in found] == ["outbound.gap_s 0 -> 60", "another outbound.do_not_call"]
    assert "12345" not in repr(found)


def test_a_campaign_s_limits_are_told() -> None:
    visits = {"mode": "preview", "queue": "sales", "lines": 4}
    assert lines(campaigns={"visits": visits}) == ["+ campaign visits"]
    before, after = (Center.model_validate({**PLAIN, "campaigns": {"visits": visits | {"lines": n}}}) for n in (4, 5))
    assert [each.line for each in difference(before, after)] == ["campaign visits: lines 4 -> 5"]


def test_another_order_of_agents_is_told_and_is_another_version() -> None:
    turned = OLD.model_copy(update={"agents": dict(reversed(OLD.agents.items()))})
    assert [found.line for found in difference(OLD, turned)] == ["agents: another order"]
    assert policy_version(turned) != policy_version(OLD)


def test_a_version_names_the_content_and_not_the_file() -> None:
    same = Center.model_validate({**PLAIN, "queues": {"support": {"tier": 5}, "sales": {"target_s": "20.0"}}})
    assert policy_version(same) == policy_version(OLD)
    assert len(policy_version(OLD)) == DIGITS
    assert policy_version(OLD.model_copy(update={"settle_s": 0.0})) != policy_version(OLD)


def test_plumbing_is_named_and_its_values_are_not() -> None:
    def settings(**more: Any) -> config.Settings:
        nodes = {"node1": {"host": "a", "secret": "hush"}}
        return config.Settings.model_validate({**PLAIN, "nodes": nodes, "state_dir": "var", **more})

    other = settings(
        nodes={"node1": {"host": "a", "secret": "other"}, "node2": {"host": "b", "secret": "x"}},
        http={"listen": "127.0.0.1:1"},
        queue_log="x",
        settle_s=0,
    )
    assert plumbing(settings(), settings()) == []
    assert plumbing(settings(), other) == ["http.listen", "queue_log"]
    assert plumbing(settings(), other, ("http",)) == ["queue_log"]
    found = moved(settings().nodes, other.nodes)
    assert [(each.line, each.old, each.new) for each in found] == [("node node1: another secret", None, None)]
    assert moved(settings().nodes, settings(nodes={"n": {"host": "a", "secret": "x", "weight": 2}}).nodes) == []


def test_nodes_are_drained_weighed_added_and_removed() -> None:
    def of(**nodes: dict[str, Any]) -> Center:
        return Center.model_validate({**PLAIN, "nodes": nodes})

    old = of(a={}, b={"drained": "new kernel"}, c={}, d={"drained": "new kernel"})
    new = of(a={"drained": "+49301234"}, b={}, d={"drained": "disk", "weight": 2}, e={"weight": 0})
    assert [each.line for each in difference(old, new)] == [
        "+ node e",
        "- node c",
        "node a: drained",
        "node b: in use again",
        "node d: drained, for another reason",
        "node d: weight 1 -> 2",
    ]


def test_long_values_are_cut() -> None:
    assert in_words(["x" * 500]).endswith("...") and len(in_words(["x" * 500])) == MAX_SHOWN_CHARS
    assert in_words({"a": [1.5, True, None, ""]}) == '{a: [1.5, true, none, ""]}'
