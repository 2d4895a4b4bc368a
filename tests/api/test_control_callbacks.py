"""Can promised callbacks be listed, looked at, taken back and hurried, and is that remembered without a number?"""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest

from cti.api import control as control_app
from cti.model.changes import Refused
from cti.model.events import CallbackPromised, CallbackRequest
from cti.model.promise import Wanted
from cti.model.words import RefusedReason
from tests.waiting import until

from .doubles import PROMISE
from .scene import Scene

pytestmark = pytest.mark.contract


@pytest.mark.parametrize(
    ("query", "asked"), [("", (False, 201)), ("?all=1", (True, 201)), ("?all=0&limit=5", (False, 6))]
)
async def test_they_are_listed(control: Scene, query: str, asked: tuple[bool, int]) -> None:
    status, answer = await control.ask("GET", f"/v1/callbacks{query}")
    assert (status, answer["callbacks"]) == (200, [{"id": 1, "state": "in_line"}])
    assert control.callbacks.asked == [asked] and control.remembered() == []


async def test_one_is_looked_at(control: Scene) -> None:
    assert (await control.ask("GET", "/v1/callbacks/2"))[1]["callback"] == {"id": 2, "state": "kept"}
    status, answer = await control.ask("GET", "/v1/callbacks/3")
    assert (status, answer["refused"]) == (404, "unknown_callback")


@pytest.mark.parametrize("action", ["withdraw", "now"])
async def test_what_is_asked_for_is_done_and_remembered(control: Scene, action: str) -> None:
    status, answer = await control.ask("POST", f"/v1/callbacks/1/{action}", {"by": "eva"})
    assert (status, answer) == (200, {"ok": True, "callback": {"id": 1, "state": "in_line"}})
    [asked] = control.desk.asked
    assert isinstance(asked, CallbackRequest) and (asked.callback, asked.action, asked.by) == (1, action, "eva")
    assert control.remembered() == [(f"callback.{action}", "", {"number": 1}, "eva", "done", "")]


@pytest.mark.parametrize(
    ("number", "refusal", "status", "why", "detail"),
    [
        (1, Refused(RefusedReason.ALREADY, "in_line"), 409, "already", "callback 1 is in_line already"),
        (2, Refused(RefusedReason.UNKNOWN_CALLBACK, "2"), 409, "already", "callback 2 is kept already"),
        (3, Refused(RefusedReason.UNKNOWN_CALLBACK, "3"), 404, "unknown_callback", "there is no callback 3"),
    ],
)
async def test_refusals_are_told(
    control: Scene, number: int, refusal: Refused, status: int, why: str, detail: str
) -> None:
    control.desk.refusal = refusal
    found, answer = await control.ask("POST", f"/v1/callbacks/{number}/now")
    assert (found, answer["refused"], answer["detail"]) == (status, why, detail)
    assert control.remembered()[0][-2:] == ("refused", why)


@pytest.mark.parametrize(("path", "status"), [("x/now", 400), ("1234567890/now", 400), ("1/kept", 404)])
async def test_what_cannot_be_asked_is_not_asked(control: Scene, path: str, status: int) -> None:
    assert (await control.ask("POST", f"/v1/callbacks/{path}"))[0] == status
    assert control.desk.asked == []


async def test_a_bad_body_is_a_400(control: Scene) -> None:
    assert (await control.ask("POST", "/v1/callbacks/1/now", data=b'{"bye": "x"}'))[0] == 400
    assert control.desk.asked == []


async def test_one_is_promised_and_the_core_hears_of_it(control: Scene) -> None:
    asked = {"number": "030 12345", "at": "14:30", "agent": "anna", "topic": "offer", "by": "eva"}
    status, answer = await control.ask("POST", "/v1/callbacks", asked)
    assert (status, answer) == (200, {"ok": True, "callback": {"id": 1, "state": "in_line"}, "moved": "moved"})
    assert control.callbacks.asked == [(Wanted("030 12345", "14:30", "anna", topic="offer"),)]
    assert control.desk.asked == [CallbackPromised(PROMISE)]
    assert control.remembered() == [("callback.schedule", "anna", {"at": "14:30"}, "eva", "done", "")]


@pytest.mark.parametrize(
    ("name", "path", "body", "noted"),
    [
        ("promise", "/v1/callbacks", {"number": "030 12345", "queue": "sales"}, ("callback.schedule", "sales")),
        ("for_follow_up", "/v1/follow-ups/1/call", {}, ("follow_up.call", "")),
    ],
)
@pytest.mark.parametrize("fails", [False, True])
async def test_a_promise_that_was_begun_is_made_though_nobody_waits_for_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, path: str, body: Any, noted: Any, fails: bool
) -> None:
    """Before, it was committed and the core never heard of it: the agent promised again, and both were kept."""
    monkeypatch.setattr(control_app, "REQUEST_TIMEOUT_S", 0.5)
    scene, store_answers = Scene(tmp_path / "ctl"), threading.Event()
    promise = getattr(scene.callbacks, name)

    def slow(*wanted: Any) -> Any:
        store_answers.wait(30.0)
        if fails:
            raise OSError
        return promise(*wanted)

    monkeypatch.setattr(scene.callbacks, name, slow)
    await scene.open()
    assert (await scene.ask("POST", path, body))[0] == 408
    assert scene.desk.asked == [] and scene.remembered() == []
    store_answers.set()
    await until(scene.remembered, "what came of it")
    assert scene.desk.asked == ([] if fails else [CallbackPromised(PROMISE)])
    [(what, on, _, _, result, _)] = scene.remembered()
    assert (what, on, result) == (*noted, "failed" if fails else "done")
    await scene.close()


@pytest.mark.parametrize(
    ("body", "status"), [({"number": "1", "queue": "nowhere"}, 404), ({}, 400), ({"number": "1", "when": "now"}, 400)]
)
async def test_what_cannot_be_promised_is_told(control: Scene, body: dict[str, str], status: int) -> None:
    assert (await control.ask("POST", "/v1/callbacks", body))[0] == status
    assert control.desk.asked == []
