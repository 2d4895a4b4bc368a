"""What does systemd hear of this process? That it is up, that it ends, and while its loop turns that it lives.

Datagrams, as sd_notify(3) writes them; where nobody asked for them nothing is sent. Knows nothing of the engine.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
from collections.abc import Mapping

BEATS = 3  # within the time after which systemd takes a process for dead


def tell(*lines: str, environ: Mapping[str, str] = os.environ) -> None:
    """Send NAME=value lines: READY=1, STOPPING=1, STATUS=words. Never raises, never blocks."""
    address = environ.get("NOTIFY_SOCKET", "")
    if not address:
        return
    with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
        sender.setblocking(False)
        # "@" is written for the zero byte of an abstract address [sd_notify(3)]
        sender.sendto("\n".join(lines).encode(), "\0" + address[1:] if address[0] == "@" else address)


async def live(environ: Mapping[str, str] = os.environ) -> None:
    """Tell that the loop turns, where WatchdogSec asks for it, until this is cancelled."""
    timeout_us = environ.get("WATCHDOG_USEC", "")
    if not timeout_us.isdecimal() or environ.get("WATCHDOG_PID", str(os.getpid())) != str(os.getpid()):
        return
    while True:
        tell("WATCHDOG=1", environ=environ)
        await asyncio.sleep(int(timeout_us) / 1_000_000 / BEATS)
