"""How is an Asterisk that lies in a folder run? By its own loader, so that this machine's libc does not matter.

Knows nothing of where the folder came from.
"""

import json
import platform
import re
import shlex
import subprocess
from dataclasses import dataclass
from pathlib import Path

from labkit.errors import LabError

LOADERS = {"x86_64": "ld-linux-x86-64.so.2", "aarch64": "ld-linux-aarch64.so.1"}


@dataclass(frozen=True)
class Installation:
    """An Asterisk below `root`; `root` "/" is the one that is installed on the machine itself."""

    root: Path

    @property
    def libraries(self) -> Path:
        return self.root / "usr" / "lib" / f"{platform.machine()}-linux-gnu"

    @property
    def modules(self) -> Path:
        return self.libraries / "asterisk" / "modules"

    @property
    def data(self) -> Path:
        return self.root / "usr" / "share" / "asterisk"

    @property
    def sounds(self) -> Path:
        return self.data / "sounds"

    def argv(self, program: str, *, argv0: Path | None = None) -> list[str]:
        """The words that run a program of the installation, such as "usr/sbin/asterisk"."""
        path = self.root / program
        if self.root == Path("/"):
            return [str(path)]
        loader = self.libraries / LOADERS.get(platform.machine(), "ld.so")
        renamed = ["--argv0", str(argv0)] if argv0 else []
        return [str(loader), "--library-path", str(self.libraries), *renamed, str(path)]

    def write_wrapper(self, path: Path) -> None:
        """A small script that runs Asterisk.

        `core restart now` ends in execvp(argv[0]) [source: main/asterisk.c, really_quit]: a program that was started by
        a loader would come back without it and die. The script is its own argv[0], so a restart comes through here.
        """
        words = shlex.join(self.argv("usr/sbin/asterisk", argv0=path))
        path.write_text(f'#!/bin/sh\nexec {words} "$@"\n')
        path.chmod(0o700)

    def sipp(self) -> list[str]:
        return self.argv("usr/bin/sipp")

    def check(self) -> None:
        """Refuse a folder that cannot run here."""
        for needed in (self.root / "usr/sbin/asterisk", self.modules):
            if not needed.exists():
                raise LabError(
                    f"{self.root} is no Asterisk for this machine: {needed} is missing; run `asterisk/lab fetch`"
                )

    def version(self) -> str:
        """Such as "22.10.1"; from the record that `fetch` left, otherwise from the program itself."""
        record = self.root / "version.json"
        if record.is_file():
            return str(json.loads(record.read_text())["asterisk"])
        shown = subprocess.run([*self.argv("usr/sbin/asterisk"), "-V"], capture_output=True, text=True, timeout=20)
        found = re.search(r"Asterisk (\d+\.\d+\.\d+)", shown.stdout)
        if not found:
            raise LabError(
                f"the Asterisk below {self.root} does not run: {(shown.stderr or shown.stdout).strip()[:300]}"
            )
        return found.group(1)
