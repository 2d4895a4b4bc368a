"""Is the CPU of a process read from where it stands, and does nobody take the ports that an engine is to have?"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.processes import LOWEST_OUTGOING_PORT, cpu_s, free_ports

pytestmark = pytest.mark.unit


@pytest.fixture
def oddly_named() -> Iterator[None]:
    """What the kernel calls this process, for the length of a test."""
    file = Path("/proc/self/comm")
    name = file.read_text()
    file.write_text("odd ) name)")
    yield
    file.write_text(name)


@pytest.mark.usefixtures("oddly_named")
def test_cpu_is_read_behind_a_name_with_blanks_and_parentheses() -> None:
    assert cpu_s(os.getpid()) == pytest.approx(time.process_time(), abs=0.5)
    assert cpu_s(os.getpid(), with_children=True) >= cpu_s(os.getpid())


def test_ports_for_an_engine_are_not_those_of_outgoing_connections() -> None:
    """18,000 callers of the first engine had one each, and the second found its own taken."""
    first_outgoing = int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0])
    ports = free_ports(50)
    assert len(set(ports)) == 50
    assert max(ports) < min(first_outgoing, LOWEST_OUTGOING_PORT)
