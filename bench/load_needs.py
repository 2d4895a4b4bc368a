"""Can this machine bear a run of bench.load? What is missing, and what to do about it, before anything is started.

The figures a call needs are measured (bench/README.md).
"""

from __future__ import annotations

import os
import resource
from dataclasses import dataclass
from pathlib import Path

from bench.load_plan import Plan

FILES_PER_CALL, FILES_PER_NODE = 5.2, 600  # of Asterisk, measured: two RTP sockets, the AGI's, two of the channel
FILES_OF_ENGINE = 500  # beside one socket a call
KIB_PER_CALL = 420  # Asterisk 230, engine 60, SIPp 40, the kernel's sockets and thread stacks
KIB_AT_FIRST = 1_200_000
THREADS_AT_FIRST = 4_000
PORTS_PER_CALL = 1.1
DISK_KIB_PER_CALL = 40


@dataclass(frozen=True)
class Machine:
    """What there is."""

    files: int  # descriptors of one process
    memory_kib: int  # that can still be used
    threads: int  # pids of the machine that are not used
    local_ports: int  # of one address
    backlog: int  # connections that wait to be accepted
    disk_kib: int


def look(folder: Path) -> Machine:
    """This machine, now. `folder`: where the run writes."""
    low, high = (int(word) for word in Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split())
    meminfo = dict(line.split(":", 1) for line in Path("/proc/meminfo").read_text().splitlines())
    running = int(Path("/proc/loadavg").read_text().split()[3].partition("/")[2])
    disk = os.statvfs(folder)
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    return Machine(
        files=hard if hard != resource.RLIM_INFINITY else 1 << 30,
        memory_kib=int(meminfo["MemAvailable"].split()[0]),
        threads=int(Path("/proc/sys/kernel/pid_max").read_text()) - running,
        local_ports=high - low,
        backlog=int(Path("/proc/sys/net/core/somaxconn").read_text()),
        disk_kib=disk.f_bavail * disk.f_frsize // 1024,
    )


def missing(plan: Plan, machine: Machine) -> list[str]:
    """One line for each thing that does not suffice, with what to change; none: the run can begin."""
    calls, found = plan.at_once, []
    node_files = round(calls / plan.nodes * FILES_PER_CALL) + FILES_PER_NODE
    if machine.files < node_files:
        nodes = -(-round(calls * FILES_PER_CALL) // max(machine.files - FILES_PER_NODE, 1))
        found.append(
            f"an Asterisk with {calls // plan.nodes} calls needs {node_files} open files and may have {machine.files}:"
            f" NODES={nodes}, or raise the hard limit (ulimit -Hn)"
        )
    engine_files = -(-calls // plan.engines) + FILES_OF_ENGINE
    if machine.files < engine_files:
        found.append(f"an engine needs {engine_files} open files: raise the hard limit (ulimit -Hn)")
    needed_kib = KIB_AT_FIRST + calls * KIB_PER_CALL
    if machine.memory_kib < needed_kib:
        most = max(0, (machine.memory_kib - KIB_AT_FIRST) // KIB_PER_CALL)
        found.append(f"{needed_kib >> 10} MiB of memory are needed, {machine.memory_kib >> 10} are free: CALLS={most}")
    if machine.threads < calls + THREADS_AT_FIRST:
        found.append(f"{calls + THREADS_AT_FIRST} threads are needed: sysctl -w kernel.pid_max=131072")
    ports = round(calls / plan.engines * PORTS_PER_CALL)  # to each engine's address
    if machine.local_ports < ports:
        found.append(f"{ports} local ports are needed: sysctl -w net.ipv4.ip_local_port_range='10240 60999'")
    if machine.backlog < 1024:
        found.append("callers who come at once are refused: sysctl -w net.core.somaxconn=4096")
    if machine.disk_kib < DISK_KIB_PER_CALL * plan.offered_most:
        found.append(
            f"{DISK_KIB_PER_CALL * plan.offered_most >> 10} MiB of disk are needed: set TMPDIR to another folder"
        )
    return found
