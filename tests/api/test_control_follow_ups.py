"""Can follow-ups be listed and closed, and is that remembered?"""

from __future__ import annotations

import pytest

from cti.model.dialling import LeadId
from cti.model.events import CallbackPromised, CallbackRequest
from cti.model.words import CallbackAction

from .doubles import PROMISE
from .scene import Scene

pytestmark = pytest.mark.contract


@pytest.mark.parametrize(
    ("query", "asked"),
    [("", ("", False, 101)), ("?owner=anna&done=0", ("anna", False, 101)), ("?done=1&limit=5", ("", True, 6))],
)
async def test_they_are_listed(control: Scene, query: str, asked: tuple[str, bool, int]) -> None:
    status, answer = await control.ask("GET", f"/v1/follow-ups{query}")
    assert (status, answer["follow_ups"]) == (200, [{"id": 1, "owner": "anna"}])
    assert control.follow_ups.asked == [asked] and control.remembered() == []


async def test_one_is_closed(control: Scene) -> None:
    status, answer = await control.ask("POST", "/v1/follow-ups/1/done", {"outcome": "apologised", "by": "eva"})
    assert (status, answer) == (200, {"ok": True})
    assert control.follow_ups.asked == [(1, "apologised", "eva", 7.0)]
    assert control.remembered() == [("follow_up.done", "", {"number": 1}, "eva", "done", "")], "not what was said"


@pytest.mark.parametrize(("number", "status", "why"), [(2, 409, "already"), (3, 404, "unknown_follow_up")])
async def test_refusals_are_told(control: Scene, number: int, status: int, why: str) -> None:
    found, answer = await control.ask("POST", f"/v1/follow-ups/{number}/done")
    assert (found, answer["refused"]) == (status, why) and str(number) in answer["detail"]
    assert control.remembered()[0][-2:] == ("refused", why)


@pytest.mark.parametrize("path", ["x/done", "1234567890/done"])
async def test_what_is_no_number_is_a_400(control: Scene, path: str) -> None:
    assert (await control.ask("POST", f"/v1/follow-ups/{path}"))[0] == 400
    assert control.follow_ups.asked == []


async def test_a_bad_body_is_a_400(control: Scene) -> None:
    assert (await control.ask("POST", "/v1/follow-ups/1/done", data=b'{"outcom": "x"}'))[0] == 400
    assert control.follow_ups.asked == []


async def test_a_call_is_promised_for_one(control: Scene) -> None:
    status, answer = await control.ask("POST", "/v1/follow-ups/7/call", {"at": "14:30", "by": "eva"})
    assert (status, answer["callback"]) == (200, {"id": 1, "state": "in_line"})
    assert control.callbacks.asked == [(7, "14:30")] and control.desk.asked == [CallbackPromised(PROMISE)]
    assert control.remembered() == [("follow_up.call", "", {"number": 7, "at": "14:30"}, "eva", "done", "")]


async def test_whoever_is_done_with_one_takes_its_call_back(control: Scene) -> None:
    assert (await control.ask("POST", "/v1/follow-ups/1/done", {"by": "eva"}))[0] == 200
    assert control.desk.asked == [CallbackRequest(LeadId(1), CallbackAction.WITHDRAW, "eva")]
