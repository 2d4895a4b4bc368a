"""What a machine must have before bench.load begins, and what it is told to change."""

from dataclasses import replace
from pathlib import Path

import pytest

from bench.load_needs import Machine, look, missing
from bench.load_plan import Plan

pytestmark = pytest.mark.unit

ENOUGH = Machine(files=20_000, memory_kib=16 << 20, threads=30_000, local_ports=28_000, backlog=4096, disk_kib=50 << 20)
PLAN = Plan()


def test_nothing_is_missing_on_a_machine_that_was_measured_to_do() -> None:
    assert missing(PLAN, ENOUGH) == []


@pytest.mark.parametrize(
    ("lacks", "says"),
    [
        ({"files": 10_300}, "NODES=6"),
        ({"files": 4_096}, "ulimit -Hn"),
        ({"memory_kib": 3 << 20}, "CALLS="),
        ({"threads": 9_000}, "kernel.pid_max"),
        ({"local_ports": 8_000}, "ip_local_port_range"),
        ({"backlog": 128}, "somaxconn"),
        ({"disk_kib": 1 << 10}, "TMPDIR"),
    ],
    ids=["files", "few-files", "memory", "threads", "ports", "backlog", "disk"],
)
def test_what_does_not_suffice_is_named_with_what_to_change(lacks: dict[str, int], says: str) -> None:
    (line, *_) = missing(PLAN, replace(ENOUGH, **lacks))
    assert says in line


def test_the_advised_number_of_nodes_does() -> None:
    machine = replace(ENOUGH, files=11_000)
    (line,) = missing(PLAN, machine)
    nodes = int(line.partition("NODES=")[2].partition(",")[0])
    assert missing(replace(PLAN, nodes=nodes), machine) == []
    assert missing(replace(PLAN, nodes=nodes - 1), machine) != []


def test_the_advised_number_of_calls_does() -> None:
    machine = replace(ENOUGH, memory_kib=3 << 20)
    (line,) = missing(PLAN, machine)
    calls = int(line.partition("CALLS=")[2])
    assert missing(replace(PLAN, calls=round(calls / 1.03)), machine) == []


def test_engines_share_the_files_and_the_ports() -> None:
    plan = replace(PLAN, calls=20_000, nodes=8, engines=2)
    assert missing(plan, ENOUGH) == []
    assert len(missing(replace(plan, engines=1), ENOUGH)) == 1  # one engine's ports and files


def test_this_machine_can_be_looked_at(tmp_path: Path) -> None:
    seen = look(tmp_path)
    assert min(seen.files, seen.memory_kib, seen.threads, seen.local_ports, seen.backlog, seen.disk_kib) > 0
