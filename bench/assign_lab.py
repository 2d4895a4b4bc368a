"""What runs on this machine during the benchmark: one Asterisk for all sides, and one engine at a time.

Starts and ends processes, writes their configuration, reads their CPU time. Knows nothing of callers or figures.
"""

from __future__ import annotations

import ctypes
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.assign_figures import cpu_s
from bench.phones import Addresses

REPOSITORY = Path(__file__).resolve().parent.parent
LAB = REPOSITORY / "asterisk" / "lab"
READY_S = 30.0
RING_TIMEOUT_S = 20
PHONES_PORT, TRUNK_PORT, FASTAGI_PORT, HTTP_PORT = 5060, 5062, 4573, 8470
PR_SET_PDEATHSIG = 1  # linux/prctl.h
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

    def cpu_s(self, engine: subprocess.Popen[bytes] | None) -> tuple[float, float]:
        """CPU seconds so far of Asterisk and of the engine (0 where Asterisk itself is the engine)."""
        return _process_cpu_s(self.node["pid"]), _process_cpu_s(engine.pid) if engine else 0.0

    def console(self, *words: str) -> str:
        """The output of an Asterisk console command."""
        return _run_lab(self.folder, "cli", "1", *words)


def _process_cpu_s(pid: int) -> float:
    return cpu_s(Path(f"/proc/{pid}/stat").read_text(), os.sysconf("SC_CLK_TCK"))


def _run_lab(folder: Path, *words: str) -> str:
    done = subprocess.run([str(LAB), "--dir", str(folder), *words], stdout=subprocess.PIPE, text=True, timeout=300)
    if done.returncode:
        raise SystemExit(done.returncode)  # the lab has said why on stderr
    return done.stdout


@contextmanager
def lab(folder: Path, base: str, agents: int) -> Iterator[Bench]:
    """An Asterisk with the agents' phones, two app_queues and the floor's numbers, for the length of a block."""
    options = ["--base", base, "--agents", str(agents), "--agent-contact", f"{{base}}.200:{PHONES_PORT}"]
    options += ["--silent-moh", "--app-queue", "--json", "--with-parent", str(os.getpid())]
    try:
        bench = Bench(json.loads(_run_lab(folder, "up", "1", *options)), folder)
        _add_other_sides(bench)
        _silence(bench)
        yield bench
    finally:
        _run_lab(folder, "down")


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
    """Music that sends nothing still wakes each waiting channel 50 times a second, by Asterisk's timing source.

    That is one core for 1,000 callers [measured], the same on every side, and would be all that is seen. Without a
    timing source nothing ticks; queues, FastAGI, Dial and bridges of two do not need one.
    """
    modules = Path(bench.node["config_dir"]) / "modules.conf"
    with modules.open("a") as file:
        file.write("\nnoload = res_timing_timerfd.so\nnoload = res_timing_pthread.so\n")
    _run_lab(bench.folder, "restart", "1")
    if "bench2" not in bench.console("queue", "show"):
        raise SystemExit("Asterisk did not take the second queue")


@contextmanager
def engine_of(side: str, bench: Bench) -> Iterator[subprocess.Popen[bytes] | None]:
    """The side's engine process, ready for callers; None for app_queue, which is a part of Asterisk."""
    if side == "app_queue":
        yield None
        return
    log = bench.folder / f"{side}.log"
    environment = {**os.environ, "CTI_AMI_SECRET": bench.node["ami_secret"], "CTI_AGI_TOKEN": bench.node["agi_token"]}
    with log.open("ab") as output:
        process = subprocess.Popen(
            _command(side, bench), stdin=subprocess.DEVNULL, stdout=output, stderr=output, cwd=REPOSITORY,
            env=environment, start_new_session=True, preexec_fn=_end_with_parent,
        )  # fmt: skip
    try:
        _wait_ready(side, bench, process, log)
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(8.0)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _end_with_parent() -> None:
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def _command(side: str, bench: Bench) -> list[str]:
    listen, agents = f"{bench.engine_host}:{FASTAGI_PORT}", bench.addresses.agents
    if side == "floor":
        return [sys.executable, "-m", "bench.floor", "--listen", listen, "--phones", f"{agents[0]}-{agents[-1]}"]
    state = bench.folder / "engine"
    shutil.rmtree(state, ignore_errors=True)  # what an earlier block left: every block starts alike
    file = bench.folder / "center.json"
    file.write_text(json.dumps(_center(bench, state), indent=1))  # JSON is YAML
    return [sys.executable, "-m", "cti", "run", str(file)]


def _center(bench: Bench, state: Path) -> dict[str, Any]:
    """The same centre as app_queue's: two queues of equal target, every agent in both, no wrap-up."""
    queue = {"target_s": 20, "ring_timeout_s": RING_TIMEOUT_S, "wrap_up_s": 0}
    node = bench.node
    return {
        "name": "bench",
        "nodes": {
            node["name"]: {
                "host": node["host"],
                "port": node["ami_port"],
                "username": node["ami_user"],
                "secret_env": "CTI_AMI_SECRET",
            }
        },
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


def _wait_ready(side: str, bench: Bench, process: subprocess.Popen[bytes], log: Path) -> None:
    until, missing = time.monotonic() + READY_S, ""
    while time.monotonic() < until and process.poll() is None:
        missing = "" if side == "floor" else _not_ready(bench)
        if not missing and _listens(bench.engine_host, FASTAGI_PORT):
            return
        time.sleep(0.05)
    raise SystemExit(f"{side} did not become ready ({missing}); its log ends with\n{log.read_text()[-2000:]}")


def _listens(host: str, port: int) -> bool:
    """Looks, and does not connect: a probe would be a session of the engine that is measured."""
    octets = [int(octet) for octet in host.split(".")]
    wanted = "".join(f"{octet:02X}" for octet in reversed(octets)) + f":{port:04X}"
    return re.search(rf" {wanted} \S+ 0A ", Path("/proc/net/tcp").read_text()) is not None


def _not_ready(bench: Bench) -> str:
    """What /readyz says is missing; nothing where it is ready."""
    try:
        with urllib.request.urlopen(f"http://{bench.engine_host}:{HTTP_PORT}/readyz", timeout=2.0):
            return ""
    except urllib.error.HTTPError as refused:
        return refused.read().decode(errors="replace")[:500]
    except OSError as problem:
        return type(problem).__name__
