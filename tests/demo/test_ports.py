"""Does nobody take the ports that an engine is to have?"""

from __future__ import annotations

from pathlib import Path

import pytest

from cti.demo.ports import LOWEST_OUTGOING_PORT, free_ports

pytestmark = pytest.mark.unit


def test_ports_for_an_engine_are_not_those_of_outgoing_connections() -> None:
    """18,000 callers of the first engine had one each, and the second found its own taken."""
    first_outgoing = int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0])
    ports = free_ports(50)
    assert len(set(ports)) == 50
    assert max(ports) < min(first_outgoing, LOWEST_OUTGOING_PORT)
