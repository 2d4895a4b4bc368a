"""What does a test of a whole contact centre have at hand? A lab's Asterisk, phones, callers, witnesses, the engine."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests import hygiene

from .engine_process import REPOSITORY, EngineProcess
from .phones import Call, Desk
from .waiting import PATIENCE_S, until
from .witness import Witness

LAB = REPOSITORY / "asterisk" / "lab"
LAB_TIMEOUT_S = 180.0
NO_ASTERISK_EXIT = 3
CALLERS_PER_TRUNK = 4
CALLER_PREFIX = "493000"
WORLD_TRUNK = 3  # of 0 to 3; the callers come by the first two, crowds by the third


class NoAsterisk(Exception):
    """No real Asterisk can be had on this machine."""


class Lab:
    """The nodes, started and ended by the command that people use."""

    def __init__(self, folder: Path, *words: str) -> None:
        self.folder = folder
        self.descriptor: dict[str, Any] = self._run("up", *words, "--base", "auto", "--with-parent", str(os.getpid()))

    @property
    def base(self) -> str:
        return str(self.descriptor["base"])

    @property
    def nodes(self) -> list[dict[str, Any]]:
        return list(self.descriptor["nodes"])

    @property
    def engine(self) -> str:
        """host:port where Asterisk looks for the engine's FastAGI."""
        return str(self.descriptor["engines"][0])

    def _run(self, command: str, *words: str) -> Any:
        done = subprocess.run(
            [str(LAB), "--json", command, *words, "--dir", str(self.folder)],
            capture_output=True,
            text=True,
            timeout=LAB_TIMEOUT_S,
            check=False,
        )
        if done.returncode == NO_ASTERISK_EXIT:
            raise NoAsterisk(done.stderr.strip().splitlines()[-1] if done.stderr.strip() else "no reason given")
        assert done.returncode == 0, f"asterisk/lab {command}: {done.stderr[-2000:]}"
        return json.loads(done.stdout) if done.stdout.strip() else None

    def picture(self) -> str:
        """Whether each node still runs, and its last words, for the report of a failure."""
        lines = []
        for node in self.nodes:
            alive = Path(f"/proc/{node['pid']}").exists()
            lines.append(f"{node['name']}: {'runs' if alive else 'IS DEAD'}")
            for name in ("output.log", "messages.log"):
                file = Path(node["log_dir"]) / name
                lines += file.read_text(errors="replace").splitlines()[-5:] if file.exists() else []
            if alive:
                done = subprocess.run(
                    [str(LAB), "cli", "--dir", str(self.folder), node["name"], "core", "show", "channels", "concise"],
                    capture_output=True,
                    text=True,
                    timeout=LAB_TIMEOUT_S,
                    check=False,
                )
                lines.append(done.stdout)
        return "\n".join(lines)

    def restart(self, node: str) -> None:
        """`core restart now`; returns when the node is ready again."""
        self._run("restart", node)

    def start(self, node: str) -> None:
        """A node that was killed runs again; returns when it is ready."""
        nodes = self.descriptor["nodes"]
        place = next(index for index, row in enumerate(nodes) if row["name"] == node)
        nodes[place] = self._run("start", node)

    def down(self) -> None:
        self._run("down")


def settings(
    lab: Lab, queues: Mapping[str, Any], agents: Mapping[str, Any], on_nodes: int = 1, **more: Any
) -> dict[str, Any]:
    """The content of center.yaml: number 6001 is the first queue, 6002 the second, ..."""
    used = lab.nodes[:on_nodes]
    return {
        "nodes": {
            node["name"]: {
                "host": node["host"],
                "port": node["ami_port"],
                "username": node["ami_user"],
                "secret": node["ami_secret"],
            }
            for node in used
        },
        "fastagi": {"listen": lab.engine, "token": used[0]["agi_token"]},
        "http": {"listen": f"{lab.base}.100:8470"},
        "callback_spool": used[0]["callback_spool_dir"],
        "queues": {name: dict(queue) for name, queue in queues.items()},
        "agents": {name: dict(agent) for name, agent in agents.items()},
        "entries": {str(6001 + i): {"queue": name} for i, name in enumerate(queues)},
        "settle_s": 0,
        **more,
    }


def agent(number: str, *queues: str, starts: str = "available", **more: Any) -> dict[str, Any]:
    """One agent of center.yaml."""
    return {"phone": f"PJSIP/{number}", "queues": list(queues), "starts": starts, **more}


class Centre:
    """Everything of one test session; `open` begins a test's engine, `clear` leaves nothing behind."""

    def __init__(self, lab: Lab, folder: Path) -> None:
        self.lab, self.folder = lab, folder
        self.witnesses = [Witness(node) for node in lab.nodes]
        self._phones: dict[str, Desk] = {}
        self._trunks: dict[int, Desk] = {}
        self.engines: list[EngineProcess] = []

    @property
    def engine(self) -> EngineProcess:
        return self.engines[-1]

    @property
    def witness(self) -> Witness:
        return self.witnesses[0]

    # --- the engine -------------------------------------------------------------------------------------------------

    def open(
        self, folder: Path, queues: Mapping[str, Any], agents: Mapping[str, Any], on_nodes: int = 1, **more: Any
    ) -> EngineProcess:
        """Write the file and start the engine on it."""
        engine = EngineProcess(folder, settings(self.lab, queues, agents, on_nodes, **more))
        self.engines.append(engine)
        return engine.start()

    def clear(self) -> None:
        """End every call and engine, and see that Asterisk is empty."""
        self._hang_up_all()
        for engine in self.engines:
            engine.stop()
        self.tidy()
        leaks = hygiene.personal_in_logs(engine.log for engine in self.engines)
        self.engines.clear()
        for node in self.lab.nodes:
            for left in Path(node["callback_spool_dir"]).glob("*.json"):
                left.unlink()
        assert not leaks, f"something of a person in the engine's log: {leaks[:20]}"

    def tidy(self) -> None:
        """End every call, and see that Asterisk is empty; the engine goes on."""
        desks = self._hang_up_all()
        for witness in self.witnesses:
            until(lambda w=witness: not w.channels(), f"no channel left on {witness.node['name']}")  # type: ignore[misc]
            witness.forget()
        for desk in desks:
            desk.forget()

    def _hang_up_all(self) -> tuple[Desk, ...]:
        desks = (*self._trunks.values(), *self._phones.values())  # callers first: an agent set free would be rung again
        for desk in desks:
            desk.hang_up_all()
        return desks

    def close(self) -> None:
        desks = (*self._phones.values(), *self._trunks.values())
        for desk in desks:
            desk.leave()  # all at once: each needs a second to go
        for desk in desks:
            desk.stop()
        for witness in self.witnesses:
            witness.close()

    # --- the phones -------------------------------------------------------------------------------------------------

    def phone(self, number: str) -> Desk:
        """The agent's desk, registered at every node; a process of its own."""
        if number not in self._phones:
            account = next(a for a in self.lab.descriptor["agents"] if a["number"] == number)
            desk = Desk(f"{self.lab.base}.200", 5000 + int(number) % 1000, self.folder / f"phone-{number}.log")
            exchanges = {node["name"]: f"{node['host']}:{node['sip_port']}" for node in self.lab.nodes}
            desk.start(
                [
                    {
                        "name": f"{number}@{name}",
                        "uri": f"sip:{number}@{exchange}",
                        "exchange": exchange,
                        "user": number,
                        "password": account["password"],
                    }
                    for name, exchange in exchanges.items()
                ]
            )
            self._phones[number] = desk
        return self._phones[number]

    def phones(self, *numbers: str) -> list[Desk]:
        return [self.phone(number) for number in numbers]

    def phones_picture(self) -> str:
        """What every phone believes, for the report of a failure."""
        desks = (*self._phones.values(), *self._trunks.values())
        return "\n".join(f"{call} errors: {desk.errors}" for desk in desks for call in desk.calls.values())

    def rings(self, number: str, timeout_s: float = PATIENCE_S) -> Call:
        """Wait for the agent's phone to ring."""
        return self.phone(number).ringing(timeout_s=timeout_s)

    def dial(self, number: str, code: str) -> Call:
        """The agent dials from his own phone."""
        return self.phone(number).call(f"{number}@node1", code)

    def restarted(self, node: str) -> None:
        """A node forgot its phones and calls: let go of what they still believe, and register again."""
        exchange = next(f"{n['host']}:{n['sip_port']}" for n in self.lab.nodes if n["name"] == node)
        for desk in (*self._phones.values(), *self._trunks.values()):
            for call in list(desk.calls.values()):
                if desk.hosts[call.line] == exchange and not call.over:
                    call.hangup()
        for number, desk in self._phones.items():
            desk.register(f"{number}@{node}", False)
            desk.register(f"{number}@{node}", True)

    # --- the callers ------------------------------------------------------------------------------------------------

    def call(self, dialled: str = "6001", caller: int = 1, node: int = 1, *, wait: bool = True) -> Call:
        """Caller number `caller` (1..8; his number is `number_of(caller)`) dials; he is heard when this returns."""
        trunk, _ = divmod(caller - 1, CALLERS_PER_TRUNK)
        if trunk not in self._trunks:
            self._trunks[trunk] = self._start_trunk(trunk)
        call = self._trunks[trunk].call(f"{number_of(caller)}@node{node}", dialled)
        return call.wait("confirmed") if wait else call

    def _start_trunk(self, trunk: int) -> Desk:
        address = self.lab.descriptor["trunks"][trunk]["identify_ip"]
        desk = Desk(address, 5060, self.folder / f"trunk-{trunk + 1}.log")
        numbers = [number_of(trunk * CALLERS_PER_TRUNK + i + 1) for i in range(CALLERS_PER_TRUNK)]
        desk.start(
            [
                {
                    "name": f"{number}@{node['name']}",
                    "uri": f"sip:{number}@{address}",
                    "exchange": f"{node['host']}:{node['sip_port']}",
                }
                for number in numbers
                for node in self.lab.nodes
            ]
        )
        return desk

    @property
    def world(self) -> Desk:
        """Whom we call: behind trunk 4, one line (`line_of_the_world`) answers for every number."""
        if WORLD_TRUNK not in self._trunks:
            self._trunks[WORLD_TRUNK] = self._start_trunk(WORLD_TRUNK)
        return self._trunks[WORLD_TRUNK]

    @property
    def line_of_the_world(self) -> str:
        """By its name; what `auto` and `voice` say of it holds for everybody whom node1 calls."""
        return f"{number_of(WORLD_TRUNK * CALLERS_PER_TRUNK + 1)}@node1"

    def queued(self, dialled: str = "6001", caller: int = 1, queue: str = "sales") -> Call:
        """As `call`, and he stands in the line when this returns."""
        call = self.call(dialled, caller)
        until(lambda: number_of(caller) in self.engine.waiting(queue), f"caller {caller} waits in {queue}")
        return call

    # --- what the engine believes -----------------------------------------------------------------------------------

    def until_agent(self, name: str, timeout_s: float = PATIENCE_S, **expected: Any) -> None:
        """Wait until the agent's row shows what is expected."""
        wanted = {key: str(value) for key, value in expected.items()}

        def as_expected() -> bool:
            row = self.engine.agent(name)
            return all(str(row[key]) == value for key, value in wanted.items())

        try:
            until(as_expected, f"{name} {wanted}", timeout_s)
        except AssertionError as error:
            raise AssertionError(f"{error}; there is: {self.engine.agent(name)}") from None

    def until_no_calls(self) -> None:
        """Nothing left in the engine, nothing wrong in its books."""
        until(lambda: not self.engine.part("calls"), "no call left in the engine")
        status = self.engine.part("status")
        assert status["bugs"] == 0 and status["inconsistent"] == 0, status
        for queue in self.engine.part("queues"):
            ended = sum(
                queue[how]
                for how in (
                    "answered",
                    "abandoned",
                    "timed_out",
                    "key_exit",
                    "overflowed",
                    "merged",
                    "withdrawn",
                    "moved",
                    "lost",
                )
            )
            assert ended + queue["waiting"] == queue["offered"], queue
            assert queue["lost"] == 0, queue


def number_of(caller: int) -> str:
    return f"{CALLER_PREFIX}{caller:03d}"
