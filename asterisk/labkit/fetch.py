"""Where is an Asterisk 22 for this machine, and if there is none yet, how does it get here? Needs no root.

Knows nothing of nodes. The Debian package that works on every Debian-like machine is in the next release's suite; it
is unpacked with its whole dependency closure and run by its own loader.
"""

import fcntl
import json
import os
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from labkit.apt import OwnApt, architecture, mirrors
from labkit.errors import CannotBeHad
from labkit.installation import Installation
from labkit.progress import folder_mb, say, step

SUITES = ("forky", "sid")
PACKAGES = ("asterisk", "asterisk-core-sounds-en-gsm", "asterisk-moh-opsound-gsm", "sip-tester")
VERSION = r"(\d+:)?(2[2-9]|[3-9]\d)\."
NEEDED_MB = 700


def cache_folder() -> Path:
    """$CTI_CACHE, $XDG_CACHE_HOME/cti or ~/.cache/cti."""
    named = os.environ.get("CTI_CACHE")
    if named:
        return Path(named).expanduser().resolve()
    return Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache").expanduser().resolve() / "cti"


def fetch() -> Installation:
    """The Asterisk of this machine, fetched now if it is not there yet. Raises CannotBeHad with the reason."""
    if os.environ.get("CTI_ASTERISK", "").lower() == "none":
        raise CannotBeHad("CTI_ASTERISK=none: asked to behave as if no Asterisk could be had")
    given = os.environ.get("CTI_ASTERISK_ROOT")
    if given:
        installation = Installation(Path(given).expanduser().resolve())
        installation.check()
        return installation
    cache = cache_folder()
    try:
        cache.mkdir(parents=True, exist_ok=True)
        place = cache / f"asterisk-{architecture()}"
    except (OSError, subprocess.SubprocessError) as problem:
        raise CannotBeHad(f"no place for Asterisk ({problem}); set CTI_CACHE, or CTI_ASTERISK_ROOT") from problem
    with only_one(cache / f"{place.name}.lock"):
        if not (place / "version.json").is_file():
            _build(place)
    return Installation(place)


@contextmanager
def only_one(lock: Path, what: str = "Asterisk") -> Iterator[None]:
    """Two at once: the second one waits and finds the work done. The lock ends with its process."""
    with lock.open("w") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say(f"another process is fetching {what}; waiting for it ({lock})")
            fcntl.flock(held, fcntl.LOCK_EX)
        yield


def _build(place: Path) -> None:
    free_mb = shutil.disk_usage(place.parent).free / 1e6
    if free_mb < NEEDED_MB:
        raise CannotBeHad(
            f"{place.parent} has {free_mb:.0f} MB free, {NEEDED_MB} are needed; set CTI_CACHE to another folder"
        )
    began = time.monotonic()
    say(f"fetching Asterisk with SIPp, sounds and music into {place} (once, about 90 MB)")
    with tempfile.TemporaryDirectory(prefix=f".{place.name}-", dir=place.parent) as temporary:
        root = Path(temporary) / "root"
        root.mkdir()
        lacking = "no suite of Debian has an Asterisk 22; set CTI_ASTERISK_ROOT to a folder with one, or another mirror"
        apt, version = find_suite(Path(temporary) / "apt", PACKAGES[0], lacking, VERSION)
        files = apt.download(PACKAGES)
        with step(f"unpacking {len(files)} packages", lambda: folder_mb(root)), ThreadPoolExecutor(2) as pool:
            list(pool.map(lambda file: unpack(file, root), files))
        # What the packages' scripts would have made; without it every prompt is "not found" [measured].
        (root / "usr/share/asterisk/sounds/en").symlink_to("en_US_f_Allison")
        installation = Installation(root)
        installation.check()
        record = {
            "asterisk": installation.version(),
            "package": version,
            "suite": apt.suite,
            "packages": len(files),
            "fetched_at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        }
        put(root, record, place)
    say(f"Asterisk {record['asterisk']} is ready in {place} ({time.monotonic() - began:.0f} s)")


def find_suite(folder: Path, package: str, lacking: str, version: str = "") -> tuple[OwnApt, str]:
    """The first suite of the first mirror that has it in such a version (a pattern), and which that is.

    Raises CannotBeHad: with the first thing that went wrong, or that it is `lacking`.
    """
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
            found = apt.candidate(package)
            if found and re.match(version, found):
                return apt, found
            problem = problem or CannotBeHad(lacking)
    raise problem or CannotBeHad(lacking)


def put(whole: Path, record: dict[str, object], place: Path) -> None:
    """All is there: it takes the place of what was there before, at once."""
    (whole / "version.json").write_text(json.dumps(record, indent=1) + "\n")
    if place.exists():
        shutil.rmtree(place)
    whole.rename(place)


def unpack(file: Path, root: Path) -> None:
    """Unpack a package without running its scripts, and remove it."""
    done = subprocess.run(["dpkg-deb", "-x", str(file), str(root)], capture_output=True, text=True, timeout=300)
    if done.returncode:
        raise CannotBeHad(f"{file.name} could not be unpacked ({done.stderr.strip()[:200]}); check the free disk space")
    file.unlink()
