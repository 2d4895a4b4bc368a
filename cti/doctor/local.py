"""Does this machine give the engine, and an Asterisk beside it, what they need? Reads limits and files only."""

from __future__ import annotations

import asyncio
import glob
import re
import resource
import socket
import time
from collections.abc import Mapping
from pathlib import Path

from cti.doctor.rules import (
    Finding,
    judge_forgery,
    judge_rtp,
    judge_writetimeout,
    parse_asterisk_conf,
)

HERE = "here"
RESOLVE_TIMEOUT_S = 3.0
ENOUGH_FILES = 4096
MAX_CONF_BYTES = 1 << 20


async def examine_machine(state_dir: Path) -> list[Finding]:
    """Return what concerns the engine's own machine."""
    return [_open_files(), _writable(state_dir)]


async def examine_beside(node: str, username: str, etc: Path) -> list[Finding]:
    """Return what can be seen of an Asterisk on this machine without asking it; `etc` is its configuration folder."""
    user = manager_user(etc, username)
    return [
        await _hostname(),
        _threads(),
        *_rtp(node, etc),
        judge_writetimeout(node, writetimeout_ms(user)),
        judge_forgery(node, refuses_forgery(user)),
    ]


def writetimeout_ms(user: Mapping[str, str] | None) -> int | None:
    """Return writetimeout of a user of manager.conf; None where that is unknown."""
    if user is None:
        return None
    value = user.get("writetimeout", "100")  # manager.c: the default
    return int(value) if value.isdecimal() else 100


def refuses_forgery(user: Mapping[str, str] | None) -> bool | None:
    """Return whether events with an empty line in them are filtered out; None where that is unknown."""
    if user is None:
        return None
    return any("exclude" in key and "cntrl" in value for key, value in user.items() if key.startswith("eventfilter"))


def manager_user(etc: Path, username: str) -> dict[str, str] | None:
    """Return the user's settings as manager.conf and what it includes have them; None where unreadable."""
    main = _read(etc / "manager.conf")
    if main is None:
        return None
    texts = [main]
    for pattern in re.findall(r"^\s*#(?:try)?include\s+\"?([^\";\n]+)", main, re.MULTILINE):
        texts += [_read(Path(name)) or "" for name in sorted(glob.glob(str(etc / pattern.strip())))]
    for text in texts:
        user = parse_asterisk_conf(text, username)
        if user:
            return user
    return None


def _rtp(node: str, etc: Path) -> list[Finding]:
    text = _read(etc / "rtp.conf")
    if text is None:
        return []
    general = parse_asterisk_conf(text, "general")
    start, end = general.get("rtpstart", "5000"), general.get("rtpend", "31000")  # res_rtp_asterisk.c: the defaults
    return [judge_rtp(node, int(start), int(end))] if start.isdecimal() and end.isdecimal() else []


def _read(path: Path) -> str | None:
    try:
        with path.open(encoding="utf-8", errors="replace") as file:
            return file.read(MAX_CONF_BYTES)
    except OSError:
        return None


def _open_files() -> Finding:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if 0 <= soft < ENOUGH_FILES:
        remedy = f"ulimit -n {hard if hard > soft else 65536}, or LimitNOFILE=65536 in the engine's unit"
        return Finding("warn", HERE, "open files", f"{soft}: one is needed for each waiting caller", remedy)
    return Finding("ok", HERE, "open files", "without limit" if soft < 0 else f"{soft}: one for each waiting caller")


def _threads() -> Finding:
    text = _read(Path("/proc/sys/kernel/pid_max")) or ""
    most = int(text) if text.strip().isdecimal() else 0
    if not most:
        return Finding("ok", HERE, "threads", "this system has no pid_max to look at")
    if most < 32768:
        remedy = "sysctl kernel.pid_max=65536 (Asterisk has a thread for each call)"
        return Finding("warn", HERE, "threads", f"pid_max {most}", remedy)
    return Finding("ok", HERE, "threads", f"pid_max {most}; Asterisk has a thread for each call")


def _writable(state_dir: Path) -> Finding:
    folder = state_dir
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    try:
        mode = folder.stat().st_mode
        probe = folder / f".cti-doctor-{time.monotonic_ns()}"
        probe.touch(mode=0o600, exist_ok=False)
        probe.unlink()
    except OSError as error:
        remedy = "give the engine's user write access, or set state_dir (CTI_STATE)"
        return Finding("fail", HERE, "state folder", f"{state_dir} cannot be written: {error.strerror}", remedy)
    if folder == state_dir and mode & 0o002:
        return Finding(
            "warn", HERE, "state folder", f"{state_dir} can be written by everybody", f"chmod o-w {state_dir}"
        )
    return Finding("ok", HERE, "state folder", f"{state_dir} can be written")


async def _hostname() -> Finding:
    name = socket.gethostname()
    remedy = f"add to /etc/hosts: 127.0.1.1 {name}"
    began = time.monotonic()
    try:
        async with asyncio.timeout(RESOLVE_TIMEOUT_S):
            await asyncio.get_running_loop().getaddrinfo(name, None)
    except (OSError, TimeoutError):
        text = f"{name} does not resolve: Asterisk may look it up for each call and every INVITE then hangs for seconds"
        return Finding("fail", HERE, "hostname", text, remedy)
    took_s = time.monotonic() - began
    if took_s > 0.2:
        return Finding("warn", HERE, "hostname", f"{name} takes {took_s:.1f} s to resolve", remedy)
    return Finding("ok", HERE, "hostname", f"{name} resolves at once")
