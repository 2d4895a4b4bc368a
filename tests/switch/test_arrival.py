"""What the dialplan's arguments mean; whatever they hold, a caller is never refused for it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cti.model.events import CallArrived
from cti.model.words import CallId, Heard, NodeId
from cti.switch.arrival import call_arrived
from tests.switch.in_memory import Caller

pytestmark = pytest.mark.unit


def arrived(number: str = "", **args: str) -> CallArrived:
    return call_arrived(CallId("a/17.1"), NodeId("a"), Caller(number=number).session, args)


async def test_who_called_us() -> None:
    call = arrived("4930", dialled="6001", queue="sales", customer="segment=gold&=x&y", agents="anna&&ben", entry="3")
    assert (call.caller, call.dialled, call.queue, call.entry) == ("4930", "6001", "sales", 3)
    assert (call.customer, call.preferred) == ({"segment": "gold"}, ("anna", "ben"))
    assert (call.attempt, call.heard) == (None, Heard.NOTHING)


async def test_whom_we_called_has_dialled_nothing() -> None:
    call = arrived("+4930", dialled="00", attempt="x1", amdstatus="NOTSURE", amdcause="TOOLONG-5000")
    assert (call.caller, call.dialled, call.attempt, call.heard) == ("+4930", "", "x1", Heard.UNSURE)


@pytest.mark.parametrize(
    ("joined", "dialstatus", "status"),
    [("SUCCESS", "", "ANSWER"), ("NONEXISTENT", "", ""), ("", "BUSY", "BUSY"), ("SUCCESS", "NOANSWER", "ANSWER")],
)
async def test_a_talk_by_a_join_counts_as_one_by_a_ring(joined: str, dialstatus: str, status: str) -> None:
    assert arrived(joined=joined, dialstatus=dialstatus).dial_status == status


KEYS = ("entry", "answered_s", "attempt", "amdstatus", "amdcause", "joined", "ticket", "customer", "agents", "queue")


@given(st.dictionaries(st.sampled_from(KEYS), st.text()))
async def test_nothing_that_is_handed_over_raises(args: dict[str, str]) -> None:
    call = arrived(**args)
    assert call.entry >= 0 and call.answered_s >= 0
    assert call.attempt is None or call.attempt.isascii()


async def test_the_sign_by_which_amd_has_decided_goes_along_and_nothing_else() -> None:
    call = arrived(attempt="x1", amdstatus="MACHINE", amdcause="LONGGREETING-1520-1500")
    assert (call.heard, call.heard_why) == (Heard.MACHINE, "LONGGREETING-1520-1500")
    assert arrived(attempt="x1", amdstatus="MACHINE", amdcause="+493012345 said").heard_why == ""
