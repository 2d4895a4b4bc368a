"""Does each deed and each second go to the agent, and to the queues that it is of, and to nobody else?"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cti.figures import counting
from cti.figures.staffing import STATES, Stretch
from cti.figures.work import Share, of_fact, of_time
from cti.model.changes import Changed, Kind
from cti.model.words import AgentId, OfferState, QueueName

pytestmark = pytest.mark.unit

ANNA, SALES = AgentId("anna"), QueueName("sales")


def offer(new: str, **more: object) -> Changed:
    return Changed(Kind.OFFER, "c#1", "ringing", new, 1.0, "Test", **{"agent": ANNA, "queue": SALES, **more})  # type: ignore[arg-type]


def test_a_talk_is_the_queues_and_the_agents() -> None:
    assert of_fact(offer("accepted")) == [Share("", "sales", {"handled": 1}), Share("anna", "sales", {"handled": 1})]
    assert of_fact(Changed(Kind.TRANSFER, "c", "", "blind", 1.0, "Test", agent=ANNA)) == [
        Share("anna", "", {"transferred": 1})
    ]


def test_a_missed_ring_is_the_agents_alone() -> None:
    assert of_fact(offer("missed")) == [Share("anna", "sales", {"missed": 1})]


@pytest.mark.parametrize("new", sorted(set(OfferState) - {"accepted", "missed"}))
def test_no_other_end_of_an_offer_is_a_deed(new: str) -> None:
    assert of_fact(offer(new)) == []


def test_time_on_a_talk_is_of_its_queue_and_presence_of_all_of_his() -> None:
    found = of_time(Stretch("anna", "talk_s", 0.0, 9.0, "sales"), 9.0, ("sales", "support"))
    both = {"staffed_s": 9.0, "busy_s": 9.0}
    assert found == [
        Share("anna", "sales", {"talk_s": 9.0, **both}),
        Share("", "sales", {"talk_s": 9.0}),
        Share("", "sales", both),
        Share("", "support", both),
    ]
    assert of_time(Stretch("anna", "break_s", 0.0, 9.0, ""), 9.0, ("sales",)) == [Share("anna", "", {"break_s": 9.0})]


@given(
    st.sampled_from(STATES), st.sampled_from(("", "sales")), st.floats(0.001, 900), st.sets(st.text("ab", min_size=1))
)
def test_no_second_is_given_twice_to_one(state: str, queue: str, seconds: float, queues: set[str]) -> None:
    """Of the agent's own counts each second is in one state; of a queue's in at most one of each name."""
    sums: dict[tuple[str, str], dict[str, float]] = {}
    for agent, of_queue, counts in of_time(Stretch("anna", state, 0.0, seconds, queue), seconds, queues):
        assert set(counts) <= {*STATES, *counting.WORK}
        counting.add(sums.setdefault((agent, of_queue if not agent else ""), {}), counts)
    assert sums["anna", ""][state] == seconds
    assert all(number == seconds for counts in sums.values() for number in counts.values())
