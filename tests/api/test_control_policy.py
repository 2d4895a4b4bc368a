"""Do wishes for another policy reach the one who knows it, and do his answers reach the asker?"""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import Any

import pytest

from cti.api import control as control_app
from cti.model.changes import Refused
from cti.model.events import AgentRequest, ContactRequest
from cti.model.words import RefusedReason
from cti.ports import Asked, PolicyAnswer

from .scene import Scene

pytestmark = pytest.mark.contract


@pytest.mark.parametrize(
    ("method", "path", "body", "asked"),
    [
        (
            "PATCH",
            "/v1/queues/sales",
            {"target_s": 30, "max_wait_s": None, "by": "eva"},
            ("change", {"queues.sales.target_s": 30, "queues.sales.max_wait_s": None}, "eva"),
        ),
        ("DELETE", "/v1/queues/sales/live?by=eva", None, ("reset", ["queues.sales.target_s"], "eva")),
        ("DELETE", "/v1/queues/sales/live?field=target_s", None, ("reset", ["queues.sales.target_s"], "control")),
        ("DELETE", "/v1/queues/support/live", None, ("reset", [], "control")),
        (
            "PUT",
            "/v1/agents/anna/queues/support",
            {"level": 2, "penalty": 1},
            ("change", {"agents.anna.queues.support": {"level": 2, "penalty": 1}}, "control"),
        ),
        ("PUT", "/v1/agents/anna/queues/support", None, ("change", {"agents.anna.queues.support": {}}, "control")),
        (
            "DELETE",
            "/v1/agents/anna/queues/support?by=eva",
            None,
            ("change", {"agents.anna.queues.support": None}, "eva"),
        ),
        ("POST", "/v1/reload", None, ("reload", "control", False, False)),
        ("POST", "/v1/reload", {"check": True, "drop_live": True, "by": "eva"}, ("reload", "eva", True, True)),
    ],
)
async def test_every_wish_is_passed_on(
    control: Scene, method: str, path: str, body: Any, asked: tuple[Any, ...]
) -> None:
    status, answer = await control.ask(method, path, body)
    assert status == 200, answer
    assert (answer["ok"], answer["applied"], answer["version"]) == (True, True, "v2")
    assert answer["difference"] == ["queue sales: target_s 20 -> 30"]
    assert control.policy.asked == [asked]
    assert [entry.result for entry in control.audit.entries] == ["done"]


@pytest.mark.parametrize(
    ("method", "path", "reason", "near"),
    [
        ("PATCH", "/v1/queues/slaes", "unknown_queue", "sales"),
        ("DELETE", "/v1/queues/slaes/live", "unknown_queue", "sales"),
        ("DELETE", "/v1/queues/sales/live?field=targt_s", "unknown_field", "target_s"),
        ("PUT", "/v1/agents/ana/queues/sales", "unknown_agent", "anna"),
        ("DELETE", "/v1/agents/anna/queues/sale", "unknown_queue", "sales"),
    ],
)
async def test_what_is_not_there_is_a_404_with_the_near_name(
    control: Scene, method: str, path: str, reason: str, near: str
) -> None:
    status, answer = await control.ask(method, path, {"tier": 1} if method == "PATCH" else None)
    assert (status, answer["refused"], answer["detail"]) == (404, reason, f'did you mean "{near}"?')
    assert control.policy.asked == []
    assert [entry.result for entry in control.audit.entries] == ["refused"]


async def test_errors_of_the_configuration_are_a_409_and_are_listed(control: Scene) -> None:
    errors = ["center.yaml:3:5: queues.sales.targt_s: unknown key", "center.yaml:9:1: x: y"]
    control.policy.answer = PolicyAnswer(Refused(RefusedReason.BAD_CONFIGURATION, errors[0]), errors=errors)
    status, answer = await control.ask("POST", "/v1/reload")
    assert (status, answer["refused"], answer["errors"]) == (409, "bad_configuration", errors)
    assert control.remembered() == [("reload", "", {}, "control", "refused", "bad_configuration")]


async def test_only_values_that_were_judged_good_are_remembered(control: Scene) -> None:
    await control.ask("PATCH", "/v1/queues/sales", {"target_s": 30})
    control.policy.answer = PolicyAnswer(Refused(RefusedReason.BAD_CONFIGURATION, "x"), errors=["x"])
    await control.ask("PATCH", "/v1/queues/sales", {"music": "Li, +4930"})
    assert [entry.detail for entry in control.audit.entries] == [{"target_s": 30}, {"keys": ["music"]}]


@pytest.mark.parametrize("is_begun", [True, False])
async def test_whose_time_is_up_is_told_by_his_work_or_as_cut_off(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_begun: bool
) -> None:
    monkeypatch.setattr(control_app, "REQUEST_TIMEOUT_S", 0.05)
    scene = Scene(tmp_path / "ctl")
    seen: list[Asked] = []

    async def change(changes: Any, *, by: str, asked: Asked) -> PolicyAnswer:
        seen.append(asked)
        if is_begun:
            asked.begun()
        await asyncio.Event().wait()
        return PolicyAnswer()

    monkeypatch.setattr(scene.policy, "change", change)
    await scene.open()
    assert (await scene.ask("PATCH", "/v1/queues/sales", {"target_s": 30}))[0] == 408
    await scene.close()
    cut_off = [("queue.set", "sales", {"keys": ["target_s"]}, "control", "refused", "408")]
    assert scene.remembered() == ([] if is_begun else cut_off)
    entry = seen[0].entry(9.0, PolicyAnswer(applied=True))
    assert (entry.at, entry.uid, entry.result, entry.detail) == (9.0, os.getuid(), "done", {"target_s": 30})
    assert seen[0].entry(9.0, None).result == "failed"


@pytest.mark.parametrize(
    ("method", "path", "data"),
    [
        ("PATCH", "/v1/queues/sales", b"{"),
        ("PATCH", "/v1/queues/sales", b"[]"),
        ("PATCH", "/v1/queues/sales", b"{}"),
        ("PATCH", "/v1/queues/sales", b'{"a.b": 1}'),
        ("PATCH", "/v1/queues/sales", b'{"tier": 1, "by": "a b"}'),
        ("PATCH", "/v1/queues/sales", b'{"tier": 1, "by": 7}'),
        ("PATCH", "/v1/queues/sales", b'{"rings": ' + b"[" * 3000),
        ("PUT", "/v1/agents/anna/queues/sales", b"2"),
        ("POST", "/v1/reload", b'{"chek": true}'),
    ],
)
async def test_a_bad_body_is_a_400(control: Scene, method: str, path: str, data: bytes) -> None:
    status, answer = await control.ask(method, path, data=data)
    assert status == 400 and answer["error"]
    assert control.policy.asked == []


async def test_what_rests_of_a_queue_that_is_gone_can_be_set_back(control: Scene) -> None:
    control.policy.live = [{"path": "queues.gone.target_s", "resting": True}]
    status, answer = await control.ask("DELETE", "/v1/queues/gone/live?field=tier")
    assert (status, answer["exists"]) == (404, ["target_s"])
    assert (await control.ask("DELETE", "/v1/queues/gone/live"))[0] == 200
    assert control.policy.asked == [("reset", ["queues.gone.target_s"], "control")]
    assert [entry.on for entry in control.audit.entries] == ["gone", "gone"]
    assert (await control.ask("DELETE", "/v1/queues/never/live"))[0] == 404


async def test_live_changes_are_listed(control: Scene) -> None:
    assert await control.ask("GET", "/v1/live-changes") == (
        200,
        {"version": "v1", "live_changes": control.policy.live, "stored": True},
    )
    assert control.audit.entries == []


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PATCH", "queues/sales", {"target_s": 30}),
        ("DELETE", "queues/sales/live", None),
        ("PUT", "agents/anna/queues/support", {"level": 2}),
        ("DELETE", "agents/anna/queues/support", None),
        ("POST", "reload", {"check": True}),
        ("POST", "agents/anna/pause", {"reason": "lunch"}),
        ("POST", "contacts/node1/17.4/move", {"queue": "sales"}),
        ("POST", "contacts/node1/17.4/withdraw", None),
    ],
)
async def test_whoever_asks_may_say_so_in_the_address(control: Scene, method: str, path: str, body: Any) -> None:
    assert (await control.ask(method, f"/api/v1/{path}?by=eva", body))[0] == 200
    asked = [each.by for each in control.desk.asked if isinstance(each, AgentRequest | ContactRequest)]
    asked += [each[2 if len(each) == 3 else 1] for each in control.policy.asked]
    assert asked == ["eva"]
    assert [entry.by for entry in control.audit.entries] == ["eva"]
    if method != "DELETE":
        await control.ask(method, f"/api/v1/{path}?by=eva", {**(body or {}), "by": "bob"})  # the body goes first
        assert control.audit.entries[-1].by == "bob"
    assert (await control.ask(method, f"/api/v1/{path}?by=eva%20m", body))[0] == 400
    assert control.audit.entries[-1].result == "refused"
