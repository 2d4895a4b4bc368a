"""What runs on this machine during bench.load? Several Asterisks and one engine, started, read and ended.

Knows no callers and no figures. What the engine has written is read from its database, as it stands there.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from bench import engines
from bench.asterisk_lab import HTTP_PORT, address_of, asterisks, run_lab, without_timing
from bench.load_books import Contact, Fact
from bench.load_people import PHONES_PORT
from bench.load_plan import FIRST_QUEUE, QUEUES, TRUNKS, Plan
from bench.scraping import not_ready
from bench.waiting import until_asked

RETRY_S = 60  # the fallback starts a program for each caller: on the machine that is measured it would end everything
READY_S, WRITTEN_S = 60.0, 60.0
# What the engine never hears is not made: a filter only keeps back what Asterisk has already put together.
DISABLED = (
    "AGIExecEnd,AGIExecStart,BridgeCreate,BridgeDestroy,BridgeEnter,BridgeLeave,ChannelTalkingStart,ChannelTalkingStop,"
    "DeviceStateChange,DialState,ExtensionStatus,HangupRequest,LocalBridge,MusicOnHoldStart,MusicOnHoldStop,"
    "NewAccountCode,NewCallerid,NewConnectedLine,NewExten,Newexten,Newstate,RTCPReceived,RTCPSent,SoftHangupRequest,"
    "UserEvent,VarSet"
)


@contextmanager
def nodes(plan: Plan, folder: Path) -> Iterator[dict[str, Any]]:
    """The Asterisks of one run, in `folder`; what `asterisk/lab up` says of them."""
    words = ["--agents", str(plan.agents), "--trunks", str(TRUNKS), "--silent-moh", "--retry", str(RETRY_S)]
    words += ["--agent-contact", f"{{base}}.200:{PHONES_PORT}"]
    with asterisks(folder / "lab", plan.nodes, *words) as lab:
        for node in lab["nodes"]:
            _silence(node)
            run_lab(folder / "lab", "restart", node["name"])
        yield lab


def _silence(node: Mapping[str, Any]) -> None:
    """No timing source, and no events that nobody hears."""
    without_timing(node)
    manager = Path(node["config_dir"]) / "manager.conf"
    manager.write_text(manager.read_text().replace("#tryinclude", f"disabledevents = {DISABLED}\n#tryinclude"))


def centre(plan: Plan, lab: Mapping[str, Any], folder: Path) -> dict[str, Any]:
    """The engine's configuration: queues of equal rank in one chain of agents, who are there from the start."""
    engine = f"{lab['base']}.100"
    return {
        "name": "load",
        "nodes": {node["name"]: {**address_of(node), "secret": node["ami_secret"]} for node in lab["nodes"]},
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

    def __init__(self, pid: int, folder: Path, http: str) -> None:
        self.pid, self.http = pid, http
        self._folder = folder

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
        return await until_asked(
            lambda: all(contact.state == "ended" for contact in self.contacts()), WRITTEN_S, look_s=1.0
        )

    def _open(self) -> sqlite3.Connection:
        return sqlite3.connect(f"file:{self._folder / 'state' / 'cti.db'}?mode=ro", uri=True, timeout=30.0)


@contextmanager
def engine(plan: Plan, lab: Mapping[str, Any], folder: Path) -> Iterator[RunningEngine]:
    """The engine, ready for callers; ended with the block. Raises SystemExit where it does not come up."""
    file = folder / "center.json"
    file.touch(mode=0o600)
    file.write_text(json.dumps(centre(plan, lab, folder), indent=1))  # JSON is YAML
    http, log = f"{lab['base']}.100:{HTTP_PORT}", folder / "engine.log"
    words, missing = ["cti", "run", str(file)], partial(not_ready, http)
    with engines.engine(words, log, missing, patience_s=READY_S) as process:
        yield RunningEngine(process.pid, folder, http)
