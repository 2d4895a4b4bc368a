"""Rings, groups, penalties and requirements that contradict one another."""

from __future__ import annotations

from typing import Any

import pytest

from cti.config import settings as config
from cti.config.check import Finding, find_in_policy
from cti.model.policy import Center

pytestmark = pytest.mark.unit

PLUMBING = "nodes: {n1: {host: 127.0.0.1, secret: x}}\nfastagi: {token: t}\nentries: {1: {queue: sales}}\n"


def findings(sales: dict[str, Any], *, entry: dict[str, Any] | None = None, **agents: dict[str, Any]) -> list[Finding]:
    people: dict[str, Any] = {
        "anna": {"phone": "PJSIP/1", "queues": {"sales": {}}, "skills": {"en": 3}},
        "ben": {"phone": "PJSIP/2", "queues": {"general": {}}, "skills": {"en": 1}},
    }
    whole = {
        "queues": {"sales": sales, "general": {}},
        "agents": people | agents,
        "entries": {"1": {"queue": "sales"} | (entry or {})},
    }
    return find_in_policy(Center.model_validate(whole))


CARL = {"phone": "PJSIP/3", "groups": ["back"], "skills": {"en": 2}}


@pytest.mark.parametrize(
    "sales",
    [
        {"requires": {"en": 3}, "rings": [{"after_s": 9, "accept": {"en": 2}, "groups": ["back"]}]},
        {"rings": [{"after_s": 9, "groups": ["back"]}, {"after_s": 19, "queues": ["general"]}]},
        {"requires": {"en": 2}, "rings": [{"after_s": 9, "groups": ["back"], "accept": {"en": 1}}]},
    ],
)
def test_rings_that_widen_have_no_finding(sales: dict[str, Any]) -> None:
    assert findings(sales, carl=CARL) == []


@pytest.mark.parametrize(
    ("sales", "agents", "path", "words", "is_error"),
    [
        ({"rings": [{"after_s": 9}]}, {}, "queues.sales.rings.0", "adds nobody", False),
        ({"rings": [{"after_s": 9, "queues": ["sales"]}]}, {}, "queues.sales.rings.0", "adds nobody", False),
        (
            {"rings": [{"after_s": 9, "accept": {"en": 1}}]},
            {},
            "queues.sales.rings.0",
            "adds nobody to those before it; nothing here requires en",
            False,
        ),
        (
            {"requires": {"en": 3}, "rings": [{"after_s": 9, "accept": {"en": 2}}]},
            {},
            "queues.sales.rings.0",
            "",
            False,
        ),
        (
            {"rings": [{"after_s": 9, "queues": ["general"]}, {"after_s": 9, "queues": ["general"]}]},
            {},
            "queues.sales.rings.1",
            "adds nobody",
            False,
        ),
        (
            {"rings": [{"after_s": 19, "queues": ["general"]}, {"after_s": 9, "groups": ["back"]}]},
            {"carl": CARL},
            "queues.sales.rings.1.after_s",
            "order of time",
            True,
        ),
        (
            {"max_wait_s": 60, "rings": [{"after_s": 60, "queues": ["general"]}]},
            {},
            "queues.sales.rings.0.after_s",
            "never begins: max_wait_s is 60",
            False,
        ),
        (
            {"rings": [{"after_s": 9, "queues": ["general"], "min_penalty": 5, "max_penalty": 2}]},
            {},
            "queues.sales.rings.0",
            "5 to 2",
            True,
        ),
        (
            {"requires": {"en": 5}, "rings": [{"after_s": 9, "accept": {"en": 4}, "queues": ["general"]}]},
            {},
            "queues.sales.requires",
            "even in the widest ring",
            False,
        ),
        (
            {"max_penalty": 3},
            {"carl": {"queues": {"sales": {"penalty": 9}}}},
            "agents.carl.queues.sales.penalty",
            "9",
            False,
        ),
        ({}, {"carl": CARL}, "agents.carl", "no ring adds back: gets no calls", False),
        ({}, {"carl": {"queues": {}}}, "agents.carl", "in no queue", False),
        ({"preferred_for_s": 60, "max_wait_s": 30}, {}, "queues.sales.preferred_for_s", "max_wait_s 30", False),
        ({"on_nobody": {"queue": "general", "goto": "cti-x,s,1"}}, {}, "queues.sales.on_nobody", "keep one", True),
        ({"on_nobody": {"queue": "sales"}}, {}, "queues.sales.on_nobody.queue", "sales -> sales", True),
        (
            {"on_long_wait": {"over_s": 9, "to": {"queue": "sales"}}},
            {},
            "queues.sales.on_long_wait.to.queue",
            "sales -> sales",
            True,
        ),
    ],
)
def test_a_contradiction_is_found(
    sales: dict[str, Any], agents: dict[str, Any], path: str, words: str, is_error: bool
) -> None:
    people = {name: {"phone": f"PJSIP/{name}"} | agent for name, agent in agents.items()}
    found = [each for each in findings(sales, **people) if ".".join(map(str, each.path)) == path]
    assert len(found) == 1, findings(sales, **people)
    assert words in found[0].text
    assert found[0].is_error is is_error


def test_the_queue_itself_may_ask_an_empty_range() -> None:
    found = findings({"min_penalty": 5, "max_penalty": 2})
    assert any(each.is_error and each.path == ("queues", "sales", "min_penalty") for each in found)
    assert any("penalty is outside this queue's range" in each.text for each in found)


def test_an_entry_nobody_can_serve_even_in_the_widest_ring() -> None:
    rings = {"rings": [{"after_s": 9, "queues": ["general"]}]}
    (found,) = findings(rings, entry={"requires": {"zh": 1}})
    assert "even in the widest ring" in found.text
    (found,) = findings({"rings": [{"after_s": 9, "accept": {"zh": 0}}]}, entry={"requires": {"zh": 1}})
    assert found.text.startswith("from 0 s to 9 s nobody is asked")  # somebody is, in the widest ring


def test_a_preferred_agent_alone_until_the_end() -> None:
    found = findings({"preferred_for_s": 0}, entry={"preferred": ["anna"]})
    assert [each.path for each in found] == [("entries", "1", "preferred")]
    found = findings({"max_wait_s": 15.5, "target_s": 1, "preferred_for_s": 16}, entry={"preferred": ["anna"]})
    assert ("entries", "1", "preferred") in [each.path for each in found]


def test_a_circle_of_keys_is_the_callers_choice_and_one_with_waits_a_warning() -> None:
    def about(general: dict[str, Any], sales: dict[str, Any]) -> list[Finding]:
        whole = {
            "queues": {"sales": sales, "general": general},
            "agents": {"anna": {"phone": "PJSIP/1", "queues": {"sales": {}, "general": {}}}},
            "entries": {"1": {"queue": "sales"}},
        }
        return find_in_policy(Center.model_validate(whole))

    keys = {"keys": {"1": {"queue": "general"}}}
    assert about({"keys": {"1": {"queue": "sales"}}}, keys) == []
    (found,) = about({"max_wait_s": 60, "on_max_wait": {"queue": "sales"}}, keys)
    assert not found.is_error
    assert "circle" in found.text
    (found,) = about({"on_nobody": {"queue": "sales"}}, {"max_waiting": 5, "on_full": {"queue": "general"}})
    assert found.is_error


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("rings: [{after_s: 9, groups: [bak]}]", '0.groups.0: no agent is in the group "bak" (did you mean "back"?)'),
        ("rings: [{after_s: 9, queues: [sale]}]", '0.queues.0: there is no queue "sale" (did you mean "sales"?)'),
        ("rings: [{after_s: 9, accept: {enn: 1}}]", '0.accept.enn: no agent has the skill "enn" (did you mean "en"?)'),
        ("on_nobody: {queue: sale}", 'on_nobody.queue: there is no queue "sale"'),
        ("on_long_wait: {over_s: 9, to: {queue: sale}}", 'on_long_wait.to.queue: there is no queue "sale"'),
    ],
)
def test_an_unknown_name_is_an_error_with_its_place(line: str, expected: str) -> None:
    text = (
        PLUMBING
        + f"queues: {{sales: {{{line}}}}}\nagents: {{a: {{phone: PJSIP/1, groups: [back], skills: {{en: 1}}}}}}\n"
    )
    reading = config.read_bytes(text.encode(), file="c.yaml", environ={})
    assert reading.settings is None
    assert any(expected in problem for problem in reading.lines(reading.errors)), reading.lines(reading.errors)


def test_an_unknown_preferred_agent_is_an_error() -> None:
    text = PLUMBING.replace("{queue: sales}", "{queue: sales, preferred: [ana]}")
    text += "queues: {sales: {}}\nagents: {anna: {phone: PJSIP/1, queues: [sales]}}\n"
    reading = config.read_bytes(text.encode(), file="c.yaml", environ={})
    assert any('there is no agent "ana" (did you mean "anna"?)' in line for line in reading.lines(reading.errors))
