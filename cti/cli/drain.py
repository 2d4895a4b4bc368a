"""What can an operator type to take an engine away? `cti drain`."""

from __future__ import annotations

import os
import select
import socket as sockets
import struct
from pathlib import Path
from typing import Annotated

import typer

from cti.cli import ask, change
from cti.cli.ask import AsJson, Control
from cti.cli.control import default_socket

CREDENTIALS_BYTES = struct.calcsize("3i")  # pid, user, group: unix(7)
ELSEWHERE = "it leaves, and --wait cannot see its process from here: ask on its own machine, in its own container"


def add_commands(app: typer.Typer) -> None:
    """Hang the command in."""
    app.command("drain")(drain)


def drain(
    alone: Annotated[bool, typer.Option("--alone", help="also where engines are joined and nobody stands by")] = False,
    wait: Annotated[bool, typer.Option("--wait", help="return when it has ended")] = False,
    as_json: AsJson = False,
    control: Control = None,
) -> None:
    """Let the engine go. Where another one stands by it takes over at once: who waits keeps his place, talks go on.

    Where engines are joined and nobody stands by, it is refused without --alone: nobody would serve.
    Alone it begins and takes nothing new (new callers go where admission.goto leads), finishes what is inside, and
    ends; asked again it says how many are left, --wait returns when it has ended. A service that restarts by
    itself comes back, as a standby where there is another owner.

    Example: cti drain --wait
    """
    ending = _process(control or default_socket()) if wait else None
    found = change.send(
        "POST", "/api/v1/drain", control, as_json, {"by": ask.who()} | ({"alone": True} if alone else {})
    )
    if as_json:
        ask.print_json(found)
    elif found.get("drain") == "handed_over":
        typer.echo("a standby takes over")
    else:
        typer.echo(f"takes nothing new; ends when nobody is inside ({found.get('inside')} now)")
    if not wait:
        return
    if ending is None:
        ask.fail(ask.REFUSED, ELSEWHERE, as_json)
    select.select([ending], [], [])
    os.close(ending)
    if not as_json:
        typer.echo("it has ended")


def _process(socket: Path) -> int | None:
    """Return what is readable when the process that answers there has ended, whichever is started meanwhile.

    None: there is none, or it is not to be seen from here.
    """
    try:
        with sockets.socket(sockets.AF_UNIX) as asking:
            asking.connect(str(socket))
            pid, *_ = struct.unpack("3i", asking.getsockopt(sockets.SOL_SOCKET, sockets.SO_PEERCRED, CREDENTIALS_BYTES))
        return os.pidfd_open(pid)
    except OSError:  # of another container it is number 0, which is nobody
        return None
