"""What runs on this machine during the benchmark: one Asterisk for all sides, and one engine at a time.

Starts and ends processes, writes their configuration, reads their CPU time. Knows nothing of callers or figures.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from bench.asterisk_lab import FASTAGI_PORT, HTTP_PORT, address_of, asterisks, run_lab, without_timing
from bench.engines import engine
from bench.phones import Addresses
from bench.processes import cpu_s
from bench.scraping import not_ready

RING_TIMEOUT_S = 20
PHONES_PORT, TRUNK_PORT = 5060, 5062
DIALLED = {"ours": ("6001", "6002"), "app_queue": ("7001", "7002"), "floor": ("7101", "7102")}


@dataclass(frozen=True)
class Bench:
    """The one Asterisk of a run, and where everybody is."""

    lab: dict[str, Any]
    folder: Path

    @property
    def node(self) -> dict[str, Any]:
        return dict(self.lab["nodes"][0])

    @property
    def engine_host(self) -> str:
        return f"{self.lab['base']}.100"

    @property
    def addresses(self) -> Addresses:
        host, _, port = self.lab["agents"][0]["contact"].rpartition(":")
        return Addresses(
            asterisk=(self.node["host"], self.node["sip_port"]),
            phones=(host, int(port)),
            trunks=tuple((trunk["identify_ip"], TRUNK_PORT) for trunk in self.lab["trunks"]),
            agents=tuple(agent["number"] for agent in self.lab["agents"]),
        )

    def cpu_s(self, engine: subprocess.Popen[str] | None) -> tuple[float, float]:
        """CPU seconds so far of Asterisk and of the engine (0 where Asterisk itself is the engine)."""
        return cpu_s(self.node["pid"]), cpu_s(engine.pid) if engine else 0.0

    def console(self, *words: str) -> str:
        """The output of an Asterisk console command."""
        return run_lab(self.folder, "cli", "1", *words)


@contextmanager
def lab(folder: Path, base: str, agents: int) -> Iterator[Bench]:
    """An Asterisk with the agents' phones, two app_queues and the floor's numbers, for the length of a block."""
    words = ["--base", base, "--agents", str(agents), "--agent-contact", f"{{base}}.200:{PHONES_PORT}"]
    with asterisks(folder, 1, *words, "--silent-moh", "--app-queue") as described:
        bench = Bench(described, folder)
        _add_other_sides(bench)
        _silence(bench)
        yield bench


def _add_other_sides(bench: Bench) -> None:
    """The lab has one queue of app_queue: a second one just like it, and the floor's two numbers."""
    etc = Path(bench.node["config_dir"])
    queues = etc / "queues.conf"
    text = queues.read_text()
    section = text[text.index("[bench]") :]
    queues.write_text(f"{text.rstrip()}\n\n{section.replace('[bench]', '[bench2]', 1)}")
    _, second = DIALLED["app_queue"]
    lines = ["", "[cti-inbound](+)", f"exten => {second},1,Answer(,i)", " same => n,Queue(bench2)"]
    for number in DIALLED["floor"]:
        lines += [f"exten => {number},1,Answer(,i)", f" same => n,AGI(agi://{bench.engine_host}:{FASTAGI_PORT}/floor)"]
        lines += [" same => n,Hangup()"]
    with (etc / "extensions_cti.conf").open("a") as dialplan:
        dialplan.write("\n".join(lines) + "\n")


def _silence(bench: Bench) -> None:
    """On every side alike."""
    without_timing(bench.node)
    run_lab(bench.folder, "restart", "1")
    if "bench2" not in bench.console("queue", "show"):
        raise SystemExit("Asterisk did not take the second queue")


@contextmanager
def engine_of(side: str, bench: Bench) -> Iterator[subprocess.Popen[str] | None]:
    """The side's engine process, ready for callers; None for app_queue, which is a part of Asterisk."""
    if side == "app_queue":
        yield None
        return
    secrets = {"CTI_AMI_SECRET": bench.node["ami_secret"], "CTI_AGI_TOKEN": bench.node["agi_token"]}
    missing = partial(_missing, side, bench.engine_host)
    with engine(_command(side, bench), bench.folder / f"{side}.log", missing, secrets) as process:
        yield process


def _command(side: str, bench: Bench) -> list[str]:
    listen, agents = f"{bench.engine_host}:{FASTAGI_PORT}", bench.addresses.agents
    if side == "floor":
        return ["bench.floor", "--listen", listen, "--phones", f"{agents[0]}-{agents[-1]}"]
    state = bench.folder / "engine"
    shutil.rmtree(state, ignore_errors=True)  # what an earlier block left: every block starts alike
    file = bench.folder / "center.json"
    file.write_text(json.dumps(_center(bench, state), indent=1))  # JSON is YAML
    return ["cti", "run", str(file)]


def _center(bench: Bench, state: Path) -> dict[str, Any]:
    """The same centre as app_queue's: two queues of equal target, every agent in both, no wrap-up."""
    queue = {"target_s": 20, "ring_timeout_s": RING_TIMEOUT_S, "wrap_up_s": 0}
    node = bench.node
    return {
        "name": "bench",
        "nodes": {node["name"]: {**address_of(node), "secret_env": "CTI_AMI_SECRET"}},
        "fastagi": {"listen": f"{bench.engine_host}:{FASTAGI_PORT}", "token_env": "CTI_AGI_TOKEN"},
        "http": {"listen": f"{bench.engine_host}:{HTTP_PORT}"},
        "state_dir": str(state),
        "queues": {"bench": queue, "bench2": queue},
        "agents": {
            f"a{number}": {"phone": f"PJSIP/{number}", "queues": ["bench", "bench2"], "starts": "available"}
            for number in bench.addresses.agents
        },
        "entries": dict(zip(DIALLED["ours"], ({"queue": "bench"}, {"queue": "bench2"}), strict=True)),
    }


def _missing(side: str, host: str) -> str:
    lacking = "" if side == "floor" else not_ready(f"{host}:{HTTP_PORT}")
    return lacking or ("" if _listens(host, FASTAGI_PORT) else "FastAGI does not listen")


def _listens(host: str, port: int) -> bool:
    """Looks, and does not connect: a probe would be a session of the engine that is measured."""
    octets = [int(octet) for octet in host.split(".")]
    wanted = "".join(f"{octet:02X}" for octet in reversed(octets)) + f":{port:04X}"
    return re.search(rf" {wanted} \S+ 0A ", Path("/proc/net/tcp").read_text()) is not None
