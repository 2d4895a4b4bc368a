"""What do the pages' tests look at? An engine with pages, campaigns and flows, on a simulated switch that speaks AMI.

`python -m tests.web.stage` opens the same for a person, until Ctrl-C; SECONDS_OPEN ends it by itself.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from cti.demo.ports import free_ports

REPOSITORY = Path(__file__).resolve().parents[2]
HOST = "127.0.0.1"
START_TIMEOUT_S, STOP_TIMEOUT_S = 90.0, 10.0
AGENTS = ("anna", "ben", "chen", "dora", "emil", "fang")
QUEUES = ("sales", "support")
RESULTS = {"sale": "Sale", "later": "Wants to think", "none": "No sale"}


class Stage(NamedTuple):
    """An engine that is up. `password`: of its first administrator, `admin`. `issuer`: the OpenID Connect provider that
    it is told of; whoever wants one opens it there."""

    address: str
    issuer: str
    password: str
    file: Path
    folder: Path
    processes: contextlib.ExitStack

    @contextlib.contextmanager
    def without_engine(self) -> Iterator[None]:
        """The engine is ended; behind it another one is up at the same address."""
        self.processes.close()
        try:
            yield
        finally:
            self.processes.enter_context(_engine(self.file, self.folder, self.address))

    def cti(self, *words: str) -> str:
        """What a command prints. Raises CalledProcessError."""
        argv = [sys.executable, "-m", "cti", *words]
        environ = {**_environ(), "CTI_CONFIG": str(self.file), "CTI_CONTROL": str(self.folder / "cti.ctl")}
        return subprocess.run(argv, cwd=REPOSITORY, env=environ, check=True, capture_output=True, text=True).stdout


@contextlib.contextmanager
def open_stage(folder: Path, *, seed: int = 7, calls_per_minute: float = 20.0) -> Iterator[Stage]:
    """Start simulator and engine, and end them."""
    ami, agi, http, web, provider = free_ports(5)
    secret, token = secrets.token_hex(8), secrets.token_hex(8)
    file = folder / "center.yaml"
    issuer = f"http://{HOST}:{provider}"
    told = centre(folder, ami, agi, http, web, secret, token)
    told["web"]["oidc"] = {"issuer": issuer, "client": "cti", "name": "Acme"}
    file.write_text(yaml.safe_dump(told, sort_keys=False))
    sim = [sys.executable, "-m", "cti.sim", "--ami", f"{HOST}:{ami}", "--agi", f"{HOST}:{agi}", "--secret", secret]
    sim += ["--token", token, "--seed", str(seed), "--agents", str(len(AGENTS)), "--numbers", "6001,6002"]
    sim += ["--calls-per-minute", str(calls_per_minute)]
    address, kept = f"http://{HOST}:{web}", folder / "state" / "first-admin-password"
    with _process(sim, folder / "sim.log"), contextlib.ExitStack() as processes:
        processes.enter_context(_engine(file, folder, address))
        yield Stage(address, issuer, kept.read_text().strip(), file, folder, processes)


@contextlib.contextmanager
def _engine(file: Path, folder: Path, address: str) -> Iterator[None]:
    with _process([sys.executable, "-m", "cti", "run", str(file)], folder / "engine.log"):
        _wait(f"{address}/api/v1/me", folder / "state" / "first-admin-password", folder / "engine.log")
        yield


def centre(folder: Path, ami: int, agi: int, http: int, web: int, secret: str, token: str) -> dict[str, Any]:
    """The configuration: two queues, six agents, three campaigns of a morning in Berlin that never ends."""
    always = {"weekly": {"mon-sun": "00:00-24:00"}}
    campaign = {"queue": "sales", "caller_ids": "main", "window": always, "regulation": "none"}
    return {
        "name": "Stage",
        "nodes": {"node1": {"host": HOST, "port": ami, "secret": secret}},
        "fastagi": {"listen": f"{HOST}:{agi}", "token": token},
        "http": {"listen": f"{HOST}:{http}"},
        "web": {"listen": f"{HOST}:{web}"},
        "state_dir": str(folder / "state"),
        "control": str(folder / "cti.ctl"),
        "queue_log": str(folder / "queue_log"),
        "settle_s": 0,
        "queues": {name: {"target_s": 20, "wrap_up_s": 3, "dispositions": dict(RESULTS)} for name in QUEUES},
        "agents": {
            name: {"name": name.title(), "phone": f"PJSIP/{1001 + n}", "queues": list(QUEUES), "groups": ["day"]}
            for n, name in enumerate(AGENTS)
        },
        "entries": {"6001": {"queue": "sales"}, "6002": {"queue": "support"}, "6003": {"flow": "main"}},
        "outbound": {
            "zone": "Europe/Berlin",
            "region": "DE",
            "suppose_zone": "Europe/Berlin",
            "trunks": {"carrier": {"dial": "PJSIP/{number}@carrier", "lines": 20, "calls_per_s": 5}},
            "caller_ids": {"main": {"numbers": ["+493012345"]}},
        },
        "campaigns": {
            "spring": {"mode": "progressive", **campaign},
            "renewals": {"mode": "power", "ratio": 1.5, **campaign},
            "winter": {"mode": "progressive", **campaign},
        },
        "flows": {"folder": str(_flows(folder))},
    }


def _flows(folder: Path) -> Path:
    place = folder / "flows"
    place.mkdir(exist_ok=True)
    (place / "main.yaml").write_text(FLOW, encoding="utf-8")
    return place


FLOW = """\
name: main
start: greeting
languages: [en]
on: {failed: hangup, error: hangup}
nodes:
  greeting: {play: {en: Welcome.}, then: choice}
  choice:
    menu: {en: "Press 1 for sales, 2 for support."}
    keys: {"1": sales, "2": support}
  sales: {queue: sales, then: hangup}
  support: {queue: support, then: hangup}
"""


def write_list(place: Path, rows: int = 40) -> Path:
    """A list as somebody's spreadsheet may write it: some rows cannot be taken."""
    names = ["Nr;Name;Telefon;shop"]
    names += [f"{n};Kunde {n};+4930{5550000 + n};{n % 3}" for n in range(1, rows - 3)]
    names += ["91;Zweimal;+49305550001;1", "92;Kurz;12;1", "93;Ohne;;1"]
    place.write_text("\n".join(names) + "\n", encoding="utf-8")
    return place


@contextlib.contextmanager
def _process(argv: list[str], log: Path) -> Iterator[None]:
    with log.open("ab") as out:
        process = subprocess.Popen(
            argv, cwd=REPOSITORY, env=_environ(), stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT
        )
    try:
        yield
    finally:
        process.terminate()
        try:
            process.wait(STOP_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _environ() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(REPOSITORY)}


def _wait(address: str, password: Path, log: Path) -> None:
    end = time.monotonic() + START_TIMEOUT_S
    while time.monotonic() < end:
        with contextlib.suppress(OSError):
            try:
                urllib.request.urlopen(address, timeout=2)
            except urllib.error.HTTPError as answer:
                if answer.code == 401 and password.exists():
                    return
        time.sleep(0.1)
    raise TimeoutError(f"the engine did not come up:\n{log.read_text(errors='replace')[-3000:]}")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="cti-stage-") as made, open_stage(Path(made)) as stage:
        print(f"{stage.address}  admin  {stage.password}", flush=True)
        with contextlib.suppress(KeyboardInterrupt):
            time.sleep(float(os.environ.get("SECONDS_OPEN", "3600")))
