"""Which TCP ports may an engine have that is about to start? Loopback only."""

from __future__ import annotations

import contextlib
import random
import socket

HOST = "127.0.0.1"
LOWEST_PORT, LOWEST_OUTGOING_PORT = 10_000, 32_768  # the latter by Linux: net.ipv4.ip_local_port_range


def free_ports(count: int) -> list[int]:
    """TCP ports that nobody listens on, and that no outgoing connection will have been given until they are bound.

    Thousands of callers ask the kernel for a port each while an engine starts, so its own come from below that range.
    All are held until the last is found, so that they differ.
    """
    with contextlib.ExitStack() as held:
        ports: list[int] = []
        for port in random.sample(range(LOWEST_PORT, LOWEST_OUTGOING_PORT), LOWEST_OUTGOING_PORT - LOWEST_PORT):
            with contextlib.suppress(OSError):
                held.enter_context(socket.create_server((HOST, port)))
                ports.append(port)
            if len(ports) == count:
                return ports
    raise OSError(f"not {count} free ports between {LOWEST_PORT} and {LOWEST_OUTGOING_PORT}")
