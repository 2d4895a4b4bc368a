"""Does a running engine take a new version of its flows, go back, and tell of it everywhere?"""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import structlog

from cti.model.events import FlowTold, SurveyAnswered
from tests.flow_bench import flow_text
from tests.running import Running

pytestmark = pytest.mark.contract


def say(running: Running, text: str) -> None:
    text = flow_text(f"a: {{play: {text}, then: b}}", "b: {queue: sales}")
    (running.folder / "flows" / "main.yaml").write_text(text)


def configure(running: Running, **more: Any) -> None:
    policy = {"queues": {"sales": {}}, "agents": {"anna": {"phone": "PJSIP/1", "queues": ["sales"]}}}
    running.write(policy | {"entries": {"6001": {"flow": "main"}}}, flows={"folder": "flows", **more})


@pytest.fixture
def made(tmp_path: Path) -> Running:
    running = Running(tmp_path)
    (tmp_path / "flows").mkdir()
    say(running, "Hello")
    configure(running)
    return running


@pytest.fixture
async def running(made: Running) -> AsyncIterator[Running]:
    async with made.start():
        yield made


async def versions(running: Running) -> list[tuple[int, str, bool]]:
    _, found = await running.ask("GET", "/v1/flows")
    return [(row["version"], row["by"], row["holds"]) for row in found["versions"]]


async def test_reload_roll_back_and_restart(made: Running) -> None:
    async with made.start():
        say(made, "Good day")
        status, found = await made.ask("POST", "/v1/flows/reload", {"check": True})
        assert (status, found["applied"]) == (200, False)
        _, found = await made.ask("POST", "/v1/flows/reload", {"by": "eva"})
        assert (found["applied"], found["flows"], found["difference"]) == (True, 2, ["flow main: node a changed"])
        _, found = await made.ask("POST", "/v1/flows/rollback", {"by": "ben"})
        assert (found["applied"], found["flows"]) == (True, 1)
    async with made.start():
        assert await versions(made) == [(2, "eva", False), (1, "start", True)]
        _, found = await made.ask("GET", "/v1/audit?limit=9")
        told = [(entry["what"], entry["by"], entry["detail"], entry["result"]) for entry in found["audit"]]
        assert told == [
            ("flows.rollback", "ben", {"version": 1}, "done"),
            ("flows.reload", "eva", {"version": 2}, "done"),
            ("flows.check", "control", {}, "done"),
        ]


async def test_one_reload_and_one_signal_for_file_and_flows(running: Running) -> None:
    say(running, "Good day")
    configure(running, transfers={"office": "PJSIP/9"})
    status, found = await running.ask("POST", "/v1/reload")
    assert (status, found["flows"], found["needs_restart"]) == (200, 2, [])
    assert found["difference"] == ["+ transfer office", "flow main: node a changed"]
    say(running, "Good evening")
    with structlog.testing.capture_logs() as lines:
        await running.app.reload()
    assert (lines[-1]["event"], lines[-1]["flows"]) == ("configuration reloaded", 3)
    assert [version for version, *_ in await versions(running)] == [3, 2, 1]


async def test_broken_flows_change_nothing_and_are_counted(running: Running) -> None:
    (running.folder / "flows" / "main.yaml").write_text("name: [")
    for path in ("/v1/flows/reload", "/v1/reload"):
        status, found = await running.ask("POST", path)
        assert (status, found["refused"]) == (409, "bad_configuration")
        assert f"{running.folder}/flows/main.yaml:2:" in found["errors"][0]
    assert await versions(running) == [(1, "start", True)]
    errors = (await running.ask("GET", "/v1/status"))[1]["status"]["errors"]
    assert (errors["flows"], errors["policy"]) == (1, 1)


async def test_prometheus_sees_flows_and_lookups(made: Running) -> None:
    configure(made, transfers={})
    made.file.write_text(
        made.file.read_text() + "lookups: {shop: {base_url: 'http://127.0.0.1:1/api', networks: [127.0.0.0/8]}}\n"
    )
    async with made.start():
        caller = made.caller()
        made.app.engine.post(FlowTold(caller, "main", "a", "split", "greeting=short"))
        made.app.engine.post(SurveyAnswered(caller, "main", "after", "solved", "solved", 1))
        text = made.app.prometheus.render().decode()
    for line in (
        "cti_flow_calls 1.0",
        "cti_flow_version 1.0",
        'cti_flow_splits_total{flow="main",share="short",split="greeting"} 1.0',
        'cti_survey_answers_total{question="solved",score="1",survey="after"} 1.0',
        'cti_lookup_resting{system="shop"} 0.0',
    ):
        assert f"{line}\n" in text
