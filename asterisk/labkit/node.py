"""What lies in the folder of one node, and how are its files written? Starts nothing."""

import shutil
from dataclasses import dataclass
from pathlib import Path

from labkit.installation import Installation
from labkit.render import render_folder
from labkit.settings import NodeSettings

ASTERISK_FOLDER = Path(__file__).resolve().parent.parent
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
            "SPOOL_DIR": self.spool,
            "RUN_DIR": self.run,
            "LOG_DIR": self.log,
        }

    def write(self, installation: Installation, settings: NodeSettings, witness_secret: str) -> None:
        """Write everything that this node's Asterisk reads."""
        if self.base.exists():
            shutil.rmtree(self.base)
        own = (self.run, self.etc, self.log, self.spool, self.state / "keys", settings.callback_spool_dir)
        for folder in own:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        render_folder(ASTERISK_FOLDER / "etc", self.etc, settings.values())
        witness = self.etc / "manager.d" / "witness.conf"
        witness.write_text(WITNESS.format(secret=witness_secret))
        witness.chmod(0o600)
        installation.write_wrapper(self.program)
