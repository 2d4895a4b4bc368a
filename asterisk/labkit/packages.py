"""How does one program of Debian's get onto this machine without root? Its packages, with all that they depend on.

Unpacked into the cache and run by their own loader, so that this machine's libc does not matter. Knows no program by
name: what is needed, and the script that runs it, are given.
"""

import hashlib
import os
import platform
import shutil
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from labkit.errors import CannotBeHad
from labkit.fetch import cache_folder, find_suite, only_one, put, unpack
from labkit.installation import LOADERS
from labkit.progress import folder_mb, say, step


@dataclass(frozen=True)
class Program:
    """A program of the first one of `packages`. `wrapper` is a script beside root/; {machine} and {loader} are filled.

    `instead` tells what a person can do where it cannot be had; `finish` is called with root/ when all is unpacked.
    """

    name: str
    packages: tuple[str, ...]
    wrapper: str
    instead: str
    needed_mb: int
    download_mb: int
    finish: Callable[[Path], None] = lambda root: None


def given_program(variable: str, what: str, wanted: str, is_good: Callable[[Path], bool]) -> Path | None:
    """The program that an environment variable names; None: it names none. Raises CannotBeHad: `none`, or no good one.

    `what` could not be had then; it should have named a `wanted`.
    """
    given = os.environ.get(variable, "")
    if given.lower() == "none":
        raise CannotBeHad(f"{variable}=none: asked to behave as if no {what} could be had")
    program = Path(given).expanduser() if given else None
    if program is not None and not is_good(program):
        raise CannotBeHad(f"{variable} names no {wanted}; correct it, or leave it out")
    return program


def fetch_program(program: Program) -> Path:
    """The script that runs it, fetched now if it is not there yet. Raises CannotBeHad with the reason."""
    try:
        cache = cache_folder()
        cache.mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        raise CannotBeHad(f"no place for {program.name} ({problem}); set CTI_CACHE, or {program.instead}") from problem
    place = cache / program.name
    with only_one(cache / f"{program.name}.lock", program.name):
        if not (place / "version.json").is_file():
            _build(program, place)
    return place / program.name


def _build(program: Program, place: Path) -> None:
    free_mb = shutil.disk_usage(place.parent).free / 1e6
    if free_mb < program.needed_mb:
        raise CannotBeHad(f"{place.parent} has {free_mb:.0f} MB free, {program.needed_mb} are needed; set CTI_CACHE")
    say(f"fetching {program.name} into {place} (once, about {program.download_mb} MB)")
    with tempfile.TemporaryDirectory(prefix=f".{program.name}-", dir=place.parent) as temporary:
        whole = Path(temporary) / "whole"
        root = whole / "root"
        root.mkdir(parents=True)
        lacking = f"no suite has {program.packages[0]}; install it, or {program.instead}"
        apt, version = find_suite(Path(temporary) / "apt", program.packages[0], lacking)
        files = apt.download(program.packages)
        record = {
            "package": version,
            "suite": apt.suite,
            "sha256": {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in files},
            "fetched_at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        }
        with step(f"unpacking {len(files)} packages", lambda: folder_mb(root)), ThreadPoolExecutor(2) as pool:
            list(pool.map(lambda file: unpack(file, root), files))
        program.finish(root)
        script = whole / program.name
        machine = platform.machine()
        script.write_text(program.wrapper.format(machine=machine, loader=LOADERS.get(machine, "ld.so")))
        script.chmod(0o755)
        put(whole, record, place)
