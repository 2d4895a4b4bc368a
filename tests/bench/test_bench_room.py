"""What does a person read who starts a benchmark by the wrong Python?"""

from __future__ import annotations

import subprocess
import sys

import pytest

pytestmark = pytest.mark.unit


def test_another_python_is_told_which_one_to_take() -> None:
    without_packages = (sys.executable, "-S", "-m", "bench.takeover", "--kills", "1")
    ended = subprocess.run(without_packages, capture_output=True, text=True, timeout=30, check=False)
    assert ended.returncode == 1
    assert ended.stderr.splitlines() == [
        "this Python lacks what benchmarks need: .venv/bin/python -m bench.takeover (`make setup` makes .venv)"
    ]
