"""Does a decision read as a sentence, with the numbers that were compared?"""

from __future__ import annotations

import pytest

from cti.metrics.sentences import decision_sentence
from cti.model.changes import Changed, Kind, Why
from cti.model.words import AgentId, QueueName

pytestmark = pytest.mark.unit


def offer(why: Why | None, wait_s: float | None = 12.3) -> Changed:
    return Changed(
        Kind.OFFER,
        "n/1.1#1",
        "",
        "ringing",
        1.0,
        "Test",
        queue=QueueName("support"),
        agent=AgentId("anna"),
        wait_s=wait_s,
        why=why,
        caller="+4930123",
    )


@pytest.mark.parametrize(
    ("why", "text"),
    [
        (
            Why("longest_idle", 0.6, 0.4, 5, 41.4, 3),
            "support: caller waited 12 s, urgency 0.6 > 0.4; longest idle 41 s of 3 free -> anna",
        ),
        (
            Why("longest_idle", 0.6, None, 1, 0.0, 1),
            "support: caller waited 12 s, urgency 0.6, nobody else to serve; longest idle 0 s of 1 free -> anna",
        ),
        (
            Why("longest_idle", 0.123, 2.5, 1, 1.25, 1),
            "support: caller waited 12 s, urgency 0.12 < 2.5; longest idle 1.25 s of 1 free -> anna",
        ),
        (
            Why("ring_all", 12.0, 12.0, 1, 3.0, 4),
            "support: caller waited 12 s, urgency 12 = 12; ring all, 4 free -> anna",
        ),
        (None, "support: caller waited 12 s -> anna"),
    ],
)
def test_sentence(why: Why | None, text: str) -> None:
    assert decision_sentence(offer(why)) == text


def test_an_unknown_wait_is_not_invented() -> None:
    assert decision_sentence(offer(None, None)) == "support: caller -> anna"


def test_no_personal_data() -> None:
    assert "4930123" not in decision_sentence(offer(Why("longest_idle", 0.6)))
