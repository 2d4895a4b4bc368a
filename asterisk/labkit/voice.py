"""Where is a text-to-speech program for this machine, and if there is none yet, how does it get here? Needs no root.

The same way as Asterisk: Debian's package with its whole dependency closure, verified with Debian's archive keys, run
by its own loader. espeak-ng is GPL-3: a program that is started, never linked and never part of what we ship.
"""

import hashlib
import json
import platform
import shutil
import tempfile
import time
from pathlib import Path

from labkit.apt import OwnApt, mirrors
from labkit.errors import CannotBeHad
from labkit.fetch import SUITES, cache_folder, only_one, unpack
from labkit.installation import LOADERS
from labkit.progress import say

NEEDED_MB = 150
WRAPPER = """#!/bin/sh
R=$(dirname "$(readlink -f "$0")")/root/usr
L=$R/lib/{machine}-linux-gnu
exec "$L/{loader}" --library-path "$L:$L/pulseaudio" "$R/bin/espeak-ng" --path="$L" "$@"
"""


def fetch_voice() -> Path:
    """The program espeak-ng, fetched now if it is not there yet. Raises CannotBeHad with the reason."""
    try:
        cache = cache_folder()
        cache.mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        raise CannotBeHad(f"no place for espeak-ng ({problem}); set CTI_CACHE, or CTI_ESPEAK") from problem
    place = cache / "espeak-ng"
    with only_one(cache / "espeak-ng.lock", "espeak-ng"):
        if not (place / "version.json").is_file():
            _build(place)
    return place / "espeak-ng"


def _build(place: Path) -> None:
    free_mb = shutil.disk_usage(place.parent).free / 1e6
    if free_mb < NEEDED_MB:
        raise CannotBeHad(f"{place.parent} has {free_mb:.0f} MB free, {NEEDED_MB} are needed; set CTI_CACHE")
    say(f"fetching espeak-ng into {place} (once, about 22 MB)")
    with tempfile.TemporaryDirectory(prefix=".espeak-ng-", dir=place.parent) as temporary:
        whole = Path(temporary) / "whole"
        (whole / "root").mkdir(parents=True)
        apt, version = _find_suite(Path(temporary) / "apt")
        files = apt.download(("espeak-ng",))
        record = {
            "package": version,
            "suite": apt.suite,
            "sha256": {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in files},
            "fetched_at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        }
        for file in files:
            unpack(file, whole / "root")
        loader = LOADERS.get(platform.machine(), "ld.so")
        program = whole / "espeak-ng"
        program.write_text(WRAPPER.format(machine=platform.machine(), loader=loader))
        program.chmod(0o755)
        (whole / "version.json").write_text(json.dumps(record, indent=1) + "\n")
        if place.exists():
            shutil.rmtree(place)
        whole.rename(place)


def _find_suite(folder: Path) -> tuple[OwnApt, str]:
    problem: CannotBeHad | None = None
    for mirror in mirrors():
        for suite in SUITES:
            apt = OwnApt(folder / f"{len(list(folder.glob('*')))}", mirror, suite)
            apt.folder.mkdir(parents=True)
            try:
                apt.prepare()
                apt.update()
            except CannotBeHad as reason:
                problem = problem or reason
                continue
            version = apt.candidate("espeak-ng")
            if version:
                return apt, version
    raise problem or CannotBeHad("no suite has espeak-ng; install it, or set CTI_ESPEAK to the program")
