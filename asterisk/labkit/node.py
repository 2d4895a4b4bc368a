"""What lies in the folder of one node, and how are its files written? Starts nothing."""

import os
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from labkit.installation import Installation
from labkit.render import render_folder
from labkit.settings import NodeSettings

ASTERISK_FOLDER = Path(__file__).resolve().parent.parent
SCRIPT = "cti-survivability"
WITNESS = """; A second user with every right, for tests and people: only in a lab on loopback.
[witness]
secret = {secret}
deny = 0.0.0.0/0.0.0.0
permit = 127.0.0.0/255.0.0.0
read = all
write = all
writetimeout = 5000
eventfilter = !Event: TestEvent
"""


@dataclass(frozen=True)
class NodeFolder:
    """Paths of one node below the lab's folder; `run` is apart, since a socket's path may have 107 characters only."""

    base: Path
    run: Path

    @property
    def etc(self) -> Path:
        return self.base / "etc"

    @property
    def agi_bin(self) -> Path:
        return self.base / "agi-bin"

    @property
    def log(self) -> Path:
        return self.base / "log"

    @property
    def spool(self) -> Path:
        return self.base / "spool"

    @property
    def state(self) -> Path:
        return self.base / "state"

    @property
    def program(self) -> Path:
        return self.base / "asterisk"

    @property
    def output(self) -> Path:
        return self.log / "output.log"

    def directories(self, installation: Installation, data: Path) -> dict[str, Path]:
        """The values of asterisk.conf."""
        return {
            "ETC_DIR": self.etc,
            "MODULE_DIR": installation.modules,
            "STATE_DIR": self.state,
            "DATA_DIR": data,
            "AGI_DIR": self.agi_bin,
            "SPOOL_DIR": self.spool,
            "RUN_DIR": self.run,
            "LOG_DIR": self.log,
        }

    def write(self, installation: Installation, settings: NodeSettings, witness_secret: str, python: str) -> None:
        """Write everything that this node's Asterisk reads."""
        if self.base.exists():
            shutil.rmtree(self.base)
        own = (self.run, self.etc, self.agi_bin, self.log, self.spool, self.state / "keys", settings.callback_spool_dir)
        for folder in own:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        render_folder(ASTERISK_FOLDER / "etc", self.etc, settings.values())
        witness = self.etc / "manager.d" / "witness.conf"
        witness.write_text(WITNESS.format(secret=witness_secret))
        witness.chmod(0o600)
        write_script(self.agi_bin, python)
        installation.write_wrapper(self.program)


def write_script(folder: Path, python: str) -> None:
    """Install the survivability script with the interpreter that has pyst2 in its first line."""
    folder.mkdir(parents=True, exist_ok=True)
    lines = (ASTERISK_FOLDER / "agi-bin" / SCRIPT).read_text(encoding="utf-8").splitlines(keepends=True)
    place = folder / SCRIPT
    place.write_text("".join([f"#!{python}\n", *lines[1:]]), encoding="utf-8")
    place.chmod(0o755)


def python_with_pyst2() -> str:
    """The interpreter for the survivability script: the project's environment if it is there, else this one."""
    environment = ASTERISK_FOLDER.parent / ".venv" / "bin" / "python"
    return str(environment) if os.access(environment, os.X_OK) else sys.executable
