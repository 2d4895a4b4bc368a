"""When are two promises one, and is nothing of either lost then?"""

from __future__ import annotations

from typing import Any

import pytest

from cti.model.dialling import AttemptResult, CallbackKind, CallbackState, CampaignName, LeadId
from cti.model.promise import Number, Promise, Tried
from cti.outbound.two_promises import MOST_MESSAGES, expires_at, merged, same

pytestmark = pytest.mark.unit

BOTH = "number_and_topic"


def promise(**said: Any) -> Promise:
    words = {"queue": "sales", "promised_at": 100.0, "due_at": 100.0} | said
    return Promise(LeadId(1), CallbackKind.SCHEDULED, Number("+493012345"), **words)


@pytest.mark.parametrize(
    ("known", "new", "merge", "one"),
    [
        ({}, {}, BOTH, True),
        ({"topic": "a"}, {"topic": "b"}, BOTH, False),
        ({"topic": "a"}, {"topic": "b"}, "number", True),
        ({}, {}, "never", False),
        ({"agent": "anna"}, {}, BOTH, False),
        ({}, {"recordings": ("x",), "node": "n1"}, BOTH, True),
        ({"recordings": ("x",), "node": "n1"}, {"recordings": ("y",), "node": "n1"}, BOTH, True),
        ({"recordings": ("x",), "node": "n1"}, {"recordings": ("y",), "node": "n2"}, BOTH, False),
        ({"state": CallbackState.IN_LINE}, {"recordings": ("y",), "node": "n1"}, "number", False),
        ({"recordings": ("x",) * MOST_MESSAGES, "node": "n1"}, {"recordings": ("y",), "node": "n1"}, BOTH, False),
    ],
)
def test_which_are_one(known: dict[str, Any], new: dict[str, Any], merge: str, *, one: bool) -> None:
    assert same(promise(**known), promise(**new), merge) is one


def test_nothing_of_either_is_lost() -> None:
    old = promise(since=50.0, due_at=500.0, recordings=("a",), node="n1", expires_at=900.0, follow_up=3)
    both = merged(old, promise(since=20.0, due_at=300.0, recordings=("b",), node="n1", expires_at=1000.0))
    assert (both.since, both.due_at, both.expires_at, both.recordings, both.node, both.follow_up) == (
        20.0, 300.0, 1000.0, ("a", "b"), "n1", 3,
    )  # fmt: skip
    assert expires_at(merged(promise(), old)) == float("inf")


def test_one_that_was_tried_keeps_its_rest() -> None:
    tried = Tried(90.0, CampaignName("callbacks"), LeadId(1), "+493012345", 1, AttemptResult.BUSY)
    assert merged(promise(due_at=500.0, tries=(tried,)), promise(due_at=300.0)).due_at == 500.0
