"""What the tests of the import share: a file in, a checked centre out."""

from __future__ import annotations

from pathlib import Path

from cti.config import settings as config
from cti.config.settings import Settings
from cti.importing.app_queue import Imported, convert

MEMBERS = "member => PJSIP/1001,0,Anna Berg\nmember => PJSIP/1002,5,Ben\n"


def imported(tmp_path: Path, queues: str, rules: str | None = None, **start: int) -> Imported:
    (tmp_path / "queues.conf").write_text(queues, encoding="utf-8")
    file = None
    if rules is not None:
        file = tmp_path / "queuerules.conf"
        file.write_text(rules, encoding="utf-8")
    return convert(tmp_path / "queues.conf", file, **start)


def checked(found: Imported) -> Settings:
    """The YAML passes `cti check`: no errors, and no warning about what it says itself."""
    assert found.errors == []
    reading = config.read_bytes(found.yaml.encode(), environ={"CTI_AMI_SECRET": "a", "CTI_AGI_TOKEN": "b"})
    assert reading.settings is not None, reading.lines(reading.errors)
    return reading.settings


def sales(tmp_path: Path, lines: str, rules: str | None = None, **start: int) -> tuple[Settings, Imported]:
    found = imported(tmp_path, f"[sales]\n{MEMBERS}{lines}", rules, **start)
    return checked(found), found


ON = {  # a value that makes a difference, where "yes" is none
    "announce-frequency": "60", "announce-holdtime": "once", "announce-position": "limit", "announce": "beep",
    "announce-position-limit": "3", "announce-round-seconds": "10", "autofill": "no", "autopausedelay": "60",
    "context": "out", "defaultrule": "widen", "leavewhenempty": "yes", "joinempty": "strict", "maxlen": "5",
    "log-restricted-caller-id": "no", "memberdelay": "3", "min-announce-frequency": "5", "penaltymemberslimit": "1",
    "periodic-announce-frequency": "60", "periodic-announce-startdelay": "5", "retry": "7", "servicelevel": "33",
    "strategy": "linear", "timeout": "33", "timeoutpriority": "conf", "weight": "3", "wrapuptime": "7",
    "monitor-format": "wav", "monitor-type": "MixMonitor",
}  # fmt: skip
