"""Is this node's Asterisk up? It is when its manager interface answers our login with FullyBooted."""

import socket
import time
from pathlib import Path

from labkit.errors import LabError
from labkit.processes import Process

POLL_S = 0.05


def tail(file: Path, lines: int = 15) -> str:
    """The last lines of a log, for an error message."""
    try:
        return "\n".join(file.read_text(errors="replace").splitlines()[-lines:])
    except OSError:
        return "(no log)"


def wait_until_booted(
    name: str,
    address: tuple[str, int],
    user: str,
    secret: str,
    process: Process,
    logs: tuple[Path, ...],
    timeout_s: float,
) -> None:
    """Return when the node answers FullyBooted; raise LabError with the end of its logs if it dies or is too slow."""
    until = time.monotonic() + timeout_s
    while time.monotonic() < until:
        if not process.is_alive():
            raise LabError(f"{name} ended while it started:\n{_tails(logs)}")
        if _says_booted(address, user, secret, until):
            return
        time.sleep(POLL_S)
    raise LabError(f"{name} was not ready after {timeout_s:.0f} s:\n{_tails(logs)}")


def wait_until_closed(connection: socket.socket, timeout_s: float) -> None:
    """Return when the other side has closed the connection, or after the time."""
    until = time.monotonic() + timeout_s
    while (left_s := until - time.monotonic()) > 0:
        connection.settimeout(left_s)
        try:
            if not connection.recv(65536):
                return
        except OSError:
            return


def _says_booted(address: tuple[str, int], user: str, secret: str, until: float) -> bool:
    try:
        with socket.create_connection(address, timeout=1.0) as connection:
            login = f"Action: Login\r\nUsername: {user}\r\nSecret: {secret}\r\n\r\n"
            connection.sendall(login.encode())
            heard = b""
            while time.monotonic() < until:
                connection.settimeout(max(0.1, min(10.0, until - time.monotonic())))
                chunk = connection.recv(65536)
                if not chunk:
                    return False
                heard += chunk
                if b"Event: FullyBooted" in heard:
                    connection.sendall(b"Action: Logoff\r\n\r\n")
                    return True
                if b"Response: Error" in heard:
                    return False
    except OSError:
        return False
    return False


def _tails(logs: tuple[Path, ...]) -> str:
    return "\n".join(f"--- {log}\n{tail(log)}" for log in logs)
