"""Which loopback addresses may this lab use, when several labs run at the same time?

A claim is a file that names the lab's folder and the process that claimed it; it counts while one of the two lives.
"""

import fcntl
import json
import os
import socket
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from labkit.errors import LabError
from labkit.processes import Process, this_process

BLOCKS = range(100, 251)


def claims_folder() -> Path:
    """One for each user: claims of other users are seen by their open ports."""
    return Path(tempfile.gettempdir()) / f"cti-lab-claims-{os.getuid()}"


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    folder.mkdir(mode=0o700, exist_ok=True)
    if folder.stat().st_uid != os.getuid():
        raise LabError(f"{folder} belongs to somebody else; set TMPDIR to a folder of your own")
    with (folder / "lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield


def claim(lab: Path, ports: tuple[int, ...], lab_is_alive: Callable[[Path], bool]) -> str:
    """A free block such as "127.0.117"; belongs to `lab` until `release`, or until nothing of it lives."""
    folder = claims_folder()
    with _alone(folder):
        for number in BLOCKS:
            file = folder / str(number)
            if file.exists() and not _is_stale(file, lab_is_alive):
                continue
            if all(is_free(f"127.0.{number}.1", port) for port in ports):
                file.write_text(json.dumps({"lab": str(lab), "by": this_process().record()}))
                return f"127.0.{number}"
    raise LabError(f"no free loopback block 127.0.{BLOCKS[0]} to 127.0.{BLOCKS[-1]}; end other labs, or give --base")


def release(base: str, lab: Path) -> None:
    """Give a block back, if it is this lab's."""
    folder = claims_folder()
    if not folder.is_dir():
        return
    with _alone(folder):
        file = folder / base.rsplit(".", 1)[-1]
        if file.exists() and _read(file).get("lab") == str(lab):
            file.unlink()


def _read(file: Path) -> dict[str, object]:
    try:
        content = json.loads(file.read_text())
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}


def _is_stale(file: Path, lab_is_alive: Callable[[Path], bool]) -> bool:
    content = _read(file)
    by = Process.from_record(content.get("by"))
    return not (by and by.is_alive()) and not lab_is_alive(Path(str(content.get("lab", "/nonexistent"))))


def is_free(host: str, port: int) -> bool:
    """Whether nobody listens on this address, neither TCP nor UDP."""
    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
        with socket.socket(socket.AF_INET, kind) as probe:
            if kind == socket.SOCK_STREAM:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError:
                return False
    return True
