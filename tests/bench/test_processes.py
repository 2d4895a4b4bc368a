"""Is the CPU of a process read from where it stands?"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.processes import cpu_s

pytestmark = pytest.mark.unit


@pytest.fixture
def oddly_named() -> Iterator[None]:
    """What the kernel calls this process, for the length of a test."""
    file = Path("/proc/self/comm")
    name = file.read_text()
    file.write_text("odd ) name)")
    yield
    file.write_text(name)


@pytest.mark.usefixtures("oddly_named")
def test_cpu_is_read_behind_a_name_with_blanks_and_parentheses() -> None:
    assert cpu_s(os.getpid()) == pytest.approx(time.process_time(), abs=0.5)
    assert cpu_s(os.getpid(), with_children=True) >= cpu_s(os.getpid())
