"""Stretches of a wait in which nobody is asked."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cti.config.check import find_in_policy
from cti.model.finding import Finding
from cti.model.policy import Center

pytestmark = pytest.mark.unit


def findings(queue: dict[str, Any], agent: dict[str, Any], **entry: Any) -> list[Finding]:
    whole = {
        "queues": {"sales": queue},
        "agents": {"anna": {"phone": "PJSIP/1", **agent}},
        "entries": {"1": {"queue": "sales"} | entry},
    }
    return [found for found in find_in_policy(Center.model_validate(whole)) if "nobody is asked" in found.text]


def gaps(queue: dict[str, Any], agent: dict[str, Any], **entry: Any) -> list[tuple[str, str]]:
    found = findings(queue, agent, **entry)
    assert not any(each.is_error for each in found)
    return [(".".join(map(str, each.path)), each.text.partition(" nobody")[0]) for each in found]


FR2 = {"queues": {"sales": {}}, "skills": {"fr": 2}}
AT_1 = {"queues": {"sales": {"penalty": 1}}}
LOSES: dict[str, Any] = {"max_penalty": 5, "rings": [{"after_s": 10, "min_penalty": 10, "max_penalty": 20}]}


@pytest.mark.parametrize(
    ("queue", "agent", "expected"),
    [
        (LOSES, AT_1, [("queues.sales.rings.0", "from 10 s on")]),
        (LOSES | {"max_wait_s": 90}, AT_1, [("queues.sales.rings.0", "from 10 s to 90 s")]),
        (LOSES | {"max_wait_s": 9, "target_s": 9}, AT_1, []),
        (
            {**LOSES, "rings": [*LOSES["rings"], {"after_s": 3000, "min_penalty": 0}]},
            AT_1,
            [("queues.sales.rings.0", "from 10 s to 3000 s")],
        ),
        (
            {
                **LOSES,
                "rings": [*LOSES["rings"], {"after_s": 60, "max_penalty": 30}, {"after_s": 90, "min_penalty": 0}],
            },
            AT_1,
            [("queues.sales.rings.0", "from 10 s to 90 s")],
        ),
        (
            {"requires": {"fr": 5}, "max_wait_s": 300, "rings": [{"after_s": 60, "accept": {"fr": 1}}]},
            FR2,
            [("queues.sales.requires", "from 0 s to 60 s")],
        ),
        ({"requires": {"fr": 2}, "rings": [{"after_s": 60, "accept": {"fr": 1}}]}, FR2, []),
        (
            {"rings": [{"after_s": 60, "groups": ["back"]}]},
            {"groups": ["back"]},
            [("queues.sales", "from 0 s to 60 s")],
        ),
        ({"requires": {"fr": 5}}, FR2, []),  # never anybody: told by itself
    ],
)
def test_a_gap_is_told_with_its_seconds_and_its_place(
    queue: dict[str, Any], agent: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    assert gaps(queue, agent) == expected


def test_a_gap_says_why() -> None:
    assert findings(LOSES, AT_1)[0].text.endswith("within 10 to 20; a ring's range replaces the one before it")
    (found,) = findings({"requires": {"fr": 5}, "rings": [{"after_s": 60, "accept": {"fr": 1}}]}, FR2)
    assert "meets fr 5 then" in found.text


def test_a_number_may_ask_for_more_than_its_queue() -> None:
    queue = {"rings": [{"after_s": 60, "accept": {"fr": 1}}]}
    assert gaps(queue, FR2, requires={"fr": 3}) == [("entries.1.requires", "from 0 s to 60 s")]
    assert gaps(queue, FR2, requires={"fr": 3}, preferred=["anna"]) == []


@given(
    st.lists(st.tuples(st.integers(1, 9), st.integers(0, 3), st.integers(0, 3)), max_size=4, unique_by=lambda r: r[0]),
    st.integers(0, 3),
    st.integers(2, 12),
)
def test_somebody_is_asked_in_every_second_outside_the_gaps(
    changes: list[tuple[int, int, int]], penalty: int, max_wait_s: int
) -> None:
    rings = [{"after_s": s, "min_penalty": min(a, b), "max_penalty": max(a, b)} for s, a, b in sorted(changes)]
    queue = {"rings": rings, "max_wait_s": max_wait_s}
    told: set[int] = set()
    for _, text in gaps(queue, {"queues": {"sales": {"penalty": penalty}}}):
        begin, end = (int(word) for word in text.split() if word.isdigit())
        told |= set(range(begin, end))
    for second in range(max_wait_s):
        begun = [ring for ring in rings if ring["after_s"] <= second]
        asked = not begun or begun[-1]["min_penalty"] <= penalty <= begun[-1]["max_penalty"]
        assert (second in told) is not asked
