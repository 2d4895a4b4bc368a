"""Do wishes for another version of the flows reach the one who knows them, and are they remembered?"""

from __future__ import annotations

from typing import Any

import aiohttp
import pytest

from cti.model.changes import Refused
from cti.model.words import RefusedReason
from cti.ports import PolicyAnswer

from .scene import Scene

pytestmark = pytest.mark.contract


@pytest.mark.parametrize(
    ("path", "body", "asked", "remembered"),
    [
        ("reload", None, ("reload", "control", False), ("flows.reload", {"version": 7})),
        ("reload", {"check": True, "by": "eva"}, ("reload", "eva", True), ("flows.check", {})),
        ("rollback", None, ("roll_back", "control", None), ("flows.rollback", {"version": 7})),
        ("rollback", {"to": 3, "by": "eva"}, ("roll_back", "eva", 3), ("flows.rollback", {"to": 3, "version": 7})),
    ],
)
async def test_wishes_are_passed_on_and_remembered(
    control: Scene, path: str, body: Any, asked: tuple[Any, ...], remembered: tuple[str, Any]
) -> None:
    if body and body.get("check"):
        control.flows.answer = PolicyAnswer(flows=7, lines=["flow main: node a changed"])
    status, answer = await control.ask("POST", f"/v1/flows/{path}", body)
    assert (status, answer["ok"], answer["flows"]) == (200, True, 7)
    assert answer["difference"] == ["flow main: node a changed"]
    assert control.flows.asked == [asked]
    [(what, on, detail, by, result, reason)] = control.remembered()
    assert ((what, detail), on, by, result, reason) == (remembered, "", asked[1], "done", "")


@pytest.mark.parametrize(
    ("reason", "status"),
    [("unknown_version", 404), ("already", 409), ("no_flows", 409), ("bad_configuration", 409)],
)
async def test_refusals_are_told_and_remembered(control: Scene, reason: str, status: int) -> None:
    errors = ["main.yaml:3:5: nodes.a: x"] if reason == "bad_configuration" else []
    control.flows.answer = PolicyAnswer(Refused(RefusedReason(reason), "why"), errors=errors)
    found, answer = await control.ask("POST", "/v1/flows/rollback", {"to": 3})
    assert (found, answer["refused"], answer["detail"]) == (status, reason, "why")
    assert answer.get("errors", []) == errors
    assert control.remembered() == [("flows.rollback", "", {"to": 3}, "control", "refused", reason)]


@pytest.mark.parametrize(
    ("path", "data"),
    [("reload", b'{"chek": true}'), ("rollback", b'{"to": 0}'), ("rollback", b'{"to": "x"}'), ("rollback", b"[")],
)
async def test_a_bad_body_is_a_400(control: Scene, path: str, data: bytes) -> None:
    status, answer = await control.ask("POST", f"/v1/flows/{path}", data=data)
    assert status == 400 and answer["error"]
    assert control.flows.asked == []


async def test_versions_are_listed(control: Scene) -> None:
    status, found = await control.ask("GET", "/v1/flows")
    assert (status, found["version"], found["flows"]) == (200, 7, [{"name": "main"}])
    assert control.audit.entries == []


async def test_a_flow_is_drawn_as_it_holds_or_as_it_was(control: Scene) -> None:
    assert (await control.ask("GET", "/v1/flows/mian/drawing"))[0] == 404
    assert (await control.ask("GET", "/v1/flows/main/drawing?version=x"))[0] == 400
    assert (await control.ask("GET", "/v1/flows/main/drawing?theme=blue"))[0] == 400
    control.flows.asked.clear()
    connector = aiohttp.UnixConnector(path=str(control._path))
    address = "http://engine/api/v1/flows/main/drawing?version=3&language=zh&theme=dark"
    async with aiohttp.ClientSession(connector=connector) as session, session.get(address) as response:
        assert (response.status, response.content_type, await response.text()) == (200, "image/svg+xml", "<svg/>")
    assert control.flows.asked == [("drawing", "main", 3, "zh", True)]
