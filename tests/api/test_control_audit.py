"""Is everybody who asks for a change remembered, as the kernel knows him, and nobody who only looks?"""

from __future__ import annotations

import json
import os
from typing import Any

import pytest

from cti.model.changes import Refused
from cti.model.words import RefusedReason
from cti.ports import PolicyAnswer

from .scene import Scene

pytestmark = pytest.mark.contract


async def test_who_asked_is_the_kernels_word(control: Scene) -> None:
    await control.ask("POST", "/v1/agents/anna/pause", {"reason": "lunch", "by": "eva"})
    [entry] = control.audit.entries
    assert (entry.uid, entry.by, entry.at) == (os.getuid(), "eva", 7.0)
    assert (entry.what, entry.on, entry.detail, entry.result) == ("agent.pause", "anna", {"reason": "lunch"}, "done")


async def test_who_is_refused_is_remembered_too(control: Scene) -> None:
    await control.ask("POST", "/v1/agents/zoe/login")
    await control.ask("POST", "/v1/agents/anna/login", {"reason": "a|b"})
    await control.ask("POST", "/v1/agents/anna/login", data=b" " * 5000)
    assert [entry[4:] for entry in control.remembered()] == [
        ("refused", "unknown_agent"),
        ("refused", "bad_request"),
        ("refused", "413"),
    ]


@pytest.mark.parametrize("path", ["contacts/+4930123/withdraw", "contacts/%FF%00/withdraw", "agents/4930123/login"])
async def test_what_might_be_a_number_is_not_written_down(control: Scene, path: str) -> None:
    await control.ask("POST", f"/v1/{path}")
    assert [entry.on for entry in control.audit.entries] == ["?"]


NUMBER = "a49301234567"  # could be a name, by its looks


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", f"/v1/agents/{NUMBER}/login", None),
        ("POST", "/v1/agents/anna/pause", {"reason": NUMBER}),
        ("POST", f"/v1/contacts/node1/{NUMBER}/withdraw", None),
        ("POST", "/v1/contacts/node1/1.1/move", {"queue": NUMBER}),
        ("PATCH", f"/v1/queues/{NUMBER}", {"tier": 1}),
        ("PATCH", "/v1/queues/sales", {NUMBER: 1}),
        ("DELETE", f"/v1/queues/{NUMBER}/live", None),
        ("DELETE", f"/v1/queues/sales/live?field={NUMBER}", None),
        ("PUT", f"/v1/agents/{NUMBER}/queues/{NUMBER}", {NUMBER: 1}),
        ("PUT", "/v1/agents/anna/queues/sales", {NUMBER: 1}),
        ("DELETE", f"/v1/agents/anna/queues/{NUMBER}", None),
    ],
)
async def test_no_unknown_word_of_a_refused_request_is_written_down(
    control: Scene, method: str, path: str, body: Any
) -> None:
    control.desk.refusal = Refused(RefusedReason.UNKNOWN_CONTACT, "")
    control.policy.answer = PolicyAnswer(Refused(RefusedReason.BAD_CONFIGURATION, "x"), errors=["x"])
    assert (await control.ask(method, path, body))[0] in (404, 409)
    assert [entry.result for entry in control.audit.entries] == ["refused"]
    assert NUMBER not in str(control.remembered()) and "?" in str(control.remembered())


async def test_who_looks_is_not(control: Scene) -> None:
    await control.ask("GET", "/v1/queues")
    await control.ask("GET", "/v1/audit")
    await control.ask("POST", "/v1/nothing")
    assert control.audit.entries == []


async def test_a_failure_of_ours_is_remembered(control: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_event: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(control.desk, "ask", broken)
    with pytest.raises(json.JSONDecodeError):  # aiohttp's own page, which is no JSON
        await control.ask("POST", "/v1/agents/anna/login")
    assert [entry[4:] for entry in control.remembered()] == [("failed", "")]


async def test_the_newest_are_read_back(control: Scene) -> None:
    for agent in ("anna", "ben"):
        await control.ask("POST", f"/v1/agents/{agent}/login")
    status, answer = await control.ask("GET", "/v1/audit?limit=1")
    assert (status, answer["audit"]) == (200, [{"id": 2, "what": "agent.login", "on": "ben"}])


@pytest.mark.parametrize("limit", ["0", "-1", "x", "1001", "00000000100000", "9" * 40, "²"])
async def test_a_limit_has_limits(control: Scene, limit: str) -> None:
    assert (await control.ask("GET", f"/v1/audit?limit={limit}"))[0] == 400


async def test_the_trail_is_read_page_by_page(control: Scene) -> None:
    for _ in range(3):
        await control.ask("POST", "/v1/agents/anna/login")
    _, first = await control.ask("GET", "/v1/audit?limit=2")
    _, rest = await control.ask("GET", f"/v1/audit?limit=2&cursor={first['next']}")
    assert ([row["id"] for row in first["audit"]], [row["id"] for row in rest["audit"]]) == ([3, 2], [1])
    assert rest["next"] is None
    assert (await control.ask("GET", "/v1/audit?cursor=x"))[0] == 400
