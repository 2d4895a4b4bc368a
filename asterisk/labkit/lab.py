"""How is a lab of N nodes started, looked at, restarted and ended? The only place that knows the lab's record.

DIR/lab.json is the record: what runs, and everything a test, a benchmark or a person needs to use it.
"""

import json
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from labkit import blocks
from labkit.errors import LabError
from labkit.fetch import fetch
from labkit.installation import Installation
from labkit.node import NodeFolder
from labkit.plan import AMI_PORT, SIP_PORT, UpOptions, node_settings, phones_of, trunks_of
from labkit.processes import Process, end_all, start_detached
from labkit.progress import say
from labkit.ready import wait_until_booted, wait_until_closed
from labkit.settings import AppQueue
from labkit.sounds import data_with_sounds

READY_TIMEOUT_S = 40.0
COMMAND_TIMEOUT_S = 15.0
SOCKET_PATH_MAX = 100  # sun_path holds 107 characters, and the file is called asterisk.ctl


class Lab:
    """The lab of one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.expanduser().resolve()
        self.record_file = self.folder / "lab.json"

    def record(self) -> dict[str, Any]:
        """The descriptor, or LabError where there is no lab."""
        try:
            return dict(json.loads(self.record_file.read_text()))
        except FileNotFoundError:
            raise LabError(f"no lab in {self.folder}; start one with `asterisk/lab up`") from None

    def is_alive(self) -> bool:
        """Whether any node of it runs."""
        return self.record_file.exists() and any(process.is_alive() for process in _processes(self.record()))

    def up(self, options: UpOptions) -> dict[str, Any]:
        """Start the nodes, wait until each is ready, and return the descriptor. Leaves nothing behind if that fails."""
        if self.is_alive():
            raise LabError(f"the lab in {self.folder} is up already; `asterisk/lab down` ends it, --dir names another")
        installation = fetch()
        if self.record_file.exists():
            self.down()
        self.folder.mkdir(parents=True, exist_ok=True)
        self.folder.chmod(0o700)  # it holds secrets
        began = time.monotonic()
        claimed = options.base == "auto"
        base = blocks.claim(self.folder, (AMI_PORT, SIP_PORT), _folder_is_alive) if claimed else options.base
        record = self._first_record(installation, options, base, claimed)
        try:
            _check_addresses(base, options.nodes)
            for number in range(1, options.nodes + 1):
                record["nodes"].append(self._start(installation, options, record, base, number))
                self._save(record)
            for node in record["nodes"]:
                _wait_ready(node)
            if options.with_parent:
                record["watcher"] = self._start_watcher(options.with_parent).record()
                self._save(record)
        except BaseException:
            self._save(record)
            self.down()
            raise
        took_s = time.monotonic() - began
        say(f"{options.nodes} node(s) of Asterisk {record['version']} ready in {took_s:.1f} s on {base}.*")
        return record

    def down(self) -> list[int]:
        """End exactly the processes that this lab started; return their pids. Logs stay."""
        if not self.record_file.exists():
            return []
        record = self.record()
        watcher = Process.from_record(record.get("watcher"))
        processes = [process for process in _processes(record) if process.is_alive()]
        end_all(processes + ([watcher] if watcher else []))
        for node in record["nodes"]:
            shutil.rmtree(node["run_dir"], ignore_errors=True)
        if record["claimed"]:
            blocks.release(record["base"], self.folder)
        self.record_file.unlink(missing_ok=True)
        return [process.pid for process in processes]

    def status(self) -> dict[str, Any]:
        """The descriptor with `alive` for each node."""
        record = self.record()
        for node in record["nodes"]:
            process = Process.from_record(node)
            node["alive"] = bool(process and process.is_alive())
        return record

    def node(self, name: str) -> dict[str, Any]:
        """One node of the descriptor by its name (node1) or number (1)."""
        nodes = {node["name"]: node for node in self.record()["nodes"]}
        found = nodes.get(name) or nodes.get(f"node{name}")
        if found is None:
            raise LabError(f"no node {name!r} here; there are: {', '.join(nodes)}")
        return dict(found)

    def cli(self, name: str, words: list[str]) -> str:
        """The output of a console command of a node."""
        node = self.node(name)
        argv = [node["program"], "-C", f"{node['config_dir']}/asterisk.conf", "-rx", " ".join(words)]
        done = subprocess.run(
            argv, capture_output=True, text=True, errors="replace", stdin=subprocess.DEVNULL, timeout=COMMAND_TIMEOUT_S
        )
        if done.returncode:
            raise LabError(f"{node['name']} did not answer: {(done.stderr or done.stdout).strip()[-300:]}")
        return done.stdout

    def restart(self, name: str, *, wait: bool = True) -> dict[str, Any]:
        """`core restart now`: every call of the node is over at once. Same pid; returns when it is ready again."""
        node = self.node(name)
        with socket.create_connection((node["host"], node["ami_port"]), timeout=5) as connection:
            self.cli(name, ["core", "restart", "now"])
            wait_until_closed(connection, 5.0)
        if wait:
            _wait_ready(node)
        return node

    def start(self, name: str) -> dict[str, Any]:
        """A node whose process has ended runs again, from the same files; returns when it is ready."""
        record = self.record()
        wanted = self.node(name)["name"]
        node = next(node for node in record["nodes"] if node["name"] == wanted)
        process = Process.from_record(node)
        if process is not None and process.is_alive():
            raise LabError(f"{wanted} runs already; `asterisk/lab restart {wanted}` starts it anew")
        node.update(_start_node(node["program"], Path(node["config_dir"]), Path(node["log_dir"])).record())
        self._save(record)
        _wait_ready(node)
        return dict(node)

    def watch(self, parent_pid: int) -> None:
        """End the lab when a process has ended. Returns too when the lab is over by itself."""
        parent = Process.of(parent_pid)
        while self.is_alive():
            if parent is None or not parent.is_alive():
                record = self.record()
                record.pop("watcher", None)  # not itself
                self._save(record)
                self.down()
                return
            time.sleep(0.5)

    def _first_record(self, installation: Installation, options: UpOptions, base: str, claimed: bool) -> dict[str, Any]:
        engines = tuple(engine.replace("{base}", base) for engine in options.engines) or (f"{base}.100:4573",)
        phones = phones_of(options, base)
        trunks = trunks_of(options, base)
        data = installation.data
        if options.sounds:
            data = data_with_sounds(data, Path(options.sounds).expanduser(), self.folder / "data")
        return {
            "dir": str(self.folder),
            "version": installation.version(),
            "base": base,
            "claimed": claimed,
            "engines": list(engines),
            "agi_token": secrets.token_hex(16),
            "nodes": [],
            "agents": [
                {"number": p.number, "password": p.password, "contact": p.contact} for p in phones if p.number[0] == "1"
            ],
            "softphones": [{"number": p.number, "password": p.password} for p in phones if p.number[0] == "2"],
            "trunks": [{"name": t.name, "identify_ip": t.identify_ip} for t in trunks],
            "app_queue_number": AppQueue().number if options.app_queue else None,
            "sipp": installation.sipp(),
            "data_dir": str(data),
            "sounds_dir": str(data / "sounds"),
            "warnings": list(_warnings()),
        }

    def _start(
        self, installation: Installation, options: UpOptions, record: dict[str, Any], base: str, number: int
    ) -> dict[str, Any]:
        name, host = f"node{number}", f"{base}.{number}"
        folder = NodeFolder(self.folder / "nodes" / name, self.folder / "nodes" / name / "run")
        if len(str(folder.run)) > SOCKET_PATH_MAX - len("/asterisk.ctl"):
            folder = replace(folder, run=Path(tempfile.mkdtemp(prefix="cti-lab-")))
        settings = node_settings(options, record, name, host, folder.spool, installation.data / "moh")
        settings = replace(settings, directories=folder.directories(installation, Path(record["data_dir"])))
        witness_secret = secrets.token_hex(16)
        folder.write(installation, settings, witness_secret)
        process = _start_node(str(folder.program), folder.etc, folder.log)
        return {
            "name": name,
            "host": host,
            "sip_port": SIP_PORT,
            "ami_port": AMI_PORT,
            "ami_user": "cti",
            "ami_secret": settings.ami_secret,
            "witness_user": "witness",
            "witness_secret": witness_secret,
            "agi_token": settings.agi_token,
            "config_dir": str(folder.etc),
            "log_dir": str(folder.log),
            "run_dir": str(folder.run),
            "callback_spool_dir": str(settings.callback_spool_dir),
            "program": str(folder.program),
            **process.record(),
        }

    def _start_watcher(self, parent_pid: int) -> Process:
        program = Path(__file__).resolve().parent.parent / "lab"
        argv = [sys.executable, str(program), "--dir", str(self.folder), "watch", str(parent_pid)]
        return start_detached(argv, self.folder / "watcher.log", self.folder)

    def _save(self, record: dict[str, Any]) -> None:
        temporary = self.record_file.with_suffix(".tmp")
        temporary.touch(mode=0o600)
        temporary.write_text(json.dumps(record, indent=1) + "\n")
        temporary.replace(self.record_file)


def _start_node(program: str, etc: Path, log: Path) -> Process:
    return start_detached([program, "-C", str(etc / "asterisk.conf"), "-f"], log / "output.log", etc.parent)


def _processes(record: dict[str, Any]) -> list[Process]:
    return [process for node in record["nodes"] if (process := Process.from_record(node))]


def _folder_is_alive(folder: Path) -> bool:
    return Lab(folder).is_alive()


def _check_addresses(base: str, nodes: int) -> None:
    for number in range(1, nodes + 1):
        for port in (AMI_PORT, SIP_PORT):
            if not blocks.is_free(f"{base}.{number}", port):
                raise LabError(
                    f"node{number} cannot have {base}.{number}:{port}, it is in use; give another --base, or auto"
                )


def _wait_ready(node: dict[str, Any]) -> None:
    process = Process.from_record(node)
    if process is None:
        raise LabError(f"{node['name']} has no process")
    log = Path(node["log_dir"])
    wait_until_booted(
        node["name"],
        (node["host"], node["ami_port"]),
        node["ami_user"],
        node["ami_secret"],
        process,
        (log / "output.log", log / "messages.log"),
        READY_TIMEOUT_S,
    )


def _warnings() -> Iterator[str]:
    """What is known to spoil a lab on this machine."""
    began = time.monotonic()
    try:
        socket.getaddrinfo(socket.gethostname(), None)
        slow = time.monotonic() - began > 0.5
    except OSError:
        slow = True
    if slow:
        # Asterisk resolves it for every call: the INVITE then hangs for seconds after 100 Trying [measured].
        yield "this machine's own hostname is not in /etc/hosts: every call will hang for seconds; add it there"
