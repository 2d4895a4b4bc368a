"""Does a real Prometheus read a running engine, and do our alerts and our dashboard say something to it?"""

from __future__ import annotations

import asyncio
import json
import os
import re
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import yaml

from tests.running import HOST, Running
from tests.valkey import free_port

sys.path.insert(0, str(Path(__file__).parents[1] / "asterisk"))

from labkit.errors import CannotBeHad  # the folder has to be on the path first
from labkit.prometheus import find_prometheus

pytestmark = pytest.mark.contract

DOCS = Path(__file__).parents[1] / "docs"
SOON_S = 20.0
POLICY: dict[str, Any] = {
    "queues": {"sales": {"target_s": 20}, "support": {}},
    "agents": {"anna": {"phone": "PJSIP/1001", "queues": ["sales"]}},
    "entries": {"6001": {"queue": "sales"}},
}


@pytest.fixture(scope="module")
def programs() -> tuple[list[str], list[str]]:
    try:
        return find_prometheus()
    except CannotBeHad as reason:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip(f"NO PROMETHEUS: {reason}")


class Watching:
    """A Prometheus that reads the engine five times a second."""

    def __init__(self, address: str) -> None:
        self.address = address

    async def ask(self, path: str, **asked: str) -> Any:
        async with (
            aiohttp.ClientSession() as session,
            session.get(f"http://{self.address}/api/v1/{path}", params=asked) as answer,
        ):
            found = await answer.json()
            assert found["status"] == "success", (asked, found)
            return found["data"]

    async def value(self, query: str) -> float | None:
        found = (await self.ask("query", query=query))["result"]
        return float(found[0]["value"][1]) if found else None

    async def until(self, query: str, right: Callable[[float | None], bool]) -> float | None:
        deadline = asyncio.get_running_loop().time() + SOON_S
        while not right(found := await self.value(query)):
            assert asyncio.get_running_loop().time() < deadline, (query, found)
            await asyncio.sleep(0.1)
        return found


@pytest.fixture
async def running(tmp_path: Path) -> AsyncIterator[Running]:
    made = Running(tmp_path)
    made.write(POLICY, http={"listen": f"{HOST}:{free_port()}"})
    async with made.start():
        yield made


@pytest.fixture
async def watching(running: Running, programs: tuple[list[str], list[str]], tmp_path: Path) -> AsyncIterator[Watching]:
    engine = str(running.app.settings.http.listen)
    own = f"{HOST}:{free_port()}"
    file = tmp_path / "prometheus.yml"
    jobs = [{"job_name": "cti", "static_configs": [{"targets": [engine]}]}]
    told = {"global": {"scrape_interval": "200ms", "evaluation_interval": "200ms"}, "scrape_configs": jobs}
    file.write_text(yaml.safe_dump({**told, "rule_files": [str(DOCS / "alerts.yml")]}))
    words = [f"--config.file={file}", f"--storage.tsdb.path={tmp_path}/tsdb", f"--web.listen-address={own}"]
    process = await asyncio.create_subprocess_exec(
        *programs[0], *words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        deadline = asyncio.get_running_loop().time() + SOON_S
        while True:
            try:
                await Watching(own).ask("status/buildinfo")
                break
            except (aiohttp.ClientError, AssertionError):
                assert process.returncode is None
                assert asyncio.get_running_loop().time() < deadline
                await asyncio.sleep(0.1)
        yield Watching(own)
    finally:
        process.terminate()
        await process.wait()


def test_the_rules_load(programs: tuple[list[str], list[str]]) -> None:
    done = subprocess.run([*programs[1], "check", "rules", DOCS / "alerts.yml"], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_alerts_of_nodes_speak_when_they_are_to(programs: tuple[list[str], list[str]]) -> None:
    cases = Path(__file__).parent / "alerts_of_nodes.yml"
    done = subprocess.run([*programs[1], "test", "rules", cases], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


async def test_what_the_engine_says_is_what_prometheus_answers(running: Running, watching: Watching) -> None:
    await watching.until('up{job="cti"}', lambda up: up == 1)
    assert await watching.value('cti_queue_waiting{queue="sales"}') == 0
    running.caller()
    running.caller()
    assert await watching.until('cti_queue_waiting{queue="sales"}', lambda found: found != 0) in (1, 2)
    await watching.until('cti_queue_waiting{queue="sales"}', lambda found: found == 2)
    assert await watching.value('cti_queue_target_seconds{queue="sales"}') == 20
    _, told = await running.ask("GET", "/v1/queues")
    assert {row["name"]: row["waiting"] for row in told["queues"]} == {"sales": 2, "support": 0}
    assert {row["name"]: row["today"]["waiting"] for row in told["queues"]} == {"sales": 2, "support": 0}
    found = await watching.until('count(ALERTS{alertname="CtiNobodyAvailable"})', lambda count: count == 1)
    assert found == 1, "two wait, and nobody is there"
    groups = (await watching.ask("rules"))["groups"]
    assert {rule["health"] for group in groups for rule in group["rules"]} == {"ok"}
    dashboard = json.loads((DOCS / "grafana" / "cti.json").read_text())
    for panel in dashboard["panels"]:
        for target in panel["targets"]:
            query = target["expr"].replace("$queue", ".*").replace("$__rate_interval", "1m")
            await watching.ask("query", query=query)
    names = set(await watching.ask("label/__name__/values"))
    used = set(re.findall(r"\bcti_[a-z_]+", json.dumps(dashboard["panels"])))
    firsts = {"cti_ami_events_total", "cti_reconcile_corrections_total"}
    campaigns = {"cti_dialer_abandon_ratio", "cti_dialer_abandon_cap_ratio"}
    assert used - names <= firsts | campaigns, "these begin with the first of them"
