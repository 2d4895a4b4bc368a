"""Where does this machine's apt get its packages, and how are other packages fetched the same way without root?

Reads apt's own sources, so that no address is written here. Knows nothing of Asterisk.
"""

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from labkit.errors import CannotBeHad
from labkit.progress import folder_mb, step

KEYRING_FOLDERS = (Path("/usr/share/keyrings"), Path("/etc/apt/trusted.gpg.d"))
TIMEOUT_S = 900.0


def mirrors() -> list[str]:
    """Addresses of the Debian mirrors that apt uses here (or the one in CTI_DEBIAN_MIRROR), main archive first."""
    named = os.environ.get("CTI_DEBIAN_MIRROR")
    if named:
        return [named.rstrip("/")]
    if not shutil.which("apt-get") or not shutil.which("dpkg-deb"):
        raise CannotBeHad(
            "this machine has no apt-get and dpkg-deb; set CTI_ASTERISK_ROOT to a folder with Asterisk 22"
        )
    listed = subprocess.run(
        ["apt-get", "-o", "Debug::NoLocking=1", "update", "--print-uris"], capture_output=True, text=True, timeout=60
    )
    found: list[str] = []
    for address in re.findall(r"^'([^']+)/dists/[^']*'", listed.stdout, re.MULTILINE):
        if "security" not in address and address not in found:
            found.append(address)
    if not found:
        raise CannotBeHad("apt has no package source here; set CTI_DEBIAN_MIRROR to the address of a Debian mirror")
    return found


def keyring() -> Path:
    """The keyring with Debian's archive keys. An Ubuntu machine has none unless it is installed."""
    for folder in KEYRING_FOLDERS:
        for name in ("debian-archive-keyring.gpg", "debian-archive-keyring.pgp", "debian-archive-keyring.asc"):
            if (folder / name).is_file():
                return folder / name
    raise CannotBeHad("no Debian archive keyring on this machine; install the package debian-archive-keyring")


def architecture() -> str:
    """Debian's name of this machine's architecture, such as amd64."""
    return subprocess.run(
        ["dpkg", "--print-architecture"], capture_output=True, text=True, check=True, timeout=10
    ).stdout.strip()


@dataclass(frozen=True)
class OwnApt:
    """apt-get with every state of its own below one folder: no root, nothing of the machine is changed."""

    folder: Path
    mirror: str
    suite: str

    def prepare(self) -> None:
        """Make the folders. The empty status file makes apt fetch the whole dependency closure, libc included."""
        for part in ("lists/partial", "cache/archives/partial"):
            (self.folder / part).mkdir(parents=True, exist_ok=True)
        (self.folder / "status").touch()
        (self.folder / "sources.list").write_text(f"deb [signed-by={keyring()}] {self.mirror} {self.suite} main\n")

    def _run(self, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        own = self.folder
        options = {
            "Dir::State": own,
            "Dir::State::Lists": own / "lists",
            "Dir::State::status": own / "status",
            "Dir::Cache": own / "cache",
            "Dir::Etc::SourceList": own / "sources.list",
            "Dir::Etc::SourceParts": "/dev/null",
            "Debug::NoLocking": 1,
            "APT::Install-Recommends": 0,
            "APT::Sandbox::User": "",
            "Acquire::Languages": "none",
            "Acquire::Retries": 2,
        }
        words = [word for key, value in options.items() for word in ("-o", f"{key}={value}")]
        return subprocess.run(
            [program, *words, *arguments],
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            timeout=TIMEOUT_S,
            env={**os.environ, "LC_ALL": "C", "DEBIAN_FRONTEND": "noninteractive"},
        )

    def update(self) -> None:
        """Read the suite's index, verified with the keyring."""
        with step(f"reading the package index of {self.suite}", lambda: folder_mb(self.folder / "lists")):
            done = self._run("apt-get", "update")
        trouble = [
            line for line in (done.stdout + done.stderr).splitlines() if line.startswith(("E:", "Err:", "W: GPG"))
        ]
        if done.returncode or trouble:
            raise CannotBeHad(
                f"the package index of Debian {self.suite} could not be read or verified"
                f" ({_first(trouble)}); check this machine's network, or set CTI_DEBIAN_MIRROR or CTI_ASTERISK_ROOT"
            )

    def candidate(self, package: str) -> str | None:
        """The version that would be fetched, or None where the suite has no such package."""
        shown = self._run("apt-cache", "policy", package).stdout
        found = re.search(r"Candidate: (\S+)", shown)
        return found.group(1) if found and found.group(1) != "(none)" else None

    def download(self, packages: tuple[str, ...]) -> list[Path]:
        """Fetch packages with everything they depend on; return the files."""
        archives = self.folder / "cache" / "archives"
        with step("downloading packages", lambda: folder_mb(archives)):
            done = self._run("apt-get", "-y", "--download-only", "install", *packages)
        if done.returncode:
            errors = [line for line in done.stderr.splitlines() if line.startswith("E:")]
            raise CannotBeHad(
                f"packages could not be downloaded ({_first(errors)}); try again, or check the free disk space"
            )
        return sorted(archives.glob("*.deb"))


def _first(lines: list[str]) -> str:
    return lines[0].strip() if lines else "apt-get gave no reason"
