"""What runs on this machine during bench.load? Several Asterisks and one engine, started, read and ended.

Knows no callers and no figures. What the engine has written is read from its database, as it stands there.
"""

from __future__ import annotations

import asyncio
import json
import os
import sqlite3
import sys
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Any

from bench.asterisk_lab import not_ready, run_lab, without_timing
from bench.load_books import Contact, Fact
from bench.load_people import PHONES_PORT
from bench.load_plan import FIRST_QUEUE, QUEUES, TRUNKS, Plan
from cti.demo.children import Child

REPOSITORY = Path(__file__).resolve().parent.parent
HTTP_PORT = 8470
RETRY_S = 60  # the fallback starts a program for each caller: on the machine that is measured it would end everything
READY_S, END_S, WRITTEN_S = 60.0, 30.0, 60.0
# What the engine never hears is not made: a filter only keeps back what Asterisk has already put together.
DISABLED = (
    "AGIExecEnd,AGIExecStart,BridgeCreate,BridgeDestroy,BridgeEnter,BridgeLeave,ChannelTalkingStart,ChannelTalkingStop,"
    "DeviceStateChange,DialState,ExtensionStatus,HangupRequest,LocalBridge,MusicOnHoldStart,MusicOnHoldStop,"
    "NewAccountCode,NewCallerid,NewConnectedLine,NewExten,Newexten,Newstate,RTCPReceived,RTCPSent,SoftHangupRequest,"
    "UserEvent,VarSet"
)


class Nodes:
    """The Asterisks of one run, in `folder`."""

    def __init__(self, plan: Plan, folder: Path) -> None:
        self._plan, self._folder = plan, folder
        self.lab: dict[str, Any] = {}

    def __enter__(self) -> Nodes:
        words = ["up", str(self._plan.nodes), "--agents", str(self._plan.agents), "--trunks", str(TRUNKS)]
        words += ["--agent-contact", f"{{base}}.200:{PHONES_PORT}", "--silent-moh", "--with-parent", str(os.getpid())]
        words += ["--retry", str(RETRY_S)]
        try:
            self.lab = json.loads(self._run("--json", *words))
            self._silence()
        except BaseException:
            self._run("down")
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._run("down")

    def _silence(self) -> None:
        """No timing source, and no events that nobody hears."""
        for node in self.lab["nodes"]:
            without_timing(node)
            manager = Path(node["config_dir"]) / "manager.conf"
            manager.write_text(manager.read_text().replace("#tryinclude", f"disabledevents = {DISABLED}\n#tryinclude"))
            self._run("restart", node["name"])

    def _run(self, *words: str) -> str:
        return run_lab(self._folder / "lab", *words)


def centre(plan: Plan, lab: Mapping[str, Any], folder: Path) -> dict[str, Any]:
    """The engine's configuration: queues of equal rank in one chain of agents, who are there from the start."""
    engine = f"{lab['base']}.100"
    return {
        "name": "load",
        "nodes": {
            node["name"]: {
                "host": node["host"],
                "port": node["ami_port"],
                "username": node["ami_user"],
                "secret": node["ami_secret"],
            }
            for node in lab["nodes"]
        },
        "fastagi": {"listen": lab["engines"][0], "token": lab["agi_token"]},
        "http": {"listen": f"{engine}:{HTTP_PORT}"},
        "state_dir": str(folder / "state"),
        "control": str(folder / "cti.ctl"),
        "queue_log": str(folder / "queue_log"),
        "queues": {f"q{number}": {"target_s": 20, "wrap_up_s": 0, "ring_timeout_s": 30} for number in range(QUEUES)},
        "agents": {
            name: {"phone": f"PJSIP/{row['number']}", "queues": list(queues), "starts": "available"}
            for (name, queues), row in zip(staff(plan).items(), lab["agents"], strict=True)
        },
        "entries": {str(FIRST_QUEUE + number): {"queue": f"q{number}"} for number in range(QUEUES)},
    }


def staff(plan: Plan) -> dict[str, tuple[str, ...]]:
    """Names of agents, and of their queues."""
    return {f"a{1001 + k}": tuple(f"q{number}" for number in plan.queues_of(k)) for k in range(plan.agents)}


class RunningEngine:
    """`cti run`, a process of its own, and what it has written."""

    def __init__(self, child: Child, folder: Path, http: str) -> None:
        self._child, self._folder = child, folder
        self.pid = child.process.pid
        self.metrics_url = f"http://{http}:{HTTP_PORT}/metrics"
        self._http = f"{http}:{HTTP_PORT}"

    async def until_ready(self) -> None:
        """Raises SystemExit with the end of its log where it does not come up."""
        give_up = time.monotonic() + READY_S
        while await asyncio.to_thread(not_ready, self._http):
            if not self._child.running or time.monotonic() > give_up:
                log = (self._folder / "engine.log").read_text(errors="replace")
                raise SystemExit(f"the engine did not become ready; its log ends with\n{log[-2000:]}")
            await asyncio.sleep(0.2)

    async def end(self) -> None:
        """Ask it to stop: it writes what it has not written yet."""
        await self._child.end(patience_s=END_S)

    def log_lines(self) -> list[str]:
        return (self._folder / "engine.log").read_text(errors="replace").splitlines()

    def queue_log(self) -> list[str]:
        return (self._folder / "queue_log").read_text().splitlines()

    def contacts(self) -> list[Contact]:
        """What became of each contact."""
        with closing(self._open()) as database:
            return [
                Contact(*row) for row in database.execute("SELECT contact, caller, state, outcome FROM contact_history")
            ]

    def facts(self) -> Iterator[Fact]:
        """All that was told of contacts, in order."""
        with closing(self._open()) as database:
            for contact, body in database.execute("SELECT contact, body FROM contact_fact ORDER BY id"):
                yield Fact(contact, json.loads(body))

    async def until_written(self) -> bool:
        """Whether every contact of the history has its end there, at last: it is written behind the calls."""
        give_up = time.monotonic() + WRITTEN_S
        while time.monotonic() < give_up:
            if all(contact.state == "ended" for contact in await asyncio.to_thread(self.contacts)):
                return True
            await asyncio.sleep(1.0)
        return False

    def _open(self) -> sqlite3.Connection:
        return sqlite3.connect(f"file:{self._folder / 'state' / 'cti.db'}?mode=ro", uri=True, timeout=30.0)


@asynccontextmanager
async def engine(plan: Plan, lab: Mapping[str, Any], folder: Path) -> AsyncIterator[RunningEngine]:
    """The engine, ready for callers; ended with the block."""
    file = folder / "center.json"
    file.touch(mode=0o600)
    file.write_text(json.dumps(centre(plan, lab, folder), indent=1))  # JSON is YAML
    environ = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
    argv = [sys.executable, "-m", "cti", "run", str(file)]
    child = await Child.start("engine", argv, log=folder / "engine.log", environ=environ)
    running = RunningEngine(child, folder, f"{lab['base']}.100")
    try:
        await running.until_ready()
        yield running
    finally:
        await running.end()
