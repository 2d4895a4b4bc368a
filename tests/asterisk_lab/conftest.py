"""Paths and a real Asterisk for the tests of the lab."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).resolve().parent
ASTERISK = HERE.parent.parent / "asterisk"
for folder in (ASTERISK, HERE):
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))

from labkit.errors import CannotBeHad  # noqa: E402  (the folder has to be on the path first)
from labkit.fetch import fetch  # noqa: E402
from labkit.lab import Lab  # noqa: E402
from labkit.plan import UpOptions  # noqa: E402


@pytest.fixture(scope="session")
def real_asterisk() -> None:
    """Skips, or fails where CI=true, if no Asterisk can be had: never silently."""
    try:
        fetch()
    except CannotBeHad as reason:
        if os.environ.get("CI") == "true":
            pytest.fail(f"no real Asterisk: {reason}")
        pytest.skip(f"NO REAL ASTERISK: {reason}")


@pytest.fixture(scope="module")
def one_node(real_asterisk: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """The descriptor of a lab with one node whose callers reach the fallback after 1 s without an engine,
    and are taken from a deaf one after 1 s."""
    lab = Lab(tmp_path_factory.mktemp("lab"))
    options = UpOptions(
        agents=2, agent_contact="{base}.200:5080", trunks=1, retry_s=1, accept_s=1, with_parent=os.getpid()
    )
    try:
        yield lab.up(options)
    finally:
        lab.down()
