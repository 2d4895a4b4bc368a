"""Does what the engine wrote to its log hold anything of a person: a number, a name, digits that he pressed?

Knows how the tests' people can be known by; what an operator may ask for (`--show-numbers`) is no log.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

PRESSED = ("10000001",)  # the order that callers of the acceptance tests type
NAMES = ("Lovelace", "Grace Hopper", "Erika Mustermann")  # customers of lists and lookups
PERSONAL = re.compile(
    r"\+[1-9]\d{5,}"  # E.164, whosever it is
    r"|(?<![\w.])(?:00)?4930\d{3,}"  # the callers of the acceptance tests, and how a trunk writes them
    rf"|(?<![\w.])(?:{'|'.join(PRESSED)})(?![\w.])"
    rf"|{'|'.join(NAMES)}"
)
WHERE_LOGS_ARE_WRITTEN = (
    *("contract", "hooks", "keepers", "lookup", "sim", "simulation", "store", "switch"),
    *("test_app", "test_engine", "test_running"),
)


def personal(text: str) -> list[str]:
    """Return the lines of `text` that hold something of a person."""
    plain = re.sub("\x1b\\[[0-9;]*m", "", text)
    return [line for line in plain.splitlines() if PERSONAL.search(line)]


def personal_in_logs(files: Iterable[Path]) -> list[str]:
    """Return such lines of logs that may not be there."""
    return [line for file in files if file.exists() for line in personal(file.read_text(errors="replace"))]


def watched(nodeid: str) -> bool:
    """Whether what a test prints is the product's log (elsewhere it may be the answer of a command)."""
    path = nodeid.partition("::")[0].removeprefix("tests/")
    return path.startswith(WHERE_LOGS_ARE_WRITTEN)
