"""What runs during chaos, and how is each part of it broken and mended? Two Asterisks, one engine, proxies between.

Starts, ends, freezes and starves processes that it started itself. Knows nothing of callers, schedules or judgement.
"""

from __future__ import annotations

import asyncio
import contextlib
import http.client
import os
import resource
import signal
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import sqlalchemy

from bench.chaos_books import WE_CALLED, Row
from bench.chaos_plan import Fault, Kind
from bench.stepped_clock import step, with_clock
from bench.tcp_proxy import Line, TcpProxy
from cti.store.database import open_store
from cti.store.lead_loading import LeadNumber, NewLead, add_portion, begin_list, finish_list
from tests.acceptance.centre import Lab, agent, settings
from tests.acceptance.engine_process import EngineProcess
from tests.valkey import Valkey, free_port

SELLERS = 4  # agents of the campaign; the others have the lines
AFTER_GIVING_UP_S, MIN_WAIT_S = 10.0, 5.0
LATER = {"after_s": 86_400}  # nobody is called again in a run: who is, was called twice
FAILS = ("busy", "no_answer", "congestion", "rejected", "machine", "hung_up", "abandoned", "unknown", "cancelled")
RETRY = {**dict.fromkeys(FAILS, LATER), "not_dialled": {"after_s": 2}}
ALWAYS = {"weekly": {"mon-sun": "00:00-24:00"}}
AGI_PORT, BEHIND_AGI_PORT, AMI_PORT, HTTP_PORT = 4573, 4600, 5100, 8470
ENGINE_RETRY_S = 60  # so long do callers wait for an engine: longer than anything is broken
AMI_LINES = {kind: Line[kind.name.removeprefix("AMI_")] for kind in Kind if kind.name.startswith("AMI_")}
AGI_LINES = {kind: Line[kind.name.removeprefix("AGI_")] for kind in Kind if kind.name.startswith("AGI_")}
CLOCK_STEP_S = 45.0  # forwards when it breaks, back when it is mended


class ChaosLab:
    """Everything that can break. Whoever breaks something says `mend` afterwards.

    `store`: the database of all engines; "": an SQLite file.
    """

    def __init__(self, folder: Path, nodes: int, engines: int, agents: int, seed: int, store: str = "") -> None:
        self.folder = folder
        self.lab = Lab(
            folder / "lab", str(nodes), "--agents", str(agents + SELLERS), "--trunks", "4", "--silent-moh",
            "--retry", str(ENGINE_RETRY_S), "--agent-contact", "{base}.200:5080", "--trunk-contact", "{trunk}:5060",
            "--engine", ",".join(f"{{base}}.{100 + k}:{AGI_PORT}" for k in range(engines)),
        )  # fmt: skip
        base = self.lab.base
        self.numbers = [row["number"] for row in self.lab.descriptor["agents"]]
        self.agi = [
            TcpProxy((f"{base}.{100 + k}", AGI_PORT), (f"{base}.{100 + k}", BEHIND_AGI_PORT), seed + k)
            for k in range(engines)
        ]
        self.ami = {
            node["name"]: TcpProxy((f"{base}.100", AMI_PORT + k), (node["host"], node["ami_port"]), seed + k)
            for k, node in enumerate(self.lab.nodes, 1)
        }
        self.redis = Valkey(_made(folder / "redis"), free_port()) if engines > 1 else None
        self.store = store or f"sqlite:///{folder / 'shared.db'}"
        self._books = sqlalchemy.create_engine(self.store, poolclass=sqlalchemy.NullPool)
        written = self._settings()
        self.engines = [
            EngineProcess(
                _made(folder / f"engine-{k}"), self._of_engine(written, k), with_clock(folder / f"engine-{k}" / "clock")
            )
            for k in range(engines)
        ]
        self.engine = self.engines[0]  # who owns the centre, as far as we have heard
        self._broken = self.engine
        self._limits = resource.getrlimit(resource.RLIMIT_FSIZE)

    def _settings(self) -> dict[str, Any]:
        lines, sellers = self.numbers[:-SELLERS], self.numbers[-SELLERS:]
        agents = {f"a{n}": agent(n, "sales", "support") for n in lines}
        agents |= {f"a{n}": agent(n, "selling") for n in sellers}
        quick = {"wrap_up_s": 1, "target_s": 20}
        written = settings(
            self.lab,
            {
                "sales": quick,
                "support": quick | {"callback_abandoned": {"min_wait_s": MIN_WAIT_S, "after_s": AFTER_GIVING_UP_S}},
                "selling": quick,
            },
            agents,
            len(self.lab.nodes),
            outbound={
                "region": "DE",
                "zone": "Europe/Berlin",
                "trunks": {"town": {"dial": "PJSIP/{number}@trunk3", "lines": 100, "calls_per_s": 50}},
                "callbacks": {"window": ALWAYS, "retry": RETRY, "max_attempts": 5, "ring_timeout_s": 20},
            },
            campaigns={
                "selling": {
                    "mode": "progressive",
                    "queue": "selling",
                    "window": ALWAYS,
                    "ring_timeout_s": 20,
                    "retry": RETRY,
                    "max_attempts": 5,
                }
            },
        )
        written["settle_s"] = 2.0
        for name, proxy in self.ami.items():
            written["nodes"][name] |= {"host": proxy.listen[0], "port": proxy.listen[1]}
        return written

    def _of_engine(self, written: dict[str, Any], number: int) -> dict[str, Any]:
        """The same for all but for its own addresses and files."""
        here, folder = f"{self.lab.base}.{100 + number}", self.folder / f"engine-{number}"
        own = {
            "fastagi": written["fastagi"] | {"listen": f"{here}:{BEHIND_AGI_PORT}", "advertise": f"{here}:{AGI_PORT}"},
            "http": {"listen": f"{here}:{HTTP_PORT}"},
            "store": self.store,
            "journal": str(folder / "journal"),
        }
        joined = {"redis": {"url": self.redis.url}} if self.redis is not None else {}
        return written | own | joined

    async def start(self) -> None:
        for proxy in (*self.agi, *self.ami.values()):
            await proxy.start()
        if self.redis is not None:
            await asyncio.to_thread(self.redis.start)
        for engine in self.engines:
            await asyncio.to_thread(engine.start, wait=False)

    async def stop(self) -> None:
        """Everything but the Asterisks."""
        for engine in self.engines:
            if engine.is_alive():
                os.kill(engine.pid, signal.SIGCONT)
                await asyncio.to_thread(_stopped, engine)
        for proxy in (*self.agi, *self.ami.values()):
            await proxy.close()
        if self.redis is not None:
            self.redis.stop()

    def find_owner(self) -> bool:
        """Ask who is ready: he owns the centre. Whether there is one."""
        for engine in (self.engine, *self.engines):
            if _is_ready(engine):
                self.engine = engine
                return True
        return False

    def taken_over(self) -> bool:
        """Whether another engine is ready than the one that broke."""
        others = [engine for engine in self.engines if engine is not self._broken and _is_ready(engine, 1.0)]
        self.engine = others[0] if others else self.engine
        return bool(others)

    def stands_by(self) -> bool:
        """Whether every other engine does; of one alone there is none."""
        return all(_stands_by(engine) for engine in self.engines if engine is not self.engine)

    def load_leads(self, count: int) -> None:
        """A list for the campaign; its numbers are nobody else's."""
        store, now = open_store(self.store), time.time()
        try:
            name = begin_list(store, "selling", "chaos.csv", "bench", now)
            zones = ("Europe/Berlin",)
            rows = [NewLead(row, (LeadNumber(f"+493091{row:05}", zones),)) for row in range(1, count + 1)]
            add_portion(store, name, rows, now)
            finish_list(store, name, len(rows), len(rows), {(zones[0], 5)}, now)
        finally:
            store.close()

    # --- breaking and mending ---------------------------------------------------------------------------------------

    def node(self, number: int) -> Mapping[str, Any]:
        return self.lab.nodes[number - 1]

    async def breaks(self, fault: Fault) -> None:
        """It is broken from now on."""
        kind, self._broken = fault.kind, self.engine
        if kind is Kind.ENGINE_KILL:
            await asyncio.to_thread(self._broken.kill)
        elif kind is Kind.REDIS_KILL:
            assert self.redis is not None
            await asyncio.to_thread(self.redis.stop)
        elif kind is Kind.ENGINE_STOP:
            os.kill(self._broken.pid, signal.SIGSTOP)
        elif kind is Kind.NODE_KILL:
            os.kill(self._node_pid(fault.node), signal.SIGKILL)
        elif kind is Kind.NODE_STOP:
            os.kill(self._node_pid(fault.node), signal.SIGSTOP)
        elif kind is Kind.CLOCK_STEP:
            step(self._broken.folder / "clock", CLOCK_STEP_S)
        elif kind in AMI_LINES:
            self.ami[self.node(fault.node)["name"]].turn(AMI_LINES[kind])
        elif kind in AGI_LINES:
            for proxy in self.agi:
                proxy.turn(AGI_LINES[kind])
        else:  # no file may grow: EFBIG for every write, as good as a full disk, and needs no rights
            resource.prlimit(self._broken.pid, resource.RLIMIT_FSIZE, (0, self._limits[1]))

    async def mends(self, fault: Fault) -> None:
        """It works again, as far as this can be done; everybody else has to find out."""
        kind = fault.kind
        if kind is Kind.DISK_FULL_KILL:
            await asyncio.to_thread(self._broken.kill)
        if kind in (Kind.ENGINE_KILL, Kind.DISK_FULL_KILL):
            await asyncio.to_thread(self._broken.start, wait=False)
        elif kind is Kind.REDIS_KILL:
            assert self.redis is not None
            await asyncio.to_thread(self.redis.start)
        elif kind is Kind.ENGINE_STOP:
            os.kill(self._broken.pid, signal.SIGCONT)
        elif kind is Kind.NODE_KILL:
            await asyncio.to_thread(self._start_node, fault.node)
        elif kind is Kind.NODE_STOP:
            os.kill(self._node_pid(fault.node), signal.SIGCONT)
        elif kind is Kind.CLOCK_STEP:
            step(self._broken.folder / "clock", 0.0)
        elif kind in AMI_LINES:
            self.ami[self.node(fault.node)["name"]].turn(Line.OPEN)
        elif kind in AGI_LINES:
            for proxy in self.agi:
                proxy.turn(Line.OPEN)
        elif kind is Kind.DISK_FULL:
            resource.prlimit(self._broken.pid, resource.RLIMIT_FSIZE, self._limits)

    def _node_pid(self, number: int) -> int:
        return int(self.node(number)["pid"])

    def _start_node(self, number: int) -> None:
        name = self.node(number)["name"]
        self.lab.start(name)

    # --- what the engine has written --------------------------------------------------------------------------------

    def _rows(self, query: str) -> list[tuple[Any, ...]]:
        with self._books.connect() as store:
            return [tuple(row) for row in store.execute(sqlalchemy.text(query))]

    def history(self) -> list[Row]:
        """Every contact of callers; those whom we called are told by `promises` and `attempts`."""
        query = "SELECT contact, caller, queue, state, outcome, ended_at IS NULL FROM contact_history"
        return [
            Row(str(contact), str(caller), str(queue), str(state), str(outcome), bool(is_open))
            for contact, caller, queue, state, outcome, is_open in self._rows(query)
            if not str(contact).startswith(WE_CALLED)
        ]

    def promises(self) -> list[tuple[str, str]]:
        """Number and state of every promise."""
        return [(str(a), str(b)) for a, b in self._rows("SELECT number, state FROM callback")]

    def to_be_kept(self) -> int:
        """How many promises are to be kept within this run: those that are not put off until tomorrow."""
        not_taken = self._rows("SELECT COUNT(*) FROM callback_request WHERE state = 'new'")
        return len(self.overdue()) + int(not_taken[0][0])

    def overdue(self) -> list[str]:
        """Numbers whose promise is to be kept within this run, and is open."""
        open_ones = "state IN ('promised', 'due', 'in_line', 'dialling')"
        query = f"SELECT number FROM callback WHERE {open_ones} AND due_at < {time.time() + 3600}"
        return [str(number).lstrip("+") for (number,) in self._rows(query)]

    def attempts(self) -> list[tuple[str, str, str]]:
        """Number, state and result of every attempt to call a customer."""
        return [(str(a), str(b), str(c)) for a, b, c in self._rows("SELECT number, state, result FROM attempt")]


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _is_ready(engine: EngineProcess, timeout_s: float = 5.0) -> bool:
    try:
        return engine.http("/readyz", timeout_s)[0] == 200
    except (OSError, http.client.HTTPException):
        return False


def _stands_by(engine: EngineProcess) -> bool:
    try:
        return "standby" in engine.http("/readyz")[1]
    except (OSError, http.client.HTTPException):
        return False


def _stopped(engine: EngineProcess) -> None:
    """It has had its time; one that does not stop is killed."""
    with contextlib.suppress(AssertionError):
        engine.stop()
